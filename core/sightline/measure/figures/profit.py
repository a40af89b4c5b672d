"""What a project costs and what is left: never for a client's eyes.

Cost is Unknown while part of it is; what is known of it then stands apart as a lower bound, and the margin that follows
as an upper bound. A project on which nobody writes down time has neither: its margin would only look good.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure import ledger
from sightline.measure.exact import ZERO, first_unknown
from sightline.measure.exchange import Sum, converted, converted_part, in_one
from sightline.measure.figures.time import unrecorded
from sightline.measure.pricing import Priced, day_of, priced, priced_lines
from sightline.measure.profit import effective_rate, gross_margin
from sightline.measure.receipts import Measure, hours, hours_text, line, money_text
from sightline.measure.remembered import remembered
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.measure.ledger import Sums
    from sightline.model.facts import Facts

__all__ = ["Cost", "EffectiveRate", "Margin", "Purchases", "costs_of", "earned_in_one", "spent_in_one"]

_BOUGHT = "bills, expenses and money spent, less supplier credits, without tax"


class Costs(NamedTuple):
    """Work at cost rates and purchases: exact sums by currency, why they are not all, share of hours with a rate."""

    work: Priced
    bought: Sums
    known: dict[str, Decimal]
    unknown: Unknown | None
    coverage: Decimal | None

    def lines(self, currency: str | None = None) -> list[ReceiptLine]:
        """The receipt, of one currency or of all."""
        rows = [row for code in self.known for row in self.bought.lines(code) if currency in (None, code)]
        work = [row for row in priced_lines(self.work) if currency in (None, row.value.split(" ")[0])]
        missing = priced_lines(self.work._replace(lines=[])) if currency is not None else []
        return [*rows, *work, *missing]


@remembered
def costs_of(facts: Facts) -> Costs:
    """All that is known of a project's cost, whatever is missing."""
    work, bought = priced(facts, "cost", facts.time), ledger.bought(facts)
    sums = work.by_currency()
    for currency, amount in bought.by_currency().items():
        sums[currency] = sums.get(currency, ZERO) + amount
    seconds = sum(row.seconds for row in work.lines)
    whole = seconds + work.missing_seconds
    unknown = None
    if work.missing:
        unknown = Unknown(why=work.why_unknown("cost"))
    elif bought.unstated():
        unknown = Unknown(why=f"the ledger states no amount on {len(bought.unstated())} documents")
    coverage = Decimal(seconds) / whole if whole else None
    return Costs(work, bought, sums or {facts.money_currency(): ZERO}, unknown, coverage)


class Cost(Measure):
    """What the project has cost: people's time at their cost rates, and what was bought for it.

    While some of it is not known, `cost_at_least` is the part that is: a lower bound.
    """

    name = "cost"
    title = "Cost to date"
    unit = "money"
    reads = ("include", "money")
    source = "Kimai, RateService (internal rate); ledger: bills, expenses and money spent, without tax"
    method = "all hours at cost rates with overhead, each entry at four decimals, plus purchases without tax"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure per currency; Unknown while any hour lacks a cost rate. Coverage: share of hours with one."""
        costs = costs_of(facts)
        why = first_unknown((unrecorded(facts, self.states(facts)), costs.unknown))
        if why is None:
            for currency, amount in costs.known.items():
                yield self._sum(facts, costs, currency, amount)
            return
        formula = "sum of work at cost and of purchases"
        lines = costs.lines()
        yield self.figure(facts, why, method=self.method, formula=formula, lines=lines, coverage=costs.coverage)
        for currency, amount in costs.known.items():
            if amount:
                yield self._sum(facts, costs, currency, amount, name="cost_at_least")

    def _sum(self, facts: Facts, costs: Costs, currency: str, amount: Decimal, name: str | None = None) -> Figure:
        return self.figure(
            facts,
            Money(amount=amount, currency=currency).round(),
            name=name,
            method=self.method if name is None else f"lower bound, only what is known: {self.method}",
            formula=f"sum of the {currency} amounts of work at cost and of purchases",
            lines=costs.lines(currency),
            coverage=costs.coverage,
        )


class Purchases(Measure):
    """What was bought for the project; it is in the cost, and in the revenue as far as it was invoiced on."""

    name = "purchases"
    title = "Purchases"
    unit = "money"
    reads = ("money",)
    source = "Ledger: bills, expenses and money spent, less supplier credit notes; drafts and voided ones excluded"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure per currency, without tax."""
        method, formula = "the ledger's net amounts", f"sum of {_BOUGHT}"
        if not facts.project.money:
            why = "no money rule says which documents are this project's"
            yield self.unknown(facts, why, method=method, formula=formula)
            return
        bought = ledger.bought(facts)
        for currency in bought.currencies() or [facts.money_currency()]:
            missing = len(bought.unstated(currency))
            total = Money(amount=bought.total(currency), currency=currency).round()
            yield self.figure(
                facts,
                Unknown(why=f"the ledger states no amount on {missing} documents") if missing else total,
                method=method,
                formula=formula,
                lines=bought.lines(currency),
                coverage=bought.coverage(currency),
            )


@remembered
def _own_currency(facts: Facts) -> str:
    """The currency in which revenue and cost meet: the one both are in, else the workspace's."""
    met = {
        code for sums in (ledger.revenue(facts).by_currency(), costs_of(facts).known) for code, v in sums.items() if v
    }
    return next(iter(met)) if len(met) == 1 else facts.currency if met else facts.money_currency()


