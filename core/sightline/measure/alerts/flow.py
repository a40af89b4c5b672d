"""Where does work pile up? Items stuck in a state, and more arriving than leaving."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import Item, day_of_moment, is_over, listed, listing, open_items, working_text
from sightline.measure.alerts.waiting import in_status_since
from sightline.measure.calendar import working_days
from sightline.measure.receipts import line
from sightline.measure.work import work_of
from sightline.model.alerts import Finding
from sightline.model.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure

__all__ = ["QueueGrows", "StuckInState"]


class StuckInState(AlertRule):
    """Several items stand in the same status for long: a bottleneck."""

    name = "bottleneck"
    title = "Items pile up in one status"
    limits = (
        Limit("days", Decimal(10), "working days in the status"),
        Limit("items", Decimal(3), "so many of them make it a bottleneck"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """By status, of begun items; told again when there are more."""
        if is_over(facts):
            return
        since, stuck = in_status_since(facts), defaultdict[str, list[tuple[int, Item]]](list)
        for item in open_items(facts):
            if item.task.state == "in_progress" and item.ref in since:
                days = working_days(since[item.ref], facts.today, facts.calendar)
                if days >= self.limit("days"):
                    stuck[item.task.status].append((days, item))
        for status, rows in sorted(stuck.items()):
            rows.sort(key=lambda row: (-row[0], row[1].ref))
            items = [item for _, item in rows]
            if len(items) >= self.limit("items"):
                yield Finding(
                    text=f"{counted(len(items), 'item')} {'stands' if len(items) == 1 else 'stand'} in {status!r} for {working_text(rows[-1][0])} or more: {listed(items)}",
                    subject=status,
                    level=Decimal(len(items)),
                    since=since[items[0].ref],
                    inputs=listing((item, f"{working_text(days)} in it") for days, item in rows),
                    action=f"Finish what is in {status!r} before anything new is begun.",
                )


class QueueGrows(AlertRule):
    """More items arrive than are finished, week after week."""

    name = "queue_grows"
    title = "More arrives than is finished"
    severity = "notice"
    limits = (
        Limit("weeks", Decimal(3), "weeks in a row in which more arrived than left"),
        Limit("items", Decimal(5), "items that the queue must have grown by"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """Whole weeks of seven days up to yesterday; items that state no day of creation are left out."""
        if is_over(facts):
            return
        weeks = int(self.limit("weeks"))
        first = facts.today - dt.timedelta(days=7 * weeks)
        came, left = [0] * weeks, [0] * weeks
        for leaf in work_of(facts).leaves:
            for moment, counts in ((leaf.task.created_at, came), (leaf.task.completed_at, left)):
                if moment is not None and first <= (day := day_of_moment(moment, facts)) < facts.today:
                    counts[(day - first).days // 7] += 1
        grown = sum(came) - sum(left)
        if all(more > less for more, less in zip(came, left, strict=True)) and grown >= self.limit("items"):
            yield Finding(
                text=f"{sum(came)} items arrived in {weeks} weeks and {sum(left)} were finished: the queue grew by {grown}",
                since=first,
                inputs=(line("arrived by week", str(came)), line("finished by week", str(left))),
                action="Agree with the client what is not done, or who helps.",
            )
