"""How much of the hours and the money agreed with the client is used, and what is left of a retainer."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure import ledger
from sightline.measure.agreements import RetainerPeriod, allowance, run_retainer, terms, versions
from sightline.measure.budget import period_start
from sightline.measure.exact import ZERO, percent
from sightline.measure.figures.time import shared_hours, untimed
from sightline.measure.pricing import day_of, priced_lines
from sightline.measure.receipts import Measure, hours, hours_text, line, money_text
from sightline.measure.remembered import remembered
from sightline.measure.worth import billable_entries, billable_seconds, billable_value
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from sightline.model.facts import Facts, Sourced
    from sightline.model.portfolio import Agreement
    from sightline.model.records import TimeEntry

__all__ = [
    "NO_AGREEMENT",
    "BudgetUsedHours",
    "BudgetUsedMoney",
    "RetainerLeft",
    "Used",
    "budget_seconds",
    "only",
    "retainer_periods",
    "used_money",
]

NO_AGREEMENT = "nothing was agreed with a client about money"


def _is_own(facts: Facts) -> bool:
    agreement = facts.project.agreement
    return facts.project.client is None or (agreement is not None and agreement.kind == "internal")


def _counting(facts: Facts) -> Callable[[Sourced[TimeEntry]], int]:
    """How much of an entry uses up hours: its billable share for a client, all of it for our own work."""
    return (lambda entry: entry.record.seconds) if _is_own(facts) else billable_seconds(facts)


def _budget_entries(facts: Facts) -> list[Sourced[TimeEntry]]:
    """The time that uses up hours: the billable part for a client, all of it for our own work."""
    return list(facts.time) if _is_own(facts) else billable_entries(facts)


class HoursBudget(NamedTuple):
    """Hours agreed and used, in seconds; for a retainer those of the present period, carried over ones included."""

    agreed: int | Unknown
    used: int
    entries: list[Sourced[TimeEntry]]
    method: str


@remembered
def budget_seconds(facts: Facts) -> HoursBudget:
    """The agreed hours and what has been used of them."""
    agreement, entries = facts.project.agreement, _budget_entries(facts)
    if agreement is not None and agreement.kind == "retainer" and allowance(agreement) is not None:
        return _retainer(facts, agreement, entries)
    agreed = agreement.budget_seconds if agreement is not None else None
    return HoursBudget(
        Unknown(why="no hours were agreed") if agreed is None else agreed,
        sum(map(_counting(facts), entries)),
        entries,
        "hours of the whole project; billable ones when it is for a client",
    )


def _retainer(facts: Facts, agreement: Agreement, entries: Sequence[Sourced[TimeEntry]]) -> HoursBudget:
    present = retainer_periods(facts)[-1]
    held = [entry for entry in entries if period_start(day_of(entry.record, facts), agreement.period) == present.first]
    method = f"billable hours of the {agreement.period} from {present.first:%Y-%m-%d}"
    return HoursBudget(present.available, present.used, held, method)


@remembered
def retainer_periods(facts: Facts) -> list[RetainerPeriod]:
    """The periods of the retainer that now holds, oldest first; the last one is today's.

    Without a day on which the agreement began there is only the present period: what was left before is not known.
    """
    term = terms(facts.project, facts.today)[-1]
    agreement, counted = term.agreement, billable_seconds(facts)
    used: defaultdict[dt.date, int] = defaultdict(int)
    for entry in _budget_entries(facts):
        used[period_start(day_of(entry.record, facts), agreement.period)] += counted(entry)
    first = period_start(agreement.starts or facts.today, agreement.period)
    held = [one for one in versions(facts.project) if one.kind == "retainer"]
    return run_retainer(held, used, first, facts.today)


class BudgetUsedHours(Measure):
    """Hours used of the hours agreed; of the present period for a retainer."""

    name = "budget_used_hours"
    title = "Hours used"
    unit = "percent"
    source = "Kimai, BudgetStatisticModel: billable time of the project's life or of the period"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Percent, beyond 100 as it is."""
        found = budget_seconds(facts)
        none = untimed(facts, self.states(facts))
        lines = [line("used", hours_text(found.used), (entry.ref for entry in found.entries))]
        value: Decimal | Unknown
        if isinstance(found.agreed, Unknown):
            value = found.agreed
        else:
            lines.append(line("agreed", hours_text(found.agreed)))
            share = percent(Decimal(found.used), Decimal(found.agreed), why="the agreed hours are 0")
            value = share if none is None else none
        yield self.figure(
            facts,
            value,
            method=found.method,
            formula="100 x hours used / hours agreed",
            lines=lines,
            internal=not shared_hours(facts),
        )


