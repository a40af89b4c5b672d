"""Will the money and the hours last? Exhaustion before the end, spent ahead of progress, thresholds passed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import is_over, number, shown, stepped, told_figure
from sightline.measure.budget import period_start
from sightline.measure.calendar import passed_share, working_days
from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.receipts import line
from sightline.model.alerts import Finding, Unsure
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sightline.model.alerts import Severity
    from sightline.model.facts import Facts
    from sightline.model.figures import Figure, ReceiptLine

__all__ = ["BudgetEnds", "BurnAhead", "RetainerNearlyUsed", "Thresholds"]

_DAY = dt.timedelta(days=1)
_WHAT = {"hours": "The hours agreed", "money": "The sum agreed"}


def _is_retainer(facts: Facts) -> bool:
    agreement = facts.project.agreement
    return agreement is not None and agreement.kind == "retainer"


def _is_fixed(facts: Facts) -> bool:
    agreement = facts.project.agreement
    return agreement is not None and agreement.kind == "fixed_price"


class BudgetEnds(AlertRule):
    """At the present pace the agreed hours or money are gone before the promised day."""

    name = "budget_ends"
    title = "The budget ends before the project"
    severity = "critical"
    limits = (
        Limit("days", Decimal(5), "so many working days before the promised day, or more"),
        Limit("margin", Decimal(2), "working days of recovery before it is told anew"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding | Unsure]:
        """One for hours, one for money. The pace is that of the last four weeks."""
        due = facts.project.due
        if due is None or is_over(facts) or _is_retainer(facts):
            return
        for what in _WHAT:
            ends = figures.get(f"budget_ends_{what}")
            if ends is None or isinstance(ends.value, Unknown):
                yield Unsure(why=f"budget_ends_{what} is not known", subject=what)
            elif isinstance(ends.value, dt.date):
                yield from self._of(what, ends.value, due, facts, figures)

    def _of(
        self, what: str, ends: dt.date, due: dt.date, facts: Facts, figures: Mapping[str, Figure]
    ) -> Iterator[Finding]:
        early = Decimal(working_days(ends, due, facts.calendar))
        level, held = stepped(early, (self.limit("days"),), self.limit("margin"))
        yield Finding(
            text=f"{_WHAT[what]} {'are' if what == 'hours' else 'is'} gone on {ends} at the present pace, "
            f"{shown(early)} working days before the promised {due}",
            subject=what,
            level=Decimal(1) if level else ZERO,
            held=Decimal(1) if held else ZERO,
            inputs=(
                *told_figure(figures, f"budget_ends_{what}", f"budget_left_{what}", f"burn_{what}"),
                line("promised day", str(due)),
            ),
            action="Agree on a larger budget or a smaller scope before it is used up.",
        )


class BurnAhead(AlertRule):
    """More of the budget is spent than of the work is done."""

    name = "burn_ahead"
    title = "Spent ahead of progress"
    limits = (
        Limit("points", (Decimal(10), Decimal(20), Decimal(30)), "percentage points between spent and done; each is told once"),
        Limit("margin", Decimal(2), "points of recovery before a step is told anew"),
        Limit("least", Decimal(10), "percent spent before anything is said"),
    )  # fmt: skip

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding | Unsure]:
        """By hours where hours were agreed, else by money; done by estimates, else by count."""
        if is_over(facts) or _is_retainer(facts):
            return
        spent_by = next((n for n in _spent_names(facts) if _known(figures, n)), None)
        done_by = next((n for n in ("progress_by_estimate", "progress_by_count") if _known(figures, n)), None)
        if spent_by is None or done_by is None:
            yield Unsure(why="spent or done is not known")
            return
        spent, done = number(figures[spent_by]), number(figures[done_by])
        assert isinstance(spent, Decimal)
        assert isinstance(done, Decimal)
        ahead = spent - done if spent >= self.limit("least") else ZERO
        level, held = stepped(ahead, self.steps("points"), self.limit("margin"))
        yield Finding(
            text=f"{shown(spent)} % of the budget is spent and {shown(done)} % of the work is done",
            level=level,
            held=held,
            severity="critical" if level > self.steps("points")[0] else None,
            inputs=tuple(told_figure(figures, spent_by, done_by)),
            action="Find out why the work costs more than planned; tell the client before the budget is gone.",
        )


def _spent_names(facts: Facts) -> tuple[str, ...]:
    # What is invoiced of a fixed price says nothing about what the work costs.
    return ("budget_used_hours",) if _is_fixed(facts) else ("budget_used_hours", "budget_used_money")


def _known(figures: Mapping[str, Figure], name: str) -> bool:
    return name in figures and isinstance(figures[name].value, Decimal)


class Thresholds(AlertRule):
    """So many percent of the hours, the money, the time are used: each step is told once."""

    name = "thresholds"
    title = "Part of hours, money or time used up"
    severity = "notice"
    limits = (
        Limit("percent", (Decimal(50), Decimal(75), Decimal(90), Decimal(100)), "steps of what is used"),
        Limit("margin", Decimal(2), "points it must fall below a step before that step is told anew"),
        Limit("warn_from", Decimal(90), "percent from which it is a warning, critical from 100 on"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding | Unsure]:
        """Hours and money against the agreement, time against the working days from start to promised day."""
        if is_over(facts) or _is_retainer(facts):
            return
        for what, name in (("hours", "budget_used_hours"), ("money", "budget_used_money")):
            used = number(figures.get(name))
            if isinstance(used, Unknown):
                yield Unsure(why=used.why, subject=what)
            elif not (what == "money" and _is_fixed(facts)):
                yield self._of(what, used, tuple(told_figure(figures, name)))
        starts, due = facts.project.starts, facts.project.due
        if starts is not None and due is not None:
            share = passed_share(starts, due, facts.today, facts.calendar)
            if not isinstance(share, Unknown):
                inputs = (line("from", str(starts)), line("to", str(due)))
                yield self._of("time", share * HUNDRED, inputs)

    def _of(self, what: str, used: Decimal, inputs: tuple[ReceiptLine, ...]) -> Finding:
        level, held = stepped(used, self.steps("percent"), self.limit("margin"))
        words = {"hours": "hours agreed", "money": "sum agreed", "time": "working time up to the promised day"}
        severity: Severity | None = None
        if level >= self.limit("warn_from") and what != "time":
            severity = "critical" if level >= HUNDRED else "warning"
        return Finding(
            text=f"{shown(used)} % of the {words[what]} {'is' if what != 'hours' else 'are'} used",
            subject=what,
            level=level,
            held=held,
            severity=severity,
            inputs=inputs,
            action=None if what == "time" else "Compare with what is done, and tell the client what is left.",
        )


class RetainerNearlyUsed(AlertRule):
    """Of the period's hours more is used than of the period has passed, and not much is left."""

    name = "retainer_used"
    title = "The retainer is nearly used"
    limits = (
        Limit("percent", (Decimal(80), Decimal(100)), "steps of the hours used; each is told once a period"),
        Limit("margin", Decimal(2), "points it must fall before a step is told anew"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding | Unsure]:
        """Only while a larger share of the hours than of the period's working days is used; beyond 100 always."""
        agreement = facts.project.agreement
        if agreement is None or agreement.kind != "retainer" or is_over(facts):
            return
        used = number(figures.get("budget_used_hours"))
        if isinstance(used, Unknown):
            yield Unsure(why=used.why)
            return
        first = period_start(facts.today, agreement.period)
        following = period_start(first + dt.timedelta(days=31 if agreement.period == "month" else 92), agreement.period)
        share = passed_share(first, following - _DAY, facts.today, facts.calendar)
        passed = ZERO if isinstance(share, Unknown) else share * HUNDRED
        level, held = stepped(used, self.steps("percent"), self.limit("margin"))
        if used <= min(passed, HUNDRED):
            level = held = ZERO
        yield Finding(
            text=f"{shown(used)} % of the retainer's hours are used and {shown(passed)} % of the {agreement.period} has passed",
            subject=f"{first:%Y-%m}",
            level=level,
            held=held,
            severity="critical" if level >= HUNDRED else None,
            inputs=(*told_figure(figures, "budget_used_hours", "retainer_left"), line("period from", str(first))),
            action="Agree with the client whether further hours are billed or wait for the next period.",
        )  # fmt: skip
