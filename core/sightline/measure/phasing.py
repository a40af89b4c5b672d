"""What share of a plan should be done on a day: each item's work spread over the days its owner works, then added up.

Never a straight line across the project. Source: time-phased plans; redmine_issue_evm, calculate_pv.rb, spreads an
item's hours evenly over its working days. Holidays, part-time and known leave count by the hour.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import ZERO
from sightline.model.figures import Unknown
from sightline.model.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.plan import Baseline, PlanItem
    from sightline.model.portfolio import Calendar

__all__ = ["Phasing", "Piece", "leaves_of", "middle", "phased", "planned_share", "shares_by_item"]

_ONE = Decimal(1)
#: What an item weighs when no item of the plan says how large it is: they all weigh the same.
SAME_SECONDS = Decimal(3600)


class _Week:
    """Hours worked up to a day, by weekday, days off taken out; the start does not matter, differences do."""

    def __init__(self, week: Sequence[Decimal], off: Iterable[dt.date]) -> None:
        self.before = [ZERO]
        for hours in week:
            self.before.append(self.before[-1] + hours)
        free = sorted(set(off))
        self.off = [day.toordinal() for day in free]
        self.lost = [ZERO]
        for day in free:
            self.lost.append(self.lost[-1] + week[day.weekday()])
        self.known: dict[int, Decimal] = {}

    def until(self, ordinal: int) -> Decimal:
        """Hours from the first day there is (a Monday) up to and with that one."""
        if ordinal not in self.known:
            weeks, rest = divmod(ordinal, 7)
            lost = self.lost[bisect_right(self.off, ordinal)]
            self.known[ordinal] = weeks * self.before[7] + self.before[rest] - lost
        return self.known[ordinal]


class Piece(NamedTuple):
    """A dated leaf of the plan, what it weighs in seconds, and the hours in which it is worked on."""

    item: PlanItem
    weight: Decimal
    starts: int
    due: int
    hours: _Week

    def share(self, day: dt.date) -> Decimal:
        """Share (0-1) of its work that should be done at the end of `day`; without a working hour, all on its last day."""
        today = day.toordinal()
        if today < self.starts:
            return ZERO
        begun = self.hours.until(self.starts - 1)
        whole = self.hours.until(self.due) - begun
        if today >= self.due or not whole:
            return Decimal(int(today >= self.due))
        return (self.hours.until(today) - begun) / whole


class Phasing(NamedTuple):
    """The plan over time. `undated` are the leaves that no day can be given to: left out, and counted."""

    pieces: tuple[Piece, ...]
    undated: tuple[PlanItem, ...]

    @property
    def seconds(self) -> Decimal:
        """Budget at completion: all the work that has dates."""
        return sum((piece.weight for piece in self.pieces), ZERO)

    @property
    def first(self) -> dt.date | None:
        """The first day of work."""
        return min((dt.date.fromordinal(piece.starts) for piece in self.pieces), default=None)

    @property
    def last(self) -> dt.date | None:
        """The last day of work."""
        return max((dt.date.fromordinal(piece.due) for piece in self.pieces), default=None)

    def planned(self, day: dt.date) -> Decimal:
        """Seconds of work that should be done at the end of `day`."""
        return sum((piece.weight * piece.share(day) for piece in self.pieces), ZERO)

    def share(self, day: dt.date) -> Decimal | Unknown:
        """Share (0-1) of the work that should be done at the end of `day`; it never falls from one day to the next."""
        whole = self.seconds
        if not whole:
            return Unknown(why=self._why())
        return min(_ONE, self.planned(day) / whole)

    def day_of(self, share: Decimal) -> dt.date | None:
        """The first day at whose end so much (0-1) should be done; None when nothing is dated or `share` is beyond 1."""
        first, last = self.first, self.last
        if first is None or last is None or share > 1:
            return None
        low, high = first.toordinal(), last.toordinal()
        while low < high:
            middle_day = (low + high) // 2
            enough = self.share(dt.date.fromordinal(middle_day))
            low, high = (low, middle_day) if isinstance(enough, Decimal) and enough >= share else (middle_day + 1, high)
        return dt.date.fromordinal(low)

    def _why(self) -> str:
        if self.undated:
            return f"none of {counted(len(self.undated), 'item')} has a start and a due day"
        return "the plan has no items"


def leaves_of(items: Sequence[PlanItem]) -> list[PlanItem]:
    """The items that weigh: no parents of others, no milestones."""
    inner = {item.parent for item in items}
    return [item for item in items if item.uid not in inner and not item.milestone]


def middle(stated: Iterable[Decimal | int]) -> Decimal:
    """The median of what is stated and above 0; one hour when nothing is, so that all items weigh the same."""
    found = [Decimal(seconds) for seconds in stated if seconds > 0]
    return Decimal(median(found)) if found else SAME_SECONDS


def phased(baseline: Baseline, calendar: Calendar) -> Phasing:
    """The baseline over time, by its own calendar, else by the one given. An item without work weighs the median."""
    leaves, usual = leaves_of(baseline.items), baseline.calendar or calendar
    common = middle(leaf.work_seconds or 0 for leaf in leaves)
    weeks: dict[object, _Week] = {}
    pieces, undated = [], []
    for leaf in leaves:
        if leaf.starts_on is None or leaf.due_on is None or leaf.due_on < leaf.starts_on:
            undated.append(leaf)
            continue
        at = (leaf.week, leaf.away)
        if at not in weeks:
            weeks[at] = _Week(leaf.week or _plain_week(usual), (*usual.holidays, *leaf.away))
        weight = Decimal(leaf.work_seconds) if leaf.work_seconds else common
        pieces.append(Piece(leaf, weight, leaf.starts_on.toordinal(), leaf.due_on.toordinal(), weeks[at]))
    return Phasing(tuple(pieces), tuple(undated))


def planned_share(baseline: Baseline, day: dt.date, calendar: Calendar) -> Decimal | Unknown:
    """Share (0-1) of the baseline's work that should be done at the end of `day`; Unknown when no item has dates."""
    return phased(baseline, calendar).share(day)


def shares_by_item(baseline: Baseline, day: dt.date, calendar: Calendar) -> Mapping[str, Decimal]:
    """Item (uid) → share (0-1) of it that should be done at the end of `day`; items without dates are not in it."""
    return {piece.item.uid: piece.share(day) for piece in phased(baseline, calendar).pieces}


def _plain_week(calendar: Calendar) -> tuple[Decimal, ...]:
    return tuple(Decimal(int(day in calendar.working_days)) for day in range(7))
