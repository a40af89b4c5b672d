"""The slip ledger in words: each reason with what the records say."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sightline.measure.turns import stays, waits
from sightline.model.refs import Ref
from sightline.present.text import shortened

if TYPE_CHECKING:
    from sightline.measure.delays import Piece
    from sightline.measure.remedies import Remedy
    from sightline.measure.slip import Days, Evidence, Part
    from sightline.measure.turns import Wait
    from sightline.model.facts import Facts

__all__ = ["amount_text", "day_text", "evidence_text", "part_text", "record_text", "remedy_text", "wait_text"]

_SHOWN = 3
#: Characters of what waits that are shown; a note may be a page long.
_MOST = 160
_WAITS = ("client", "payment", "supplier")


def amount_text(value: Fraction | Decimal) -> str:
    """A number with at most one decimal."""
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    shown = exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{shown:f}".removesuffix(".0")


def day_text(day: dt.date, today: dt.date) -> str:
    """`12 Nov`, with the year where it is another one than today's."""
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def part_text(facts: Facts, days: Days, part: Part) -> str:
    """What the records say of one reason, at most three tasks; those that move the end first."""
    moving = [one for one in part.evidence if one.effect] or list(part.evidence)
    told = [evidence_text(facts, days, part.cause, one) for one in moving[:_SHOWN]]
    if len(moving) > _SHOWN:
        told.append(f"and {len(moving) - _SHOWN} more")
    slack = sum((one.recorded for one in moving[:1]), Fraction(0)) - part.exact
    if len(moving) == 1 and slack > 0 and part.cause != "gained":
        told.append(f"{amount_text(slack)} d of slack taken first")
    if part.cause == "slack":
        told.append("the plan's own end is before the promised day")
    if part.cause == "plan":
        told.append("the plan's own end is after the promised day")
    return "; ".join(told)


def evidence_text(facts: Facts, days: Days, cause: str, one: Evidence) -> str:
    """One task behind a reason: what happened to it, by whose record, and for how many working days of its own."""
    told = _TOLD.get(cause, _unexplained)(facts, days, one.piece, cause)
    return f"{told} = {amount_text(one.recorded)} d"


def _waiting(facts: Facts, days: Days, piece: Piece, cause: str) -> str:
    wait = piece.wait or _last_wait(facts, piece, cause)
    told = "work paused, invoice overdue"
    if wait is not None:
        told = _wait_span(facts, wait, days.schedule.answered_on)
    return f"{piece.task.record.title}: {told}"


def _short(facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    return f"{piece.task.record.title}: {_leave(facts, piece) or 'somebody away'}"


def _scope(facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    record = piece.task.record
    size = amount_text(Fraction(record.estimate_seconds or 0, 3600))
    if not piece.added:
        return f"{record.title}: estimate raised to {size} h"
    made = f", made {day_text(record.created_at.date(), facts.today)}" if record.created_at else ""
    return f"{record.title}{f' (+{size} h)' if record.estimate_seconds else ''}{made}, in no plan"


def _estimate(_facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    record = piece.task.record
    return f"{record.title}: more time than the {amount_text(Fraction(record.estimate_seconds or 0, 3600))} h estimated"


def _unclear(_facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    record = piece.task.record
    return f"{record.title}: {record.status!r} may mean that it is over; say so with `sightline map status`"


def _started(facts: Facts, days: Days, piece: Piece, _cause: str) -> str:
    begun = piece.task.record.started_at
    planned = day_text(days.schedule.axis.day(piece.begins + 1), facts.today)
    now = f"begun {day_text(begun.date(), facts.today)}" if begun else "not begun"
    return f"{piece.task.record.title}: planned from {planned}, {now}"


def _again(facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    again = [stay for stay in stays(facts, piece.task) if stay.state in ("todo", "in_progress")][-1:]
    since = again[0].since if again else None
    return f"{piece.task.record.title}: opened again" + (f" {day_text(since.date(), facts.today)}" if since else "")


def _blocked(_facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    return f"{piece.task.record.title}: blocked by a task that has no days"


def _sooner(_facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    return f"{piece.task.record.title}: sooner than planned"


def _unexplained(facts: Facts, _days: Days, piece: Piece, _cause: str) -> str:
    """No reason, but the day on which somebody last wrote down time for it is a place to ask."""
    worked = [
        entry.day for source, entry in facts.time
        if source == piece.task.source and entry.task == piece.task.record.id and entry.day is not None
    ]  # fmt: skip
    told = (
        f", last worked on {day_text(max(worked), facts.today)}" if worked else ", no time on it" if facts.time else ""
    )
    return f"{piece.task.record.title}: no record says why{told}"


_TOLD = {
    "client": _waiting,
    "payment": _waiting,
    "supplier": _waiting,
    "person_short": _short,
    "scope": _scope,
    "estimate": _estimate,
    "unmapped": _unclear,
    "not_started": _started,
    "rework": _again,
    "dependency": _blocked,
    "gained": _sooner,
}


def _last_wait(facts: Facts, piece: Piece, cause: str) -> Wait | None:
    return next((w for w in reversed(waits(facts)) if w.task == piece.task.ref and w.on == cause), None)


def _wait_span(facts: Facts, wait: Wait, assumed: dt.date) -> str:
    today = facts.today
    told = f"since {day_text(wait.since.date(), today)}"
    if wait.due is not None:
        told += f", due {day_text(wait.due, today)}"
    if wait.until is not None:
        return f"{told}, ended {day_text(wait.until.date(), today)}"
    return f"{told}, open; {day_text(max(assumed, wait.due or assumed), today)} assumed"


def _leave(facts: Facts, piece: Piece) -> str:
    """Who was away when, of those it is assigned to."""
    people = facts.people()
    names = {person.id: person.name for person in facts.persons}
    mine = {
        people[ref].id
        for one in piece.task.record.assignees
        if (ref := Ref(piece.task.source, "people", one)) in people
    }
    told = []
    for leave in facts.team.leave:
        if leave.person in mine:
            first, last = day_text(leave.starts, facts.today), day_text(leave.ends, facts.today)
            told.append(
                f"{names.get(leave.person, leave.person)} away {first}" + (f" to {last}" if last != first else "")
            )
    return ", ".join(told)


def record_text(part: Part) -> str:
    """The records behind a reason: source and key."""
    moving = [one for one in part.evidence if one.effect] or list(part.evidence)
    return ", ".join(f"{one.piece.task.source} {one.piece.task.record.key}" for one in moving[:_SHOWN])


def wait_text(facts: Facts, wait: Wait) -> str:
    """What waits, since when, where it is written."""
    told = f"{shortened(wait.what, _MOST)}: since {day_text(wait.since.date(), facts.today)}"
    return told + (f", due {day_text(wait.due, facts.today)}" if wait.due is not None else "")


def remedy_text(facts: Facts, remedy: Remedy) -> str:
    """One remedy as half a sentence."""
    piece, today = remedy.piece, facts.today
    title = piece.task.record.title if piece is not None else ""
    on = day_text(remedy.on, today) if remedy.on is not None else ""
    hours = f" ({amount_text(remedy.hours)} h)" if remedy.hours else ""
    match remedy.kind:
        case "answer":
            return f"answer on {title} today saves {remedy.days} d"
        case "later":
            return f"each working day after {on} costs {-remedy.days} d"
        case "drop":
            key = piece.task.record.key if piece is not None else ""
            return f"drop {key} {title}{hours} saves {remedy.days} d"
        case "help":
            return f"a second person for half of what is left of {title}{hours} saves {remedy.days} d"
        case _:
            return f"or move the date to {on}"
