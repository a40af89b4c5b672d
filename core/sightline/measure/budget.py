"""The agreed budget: how fast it burns, how long it lasts, what a retainer has left. Any one unit: money or hours.

Sources: Kimai, BudgetStatisticModel (spent and open, lifetime or monthly); published burn-rate calculators.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.exact import ZERO, divided, percent
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

__all__ = [
    "Budget",
    "budget",
    "burn_rate",
    "cost_at_completion",
    "period_start",
    "retainer_allowance",
    "runway",
    "trailing_burn",
]


class Budget(NamedTuple):
    """Spent, open (negative when overrun) and percent spent (beyond 100 as it is)."""

    spent: Decimal
    open: Decimal
    percent: Decimal | Unknown


def budget(whole: Decimal | None, spent: Decimal, *, floor_at_zero: bool = False) -> Budget | Unknown:
    """How a budget stands. Default: an overrun is a negative open amount (`floor_at_zero`: 0, as in Kimai)."""
    if whole is None:
        return Unknown(why="no budget was agreed")
    left = whole - spent
    return Budget(spent, max(left, ZERO) if floor_at_zero else left, percent(spent, whole, why="the budget is 0"))


def burn_rate(spent: Decimal, elapsed: Decimal) -> Decimal | Unknown:
    """Spent per period since the start."""
    return divided(spent, elapsed, why="no time has passed")


def trailing_burn(spent_by_period: Sequence[Decimal], periods: int = 4) -> Decimal | Unknown:
    """Spent per period over the last `periods` (oldest first), empty ones counted."""
    last = list(spent_by_period[-periods:]) if periods > 0 else []
    return divided(sum(last, ZERO), Decimal(len(last)), why="no time has passed")


def runway(remaining: Decimal, burn: Decimal | Unknown) -> Decimal | Unknown:
    """Periods until the budget is gone at this burn."""
    if isinstance(burn, Unknown):
        return burn
    if remaining < 0:
        return Unknown(why="the budget is exhausted")
    if burn <= 0:
        return Unknown(why="nothing is being spent, so the budget lasts without end")
    return remaining / burn


def cost_at_completion(burn: Decimal | Unknown, planned: Decimal) -> Decimal | Unknown:
    """What the work will have cost after all `planned` periods at this burn."""
    return burn if isinstance(burn, Unknown) else burn * planned


def period_start(today: dt.date, period: Literal["month", "quarter"]) -> dt.date:
    """First day of the calendar month or quarter of `today`."""
    month = today.month if period == "month" else today.month - (today.month - 1) % 3
    return today.replace(month=month, day=1)


def retainer_allowance(allowance: Decimal, used_before: Sequence[Decimal], *, roll_over: bool) -> Decimal:
    """What may be used in the present period, after those in `used_before` (oldest first).

    With roll-over, what was left of earlier periods is added; what was overdrawn is not taken off again, because
    overage is billed. Without, every period starts with the allowance.
    """
    carried = ZERO
    for used in used_before if roll_over else ():
        carried = max(ZERO, carried + allowance - used)
    return allowance + carried
