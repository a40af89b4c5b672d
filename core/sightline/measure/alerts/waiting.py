"""Whose turn is it, and for how long? Items that wait for the client, a supplier, a payment, or for us."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import Item, day_of_moment, is_over, open_items, stepped, working_text
from sightline.measure.calendar import working_days
from sightline.measure.receipts import line
from sightline.measure.remembered import remembered
from sightline.model.alerts import Finding
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure

__all__ = ["Waiting", "in_status_since"]

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
        """One for each item, with whose turn it is; the clock begins when the item came into its present status."""
        if is_over(facts):
            return
        since = in_status_since(facts)
        for item in open_items(facts):
            if item.task.waiting_on is not None and item.ref in since:
                yield self._of(item, item.task.waiting_on, since[item.ref], facts)

    def _of(self, item: Item, turn: str, since: dt.date, facts: Facts) -> Finding:
        waited = Decimal(working_days(since, facts.today, facts.calendar))
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
