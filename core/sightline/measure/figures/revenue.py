"""What has been earned, by the method that was agreed and by every other, and how that compares with what was invoiced."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sightline.measure import ledger
from sightline.measure.agreements import Term, next_period, revenue_method, terms
from sightline.measure.billing import capped_revenue, deferred_by_days, fixed_price_revenue
from sightline.measure.budget import period_start
from sightline.measure.exact import ZERO
from sightline.measure.exchange import converted_part, in_one
from sightline.measure.figures.agreed import agreed_percent
from sightline.measure.figures.agreement import NO_AGREEMENT, Used, only, retainer_periods
from sightline.measure.figures.profit import costs_of, spent_in_one
from sightline.measure.pricing import day_of, priced, priced_lines
from sightline.measure.progress import completed_by_count, completed_by_estimate
from sightline.measure.receipts import Measure, hours_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.measure.worth import billable_entries, billable_seconds, billable_value
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money, minor_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sightline.model.facts import Facts
    from sightline.model.portfolio import Agreement, RevenueMethod

__all__ = ["Earned", "RevenueByMethod", "Unbilled", "complete_percent", "earned"]

_NO_RULE = "no money rule says which documents are this project's"
_DAY = dt.timedelta(days=1)
_FOUR = Decimal("0.0001")


@remembered
def earned(facts: Facts) -> Used:
    """What the work to date has earned: each term of the agreement by its own method, added up."""
    found = terms(facts.project, facts.today)
    if not found:
        if facts.project.client is None:
            return _unknown(NO_AGREEMENT)
        return _by_hours(facts, None)
    if len(found) == 1:
        return _of_term(facts, found[0])
    return _of_terms(facts, [term for term in found if term.agreement.kind != "internal"])


def _of_terms(facts: Facts, found: list[Term]) -> Used:
    """Several terms: their sums, in one currency; Unknown while one of them is."""
    if sum(term.agreement.kind == "fixed_price" for term in found) > 1:
        return _unknown("two fixed prices with other terms between them: progress cannot be told apart")
    parts = [_of_term(facts, term) for term in found]
    unknown = next((part for part in parts if isinstance(part.amount, Unknown)), None)
    if unknown is not None:
        return unknown
    currency = facts.money_currency()
    amounts = [part.amount for part in parts if isinstance(part.amount, Money)]
    if any(amount.currency != currency for amount in amounts):
        return _unknown("the agreement changed its currency")
    whole = sum((amount.amount for amount in amounts), ZERO)
    lines = [row for part in parts for row in part.lines]
    method = "; then ".join(part.method for part in parts)
    return Used(Money(amount=whole, currency=currency), method, lines, ("include",))


def _unknown(why: str, method: str | None = None) -> Used:
    return Used(Unknown(why=why), method or why, [], ())


def _of_term(facts: Facts, term: Term, method: RevenueMethod | None = None) -> Used:
    """One term, by a method (default: its own), never above the contract."""
    chosen = method or revenue_method(term.agreement)
    if chosen is None:
        return _unknown(NO_AGREEMENT)
    return _capped(_METHODS[chosen](facts, term), term.agreement)


def _capped(used: Used, agreement: Agreement) -> Used:
    """At most the cap, or the price where one was fixed; what is above is written off."""
    cap = {"capped": agreement.cap or agreement.budget, "fixed_price": agreement.budget}.get(agreement.kind)
    if cap is None or isinstance(used.amount, Unknown):
        return used
    if used.amount.currency != cap.currency:
        return _unknown(f"agreed in {cap.currency}, but earned in {used.amount.currency}")
    amount = Money(amount=capped_revenue(used.amount.amount, cap.amount), currency=cap.currency)
    if agreement.kind == "fixed_price":
        return used._replace(amount=amount)
    lines = [*used.lines, line("at most the cap", money_text(cap.amount, cap.currency))]
    return used._replace(amount=amount, method=f"{used.method}, at most the cap", lines=lines)


def _by_hours(facts: Facts, term: Term | None) -> Used:
    """The value of billable work, and purchases passed on where that was agreed."""
    currency = facts.money_currency()
    if term is None or (term.first is None and term.last is None):
        found, sums = billable_value(facts)
    else:
        inside = [entry for entry in billable_entries(facts) if term.holds(day_of(entry.record, facts))]
        found = priced(facts, "bill", inside, billable_seconds(facts))
        sums = Unknown(why=found.why_unknown("bill")) if found.missing else found.by_currency() or {currency: ZERO}
    value, lines = only(sums, currency), priced_lines(found)
    if isinstance(value, Money) and term is not None and term.agreement.expenses == "billed":
        passed, more = _passed_on(facts, term, currency)
        value, lines = passed if isinstance(passed, Unknown) else value + passed, [*lines, *more]
    return Used(value, "value of billable work", lines, ("include",))


def _passed_on(facts: Facts, term: Term, currency: str) -> tuple[Money | Unknown, list[ReceiptLine]]:
    """Purchases of the term with their markup, each document at its own day's rate."""
    entries = [
        e
        for e in ledger.bought(facts).entries
        if e.amount is not None and term.holds(e.part.document.issued_on or facts.today)
    ]
    whole = in_one(
        (
            (e.part.document.currency, e.amount or ZERO, converted_part(e.amount or ZERO, e.part, facts, currency))
            for e in entries
        ),
        currency,
    )
    if whole.why is not None:
        return Unknown(why=whole.why), []
    factor = 1 + term.agreement.markup
    amount = Money(amount=whole.amount.amount * factor, currency=currency).round()
    label = f"purchases passed on, x {plain(factor)}" if factor != 1 else "purchases passed on"
    return amount, [line(label, money_text(amount.amount, currency), (e.part.ref for e in entries))] if entries else []


