"""What the client is told of the reasons, and of what was agreed and asked: from the slip ledger and the notes.

Causes go out in the client's words: "ours" for our own, nobody by name, and no item that is hidden.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sightline.measure.remedies import remedies
from sightline.measure.slip import days_of
from sightline.measure.turns import all_notes
from sightline.model.facts import ClientDecision, ClientQuestion, ClientReason
from sightline.model.figures import Unknown
from sightline.model.notes import CLIENT
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from sightline.model.facts import Facts

__all__ = ["CAUSES_TOLD", "decisions", "delay_per_day", "expected_end", "questions", "reasons"]

Turn = Literal["ours", "yours", "others", "nobody"]
#: Cause of the slip ledger → the cause as the client is told it, and whose turn it is.
CAUSES_TOLD: Mapping[str, tuple[str, Turn]] = {
    "client": ("client", "yours"),
    "payment": ("payment", "yours"),
    "supplier": ("supplier", "others"),
    "scope": ("scope", "nobody"),
    "person_short": ("capacity", "ours"),
    "estimate": ("estimate", "ours"),
    "dependency": ("dependency", "ours"),
    "rework": ("rework", "ours"),
    "unmapped": ("own", "ours"),
    "not_started": ("own", "ours"),
    "unexplained": ("own", "ours"),
    "plan": ("plan", "ours"),
    "slack": ("slack", "nobody"),
    "gained": ("gained", "nobody"),
}
_MOST_ITEMS = 3


def expected_end(facts: Facts) -> dt.date | None:
    """The day on which we expect to finish, by the same model that gives the reasons."""
    days = days_of(facts)
    return None if isinstance(days, Unknown) else days.forecast


def reasons(facts: Facts, visible: Collection[Ref]) -> tuple[ClientReason, ...]:
    """The parts of the delay, which sum to it, in whole working days; nothing while in time. Items only if `visible`."""
    days = days_of(facts)
    if isinstance(days, Unknown) or days.gap <= 0:
        return ()
    sums: dict[str, Decimal] = {}
    items: dict[str, list[str]] = {}
    turns: dict[str, Turn] = {}
    for part in days.parts:
        cause, turn = CAUSES_TOLD.get(part.cause, ("own", "ours"))
        sums[cause] = sums.get(cause, Decimal(0)) + part.shown
        turns[cause] = turn
        named = (one.piece.task for one in part.evidence if one.effect)
        items.setdefault(cause, []).extend(task.record.title for task in named if task.ref in visible)
    return tuple(
        ClientReason(days=shown, cause=cause, turn=turns[cause], items=tuple(dict.fromkeys(items[cause]))[:_MOST_ITEMS])
        for cause, shown in sums.items()
        if shown
    )


def delay_per_day(facts: Facts) -> dict[Ref, Decimal]:
    """Task that waits → working days by which the end moves for each further day of waiting; only where it moves."""
    return {
        one.piece.task.ref: Decimal(-one.days)
        for one in remedies(facts)
        if one.kind == "later" and one.piece is not None and one.days < 0
    }


def decisions(
    facts: Facts, period: tuple[dt.date, dt.date], told: dt.datetime | None = None
) -> tuple[ClientDecision, ...]:
    """What was decided or agreed and may be shown, latest first.

    After the last report was made (`told`); without one, in the period, both days included.
    """
    where, (first, last) = zone(facts.calendar.timezone), period
    found = [
        ClientDecision(day=day, text=note.text, by=note.by)
        for note in all_notes(facts)
        if note.client_visible and note.kind in ("decision", "agreement")
        if (day := day_in(note.at, where)) <= last and (day >= first if told is None else note.at > told)
    ]
    return tuple(reversed(found))


def questions(facts: Facts) -> tuple[ClientQuestion, ...]:
    """Questions and approvals that are open and may be shown, those with a day first."""
    where, delays = zone(facts.calendar.timezone), delay_per_day(facts)
    found = [
        ClientQuestion(
            day=day_in(note.at, where),
            text=note.text,
            due_on=note.due,
            yours=note.asked_of == CLIENT,
            approval=note.kind == "approval",
            delay_per_day=delays.get(note.task) if note.task else None,
        )
        for note in all_notes(facts)
        if note.client_visible and note.is_open
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on is None, one.due_on or one.day)))
