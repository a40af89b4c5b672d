"""A project in one period: what was worked, invoiced, received and spent in its days, and what was owed at its end.

Time counts by the day of work, documents by their own day, money received by the day of the payment.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import structs

from sightline.errors import ConfigError
from sightline.measure import ledger
from sightline.measure.agreements import Period, in_force, next_period
from sightline.measure.exact import ZERO
from sightline.measure.figures.control import Leakage
from sightline.measure.figures.ledger import Invoiced, Revenue
from sightline.measure.figures.owed import Realisation
from sightline.measure.figures.profit import Cost, EffectiveRate, Margin, Purchases
from sightline.measure.figures.time import BillableValue, BillingHours, Hours, HoursBillable
from sightline.measure.pricing import day_of
from sightline.measure.project import measure_project
from sightline.measure.receipts import Measure, line, money_text
from sightline.measure.receivables import SALES_SIGN, standing
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import DocumentPart, Facts, Sourced
    from sightline.model.records import Payment

__all__ = ["Period", "parse_period", "period_figures", "within"]

_MONTH = re.compile(r"^(\d{4})-(\d\d)$")
_QUARTER = re.compile(r"^(\d{4})-[Qq]([1-4])$")
_CREDITS = ("credit", "overpayment", "prepayment")
_VOID = frozenset(("deleted", "voided", "void", "cancelled"))


def parse_period(text: str) -> Period:
    """`2026-10`, `2026-Q4`, `2026` or `2026-10-01..2026-10-15`, both days included; `ConfigError` for anything else."""
    try:
        if match := _MONTH.match(text):
            return _of_months(dt.date(int(match[1]), int(match[2]), 1), 1)
        if match := _QUARTER.match(text):
            return _of_months(dt.date(int(match[1]), 3 * int(match[2]) - 2, 1), 3)
        if re.fullmatch(r"\d{4}", text):
            return Period(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31))
        first, found, last = text.partition("..")
        period = Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last if found else first))
        if period.first <= period.last:
            return period
    except (ValueError, OverflowError):
        pass
    raise ConfigError(
        f"{text[:40]!r} is no period",
        where="--period",
        mend="Write 2026-10, 2026-Q4, 2026 or 2026-10-01..2026-10-15.",
    )


def _of_months(first: dt.date, months: int) -> Period:
    after = first
    for _ in range(months):
        after = next_period(after, "month")
    return Period(first, after - dt.timedelta(days=1))


def within(facts: Facts, period: Period) -> Facts:
    """The project as if only the period's time, documents and traces were there; the agreement is that of its end."""

    def inside(day: dt.date | None) -> bool:
        return day is not None and period.first <= day <= period.last

    where = zone(facts.calendar.timezone)
    time = tuple(entry for entry in facts.time if inside(day_of(entry.record, facts)))
    return structs.replace(
        facts,
        project=structs.replace(facts.project, agreement=in_force(facts.project, period.last)),
        time=time,
        # Where time is recorded at all, a period without any is a quiet one, not an unknown one.
        timed=bool(facts.time),
        documents=tuple(part for part in facts.documents if inside(part.document.issued_on)),
        payments=tuple(one for one in facts.payments if inside(one.record.day)),
        activities=tuple(one for one in facts.activities if inside(day_in(one.record.at, where))),
    )


_FLOWS = (
    Hours, HoursBillable, BillableValue, BillingHours, Invoiced, Revenue, Purchases, Cost, Margin, EffectiveRate,
    Realisation, Leakage,
)  # fmt: skip


def period_figures(facts: Facts, period: Period) -> list[Figure]:
    """What flowed in the period, what was received in it, and what was outstanding at the end of its last day."""
    flows = measure_project(within(facts, period), _FLOWS)
    return [*flows, *Received(period).measure(facts), *OwedAtEnd(period).measure(facts)]


class _OfPeriod(Measure):
    """A sum over payments; not registered, because it needs a period."""

    unit = "money"
    reads = ("money",)

    def __init__(self, period: Period) -> None:
        self.period = period

    def _sales(self, facts: Facts) -> dict[str, DocumentPart]:
        """Sales documents that count, over- and prepayments received with them, by source and id."""
        return {
            f"{part.source}/{part.document.id}": part
            for part in facts.documents
            if (part.document.kind in SALES_SIGN or _is_ahead(part))
            and standing(part.document) == "counts"
            and not part.document.counts_elsewhere
        }

    def _paid(
        self, facts: Facts, kinds: Iterable[str], last: dt.date, first: dt.date | None = None
    ) -> list[tuple[Sourced[Payment], DocumentPart, Decimal]]:
        """Payments of the days on the project's sales, each with its share of the document, signed."""
        sales, wanted = self._sales(facts), frozenset(kinds)
        return [
            (payment, part, _sign(part) * _share(payment.record.amount, part))
            for payment in facts.payments
            if payment.record.kind in wanted
            and payment.record.status.casefold() not in _VOID
            and payment.record.day <= last
            and (first is None or first <= payment.record.day)
            and (part := sales.get(f"{payment.source}/{payment.record.document}")) is not None
        ]


