"""What a project costs and what is left: never for a client's eyes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure import ledger
from sightline.measure.exact import ZERO
from sightline.measure.figures.time import untimed
from sightline.measure.pricing import priced, priced_lines
from sightline.measure.profit import gross_margin
from sightline.measure.receipts import Measure, line, money_text
from sightline.measure.remembered import remembered
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["Cost", "Margin", "cost_by_currency"]


@remembered
def cost_by_currency(facts: Facts) -> tuple[dict[str, Decimal] | Unknown, dict[str, list[ReceiptLine]], Decimal | None]:
    """Work at cost rates plus what was bought, without tax: sums, receipt lines, share of the hours with a cost rate."""
    work, bought = priced(facts, "cost", facts.time), ledger.bought(facts)
    sums = work.by_currency()
    for currency, amount in bought.by_currency().items():
        sums[currency] = sums.get(currency, ZERO) + amount
    lines = {currency: bought.lines(currency) for currency in sums or {facts.money_currency(): ZERO}}
    for row in priced_lines(work):
        currency = row.value.split(" ")[0]
        lines.setdefault(currency if currency in sums else facts.money_currency(), []).append(row)
    seconds = sum(row.seconds for row in work.lines)
    whole = seconds + work.missing_seconds
    coverage = Decimal(seconds) / whole if whole else None
    if work.missing:
        return Unknown(why=work.why_unknown("cost")), lines, coverage
    if bought.unstated():
        return Unknown(why=f"the ledger states no amount on {len(bought.unstated())} documents"), lines, coverage
    return sums or {facts.money_currency(): ZERO}, lines, coverage


class Cost(Measure):
    """What the project has cost: people's time at their cost rates, and what was bought for it."""

    name = "cost"
    title = "Cost to date"
    unit = "money"
    reads = ("include", "money")
    source = "Kimai, RateService (internal rate); ledger: bills, expenses and money spent, without tax"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure per currency; Unknown while any hour lacks a cost rate. Coverage: share of hours with one."""
        sums, lines, coverage = cost_by_currency(facts)
        none = untimed(facts, self.states(facts))
        if none is not None and not any(lines.values()):
            sums = none
        for currency, value in sums.items() if not isinstance(sums, Unknown) else [(None, sums)]:
            shown = lines.get(currency, []) if currency else [row for held in lines.values() for row in held]
            yield self.figure(
                facts,
                value if isinstance(value, Unknown) else Money(amount=value, currency=str(currency)).round(),
                method="all hours at cost rates, each entry at four decimals, plus purchases without tax",
                formula="sum of work at cost and of purchases",
                lines=shown,
                coverage=coverage,
            )


class Margin(Measure):
    """What is left of the revenue after direct cost, in percent, and `profit`, the same in money."""

    name = "margin"
    title = "Margin to date"
    unit = "percent"
    reads = ("include", "money")
    source = "(revenue - direct cost) / revenue, revenue as invoiced, without tax"
    method = "revenue as invoiced and cost to date, without tax"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown while cost or revenue is, or when they are in different currencies."""
        costs, _, coverage = cost_by_currency(facts)
        billed = ledger.revenue(facts)
        lines: list[ReceiptLine] = []
        profit: Money | Unknown
        share: Decimal | Unknown
        if not facts.project.money:
            profit = share = Unknown(why="no money rule says which documents are this project's")
        elif isinstance(costs, Unknown):
            profit = share = costs
        elif billed.unstated():
            profit = share = Unknown(why="the ledger states no amount on some documents")
        else:
            profit, share, lines = _left(billed.by_currency(), costs, facts.money_currency())
        formula = "100 x (revenue - cost) / revenue"
        yield self.figure(facts, share, method=self.method, formula=formula, lines=lines, coverage=coverage)
        yield self.figure(
            facts, profit, name="profit", unit="money", method=self.method, formula="revenue - cost",
            lines=lines, coverage=coverage,
        )  # fmt: skip


def _left(
    revenue: dict[str, Decimal], costs: dict[str, Decimal], currency: str
) -> tuple[Money | Unknown, Decimal | Unknown, list[ReceiptLine]]:
    met = sorted({code for sums in (revenue, costs) for code, amount in sums.items() if amount}) or [currency]
    if len(met) > 1:
        apart = Unknown(why=f"revenue and cost are in {' and '.join(met)}; no rate was stated")
        return apart, apart, []
    earned, spent = revenue.get(met[0], ZERO), costs.get(met[0], ZERO)
    lines = [line("revenue", money_text(earned, met[0])), line("cost", money_text(spent, met[0]))]
    share = gross_margin(earned, spent) if earned else Unknown(why="nothing has been invoiced")
    return Money(amount=earned - spent, currency=met[0]).round(), share, lines
