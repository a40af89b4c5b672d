"""The agreement with the client: how much of its hours and money is used, and what work is not yet billed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure import ledger
from sightline.measure.billing import capped_revenue, fixed_price_revenue
from sightline.measure.budget import period_start, retainer_allowance
from sightline.measure.exact import ZERO, percent
from sightline.measure.figures.time import billable_entries, billable_value, shared_hours, untimed
from sightline.measure.pricing import day_of, priced_lines
from sightline.measure.progress import completed_by_count, completed_by_estimate
from sightline.measure.receipts import Measure, hours_text, line, money_text, plain
from sightline.measure.work import work_of
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import Facts, Sourced
    from sightline.model.portfolio import Agreement
    from sightline.model.records import TimeEntry

__all__ = ["BudgetUsedHours", "BudgetUsedMoney", "Unbilled", "budget_seconds", "used_money"]

NO_AGREEMENT = "nothing was agreed with a client about money"


def _budget_entries(facts: Facts) -> list[Sourced[TimeEntry]]:
    """The time that uses up hours: the billable part for a client, all of it for our own work."""
    agreement = facts.project.agreement
    own = facts.project.client is None or (agreement is not None and agreement.kind == "internal")
    return list(facts.time) if own else billable_entries(facts)


class HoursBudget(NamedTuple):
    """Hours agreed and used, in seconds; for a retainer those of the present period, carried over ones included."""

    agreed: int | Unknown
    used: int
    entries: list[Sourced[TimeEntry]]
    method: str


def budget_seconds(facts: Facts) -> HoursBudget:
    """The agreed hours and what has been used of them."""
    agreement, entries = facts.project.agreement, _budget_entries(facts)
    if agreement is not None and agreement.kind == "retainer":
        allowance = agreement.allowance_seconds if agreement.allowance_seconds is not None else agreement.budget_seconds
        if allowance is not None:
            return _retainer(facts, agreement, allowance, entries)
    agreed = agreement.budget_seconds if agreement is not None else None
    return HoursBudget(
        Unknown(why="no hours were agreed") if agreed is None else agreed,
        sum(entry.record.seconds for entry in entries),
        entries,
        "hours of the whole project; billable ones when it is for a client",
    )


def _retainer(facts: Facts, agreement: Agreement, allowance: int, entries: Sequence[Sourced[TimeEntry]]) -> HoursBudget:
    starts = period_start(facts.today, agreement.period)
    by_period: dict[dt.date, int] = {}
    if agreement.starts is not None:
        first = period_start(agreement.starts, agreement.period)
        while first < starts:
            by_period[first] = 0
            first = period_start(first + dt.timedelta(days=31 if agreement.period == "month" else 93), agreement.period)
    present = []
    for entry in entries:
        period = period_start(day_of(entry.record, facts), agreement.period)
        if period == starts:
            present.append(entry)
        elif period in by_period:
            by_period[period] += entry.record.seconds
    before = [Decimal(used) for used in by_period.values()]
    agreed = int(retainer_allowance(Decimal(allowance), before, roll_over=agreement.roll_over))
    used = sum(entry.record.seconds for entry in present)
    return HoursBudget(agreed, used, present, f"billable hours of the {agreement.period} from {starts:%Y-%m-%d}")


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
        return Used(_only(sums, currency), "value of billable work", priced_lines(found), ("include",))
    if not facts.project.money:
        return Used(Unknown(why="no money rule says which documents are this project's"), "invoiced", [], ())
    billed = ledger.revenue(facts)
    sums = Unknown(why="the ledger states no amount") if billed.unstated() else billed.by_currency()
    return Used(_only(sums, currency), "invoiced without tax", billed.lines(currency), ("money",))


def _only(sums: dict[str, Decimal] | Unknown, currency: str) -> Money | Unknown:
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


class Unbilled(Measure):
    """Work done that no invoice has asked for yet: negative when invoiced ahead of the work."""

    name = "unbilled"
    title = "Not yet billed"
    unit = "money"
    reads = ("include", "money")
    source = "Accrued revenue: earned less invoiced, per contract (QAD revenue guide; Projector PSA for the cap)"
    formula = "earned - invoiced, both without tax"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Earned is the value of billable work (at most the cap), or percent complete x a fixed price."""
        agreement = facts.project.agreement
        if not facts.project.money:
            yield self.unknown(
                facts,
                "no money rule says which documents are this project's",
                method="earned less invoiced",
                formula=self.formula,
            )
            return
        earned = _earned(facts, agreement)
        billed = ledger.revenue(facts)
        currency = facts.money_currency()
        invoiced = _only(
            Unknown(why="the ledger states no amount") if billed.unstated() else billed.by_currency(), currency
        )
        value: Money | Unknown
        if isinstance(earned.amount, Unknown):
            value = earned.amount
        else:
            value = invoiced if isinstance(invoiced, Unknown) else earned.amount - invoiced
        lines = list(earned.lines)
        if isinstance(earned.amount, Money):
            lines.append(line("earned", money_text(earned.amount.amount, currency)))
        if isinstance(invoiced, Money):
            refs = [entry.part.ref for entry in billed.entries]
            lines.append(line("invoiced without tax", money_text(invoiced.amount, currency), refs))
        yield self.figure(facts, value, method=earned.method, formula=self.formula, lines=lines)


def _earned(facts: Facts, agreement: Agreement | None) -> Used:
    """What the work to date has earned under the agreement."""
    currency = facts.money_currency()
    if agreement is None or agreement.kind in ("time_and_materials", "capped"):
        if agreement is None and facts.project.client is None:
            return Used(Unknown(why=NO_AGREEMENT), NO_AGREEMENT, [], ())
        found, sums = billable_value(facts)
        value = _only(sums, currency)
        cap = agreement.cap or agreement.budget if agreement is not None and agreement.kind == "capped" else None
        lines = priced_lines(found)
        if isinstance(value, Money) and cap is not None:
            lines.append(line("at most the cap", money_text(cap.amount, cap.currency)))
            value = Money(amount=capped_revenue(value.amount, cap.amount), currency=currency)
        return Used(value, "value of billable work" + (", at most the cap" if cap else ""), lines, ("include",))
    if agreement.kind == "fixed_price" and agreement.budget is not None:
        return _earned_of_price(facts, agreement.budget)
    why = {
        "fixed_price": "no price was agreed",
        "retainer": "a retainer is billed by period, not by work",
        "internal": NO_AGREEMENT,
    }[agreement.kind]
    return Used(Unknown(why=why), why, [], ())


def _earned_of_price(facts: Facts, price: Money) -> Used:
    items = [leaf.item for leaf in work_of(facts).leaves]
    by_estimate = any(item.estimate for item in items)
    done = completed_by_estimate(items) if by_estimate else completed_by_count(items)
    method = f"percent complete {'by estimate' if by_estimate else 'by count'} x fixed price"
    if isinstance(done, Unknown):
        return Used(done, method, [], ())
    earned = Money(amount=fixed_price_revenue(done, price.amount), currency=price.currency).round()
    lines = [
        line("percent complete", f"{plain(done.quantize(Decimal('0.000001')))} %"),
        line("fixed price", money_text(price.amount, price.currency)),
    ]
    return Used(earned, method, lines, ("include",))
