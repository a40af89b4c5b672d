"""What is left of a budget, how fast it goes, and on which day it will be gone at that pace."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.budget import burn_rate, runway
from sightline.measure.calendar import add_working_days, working_days
from sightline.measure.figures.agreement import budget_seconds, only, used_money
from sightline.measure.figures.time import untimed
from sightline.measure.pricing import day_of, priced
from sightline.measure.receipts import Measure, hours, hours_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.measure.worth import billable_entries, billable_seconds
from sightline.model.figures import Figure, ReceiptLine, Unknown, Value
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import TimeEntry

__all__ = ["BudgetHours", "BudgetMoney"]

#: Calendar days over which the pace is taken.
TRAIL = 28


class Pace(NamedTuple):
    """The billable entries of the last `TRAIL` days, today included, and how many working days those were."""

    entries: list[Sourced[TimeEntry]]
    days: int
    first: dt.date


@remembered
def pace_of(facts: Facts) -> Pace:
    """How much was worked lately; from the project's first day where that is later."""
    first = facts.today - dt.timedelta(days=TRAIL - 1)
    if facts.project.starts is not None:
        first = max(first, facts.project.starts)
    entries = budget_seconds(facts).entries if not billable_entries(facts) else billable_entries(facts)
    held = [entry for entry in entries if first <= day_of(entry.record, facts) <= facts.today]
    return Pace(held, max(0, working_days(first, facts.today + dt.timedelta(days=1), facts.calendar)), first)


class _Budget(Measure):
    """Three figures of one budget: what is left, the pace, and the day on which it is gone."""

    source = "Kimai, BudgetStatisticModel (an overrun stays negative here); published burn-rate calculators"
    what = ""

    def told(
        self, facts: Facts, left: Value, burn: Decimal | Unknown, lines: list[ReceiptLine], pace: Value
    ) -> Iterable[Figure]:
        """The three figures; `burn` is the pace as a plain number a working day, in the unit of what is left."""
        yield self.figure(
            facts,
            left,
            name=f"budget_left_{self.what}",
            method="agreed less used",
            formula="agreed - used",
            lines=lines,
        )
        method = f"billable work of the last {TRAIL} days by working day"
        first = pace_of(facts).first
        since = [*lines, line(f"working days from {first} to {facts.today}", str(pace_of(facts).days))]
        formula = "used since then / working days"
        yield self.figure(facts, pace, name=f"burn_{self.what}", method=method, formula=formula, lines=since)
        yield self.figure(
            facts, self._ends(facts, left, burn), name=f"budget_ends_{self.what}", unit="date", method=method,
            formula="today + left / pace, in working days", lines=[*since, line("pace a working day", _said(burn))],
        )  # fmt: skip

    def _ends(self, facts: Facts, left: Value, burn: Decimal | Unknown) -> dt.date | Unknown:
        if isinstance(left, Unknown):
            return left
        amount = left.amount if isinstance(left, Money) else left
        days = runway(amount, burn) if isinstance(amount, Decimal) else Unknown(why="no budget was agreed")
        if isinstance(days, Unknown):
            return days
        if days > _LONGEST:
            return Unknown(why="at this pace it lasts more than ten years")
        return add_working_days(facts.today, int(days.to_integral_value(ROUND_FLOOR)), facts.calendar)


_LONGEST = 2600


def _said(burn: Decimal | Unknown) -> str:
    return "not known" if isinstance(burn, Unknown) else plain(burn.quantize(Decimal("0.0001")))


class BudgetHours(_Budget):
    """The hours agreed: left, used a working day, and gone on which day. Of a retainer: those of the present period."""

    name = "budget_left_hours"
    title = "Budget in hours: left, pace, end"
    unit = "hours"
    what = "hours"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Hours left (negative when overrun), hours a working day, a day."""
        found, pace = budget_seconds(facts), pace_of(facts)
        counted = billable_seconds(facts)
        recent = sum(counted(entry) for entry in pace.entries)
        if facts.project.client is None:
            recent = sum(entry.record.seconds for entry in pace.entries)
        burn = burn_rate(hours(recent), Decimal(pace.days))
        lines = [line("used", hours_text(found.used), (entry.ref for entry in found.entries), of=len(found.entries))]
        left: Value = found.agreed if isinstance(found.agreed, Unknown) else hours(found.agreed - found.used)
        if not isinstance(found.agreed, Unknown):
            lines.insert(0, line("agreed", hours_text(found.agreed)))
        none = untimed(facts, self.states(facts))
        if none is not None:
            left = burn = none
        lines.append(
            line("used lately", hours_text(recent), (entry.ref for entry in pace.entries), of=len(pace.entries))
        )
        yield from self.told(facts, left, burn, lines, burn)


class BudgetMoney(_Budget):
    """The sum agreed: left, used a working day, and gone on which day. A fixed price is not used up by work."""

    name = "budget_left_money"
    title = "Budget in money: left, pace, end"
    unit = "money"
    what = "money"
    reads = ("include", "money")

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Money left without tax (negative when overrun), money a working day, a day."""
        agreement, used = facts.project.agreement, used_money(facts)
        whole = (agreement.budget or agreement.cap) if agreement is not None else None
        left: Value = Unknown(why="no sum was agreed")
        lines = []
        if isinstance(used.amount, Unknown):
            left = used.amount
        elif whole is not None:
            left = whole - used.amount
            lines = [
                line("agreed", money_text(whole.amount, whole.currency)),
                line(f"used: {used.method}", money_text(used.amount.amount, used.amount.currency)),
            ]
        recent = self._recent(facts)
        burn: Decimal | Unknown = (
            recent if isinstance(recent, Unknown) else burn_rate(recent.amount, Decimal(pace_of(facts).days))
        )
        pace: Value = burn
        if isinstance(recent, Money):
            lines.append(line("used lately", money_text(recent.amount, recent.currency)))
            if isinstance(burn, Decimal):
                pace = Money(amount=burn, currency=recent.currency).round()
        yield from self.told(facts, left, burn, lines, pace)

    def _recent(self, facts: Facts) -> Money | Unknown:
        agreement = facts.project.agreement
        if agreement is None or agreement.kind not in ("time_and_materials", "capped"):
            return Unknown(why="only an agreement by hours is used up by work")
        found = priced(facts, "bill", pace_of(facts).entries, billable_seconds(facts))
        sums = Unknown(why=found.why_unknown("bill")) if found.missing else found.by_currency()
        return only(sums, facts.money_currency())
