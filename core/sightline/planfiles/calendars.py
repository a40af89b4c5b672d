"""Calendars of a project file: hours by weekday, days that differ (recurring ones written out), and what they come to.

Project 2003 writes days that differ as weekdays of type 0; 2007 and later as `Exceptions`, and repeat them in the old
form for old readers; so a day said twice is one day.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sightline.planfiles.project import FileCalendar, Hours
from sightline.planfiles.tree import Node
from sightline.planfiles.values import clock, flag, moment, whole

__all__ = ["Working", "read_calendar"]

#: Days that an exception is written out to at most; a hostile one could name all days there are.
_MOST_DAYS = 4000
_DAY = dt.timedelta(days=1)
#: What Project assumes where a file says nothing: Monday to Friday, 8 to 12 and 13 to 17.
_USUAL: Hours = ((dt.time(8), dt.time(12)), (dt.time(13), dt.time(17)))


def read_calendar(node: Node) -> FileCalendar:
    """One `Calendar` element."""
    week: dict[int, Hours | None] = {}
    days: dict[dt.date, Hours] = {}
    for held in node.all("WeekDay", inside="WeekDays"):
        kind = whole(held.get("DayType"))
        if kind == 0:
            days |= dict.fromkeys(_span(held), _hours(held))
        elif kind is not None and 1 <= kind <= 7:
            # 1 is Sunday.
            week[(kind + 5) % 7] = _hours(held)
    for one in node.all("Exception", inside="Exceptions"):
        days |= dict.fromkeys(_occurrences(one), _hours(one))
    base = whole(node.get("BaseCalendarUID"))
    uid = whole(node.get("UID"))
    return FileCalendar(
        uid=-1 if uid is None else uid,
        name=node.get("Name"),
        base_uid=base if base is not None and base >= 0 and not flag(node.get("IsBaseCalendar")) else None,
        week=week,
        exceptions=days,
    )


def _hours(node: Node) -> Hours:
    """The working times; none on a day off. A working day without times has the usual ones."""
    if not flag(node.get("DayWorking")):
        return ()
    spans = [
        (clock(one.get("FromTime")), clock(one.get("ToTime"))) for one in node.all("WorkingTime", inside="WorkingTimes")
    ]
    found = tuple((first, last) for first, last in spans if first is not None and last is not None)
    return found or _USUAL


def _span(node: Node) -> Iterator[dt.date]:
    """The days of its `TimePeriod`, both included."""
    period = node.first("TimePeriod")
    first, last = (moment(period.get(name)) if period is not None else None for name in ("FromDate", "ToDate"))
    if first is None:
        return
    day = first.date()
    end = min((last or first).date(), day + dt.timedelta(days=_MOST_DAYS))
    while day <= end:
        yield day
        day += _DAY


def _occurrences(node: Node) -> Iterator[dt.date]:
    """The days of one exception, whatever its pattern; `Occurrences` bounds them where the file counts by those."""
    kind, every = whole(node.get("Type")), max(1, whole(node.get("Period")) or 1)
    limit = whole(node.get("Occurrences")) if flag(node.get("EnteredByOccurrences")) else None
    found = 0
    first = None
    for day in _span(node):
        first = first or day
        if not _fits(node, kind, every, first, day):
            continue
        found += 1
        yield day
        if limit is not None and kind in (2, 3, 4, 5) and found >= limit:
            return


def _fits(node: Node, kind: int | None, every: int, first: dt.date, day: dt.date) -> bool:
    """Whether the pattern names that day. 1 and 7 daily, 2 and 3 yearly, 4 and 5 monthly, 6 weekly."""
    if kind in (2, 3) and day.month != (whole(node.get("Month")) or 0) + 1:
        return False
    if kind in (2, 4) and day.day != whole(node.get("MonthDay")):
        return False
    if kind in (3, 5) and not _placed(day, whole(node.get("MonthItem")), whole(node.get("MonthPosition"))):
        return False
    if kind in (4, 5):
        return ((day.year - first.year) * 12 + day.month - first.month) % every == 0
    if kind == 6:
        weeks = (day - first + dt.timedelta(days=(first.weekday() + 1) % 7)).days // 7
        # A bit for each weekday, Sunday first.
        return weeks % every == 0 and bool((whole(node.get("DaysOfWeek")) or 0) >> ((day.weekday() + 1) % 7) & 1)
    return kind in (2, 3) or (day - first).days % every == 0


def _placed(day: dt.date, item: int | None, position: int | None) -> bool:
    """The first to fourth (0 to 3) or last (4) day of a kind: 0 any, 1 weekday, 2 weekend, 3 Sunday to 9 Saturday."""
    kinds = {0: range(7), 1: range(5), 2: (5, 6)} | {3 + n: ((n + 6) % 7,) for n in range(7)}
    wanted = kinds.get(-1 if item is None else item, ())
    length = months.monthrange(day.year, day.month)[1]
    named = [n for n in range(1, length + 1) if dt.date(day.year, day.month, n).weekday() in wanted]
    place = -1 if position == 4 else position
    return place is not None and -1 <= place < len(named) and bool(named) and named[place] == day.day


class Working:
    """What the calendars of a file come to, base calendars looked through."""

    def __init__(self, calendars: Sequence[FileCalendar]) -> None:
        self.by_uid: Mapping[int, FileCalendar] = {one.uid: one for one in calendars}

    def week(self, uid: int | None) -> tuple[Decimal, ...]:
        """Hours of an ordinary Monday to Sunday; Monday to Friday at eight hours where the file says nothing."""
        return tuple(_length(self._of_weekday(uid, day)) for day in range(7))

    def exceptions(self, uid: int | None) -> dict[dt.date, Decimal]:
        """Hours of the days that differ; a calendar's own word goes before its base's."""
        chain = self._chain(uid)
        return {day: _length(hours) for one in reversed(chain) for day, hours in one.exceptions.items()}

    def known(self, uid: int | None) -> bool:
        """Whether the file has that calendar."""
        return uid is not None and uid in self.by_uid

    def _of_weekday(self, uid: int | None, day: int) -> Hours:
        for one in self._chain(uid):
            hours = one.week.get(day)
            if hours is not None:
                return hours
        return _USUAL if day < 5 else ()

    def _chain(self, uid: int | None) -> list[FileCalendar]:
        chain: list[FileCalendar] = []
        while uid is not None and uid in self.by_uid and self.by_uid[uid] not in chain:
            chain.append(self.by_uid[uid])
            uid = chain[-1].base_uid
        return chain


def _length(hours: Hours) -> Decimal:
    """Hours between the times; an end of 00:00 is midnight at the end of the day."""
    whole_day = 0
    for first, last in hours:
        begun, ended = (time.hour * 3600 + time.minute * 60 + time.second for time in (first, last))
        whole_day += max(0, (ended or 86400) - begun)
    return Decimal(whole_day) / 3600