@remembered
def complete_percent(facts: Facts) -> tuple[Decimal | Unknown, str]:
    """How much is done, in percent, and by what: by the project's agreed method, else by estimate, else by count."""
    if facts.project.progress.method is not None:
        found = agreed_percent(facts)
        return found.value, found.method
    items = [leaf.item for leaf in work_of(facts).leaves]
    by_estimate = any(item.estimate for item in items)
    done = completed_by_estimate(items) if by_estimate else completed_by_count(items)
    return done, "estimate" if by_estimate else "count"


def _price(agreement: Agreement) -> Money | Unknown:
    price = agreement.budget or agreement.cap
    return Unknown(why="no price was agreed") if price is None else price


def _by_progress(facts: Facts, term: Term) -> Used:
    """Percent complete of the contract's sum."""
    price = _price(term.agreement)
    done, by = complete_percent(facts)
    method = f"percent complete by {by} x fixed price"
    if isinstance(price, Unknown):
        return _unknown(price.why, method)
    if isinstance(done, Unknown):
        return Used(done, method, [], ())
    amount = Money(amount=fixed_price_revenue(done, price.amount), currency=price.currency).round()
    lines = [
        line("percent complete", f"{plain(done.quantize(Decimal('0.000001')))} %"),
        line("fixed price", money_text(price.amount, price.currency)),
    ]
    return Used(amount, method, lines, ("include",))


def _by_cost(facts: Facts, term: Term) -> Used:
    """The share of the expected cost that has been spent, of the contract's sum (cost to cost)."""
    price, method = _price(term.agreement), "cost to date / expected cost x contract"
    if isinstance(price, Unknown):
        return _unknown(price.why, method)
    spent, done = spent_in_one(facts), complete_percent(facts)[0]
    unknown = costs_of(facts).unknown
    if unknown is not None or spent.why is not None:
        return _unknown(unknown.why if unknown is not None else spent.why or "", method)
    left = _remaining_cost(facts)
    if isinstance(left, Unknown):
        return _unknown(left.why, method)
    if isinstance(done, Unknown) or not spent.amount.amount + left:
        return _unknown("there is no cost to measure progress by", method)
    expected = spent.amount.amount + left
    amount = Money(amount=price.amount * spent.amount.amount / expected, currency=price.currency).round()
    code = spent.amount.currency
    lines = [
        line("cost to date", money_text(spent.amount.amount, code)),
        line("expected cost", money_text(expected, code)),
        line("contract", money_text(price.amount, price.currency)),
    ]
    return Used(amount, method, lines, ("include",))


