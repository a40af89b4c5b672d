"""What the project will have brought when it is done, and what will be left of it. Never for a client's eyes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.exchange import converted
from sightline.measure.figures.agreement import NO_AGREEMENT, used_money
from sightline.measure.figures.forecast import at_completion, cost_at_completion
from sightline.measure.profit import gross_margin
from sightline.measure.receipts import Measure, hours, hours_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["MarginAtCompletion", "RevenueAtCompletion", "revenue_at_completion"]


@remembered
def revenue_at_completion(facts: Facts) -> tuple[Money | Unknown, str, list[ReceiptLine]]:
    """What the agreement will bring, without tax; how that is known; the inputs."""
    agreement = facts.project.agreement
    if agreement is None or agreement.kind == "internal":
        return Unknown(why=NO_AGREEMENT), "no agreement", []
    if agreement.kind == "retainer":
        return Unknown(why="a retainer goes on, period by period"), "retainer", []
    if agreement.kind == "fixed_price":
        agreed = agreement.budget
        lines = [] if agreed is None else [line("agreed", money_text(agreed.amount, agreed.currency))]
        return agreed or Unknown(why="no sum was agreed"), "the price agreed", lines
    return _by_hours(facts, agreement.cap)


def _by_hours(facts: Facts, cap: Money | None) -> tuple[Money | Unknown, str, list[ReceiptLine]]:
    """The value of the work so far, carried on to the hours at completion; never above a cap."""
    method = "value of billable work, carried on to the hours at completion" + (", capped" if cap else "")
    used, whole = used_money(facts).amount, at_completion(facts, "typical")
    worked = sum(entry.record.seconds for entry in facts.time)
    for value in (used, whole):
        if isinstance(value, Unknown):
            return value, method, []
    if isinstance(used, Unknown) or isinstance(whole, Unknown) or worked <= 0:
        return Unknown(why="no hours were worked"), method, []
    amount = used.amount * whole / hours(worked)
    if cap is not None and cap.currency == used.currency:
        amount = min(amount, cap.amount)
    lines = [
        line("value of billable work", money_text(used.amount, used.currency)),
        line("hours worked", hours_text(worked)),
        line("hours at completion", f"{plain(whole.quantize(Decimal('0.0001')))} h"),
        *([line("cap", money_text(cap.amount, cap.currency))] if cap is not None else []),
    ]
    return Money(amount=amount, currency=used.currency).round(), method, lines


class RevenueAtCompletion(Measure):
    """Revenue when the project is done: the price agreed, or the value of the work by then, never above a cap."""

    name = "revenue_at_completion"
    title = "Revenue at completion"
    unit = "money"
    source = "The agreement's terms; by hours: value to date x hours at completion / hours worked"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown for retainers, without an agreement, and where the hours at completion are not known."""
        value, method, lines = revenue_at_completion(facts)
        formula = "fixed price: the price; by hours: min(cap, value so far x hours at completion / hours worked)"
        yield self.figure(facts, value, method=method, formula=formula, lines=lines)


class MarginAtCompletion(Measure):
    """What will be left of the revenue when the project is done, in percent, and `profit_at_completion` in money."""

    name = "margin_at_completion"
    title = "Margin at completion"
    unit = "percent"
    reads = ("include", "money")
    source = "(revenue - direct cost) / revenue, both at completion and without tax"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown where revenue or cost at completion is, or where they are in two currencies without a rate."""
        earned, how, _ = revenue_at_completion(facts)
        spent, _ = cost_at_completion(facts)
        method = f"revenue at completion ({how}) less cost at completion"
        share: Decimal | Unknown
        profit: Money | Unknown
        lines: list[ReceiptLine] = []
        if isinstance(earned, Unknown) or isinstance(spent, Unknown):
            share = profit = earned if isinstance(earned, Unknown) else Unknown(why=getattr(spent, "why", ""))
        else:
            share, profit, lines = _left(facts, earned, spent)
        yield self.figure(facts, share, method=method, formula="100 x (revenue - cost) / revenue", lines=lines)
        yield self.figure(
            facts, profit, name="profit_at_completion", unit="money", method=method, formula="revenue - cost",
            lines=lines,
        )  # fmt: skip


def _left(facts: Facts, earned: Money, spent: Money) -> tuple[Decimal | Unknown, Money | Unknown, list[ReceiptLine]]:
    lines = [line("revenue at completion", money_text(earned.amount, earned.currency))]
    amount, rate = earned.amount, ""
    if earned.currency != spent.currency:
        found = converted(earned, facts.today, facts, spent.currency)
        if isinstance(found, Unknown):
            return found, found, []
        amount, rate = found
    lines += [line("converted", rate)] if rate else []
    lines.append(line("cost at completion", money_text(spent.amount, spent.currency)))
    profit = Money(amount=amount - spent.amount, currency=spent.currency).round()
    return gross_margin(amount, spent.amount), profit, lines
