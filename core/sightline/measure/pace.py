"""How fast a project goes: what was finished and worked on each working day of the past, and the days ahead.

Both leave out weekends, holidays and stated breaks. A day ahead on which somebody is on leave counts in part: less that
person's share of the work, so leave of the only one who works is a day that does not count at all.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.exact import ZERO
from sightline.measure.forecast import MIN_HISTORY
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import Unknown
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.measure.work import Leaf
    from sightline.model.facts import Facts

__all__ = [
    "Ahead",
    "begun_on",
    "day_of",
    "finished_on",
    "per_day",
    "shares",
    "started_on",
    "worked_per_day",
    "working_history",
]

_DAY = dt.timedelta(days=1)
_FOREVER = 14_600
_ONE = Decimal(1)


def day_of(facts: Facts, moment: dt.datetime | None) -> dt.date | None:
    """The day of that moment in the calendar's zone."""
    return day_in(moment, zone(facts.calendar.timezone)) if moment is not None else None


def finished_on(facts: Facts, leaf: Leaf) -> dt.date | None:
    """The day a task was done: as its tool says, else by its history; None while it is not, or where nobody says."""
    if not leaf.item.closed:
        return None
    return day_of(facts, leaf.task.completed_at or _entered(facts).get((leaf.ref, "done")))


def started_on(facts: Facts, leaf: Leaf) -> dt.date | None:
    """The day a task was begun: as its tool says, else by its history; None where nobody says."""
    return day_of(facts, leaf.task.started_at or _entered(facts).get((leaf.ref, "in_progress")))


@remembered
def _entered(facts: Facts) -> Mapping[tuple[Ref, str], dt.datetime]:
    """(task, state) → when it was last moved to done, or first into work."""
    found: dict[tuple[Ref, str], dt.datetime] = {}
    for source, change in sorted(facts.changes, key=lambda one: one.record.at):
        if change.field != "status" or change.to_state is None:
            continue
        at = (Ref(source, "tasks", change.task), change.to_state)
        if change.to_state == "done" or at not in found:
            found[at] = change.at
    return found


@remembered
def begun_on(facts: Facts) -> dt.date | None:
    """The first day of work: the project's start, or the first day that something was worked on or finished."""
    if facts.project.starts is not None:
        return facts.project.starts
    days = [day for leaf in work_of(facts).leaves if (day := started_on(facts, leaf) or finished_on(facts, leaf))]
    days += [entry.record.day for entry in facts.time if entry.record.day is not None]
    return min(days, default=None)


def working_history(facts: Facts, until: dt.date) -> list[dt.date] | Unknown:
    """Working days before `until`, as far back as the rules look and the project goes; Unknown when they are too few."""
    begun = begun_on(facts)
    if begun is None:
        return Unknown(why="nothing was worked on yet")
    first = max(begun, until - facts.forecast.history_days * _DAY)
    days = [first + n * _DAY for n in range(max(0, (until - first).days))]
    days = [day for day in days if facts.team.is_working(day, facts.calendar, facts.project.id)]
    if len(days) < MIN_HISTORY:
        return Unknown(why=f"{len(days)} working days of history are too few, {MIN_HISTORY} are needed")
    return days


def per_day(amounts: Iterable[tuple[dt.date, int]], days: Sequence[dt.date]) -> list[int]:
    """Amounts summed by working day; what fell on another day counts on the working day after it.

    What is before the first day is left out; after the last, it counts on the last one.
    """
    sums = dict.fromkeys(days, 0)
    following = _following(days)
    for day, amount in amounts:
        if days and day >= days[0]:
            sums[following.get(day, days[-1])] += amount
    return [sums[day] for day in days]


def _following(days: Sequence[dt.date]) -> dict[dt.date, dt.date]:
    """Every day of the span → the first working day on or after it."""
    found: dict[dt.date, dt.date] = {}
    for before, day in itertools.pairwise((days[0] - _DAY, *days) if days else ()):
        found |= {before + n * _DAY: day for n in range(1, (day - before).days + 1)}
    return found


@remembered
def worked_per_day(facts: Facts) -> Mapping[dt.date, int]:
    """Seconds worked on the project by day."""
    sums: defaultdict[dt.date, int] = defaultdict(int)
    for entry in facts.time:
        day = entry.record.day or day_of(facts, entry.record.started_at)
        if day is not None:
            sums[day] += entry.record.seconds
    return sums


@remembered
def shares(facts: Facts) -> Mapping[str, Decimal]:
    """Person → share (0-1) of the hours worked on the project; of the tasks done, where no time is recorded."""
    people, sums = facts.people(), defaultdict[str, int](int)
    for source, entry in facts.time:
        sums[_name(people.get(Ref(source, "people", entry.account or "")))] += entry.seconds
    if not sums:
        for leaf in work_of(facts).leaves:
            for account in leaf.task.assignees if leaf.item.closed else ():
                sums[_name(people.get(leaf.ref._replace(kind="people", id=account)))] += 1
    whole = sum(sums.values())
    return {person: Decimal(amount) / whole for person, amount in sums.items() if person and amount > 0}


def _name(person: object) -> str:
    return getattr(person, "id", "")


class Ahead:
    """The days from a day on, each with how much of the team is there."""

    def __init__(self, facts: Facts, start: dt.date) -> None:
        self._facts, self._start = facts, start
        leaving = {one.person for one in facts.team.leave if one.ends >= start}
        self._shares = {person: share for person, share in shares(facts).items() if person in leaving}
        self._passed: list[Decimal] = []

    def presence(self, day: dt.date) -> Decimal:
        """How much of the usual team works that day, 0-1."""
        facts = self._facts
        if not facts.team.is_working(day, facts.calendar, facts.project.id):
            return ZERO
        present = _ONE
        for person, share in self._shares.items():
            away = facts.team.away(person, day, facts.calendar)
            if away:
                present -= share * away / facts.team.full_day(person, day, facts.calendar)
        return max(present, ZERO)

    def on(self, days: int) -> dt.date | Unknown:
        """The date on which that many days of work are over; the first day is the start itself."""
        while not self._passed or self._passed[-1] < days:
            if len(self._passed) >= _FOREVER:
                return Unknown(why="at this pace it would take more than forty years")
            before = self._passed[-1] if self._passed else ZERO
            self._passed.append(before + self.presence(self._start + len(self._passed) * _DAY))
        return self._start + bisect.bisect_left(self._passed, days) * _DAY