def _remaining_cost(facts: Facts) -> Decimal | Unknown:
    """Estimated hours of what is not done, at the average cost of an hour so far; in the currency of the cost."""
    open_leaves = [leaf for leaf in work_of(facts).leaves if not leaf.item.closed]
    bare = sum(leaf.estimate is None for leaf in open_leaves)
    if bare:
        return Unknown(why=f"{bare} open tasks have no estimate")
    rest = sum((leaf.estimate or ZERO for leaf in open_leaves), ZERO)
    seconds = sum(entry.record.seconds for entry in facts.time)
    if rest and seconds <= 0:
        return Unknown(why="no hours were worked, so an hour's cost is not known")
    work = sum((row.amount for row in costs_of(facts).work.lines), ZERO)
    # At four decimals, as the cost so far is, so that the receipt gives the same share.
    return (work * rest / seconds).quantize(_FOUR, ROUND_HALF_UP) if rest else ZERO


def _by_schedule(facts: Facts, term: Term) -> Used:
    """The agreed instalments to date; a retainer's fee by days and its overage; else the price evenly over the days."""
    agreement = term.agreement
    if agreement.schedule:
        due = [one for one in agreement.schedule if one.day <= facts.today]
        currency = agreement.schedule[0].amount.currency
        amount = Money(amount=sum((one.amount.amount for one in due), ZERO), currency=currency)
        lines = [line(f"instalment of {one.day}", money_text(one.amount.amount, currency)) for one in due]
        return Used(amount, "instalments of the agreed schedule", lines, ())
    return _retainer(facts, term) if agreement.kind == "retainer" else _evenly(facts, term)


def _evenly(facts: Facts, term: Term) -> Used:
    price, method = _price(term.agreement), "price evenly over the project's days, both ends included"
    first, last = term.first or facts.project.starts, facts.project.due
    if isinstance(price, Unknown):
        return _unknown(price.why, method)
    if first is None or last is None or last < first:
        return _unknown("the project has no first and last day to spread over", method)
    until = min(facts.today, last)
    parts = deferred_by_days(price.amount, first, last, [(first, until), (until + _DAY, last)], _unit(price.currency))
    amount = parts[0] if until >= first else ZERO
    lines = [line(f"{first} to {until} of {first} to {last}", money_text(amount, price.currency))]
    return Used(Money(amount=amount, currency=price.currency), method, lines, ())


def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))


def _retainer(facts: Facts, term: Term) -> Used:
    """Fees of whole periods, the present one by its days, and hours beyond the allowance."""
    agreement, method = term.agreement, "fee by days of each period, and overage"
    fee = agreement.budget
    begins = term.first or agreement.starts or facts.project.starts
    if fee is None or begins is None:
        return _unknown("no fee was agreed" if fee is None else "the retainer has no first day", method)
    until = min(facts.today, term.last or facts.today)
    whole, lines = ZERO, []
    start = period_start(begins, agreement.period)
    while start <= until:
        last = next_period(start, agreement.period) - _DAY
        share = fee.amount * ((min(until, last) - start).days + 1) / ((last - start).days + 1)
        part = Money(amount=share, currency=fee.currency).round().amount
        whole += part
        lines.append(line(f"fee of {start} to {min(until, last)}", money_text(part, fee.currency)))
        start = last + _DAY
    over = _overage(facts, agreement, fee.currency)
    if isinstance(over, Unknown):
        return _unknown(over.why, method)
    return Used(Money(amount=whole + over[0], currency=fee.currency), method, [*lines, *over[1]], ("include",))


def _overage(facts: Facts, agreement: Agreement, currency: str) -> tuple[Decimal, list[ReceiptLine]] | Unknown:
    """Hours beyond the allowance of each period, at the agreed rate."""
    beyond = [one for one in retainer_periods(facts) if one.over] if agreement.allowance_seconds else []
    if not beyond:
        return ZERO, []
    if agreement.overage is None or agreement.overage.currency != currency:
        return Unknown(why="hours beyond the allowance were worked, and no rate for them was agreed")
    rate, whole, lines = agreement.overage.amount, ZERO, []
    for one in beyond:
        part = Money(amount=rate * one.over / 3600, currency=currency).round().amount
        whole += part
        lines.append(line(f"overage of {one.first:%Y-%m}: {hours_text(one.over)}", money_text(part, currency)))
    return whole, lines


def _as_invoiced(facts: Facts, _term: Term) -> Used:
    if not facts.project.money:
        return _unknown(_NO_RULE)
    billed, currency = ledger.revenue(facts), facts.money_currency()
    sums = Unknown(why="the ledger states no amount") if billed.unstated() else billed.by_currency()
    return Used(only(sums, currency), "as invoiced, without tax", billed.lines(currency), ("money",))


