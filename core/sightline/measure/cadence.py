"""When a client's next report is due: by its cadence, in its zone, on working days, and what was missed meanwhile."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.model.portfolio import Calendar

__all__ = ["Cadence", "Rhythm", "next_due", "report_days"]

Cadence = Literal["weekly", "biweekly", "monthly", "milestones", "none"]
_DAY = dt.timedelta(days=1)
#: A calendar that never works must not make the search for a working day endless.
_MOST_FREE_DAYS = 60


class Rhythm(NamedTuple):
    """A cadence with its day: `weekday` (0 = Monday) of weekly ones, `day` of monthly ones; milestones have their dates."""

    cadence: Cadence
    weekday: int = 4
    day: int = 1
    milestones: Sequence[dt.date] = ()


def report_days(cadence: Cadence, end: dt.date, otherwise: int) -> int:
    """How many days a first report looks back from `end`, that day included; `otherwise` where the cadence says nothing."""
    if cadence == "biweekly":
        return 14
    if cadence == "monthly":
        month_before = (end.replace(day=1) - _DAY).replace(day=1)
        return calendar.monthrange(month_before.year, month_before.month)[1]
    return otherwise


def next_due(rhythm: Rhythm, last: dt.date | None, today: dt.date, working: Calendar) -> dt.date | None:
    """The day on which the next report is due, `last` being the last day of the newest one that went out.

    Today or before it means: now. However many were missed, one is due: the latest. On a free day it is the working day
    before. Without a report yet, the first is due on the next day of the rhythm. None when nothing is ever due.
    """
    if rhythm.cadence == "none":
        return None
    if rhythm.cadence == "milestones":
        return _milestone(rhythm.milestones, last, today, working)
    due = [_worked(day, working) for day in _days(rhythm, last or today - _DAY, today)]
    missed = [day for day in due if day <= today and (last is None or day > last)]
    return missed[-1] if missed else next((day for day in due if last is None or day > last), None)


def _days(rhythm: Rhythm, after: dt.date, today: dt.date) -> list[dt.date]:
    """The rhythm's own days after `after`, up to the first two beyond today."""
    found: list[dt.date] = []
    day = after
    least = dt.timedelta(days=8) if rhythm.cadence == "biweekly" else dt.timedelta(0)
    while len([one for one in found if one > today]) < 2:
        day += _DAY
        fits = day.day == rhythm.day if rhythm.cadence == "monthly" else day.weekday() == rhythm.weekday
        if fits and day - (found[-1] if found else after) >= least:
            found.append(day)
    return found


def _worked(day: dt.date, working: Calendar) -> dt.date:
    """The day, or the last working day before it; the day itself where there is none for long."""
    before = (day - n * _DAY for n in range(_MOST_FREE_DAYS))
    return next((one for one in before if working.is_working(one)), day)


def _milestone(
    milestones: Sequence[dt.date], last: dt.date | None, today: dt.date, working: Calendar
) -> dt.date | None:
    """After the newest milestone that is past and untold, else on the next one."""
    due = sorted(_worked(day, working) for day in milestones if last is None or day > last)
    past = [day for day in due if day <= today]
    return past[-1] if past else next(iter(due), None)
