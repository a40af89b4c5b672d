"""Whether the work pays: margin, utilisation, realisation, effective rate. Percents are 0-100 and beyond.

"Realisation" is said of two things: value billed by value at standard rates (accountingtools.com, ruddr), and billable
by recorded hours (stafiz). Both parts are named wherever one is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.measure.exact import divided, percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from sightline.model.figures import Unknown

__all__ = ["collection", "effective_rate", "gross_margin", "realization", "realized_rates", "utilization"]


def gross_margin(revenue: Decimal, cost: Decimal) -> Decimal | Unknown:
    """(revenue - direct cost) / revenue in percent, both without tax."""
    return percent(revenue - cost, revenue, why="there is no revenue")


def utilization(billable_hours: Decimal, available_hours: Decimal) -> Decimal | Unknown:
    """Billable hours as percent of available hours (capacity less absence); may pass 100."""
    return percent(billable_hours, available_hours, why="there are no available hours")


def realization(billed: Decimal, standard_value: Decimal) -> Decimal | Unknown:
    """Billed value as percent of the value at standard rates."""
    return percent(billed, standard_value, why="there is no work to bill")


def collection(collected: Decimal, billed: Decimal) -> Decimal | Unknown:
    """Collected as percent of billed."""
    return percent(collected, billed, why="nothing was billed")


def effective_rate(revenue: Decimal, hours: Decimal) -> Decimal | Unknown:
    """Revenue per hour of all hours worked on it."""
    return divided(revenue, hours, why="no hours were worked")


def realized_rates(rate: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """A rate after each share (0-1) in turn: utilisation, realisation, collection."""
    rates = []
    for share in shares:
        rate *= share
        rates.append(rate)
    return rates