class Used(NamedTuple):
    """Money used of an agreement, by its own measure, in its currency and without tax."""

    amount: Money | Unknown
    method: str
    lines: list[ReceiptLine]
    reads: tuple[str, ...]


def used_money(facts: Facts) -> Used:
    """By hours agreements: the value of billable work. Fixed price and retainer: invoiced without tax."""
    agreement, currency = facts.project.agreement, facts.money_currency()
    if agreement is None or agreement.kind == "internal":
        return Used(Unknown(why=NO_AGREEMENT), NO_AGREEMENT, [], ())
    if agreement.kind in ("time_and_materials", "capped"):
        found, sums = billable_value(facts)
        return Used(only(sums, currency), "value of billable work", priced_lines(found), ("include",))
    if not facts.project.money:
        return Used(Unknown(why="no money rule says which documents are this project's"), "invoiced", [], ())
    billed = ledger.revenue(facts)
    sums = Unknown(why="the ledger states no amount") if billed.unstated() else billed.by_currency()
    return Used(only(sums, currency), "invoiced without tax", billed.lines(currency), ("money",))


def only(sums: dict[str, Decimal] | Unknown, currency: str) -> Money | Unknown:
    """The sum when it is in the agreed currency alone; two currencies never add."""
    if isinstance(sums, Unknown):
        return sums
    others = sorted(code for code, amount in sums.items() if amount and code != currency)
    if others:
        return Unknown(why=f"agreed in {currency}, but there is work or an invoice in {', '.join(others)}")
    return Money(amount=sums.get(currency, ZERO), currency=currency).round()


class BudgetUsedMoney(Measure):
    """Money used of the money agreed, without tax."""

    name = "budget_used_money"
    title = "Budget used"
    unit = "percent"
    reads = ("include", "money")
    source = "Kimai, BudgetStatisticModel: spent is the client's view, the billable amount"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Percent of the budget (of the cap, where only a cap was agreed), beyond 100 as it is."""
        agreement, used = facts.project.agreement, used_money(facts)
        whole = (agreement.budget or agreement.cap) if agreement is not None else None
        lines = list(used.lines)
        value: Decimal | Unknown
        if isinstance(used.amount, Unknown):
            value = used.amount
        elif whole is None:
            value = Unknown(why="no sum was agreed")
        else:
            value = percent(used.amount.amount, whole.amount, why="the agreed sum is 0")
            lines.append(line("used", money_text(used.amount.amount, whole.currency)))
            lines.append(line("agreed", money_text(whole.amount, whole.currency)))
        yield self.figure(
            facts,
            value,
            method=used.method,
            formula="100 x money used / money agreed, without tax",
            lines=lines,
            internal=agreement is None or agreement.kind == "internal",
        )


class RetainerLeft(Measure):
    """Hours of the retainer left in the present period, what was carried over from earlier ones included."""

    name = "retainer_left"
    title = "Retainer hours left"
    unit = "hours"
    source = (
        "The agreement's terms: allowance, roll-over and expiry; overage is billed, never taken off the next period"
    )
    formula = "allowance + carried over - used, of the last period"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Negative when overdrawn. Nothing for a project that is no retainer; the receipt lists every period."""
        agreement = facts.project.agreement
        if agreement is None or agreement.kind != "retainer":
            return
        method = f"billable hours by {agreement.period}, oldest hours used first"
        if allowance(agreement) is None:
            yield self.unknown(facts, "no allowance was agreed", method=method, formula=self.formula)
            return
        periods = retainer_periods(facts)
        last = periods[-1]
        lines = [
            line(
                f"{one.first:%Y-%m}: {hours_text(one.allowance)} allowed, {hours_text(one.carried)} carried over, "
                f"{hours_text(one.expired)} expired, {hours_text(one.used)} used",
                hours_text(one.available - one.used),
            )
            for one in periods
        ]
        value = hours(last.available - last.used)
        none = untimed(facts, self.states(facts))
        shown = value if none is None else none
        yield self.figure(facts, shown, method=method, formula=self.formula, lines=lines)
