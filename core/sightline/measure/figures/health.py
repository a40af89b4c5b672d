"""Health as figures: a colour by dimension with the input that set it; grey is Unknown with its reason.

`payment_line` says in one line what is owed, what is not billed yet and what is planned next week.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.exact import ZERO
from sightline.measure.judging import judgements
from sightline.measure.outlook import spent_on
from sightline.measure.receipts import Measure, days_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.measure.workload import Assignment, allocated
from sightline.model.figures import Figure, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.measure.judging import Judged
    from sightline.model.facts import Facts

__all__ = ["PlannedNextWeek", "health_figures"]

_DAY = dt.timedelta(days=1)


class _Health(Measure):
    """Carries what goes with a colour."""

    name = "health"
    title = "Health"
    unit = "text"
    reads = ("include", "money")
    source = "Rules and thresholds of `[health]`; bands as the SSP projects PMO and projectmanagement.com publish them"

    def judged(self, facts: Facts, one: Judged) -> Figure:
        """One colour."""
        before = facts.former.get(one.dimension)
        lines = [line(each.rule, each.told()) for each in one.inputs]
        lines.append(line("verdict of the day", one.verdict))
        if before is not None:
            lines.append(line(f"shown on {before.day}", f"{before.shown}, verdict {before.verdict}"))
        return self.figure(
            facts,
            Unknown(why=one.reason) if one.shown == "grey" else one.shown,
            name=f"health_{one.dimension}" if one.dimension else "health",
            method=one.reason,
            formula="the worst of the rules' colours; a better one shows when it holds for two status dates",
            lines=lines,
        )


def health_figures(facts: Facts, figures: Sequence[Figure]) -> list[Figure]:
    """`payment_line`; `health`, the worst of all; `health_schedule` and so on for each dimension that applies."""
    line_ahead = [_PaymentLine().told(facts, figures)] if facts.project.client is not None else []
    return [*line_ahead, *(_Health().judged(facts, one) for one in judgements(facts, [*figures, *line_ahead]))]


@remembered
def _next_week(facts: Facts) -> Decimal | Unknown:
    """Hours of estimated open work that fall into the next calendar week, spread evenly up to the due days."""
    leaves = [leaf for leaf in work_of(facts).leaves if not leaf.item.closed]
    estimated = [leaf for leaf in leaves if leaf.estimate is not None]
    if leaves and not estimated:
        return Unknown(why=f"none of {len(leaves)} open tasks has an estimate")
    spent = spent_on(facts)
    open_ = [
        Assignment(max(ZERO, leaf.estimate - spent.get(leaf.ref, 0)) / 3600, leaf.task.start_on, leaf.task.due_on)
        for leaf in estimated
        if leaf.estimate is not None
    ]
    load = allocated(open_, facts.today, facts.calendar).by_day
    monday = facts.today + (7 - facts.today.weekday()) * _DAY
    return sum((hours for day, hours in load.items() if monday <= day < monday + 7 * _DAY), ZERO)


class PlannedNextWeek(Measure):
    """Hours of open work that fall into the next calendar week."""

    name = "planned_next_week"
    title = "Planned hours next week"
    unit = "hours"
    source = "Remaining estimates spread evenly over the working days up to each due day"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Work without a due day is in no week."""
        leaves = [leaf for leaf in work_of(facts).leaves if not leaf.item.closed]
        undated = sum(leaf.task.due_on is None for leaf in leaves)
        lines = [
            line("open tasks", str(len(leaves)), (leaf.ref for leaf in leaves), of=len(leaves)),
            line("without due day, in no week", str(undated)),
        ]
        formula = "sum of (estimate - spent) x share of the working days up to the due day that fall into next week"
        yield self.figure(facts, _next_week(facts), method="by present due days", formula=formula, lines=lines)


class _PaymentLine(Measure):
    """Overdue, unbilled and planned next week, in one line: whether to go on working before money comes."""

    name = "payment_line"
    title = "Money and work ahead"
    unit = "text"
    reads = ("include", "money")
    source = "The figures overdue, overdue_days, unbilled and planned_next_week"

    def told(self, facts: Facts, figures: Sequence[Figure]) -> Figure:
        """The line, from the project's figures."""
        days = next((one.value for one in figures if one.name == "overdue_days"), None)
        since = f" for {days_text(int(days))}" if isinstance(days, Decimal) else ""
        parts = [
            *_sums(figures, "overdue", f"{{}} overdue{since}", "nothing overdue"),
            *_sums(figures, "unbilled", "{} unbilled", "nothing unbilled", "{} invoiced ahead"),
        ]
        week = _next_week(facts)
        parts.append(
            "hours next week not known"
            if isinstance(week, Unknown)
            else f"{plain(week.quantize(Decimal('0.1')))} h planned next week"
        )
        formula = "the three figures side by side"
        return self.figure(facts, "; ".join(parts), method="overdue, unbilled, planned", formula=formula)


def _sums(figures: Sequence[Figure], name: str, said: str, nothing: str, below: str = "") -> list[str]:
    """The amounts of that name in words, by currency; `below` says what a negative one is."""
    values = [one.value for one in figures if one.name == name]
    sums = [value for value in values if isinstance(value, Money) and value.amount]
    if sums:
        return [
            (below if below and value.amount < 0 else said).format(money_text(abs(value.amount), value.currency))
            for value in sums
        ]
    return [f"{name} not known"] if any(isinstance(value, Unknown) for value in values) else [nothing]