def _is_ahead(part: DocumentPart) -> bool:
    """Money of the client's that no invoice has asked for."""
    return part.document.kind in ("overpayment", "prepayment") and part.document.direction != "out"


def _sign(part: DocumentPart) -> int:
    return SALES_SIGN.get(part.document.kind, -1)


def _share(amount: Decimal, part: DocumentPart) -> Decimal:
    whole = part.document.total
    return amount if part.whole or not whole or part.total is None else amount * part.total / whole


class Received(_OfPeriod):
    """Money received in the period, on invoices and ahead of them, less refunds; by the payments' own days."""

    name = "received"
    title = "Received"
    source = "Ledger: payments by their day; deleted ones excluded"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure per currency, with tax."""
        sums: dict[str, Decimal] = {}
        lines: dict[str, list[ReceiptLine]] = {}
        for payment, part, amount in self._paid(facts, ("payment",), self.period.last, self.period.first):
            code = part.document.currency
            sums[code] = sums.get(code, ZERO) + amount
            said = f"{payment.record.day} on {ledger.name_of(part)}"
            lines.setdefault(code, []).append(line(said, money_text(amount, code), (payment.ref,)))
        for part in self._sales(facts).values():
            day, code = part.document.issued_on, part.document.currency
            if _is_ahead(part) and part.total and day and self.period.first <= day <= self.period.last:
                sums[code] = sums.get(code, ZERO) + part.total
                lines.setdefault(code, []).append(line(ledger.name_of(part), money_text(part.total, code), (part.ref,)))
        for code, amount in sums.items() or {facts.money_currency(): ZERO}.items():
            yield self.figure(
                facts, Money(amount=amount, currency=code).round(), method="payments by their day, with tax",
                formula="sum of payments, over- and prepayments of the period", lines=lines.get(code, []),
            )  # fmt: skip


class OwedAtEnd(_OfPeriod):
    """What was outstanding at the end of the period: invoiced by then, less what was paid and credited by then."""

    name = "outstanding_at_end"
    title = "Outstanding at the end"
    source = "ERPNext, Accounts Receivable: outstanding = invoiced - paid - credited, at a date"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure per currency, with tax. Credits not used by then are negative rows."""
        formula = "invoiced - paid - credited up to the end of the period"
        method = "documents and payments up to the period's last day, as the ledger now states them"
        settled: dict[str, Decimal] = {}
        for _, part, amount in self._paid(facts, ("payment", *_CREDITS), self.period.last):
            key = f"{part.source}/{part.document.id}"
            settled[key] = settled.get(key, ZERO) + amount
        sums: dict[str, Decimal] = {}
        lines: dict[str, list[ReceiptLine]] = {}
        for key, part in self._sales(facts).items():
            document = part.document
            if document.issued_on is None or document.issued_on > self.period.last:
                continue
            if part.total is None:
                why = "the ledger states no amount on some documents"
                yield self.unknown(facts, why, method=method, formula=formula)
                return
            code = document.currency
            left = _sign(part) * part.total - settled.get(key, ZERO) + _used(facts, part, self.period.last)
            sums[code] = sums.get(code, ZERO) + left
            if left:
                lines.setdefault(code, []).append(line(ledger.name_of(part), money_text(left, code), (part.ref,)))
        for code, amount in sums.items() or {facts.money_currency(): ZERO}.items():
            value: Money | Unknown = Money(amount=amount, currency=code).round()
            yield self.figure(facts, value, method=method, formula=formula, lines=lines.get(code, []))


def _used(facts: Facts, part: DocumentPart, last: dt.date) -> Decimal:
    """What of a credit, over- or prepayment had been allocated to invoices by then: it is no longer open on it."""
    if part.document.kind == "invoice":
        return ZERO
    used = (
        one.record.amount
        for one in facts.payments
        if one.source == part.source and one.record.credit == part.document.id and one.record.day <= last
        and one.record.status.casefold() not in _VOID
    )  # fmt: skip
    return _share(sum(used, ZERO), part)