@remembered
def earned_in_one(facts: Facts) -> Sum:
    """Revenue as invoiced in one currency: each document at its own rate, else at the stated rate of its day."""
    currency = _own_currency(facts)
    return in_one(
        (
            (e.part.document.currency, e.amount, converted_part(e.amount, e.part, facts, currency))
            for e in ledger.revenue(facts).entries
            if e.amount is not None
        ),
        currency,
    )


@remembered
def spent_in_one(facts: Facts) -> Sum:
    """The known cost in one currency: purchases as revenue, work at the stated rate of the day it was done."""
    currency, costs = _own_currency(facts), costs_of(facts)
    parts = [
        (e.part.document.currency, e.amount, converted_part(e.amount, e.part, facts, currency))
        for e in costs.bought.entries
        if e.amount is not None
    ]
    work = costs.work.by_currency()
    parts += [(code, amount, (amount, "")) for code, amount in work.items() if code == currency]
    if set(work) - {currency}:
        parts += _work_by_day(facts, currency)
    return in_one(parts, currency)


def _work_by_day(facts: Facts, currency: str) -> list[tuple[str, Decimal, tuple[Decimal, str] | Unknown]]:
    """Work that costs another currency, entry by entry: each at the rate of its own day."""
    found: list[tuple[str, Decimal, tuple[Decimal, str] | Unknown]] = []
    for entry in facts.time:
        for code, amount in priced(facts, "cost", [entry]).by_currency().items():
            if code != currency:
                money = Money(amount=amount, currency=code)
                found.append((code, amount, converted(money, day_of(entry.record, facts), facts, currency)))
    return found


class Margin(Measure):
    """What is left of the revenue after direct cost, in percent, and `profit`, the same in money.

    While some cost is not known, `margin_at_most` and `profit_at_most` are what the known part leaves: upper bounds.
    """

    name = "margin"
    title = "Margin to date"
    unit = "percent"
    reads = ("include", "money")
    source = "(revenue - direct cost) / revenue, revenue as invoiced, without tax"
    method = "revenue as invoiced and cost to date, without tax"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown while cost or revenue is, or when they are in different currencies and no rate is stated."""
        none = unrecorded(facts, self.states(facts))
        why = first_unknown((none, self._lacking(facts), costs_of(facts).unknown))
        yield from self._pair(facts, why)
        if why is not None and why is costs_of(facts).unknown and none is None:
            yield from self._pair(facts, None, "_at_most")

    def _lacking(self, facts: Facts) -> Unknown | None:
        if not facts.project.money:
            return Unknown(why="no money rule says which documents are this project's")
        if ledger.revenue(facts).unstated():
            return Unknown(why="the ledger states no amount on some documents")
        if earned_in_one(facts).amount and not facts.time and not costs_of(facts).bought.entries:
            return Unknown(why="neither time nor purchases are recorded to set against the revenue")
        for side in (earned_in_one(facts), spent_in_one(facts)):
            if side.why is not None:
                return Unknown(why=f"revenue and cost are in several currencies: {side.why}")
        return None

    def _pair(self, facts: Facts, why: Unknown | None, suffix: str = "") -> Iterable[Figure]:
        earned, spent = earned_in_one(facts), spent_in_one(facts)
        currency = earned.amount.currency
        # Each side rounded as it is shown by itself, so that revenue, cost and profit add up on paper.
        profit = earned.amount.round() - spent.amount.round()
        share = gross_margin(earned.amount.amount, spent.amount.amount)
        if isinstance(share, Unknown):
            share = Unknown(why="nothing has been invoiced")
        elif earned.amount.amount < 0:
            # A loss by a negative revenue would come out as a gain.
            share = Unknown(why="more has been credited than invoiced")
        exact, whole = (
            [
                line("revenue", money_text(sides[0], currency)),
                line("cost", money_text(sides[1], currency)),
                *(line("converted", text) for text in dict.fromkeys((*earned.rates, *spent.rates))),
            ]
            for sides in (
                (earned.amount.amount, spent.amount.amount),
                (earned.amount.round().amount, spent.amount.round().amount),
            )
        )
        method = self.method if not suffix else f"upper bound, some cost is not known: {self.method}"
        coverage = costs_of(facts).coverage
        yield self.figure(
            facts, share if why is None else why, name=f"margin{suffix}", method=method,
            formula="100 x (revenue - cost) / revenue", lines=exact if why is None else [], coverage=coverage,
        )  # fmt: skip
        yield self.figure(
            facts, profit if why is None else why, name=f"profit{suffix}", unit="money", method=method,
            formula="revenue - cost", lines=whole if why is None else [], coverage=coverage,
        )  # fmt: skip


class EffectiveRate(Measure):
    """What an hour has really brought: revenue as invoiced by all hours worked, billable or not."""

    name = "effective_rate"
    title = "Effective hourly rate"
    unit = "money"
    reads = ("include", "money")
    source = 'ruddr, "Effective Bill Rate": revenue / all hours worked on it'

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Money an hour, at the currency's minor unit."""
        earned = earned_in_one(facts)
        seconds = sum(entry.record.seconds for entry in facts.time)
        value = effective_rate(earned.amount.amount, hours(seconds))
        shown = value if isinstance(value, Unknown) else Money(amount=value, currency=earned.amount.currency).round()
        if not facts.project.money:
            shown = Unknown(why="no money rule says which documents are this project's")
        elif earned.why is not None:
            shown = Unknown(why=earned.why)
        lines = [
            line("revenue", money_text(earned.amount.amount, earned.amount.currency)),
            line("hours worked", hours_text(seconds)),
        ]
        method, formula = "revenue as invoiced, without tax, by recorded hours", "revenue / hours worked"
        yield self.figure(facts, shown, method=method, formula=formula, lines=lines)
