"""Amounts of a project in one currency: a document at its own rate first, else at a stated rate of its day.

Revenue and cost are taken at the day of the document or of the work, receivables at the day of the report. What has no
rate stays apart, with the reason. Source: metrics of the domain, "Currencies and dates"; Xero's CurrencyRate.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.currency import Rates
from sightline.measure.exact import ZERO
from sightline.measure.remembered import remembered
from sightline.model.figures import Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sightline.model.facts import DocumentPart, Facts

__all__ = ["Sum", "converted", "converted_part", "in_one", "stated_rates"]


@remembered
def stated_rates(facts: Facts) -> Rates:
    """The rates that the workspace states."""
    return Rates(facts.exchange)


class Sum(NamedTuple):
    """A sum in one currency, what could not be converted to it (by currency), and why; `rates` says what was used."""

    amount: Money
    apart: dict[str, Decimal]
    why: str | None
    rates: tuple[str, ...] = ()

    def value(self) -> Money | Unknown:
        """The whole sum, or why there is none."""
        return self.amount if self.why is None else Unknown(why=self.why)


def converted_part(amount: Decimal, part: DocumentPart, facts: Facts, currency: str) -> tuple[Decimal, str] | Unknown:
    """An amount of the document in `currency` and the rate used, in words; its own rate goes before a stated one."""
    document = part.document
    if document.currency == currency:
        return amount, ""
    base, rate = facts.books.get((part.source, document.scope)), document.rate_to_base
    if rate is not None and base == currency:
        return amount * rate, f"{document.currency} at the document's own rate {_short(rate)}"
    if document.issued_on is None:
        return Unknown(why=f"a document in {document.currency} has no day, so no rate to {currency}")
    return converted(Money(amount=amount, currency=document.currency), document.issued_on, facts, currency)


def converted(amount: Money, day: dt.date, facts: Facts, currency: str) -> tuple[Decimal, str] | Unknown:
    """An amount in `currency` at the stated rate of the day."""
    if amount.currency == currency:
        return amount.amount, ""
    found = stated_rates(facts).convert(amount, currency, day)
    if isinstance(found, Unknown):
        return found
    derived = ", derived" if found.derived else ""
    return found.amount.amount, f"{amount.currency} at the stated rate {_short(found.rate)} of {day}{derived}"


def _short(rate: Decimal) -> str:
    """Six decimals are enough to recognise a rate; the whole of it is used."""
    return f"{rate:.6f}".rstrip("0").rstrip(".")


def in_one(parts: Iterable[tuple[str, Decimal, tuple[Decimal, str] | Unknown]], currency: str) -> Sum:
    """The sum of (own currency, own amount, converted amount and rate or why not) parts in `currency`."""
    whole, apart = ZERO, defaultdict[str, Decimal](Decimal)
    reasons: dict[str, None] = {}
    rates: dict[str, None] = {}
    for own, amount, found in parts:
        if isinstance(found, Unknown):
            apart[own] += amount
            reasons[found.why] = None
        else:
            whole += found[0]
            if found[1]:
                rates[found[1]] = None
    why = "; ".join(reasons) if any(apart.values()) else None
    return Sum(Money(amount=whole, currency=currency), dict(apart), why, tuple(rates))
