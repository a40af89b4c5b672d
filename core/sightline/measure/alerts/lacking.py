"""What does work lack that forecasts and bills need? Owners, days, estimates, rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import Item, is_over, listed, listing, open_items, shown
from sightline.measure.exact import HUNDRED
from sightline.measure.pricing import priced
from sightline.measure.receipts import hours_text, line
from sightline.measure.work import work_of
from sightline.measure.worth import billable_value
from sightline.model.alerts import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.measure.pricing import PricedLine
    from sightline.model.facts import Facts
    from sightline.model.figures import Figure

__all__ = ["NoDueDate", "NoEstimate", "NoOwner", "NoRate"]


def _are(items: Sequence[Item], what: str) -> str:
    return f"{len(items)} {'item' if len(items) == 1 else 'items'} {what}: {listed(items)}"


class NoOwner(AlertRule):
    """Begun or soon due items that are nobody's."""

    name = "no_owner"
    title = "Work without an owner"
    limits = (Limit("days_ahead", Decimal(10), "calendar days ahead in which an item is due that must have an owner"),)

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for the project; told again when there are more. A backlog may be nobody's."""
        if is_over(facts):
            return
        until = facts.today + dt.timedelta(days=int(self.limit("days_ahead")))
        bare = [
            item
            for item in open_items(facts)
            if not item.owners
            and (item.task.state == "in_progress" or (item.task.due_on is not None and item.task.due_on <= until))
        ]
        if bare:
            yield Finding(
                text=_are(bare, "begun or soon due without an owner"),
                level=Decimal(len(bare)),
                inputs=listing((item, f"due {item.task.due_on or 'on no day'}") for item in bare),
                action="Give each an owner.",
            )


class NoDueDate(AlertRule):
    """Begun items without a due day, in a project whose items have one."""

    name = "no_due_date"
    title = "Begun work without a due day"
    severity = "notice"

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """Nothing where no item has a day (the team plans otherwise). A day of the item's milestone counts."""
        if is_over(facts):
            return
        dated = {m.record.id for m in facts.milestones if m.record.due_on is not None}
        items = open_items(facts)
        if not any(item.task.due_on for item in items):
            return
        bare = [
            item
            for item in items
            if item.task.state == "in_progress"
            and item.task.due_on is None
            and not dated.intersection((*item.task.milestones, *item.task.sprints))
        ]
        if bare:
            yield Finding(
                text=_are(bare, "in progress without a due day"),
                level=Decimal(len(bare)),
                inputs=listing((item, item.task.status) for item in bare),
                action="Give each a day, so that it can be late.",
            )


class NoEstimate(AlertRule):
    """So much of the work has no estimate that percents and forecasts by estimate are guesses."""

    name = "no_estimate"
    title = "Work without an estimate"
    severity = "notice"
    limits = (Limit("percent", Decimal(25), "percent of the open items without an estimate"),)

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """Nothing where nobody estimates. Points count as an estimate."""
        if is_over(facts):
            return
        estimated = {leaf.ref for leaf in work_of(facts).leaves if leaf.estimate or leaf.task.points}
        items = open_items(facts)
        bare = [item for item in items if item.ref not in estimated]
        if not estimated or not items:
            return
        share = HUNDRED * len(bare) / len(items)
        if share >= self.limit("percent"):
            yield Finding(
                text=f"{_are(bare, f'without an estimate ({shown(share)} % of what is open)')}",
                level=Decimal(int(share) // 25 or 1),
                inputs=(line("open items", str(len(items))), *listing((item, "no estimate") for item in bare)),
                action="Estimate them: until then each counts as an average one.",
            )


class NoRate(AlertRule):
    """Time that cannot be priced: nobody knows what it bills, or what it costs."""

    name = "no_rate"
    title = "Time without a rate"

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for bill rates (work for clients), one for cost rates where any cost rate is known."""
        agreement = facts.project.agreement
        if facts.client is not None and agreement is not None and agreement.kind in ("time_and_materials", "capped"):
            yield from self._of("bill", billable_value(facts)[0].missing, "no invoice can be made of it")
        if any(rate.side == "cost" for rate in facts.rates):
            missing = priced(facts, "cost", list(facts.time), lambda entry: entry.record.seconds).missing
            yield from self._of("cost", missing, "cost and margin are not known")

    def _of(self, side: str, missing: Sequence[PricedLine], so: str) -> Iterable[Finding]:
        seconds = sum(row.seconds for row in missing)
        if seconds > 0:
            people = list(dict.fromkeys(row.person for row in missing))
            yield Finding(
                text=f"{hours_text(seconds)} of {', '.join(people[:3])} have no {side} rate, so {so}",
                subject=side,
                level=Decimal(len(people)),
                inputs=tuple(line(row.person, hours_text(row.seconds), row.refs) for row in missing),
                action=f"Add a rate under [[rates.{side}]].",
            )
