"""Whose turn is it, and for how long? Items that wait for the client, a supplier, a payment, or for us."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import Item, day_of_moment, is_over, open_items, stepped, working_text
from sightline.measure.calendar import working_days_after
from sightline.measure.receipts import line
from sightline.measure.remembered import remembered
from sightline.model.alerts import Finding
from sightline.model.notes import CLIENT
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure
    from sightline.model.notes import Note

__all__ = ["Unanswered", "Waiting", "in_status_since"]

_ACTION = {
    "client": "Ask the client, and say what each further day costs.",
    "supplier": "Ask the supplier for a day, and look for another way.",
    "payment": "Send a reminder of the invoice it waits for.",
    "us": "It is our turn: do it, or say when.",
}


@remembered
def in_status_since(facts: Facts) -> dict[Ref, dt.date]:
    """Open item → the day on which its present status began, by its history; else by its last update, else none."""
    last: dict[Ref, dt.datetime] = {}
    for source, change in facts.changes:
        if change.field == "status":
            ref = Ref(source, "tasks", change.task)
            last[ref] = max(change.at, last.get(ref, change.at))
    found = {}
    for item in open_items(facts):
        moment = last.get(item.ref) or item.task.started_at or item.task.updated_at or item.task.created_at
        if moment is not None:
            found[item.ref] = day_of_moment(moment, facts)
    return found


class Waiting(AlertRule):
    """An item waits for somebody, and nothing moves."""

    name = "waiting"
    title = "Waiting for somebody"
    limits = (
        Limit("days", (Decimal(3), Decimal(5), Decimal(10), Decimal(20)), "working days of waiting; each step is told once"),
        Limit("critical_days", Decimal(10), "working days from which it is critical"),
    )  # fmt: skip

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each item, with whose turn it is; the clock begins when the item came into its present status.

        An item about which a question stands open is told by that (`unanswered`).
        """
        if is_over(facts):
            return
        since, asked = in_status_since(facts), {note.task for note in facts.notes if note.is_open}
        for item in open_items(facts):
            if item.task.waiting_on is not None and item.ref in since and item.ref not in asked:
                yield self._of(item, item.task.waiting_on, since[item.ref], facts)

    def _of(self, item: Item, turn: str, since: dt.date, facts: Facts) -> Finding:
        waited = Decimal(working_days_after(since, facts.today, facts.calendar))
        level, held = stepped(waited, self.steps("days"), Decimal(0))
        due = item.task.due_on
        late = f", due {due}" if due is not None else ""
        whom = facts.client.name if turn == "client" and facts.client is not None else f"the {turn}"
        return Finding(
            text=f"{item.task.key} {item.task.title} waits for {'us' if turn == 'us' else whom}: "
            f"{working_text(int(waited))} in {item.task.status!r}{late}",
            subject=str(item.ref),
            level=level,
            held=held,
            severity="critical" if waited >= self.limit("critical_days") else None,
            since=since,
            owner=item.owners[0] if item.owners else None,
            inputs=(line(f"in {item.task.status} since", str(since), (item.ref,)), line("waits for", turn)),
            action=_ACTION[turn],
            source=item.ref.source,
        )


class Unanswered(AlertRule):
    """An approval or a question was asked, and nobody has answered."""

    name = "unanswered"
    title = "An approval or question stands open"
    limits = (
        Limit(
            "days",
            (Decimal(3), Decimal(5), Decimal(10), Decimal(20)),
            "working days since it was asked; each step is told once",
        ),
        Limit("late_days", Decimal(3), "working days past its due day from which it is critical"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each, with whose turn it is (ours, where nobody is named); from its due day on whatever the steps say."""
        for note in facts.notes if not is_over(facts) else ():
            if note.is_open:
                yield self._of(note, facts)

    def _of(self, note: Note, facts: Facts) -> Finding:
        since = day_of_moment(note.at, facts)
        waited = Decimal(working_days_after(since, facts.today, facts.calendar))
        late = working_days_after(note.due, facts.today, facts.calendar) if note.due is not None else 0
        level, held = stepped(waited, self.steps("days"), Decimal(0))
        if late > 0:
            level, held = max(level, Decimal(1)), max(held, Decimal(1))
        client = facts.client.name if facts.client is not None else CLIENT
        whom = client if note.asked_of == CLIENT else note.asked_of or "us"
        due = f", due {note.due}" if note.due is not None else ""
        return Finding(
            text=f"{note.kind.capitalize()} asked of {whom} {working_text(int(waited))} ago{due}: {note.text}",
            subject=note.id,
            level=level,
            held=held,
            severity="critical" if late >= self.limit("late_days") else None,
            since=since,
            owner=note.by,
            inputs=(
                line("asked on", str(since), (note.task,) if note.task is not None else ()),
                line("due", str(note.due or "on no day")),
                line("working days late", str(max(0, late))),
            ),
            action=f"Ask {whom} again, and say what each further day costs." if note.asked_of else _ACTION["us"],
        )
