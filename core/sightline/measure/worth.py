"""The billable time of a project and what it is worth, worked out once for all figures that ask."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.billable import shared_seconds, sharing
from sightline.measure.pricing import Priced, priced
from sightline.measure.remembered import remembered
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import TimeEntry

__all__ = ["billable_entries", "billable_seconds", "billable_value"]


@remembered
def billable_entries(facts: Facts) -> list[Sourced[TimeEntry]]:
    """The entries that bill, whole or in part."""
    share = sharing(facts)
    return [entry for entry in facts.time if share(*entry)]


@remembered
def billable_seconds(facts: Facts) -> Callable[[Sourced[TimeEntry]], int]:
    """Entry → how much of it bills."""
    share = sharing(facts)

    def seconds(entry: Sourced[TimeEntry]) -> int:
        source, record = entry
        return shared_seconds(record, share(source, record))

    return seconds


@remembered
def billable_value(facts: Facts) -> tuple[Priced, dict[str, Decimal] | Unknown]:
    """The billable time priced, and its sums by currency; Unknown when some of it has no rate."""
    found = priced(facts, "bill", billable_entries(facts), billable_seconds(facts))
    if found.missing:
        return found, Unknown(why=found.why_unknown("bill"))
    return found, found.by_currency() or {facts.money_currency(): Decimal(0)}