_METHODS: dict[RevenueMethod, Callable[[Facts, Term], Used]] = {
    "invoiced": _as_invoiced,
    "hours": _by_hours,
    "cost": _by_cost,
    "progress": _by_progress,
    "schedule": _by_schedule,
}


class RevenueByMethod(Measure):
    """Revenue by hours, by cost, by progress and by schedule, whatever was agreed: never above the contract's sum.

    `revenue` is the fifth: as invoiced. The one that was agreed is `earned`.
    """

    name = "revenue_by_hours"
    title = "Revenue by each method"
    unit = "money"
    reads = ("include", "money")
    source = (
        "QAD revenue guide (percent complete, cost to cost); ERPNext (deferred revenue by days); Projector PSA (cap)"
    )

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Four figures; Unknown with the reason where a method does not apply."""
        found = terms(facts.project, facts.today)
        for method in ("hours", "cost", "progress", "schedule"):
            used = (
                _of_term(facts, found[-1]._replace(first=None, last=None), method) if found else _unknown(NO_AGREEMENT)
            )
            yield self.figure(
                facts, used.amount, name=f"revenue_by_{method}", method=used.method,
                formula=f"revenue by {method}, at most the contract's sum", lines=used.lines,
            )  # fmt: skip


class Unbilled(Measure):
    """Work done that no invoice has asked for yet: negative when invoiced ahead of the work."""

    name = "unbilled"
    title = "Not yet billed"
    unit = "money"
    reads = ("include", "money")
    source = "Accrued revenue: earned less invoiced, per contract (QAD revenue guide; Projector PSA for the cap)"
    formula = "earned - invoiced, both without tax"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Earned is by the agreement's method; see `earned`."""
        made = earned(facts)
        found = _difference(facts)
        lines = [*made.lines, *_sides(facts)] if facts.project.money else []
        method = made.method if facts.project.money else "earned less invoiced"
        yield self.figure(facts, found, method=method, formula=self.formula, lines=lines)


@remembered
def _invoiced(facts: Facts) -> Money | Unknown:
    if not facts.project.money:
        return Unknown(why=_NO_RULE)
    billed = ledger.revenue(facts)
    sums = Unknown(why="the ledger states no amount") if billed.unstated() else billed.by_currency()
    return only(sums, facts.money_currency())


def _difference(facts: Facts) -> Money | Unknown:
    made, invoiced = earned(facts).amount, _invoiced(facts)
    if not facts.project.money or not isinstance(made, Money):
        return invoiced if not facts.project.money or isinstance(made, Money) else made
    return invoiced if isinstance(invoiced, Unknown) else made - invoiced


def _sides(facts: Facts) -> list[ReceiptLine]:
    made, invoiced = earned(facts).amount, _invoiced(facts)
    lines = [line("earned", money_text(made.amount, made.currency))] if isinstance(made, Money) else []
    if isinstance(invoiced, Money):
        refs = [entry.part.ref for entry in ledger.revenue(facts).entries]
        lines.append(line("invoiced without tax", money_text(invoiced.amount, invoiced.currency), refs))
    return lines


class Earned(Measure):
    """Revenue earned by the agreed method; `accrued` is what of it is not invoiced, `deferred` what is invoiced ahead."""

    name = "earned"
    title = "Revenue earned"
    unit = "money"
    reads = ("include", "money")
    source = 'QAD revenue guide: "invoiced greater than completed: deferred; else accrued", per contract, never netted'

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Without tax, in the agreement's currency."""
        made = earned(facts)
        formula = "revenue to date by the agreed method, without tax"
        yield self.figure(facts, made.amount, method=made.method, formula=formula, lines=made.lines)
        left = _difference(facts)
        lines = _sides(facts)
        for name, sign in (("accrued", 1), ("deferred", -1)):
            value: Money | Unknown = left
            if isinstance(left, Money):
                value = Money(amount=max(ZERO, sign * left.amount), currency=left.currency)
            formula = "max(0, earned - invoiced)" if sign > 0 else "max(0, invoiced - earned)"
            yield self.figure(facts, value, name=name, method=made.method, formula=formula, lines=lines)
