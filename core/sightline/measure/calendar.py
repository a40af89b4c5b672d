"""Working days: how many, which one comes n later, and what share of a span has passed.

Source: Redmine, lib/redmine/utils.rb, `DateCalculation`; half-open spans [start, end).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.exact import ZERO
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from sightline.model.portfolio import Calendar

__all__ = ["add_working_days", "behind_schedule", "passed_share", "working_days", "working_days_after"]

_DAY = dt.timedelta(days=1)
#: A calendar that never works would make the search for the n-th working day endless.
_LONGEST_BREAK = 3660


def working_days(start: dt.date, end: dt.date, calendar: Calendar) -> int:
    """Working days in [start, end): the last day is not counted; negative when `end` is before `start`."""
    return calendar.working_days_between(start, end)


def working_days_after(start: dt.date, end: dt.date, calendar: Calendar) -> int:
    """Working days in (start, end]: how many have gone by since `start`; negative when `end` is before it."""
    return calendar.working_days_between(start + _DAY, end + _DAY)


def add_working_days(start: dt.date, days: int, calendar: Calendar) -> dt.date | Unknown:
    """The `days`-th working day after `start` (before it, if negative); `start` itself for 0, working or not.

    Unknown when the calendar has ten years without a working day.
    """
    step = _DAY if days >= 0 else -_DAY
    day, left, idle = start, abs(days), 0
    while left:
        day += step
        idle = 0 if calendar.is_working(day) else idle + 1
        left -= calendar.is_working(day)
        if idle > _LONGEST_BREAK:
            return Unknown(why="the calendar has no working days")
    return day


def passed_share(start: dt.date, due: dt.date, today: dt.date, calendar: Calendar) -> Decimal | Unknown:
    """Share (0-1) of the working days from `start` to `due`, both included, that are over at the end of `today`.

    A span without a working day is due in one step on its last day. Due before start is an input error.
    """
    if due < start:
        return Unknown(why="due before its start")
    whole = working_days(start, due + _DAY, calendar)
    if not whole:
        return Decimal(int(today >= due))
    passed = working_days(start, min(today, due) + _DAY, calendar) if today >= start else 0
    return max(ZERO, Decimal(passed) / whole)


def behind_schedule(start: dt.date | None, due: dt.date | None, done: Decimal, today: dt.date) -> bool:
    """Whether the day up to which `done` percent should last, spread evenly over calendar days, is today or past.

    Start plus floor((due - start + 1) x done / 100) days. False without start or due. Source: Redmine, `version.rb`.
    """
    if start is None or due is None:
        return False
    days = int(((due - start).days + 1) * done // 100)
    return start + dt.timedelta(days=days) <= today
