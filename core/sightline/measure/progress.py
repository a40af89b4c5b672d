"""How much is done: percent by count and by estimate, remaining work, and how percents are shown.

Definitions: Redmine, `Version#completed_percent` and the parent's done ratio (app/models); OpenProject user guide,
"Progress tracking". A percent is 0-100, exact inside and rounded down when shown.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import HUNDRED, ZERO, floored, percent
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Item",
    "average_estimate",
    "closed_percent",
    "completed_by_count",
    "completed_by_estimate",
    "completed_by_work",
    "remaining_by_status",
    "remaining_hours",
    "rolled_up",
]

NOTHING = Unknown(why="there are no items")


class Item(NamedTuple):
    """Something to be done: percent done 0-100 (a closed item is 100 whatever it says), estimate in any one unit."""

    done: Decimal = ZERO
    closed: bool = False
    estimate: Decimal | None = None

    @property
    def ratio(self) -> Decimal:
        """Percent done, 100 when closed."""
        return HUNDRED if self.closed else self.done


def completed_by_count(items: Sequence[Item], *, empty: Decimal | Unknown = NOTHING) -> Decimal | Unknown:
    """Mean percent done, every item weighing the same. Without items `empty` (Redmine would say 0)."""
    if not items:
        return empty
    return sum((item.ratio for item in items), ZERO) / len(items)


def completed_by_estimate(items: Sequence[Item], *, empty: Decimal | Unknown = NOTHING) -> Decimal | Unknown:
    """Percent done weighted by estimate; an item without one (or with 0) weighs the average of the others, else 1."""
    if not items:
        return empty
    average = average_estimate(items)
    weights = [item.estimate or average for item in items]
    return sum((w * item.ratio for w, item in zip(weights, items, strict=True)), ZERO) / sum(weights)


def closed_percent(items: Sequence[Item], *, empty: Decimal | Unknown = NOTHING) -> Decimal | Unknown:
    """Percent of the weight (as `completed_by_estimate`) that is closed; open items count nothing."""
    whole_only = [Item(closed=item.closed, estimate=item.estimate) for item in items]
    return completed_by_estimate(whole_only, empty=empty)


def average_estimate(items: Sequence[Item]) -> Decimal:
    """Mean of the estimates above 0; 1 when there is none, so that all items weigh the same."""
    stated = [item.estimate for item in items if item.estimate is not None and item.estimate > 0]
    return sum(stated, ZERO) / len(stated) if stated else Decimal(1)


def rolled_up(children: Sequence[Item]) -> Decimal | Unknown:
    """A parent's percent from its children: weighted by estimate, a whole number, rounded down."""
    exact = completed_by_estimate(children)
    return exact if isinstance(exact, Unknown) else floored(exact)


def remaining_hours(items: Sequence[Item]) -> Decimal | Unknown:
    """Estimate times what is not done, summed, in the unit of the estimates; Unknown when an open item has none."""
    missing = sum(item.estimate is None and not item.closed for item in items)
    if missing:
        return Unknown(why=f"{missing} of {len(items)} items have no estimate")
    return sum(((item.estimate or ZERO) * (HUNDRED - item.ratio) / HUNDRED for item in items), ZERO)


def completed_by_work(work: Decimal | None, remaining: Decimal | None) -> Decimal | Unknown:
    """Percent of the work that is not left: (work - remaining) / work. More left than there was is an input error."""
    if work is None or remaining is None:
        return Unknown(why="work or remaining work is not stated")
    if remaining > work:
        return Unknown(why="more work remains than was estimated")
    return percent(work - remaining, work, why="the work is 0")


def remaining_by_status(work: Decimal | None, status_percent: Decimal) -> Decimal | Unknown:
    """Work times what the status leaves open, in the unit of `work`."""
    if work is None:
        return Unknown(why="the work is not stated")
    return work * (HUNDRED - status_percent) / HUNDRED
