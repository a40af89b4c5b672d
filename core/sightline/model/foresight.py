"""How forecasts are made and health is judged: the workspace's rules. Configuration, not collected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from sightline.model.checked import Checked

__all__ = ["Bounds", "Colour", "ForecastRules", "Former", "HealthRules", "Teams"]

Colour = Literal["green", "amber", "red", "grey"]
Teams = Literal["project", "source", "scope"]


class ForecastRules(Checked, frozen=True, kw_only=True):
    """Which past is drawn from, how often, and with which seed."""

    history_days: int = 91
    """Calendar days that a forecast looks back."""
    trials: int = 10_000
    seed: int = 20_261


class Bounds(Checked, frozen=True, kw_only=True):
    """Where a value of which more is worse turns: green up to `green_to`, red beyond `red_beyond`, amber between."""

    green_to: Decimal
    red_beyond: Decimal


def _bounds(green_to: int, red_beyond: int) -> Bounds:
    return Bounds(green_to=Decimal(green_to), red_beyond=Decimal(red_beyond))


class Former(Checked, frozen=True, kw_only=True):
    """How a dimension of health stood on the last status date before: what was shown, and the verdict of that day."""

    day: dt.date
    shown: Colour
    verdict: Colour
    reason: str = ""


class HealthRules(Checked, frozen=True, kw_only=True):
    """The thresholds of health, by what is compared."""

    behind_points: Bounds = _bounds(4, 7)
    """Schedule: percentage points planned less done."""
    slip_days: Bounds = _bounds(7, 30)
    """Schedule: calendar days from the promised day to the day at 85 %."""
    over_budget_percent: Bounds = _bounds(0, 10)
    """Budget: what will have been used at completion, above what was agreed."""
    burn_ahead_points: Bounds = _bounds(10, 20)
    """Budget: percentage points used of the budget less done."""
    scope_added_percent: Bounds = _bounds(10, 20)
    """Scope: work that is not in the baseline, of the baseline's."""
    aged_percent: Bounds = _bounds(25, 50)
    """Flow: items in progress for longer than 85 % of the finished ones took, of all (four at least)."""
    overdue_days: Bounds = _bounds(0, 14)
    """Payment: days that the oldest open invoice is past its due day."""
    unread_hours: Bounds = _bounds(24, 48)
    """Freshness: hours since the source read longest ago was complete; beyond the second nothing is judged at all."""
    margin_short_points: Bounds = _bounds(0, 20)
    """Margin: percentage points that the margin at completion lacks to `margin_target`."""
    margin_target: Decimal = Decimal(20)
    """In percent."""
