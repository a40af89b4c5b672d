"""Where has nothing happened? Projects and begun items without any trace for days."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import day_of_moment, is_over, listed, listing, open_items, stepped, working_text
from sightline.measure.calendar import working_days
from sightline.measure.pricing import day_of
from sightline.measure.receipts import line
from sightline.measure.remembered import remembered
from sightline.model.alerts import Finding
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure

__all__ = ["SilentItems", "SilentProject"]


@remembered
def _last_trace(facts: Facts) -> dict[Ref, dt.date]:
    """Task → the last day on which anything happened to it: an update, a time entry, a comment or commit."""
    last: dict[Ref, dt.date] = {}

    def note(ref: Ref, day: dt.date) -> None:
        if day <= facts.today and (ref not in last or last[ref] < day):
            last[ref] = day

    for source, task in facts.tasks:
        moment = task.updated_at or task.created_at
        if moment is not None:
            note(Ref(source, "tasks", task.id), day_of_moment(moment, facts))
    for source, entry in facts.time:
        note(Ref(source, "tasks", entry.task or ""), day_of(entry, facts))
    for source, trace in facts.activities:
        note(Ref(source, "tasks", trace.task or ""), day_of_moment(trace.at, facts))
    return last


class SilentProject(AlertRule):
    """A project with open work in which nothing has happened for days."""

    name = "silent_project"
    title = "Nothing happens in the project"
    limits = (Limit("days", (Decimal(10), Decimal(20)), "working days without a trace; each step is told once"),)

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """Traces are updates of items, time, comments and commits."""
        starts = facts.project.starts
        if is_over(facts) or not open_items(facts) or (starts is not None and starts > facts.today):
            return
        last = max(_last_trace(facts).values(), default=starts)
        if last is None:
            return
        quiet = Decimal(working_days(last, facts.today, facts.calendar))
        level, held = stepped(quiet, self.steps("days"), Decimal(0))
        yield Finding(
            text=f"Nothing has happened for {working_text(int(quiet))}, with {len(open_items(facts))} items open",
            level=level,
            held=held,
            since=last,
            inputs=(line("last trace", str(last)),),
            action="Ask who works on it, or write down that it rests.",
        )


class SilentItems(AlertRule):
    """Items that were begun and have shown no trace for days."""

    name = "silent_items"
    title = "Begun items without news"
    severity = "notice"
    limits = (Limit("days", Decimal(10), "working days without an update, a time entry, a comment or a commit"),)

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for the project; told again when there are more. What waits for somebody is told by its own rule."""
        if is_over(facts):
            return
        last = _last_trace(facts)
        found = [
            (working_days(last[item.ref], facts.today, facts.calendar), item)
            for item in open_items(facts)
            if item.task.state == "in_progress" and item.task.waiting_on is None and item.ref in last
        ]
        silent = sorted((row for row in found if row[0] >= self.limit("days")), key=lambda row: (-row[0], row[1].ref))
        if silent:
            items = [item for _, item in silent]
            yield Finding(
                text=f"{len(items)} begun {'item has' if len(items) == 1 else 'items have'} shown no trace for "
                f"{_span(silent[-1][0], silent[0][0])}: {listed(items)}",
                level=Decimal(len(items)),
                since=last[items[0].ref],
                owner=items[0].owners[0] if items[0].owners else None,
                inputs=listing((item, f"{working_text(days)} without a trace") for days, item in silent),
                action="Ask how they stand; put back what nobody works on.",
            )


def _span(least: int, most: int) -> str:
    """`12 working days`, `12 to 30 working days`."""
    return working_text(most) if least == most else f"{least} to {working_text(most)}"
