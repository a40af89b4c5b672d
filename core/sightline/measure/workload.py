"""Who has how much to do: capacity, allocation day by day, over-allocation. Hours.

Sources: metrics of MS Project (over-allocated when any moment passes the maximum; KB Q113308: 0.4 + 0.2 + 0.1 must not
pass 0.7, so decimals are exact).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import ZERO
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sightline.model.portfolio import Calendar

__all__ = ["Assignment", "Load", "allocated", "capacity", "overallocated", "spread"]

_DAY = dt.timedelta(days=1)


class Assignment(NamedTuple):
    """Remaining work of one person on one item, from `start` to `due`, both included."""

    hours: Decimal
    start: dt.date | None
    due: dt.date | None


def capacity(day: dt.date, calendar: Calendar, absent: Iterable[tuple[dt.date, dt.date]] = ()) -> Decimal:
    """Hours a person can work on that day: the calendar's, none on a day of absence (both bounds included)."""
    away = any(first <= day <= last for first, last in absent)
    return calendar.hours_per_day if calendar.is_working(day) and not away else ZERO


def spread(
    assignment: Assignment, today: dt.date, calendar: Calendar, works: Callable[[dt.date], bool] | None = None
) -> dict[dt.date, Decimal] | Unknown:
    """The remaining hours evenly over the working days left; all of it on the next one when the due day is past.

    Unknown without a due day: such work is shown apart. Where no working day is left, the due day takes all. `works`
    says on which days this person works (default: the calendar's).
    """
    if assignment.due is None:
        return Unknown(why="no due day")
    start = max(today, assignment.start or today)
    if assignment.due < start:
        return {_first(start, works or calendar.is_working): assignment.hours}
    span = [start + n * _DAY for n in range((assignment.due - start).days + 1)]
    days = [day for day in span if (works or calendar.is_working)(day)] or [assignment.due]
    return {day: assignment.hours / len(days) for day in days}


def _first(day: dt.date, works: Callable[[dt.date], bool]) -> dt.date:
    """That day or the first working day after it; the day itself where a month has none."""
    return next((later for n in range(31) if works(later := day + n * _DAY)), day)


class Load(NamedTuple):
    """Hours by day, and those of work without a due day."""

    by_day: dict[dt.date, Decimal]
    unscheduled: Decimal


def allocated(
    assignments: Iterable[Assignment],
    today: dt.date,
    calendar: Calendar,
    works: Callable[[dt.date], bool] | None = None,
) -> Load:
    """All of a person's assignments together; `works` as in `spread`."""
    by_day: defaultdict[dt.date, Decimal] = defaultdict(Decimal)
    unscheduled = ZERO
    for assignment in assignments:
        days = spread(assignment, today, calendar, works)
        if isinstance(days, Unknown):
            unscheduled += assignment.hours
            continue
        for day, hours in days.items():
            by_day[day] += hours
    return Load(dict(by_day), unscheduled)


def overallocated(
    by_day: Mapping[dt.date, Decimal], capacities: Mapping[dt.date, Decimal], tolerance: Decimal = Decimal("0.01")
) -> dict[dt.date, Decimal]:
    """Hours above capacity on each day that has more than the tolerance; any such day counts, not only the week."""
    above = {day: hours - capacities.get(day, ZERO) for day, hours in sorted(by_day.items())}
    return {day: hours for day, hours in above.items() if hours > tolerance}
