"""One currency in another: dated rates, inverse and crossed ones (marked as derived), and what a sum was worth when.

Sources: beancount (prices, convert, interpolate), hledger (valuation). A rate is units of the second currency for one of
the first. Nothing is converted before the first rate; what cannot be converted stays apart.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.exact import ZERO
from sightline.model.figures import Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Converted", "DatedRate", "Rates", "Valuation", "added", "crossed", "rate_on", "residual", "running_values"]

DatedRate = tuple[dt.date, Decimal]
Valuation = Literal["at_cost", "at_posting_date", "at_period_end", "at_report_end"]


def rate_on(rates: Sequence[DatedRate], day: dt.date | None) -> Decimal | None:
    """The last rate on or before `day` (None: the latest); of one day the last declared; None before the first."""
    found: DatedRate | None = None
    for rate in rates:
        if (day is None or rate[0] <= day) and (found is None or rate[0] >= found[0]):
            found = rate
    return found[1] if found else None


def crossed(first: Sequence[DatedRate], second: Sequence[DatedRate]) -> list[DatedRate]:
    """Rates A→C from A→B and B→C, on the days of A→B; a day before the first B→C has none."""
    pairs = ((day, rate, rate_on(second, day)) for day, rate in first)
    return [(day, rate * onward) for day, rate, onward in pairs if onward is not None]


class Converted(NamedTuple):
    """An amount in another currency, the rate used, and whether that was derived (inverse or crossed)."""

    amount: Money
    rate: Decimal
    derived: bool


class Rates:
    """Dated rates by pair of currencies."""

    def __init__(self, stated: Mapping[tuple[str, str], Sequence[DatedRate]]) -> None:
        self._stated = dict(stated)

    def convert(self, amount: Money, currency: str, day: dt.date | None) -> Converted | Unknown:
        """`amount` in `currency` at the rate of `day`, exact: stated, else inverse, else through one third currency."""
        if amount.currency == currency:
            return Converted(amount, Decimal(1), derived=False)
        direct = rate_on(self._stated.get((amount.currency, currency), ()), day)
        if direct is not None:
            return Converted(Money(amount=amount.amount * direct, currency=currency), direct, derived=False)
        rate = self._inverse(amount.currency, currency, day) or self._through(amount.currency, currency, day)
        if rate is None:
            when = f"on {day}" if day else "at all"
            return Unknown(why=f"no rate from {amount.currency} to {currency} {when}")
        return Converted(Money(amount=amount.amount * rate, currency=currency), rate, derived=True)

    def _inverse(self, start: str, end: str, day: dt.date | None) -> Decimal | None:
        back = rate_on(self._stated.get((end, start), ()), day)
        return 1 / back if back else None

    def _step(self, start: str, end: str, day: dt.date | None) -> Decimal | None:
        stated = rate_on(self._stated.get((start, end), ()), day)
        return stated if stated is not None else self._inverse(start, end, day)

    def _through(self, start: str, end: str, day: dt.date | None) -> Decimal | None:
        for middle in sorted({code for pair in self._stated for code in pair} - {start, end}):
            first, second = self._step(start, middle, day), self._step(middle, end, day)
            if first is not None and second is not None:
                return first * second
        return None


def added(amounts: Iterable[Money]) -> list[Money]:
    """Sums by currency, in the order met; two currencies never become one number."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        held = sums.get(amount.currency)
        sums[amount.currency] = amount if held is None else held + amount
    return list(sums.values())


def residual(amount: Decimal, other: Decimal, rate: Decimal) -> Decimal:
    """What is left when `other` at `rate` is set against `amount`, exact: shown, never hidden."""
    return other * rate - amount


def running_values(
    postings: Sequence[tuple[dt.date, Decimal, Decimal]],
    prices: Sequence[DatedRate],
    valuation: Valuation,
    at: dt.date | None = None,
) -> list[Decimal | Unknown]:
    """Running totals of (day, units, cost) postings by one of the valuation conventions, all of which are "right".

    `at_report_end` values all at `at` (None: the latest price); `at_period_end` each at the end of its month.
    """
    totals: list[Decimal | Unknown] = []
    total: Decimal | Unknown = ZERO
    for day, units, cost in postings:
        days = {"at_posting_date": day, "at_period_end": _month_end(day), "at_report_end": at}
        price = None if valuation == "at_cost" else rate_on(prices, days[valuation])
        worth = cost if valuation == "at_cost" else None if price is None else units * price
        if isinstance(total, Decimal):
            total = Unknown(why=f"no price on or before {day}") if worth is None else total + worth
        totals.append(total)
    return totals


def _month_end(day: dt.date) -> dt.date:
    following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return following - dt.timedelta(days=1)
