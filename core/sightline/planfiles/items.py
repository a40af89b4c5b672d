"""A project file as the items of a plan: its own baseline, its calendars, its dependencies.

Of a task with a baseline its days and work are taken, of another the present ones, and how many is told. Work that is not stated
is the duration; what has neither counts as the median. Inactive and blank rows are no part of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Literal, NamedTuple, cast

from sightline.model.money import Money
from sightline.model.plan import Confidence, Dependency, PlanItem, Sized
from sightline.model.portfolio import Calendar
from sightline.model.words import counted
from sightline.planfiles.calendars import Working
from sightline.planfiles.project import FileAssignment, FileBaseline, FileProject, FileResource, FileTask

__all__ = ["FilePlan", "plan_of_file"]

#: Days off are kept within so many days around the plan.
_AROUND = 370
_DAY = dt.timedelta(days=1)


class FilePlan(NamedTuple):
    """The items, the calendar they count by, how they were sized, and what was left out, in words."""

    items: tuple[PlanItem, ...]
    calendar: Calendar
    sizing: str
    confidence: Confidence
    left: tuple[str, ...]


def plan_of_file(project: FileProject, *, number: int, currency: str, timezone: str) -> FilePlan:
    """The plan of baseline `number` (0 to 10) of the file; amounts are in the file's currency, else in `currency`."""
    return _Maker(project, number, project.currency or currency, timezone).plan()


class _Maker:
    """Makes the items of one file."""

    def __init__(self, project: FileProject, number: int, currency: str, timezone: str) -> None:
        self.project, self.number, self.currency, self.timezone = project, number, currency, timezone
        self.working = Working(project.calendars)
        self.resources = {one.uid: one for one in project.resources}
        self.on: defaultdict[int, list[FileAssignment]] = defaultdict(list)
        for one in project.assignments:
            self.on[one.task_uid].append(one)
        self.base_week = self.working.week(project.calendar_uid)
        days = [moment.date() for task in project.tasks for moment in (task.start, task.finish) if moment is not None]
        self.first = min(days, default=dt.date(2000, 1, 1)) - _AROUND * _DAY
        self.last = max(days, default=dt.date(2000, 1, 1)) + _AROUND * _DAY
        self.counts = {"work": 0, "duration": 0, "nothing": 0, "no baseline": 0}

    def plan(self) -> FilePlan:
        """Everything but the project's own summary row (UID 0)."""
        tasks = [task for task in self.project.tasks if task.uid != 0]
        items = tuple(self._item(task) for task in tasks)
        leaves = sum(self.counts[name] for name in ("work", "duration", "nothing"))
        told = [f"{self.counts['work']} by hours"] if self.counts["work"] else []
        told += [f"{self.counts['duration']} by duration"] if self.counts["duration"] else []
        told += [f"{self.counts['nothing']} without work (counted as median)"] if self.counts["nothing"] else []
        missing = self.counts["no baseline"]
        left = list(self.project.unread)
        if missing:
            left.append(
                f"{counted(missing, 'task')} without baseline {self.number}: the present days and work are taken"
            )
        stated = Decimal(self.counts["work"]) / leaves if leaves else Decimal(0)
        confidence: Confidence = "high" if stated >= Decimal("0.9") else "medium" if stated >= Decimal("0.5") else "low"
        text = counted(leaves, "item") + (f": {', '.join(told)}" if told else "")
        return FilePlan(items, self._calendar(), text, confidence, tuple(left))

    def _calendar(self) -> Calendar:
        """The file's own calendar. Hours that differ by weekday go to the items."""
        days = tuple(day for day in range(7) if self.base_week[day])
        off = self._off(self.project.calendar_uid)
        longest = max(self.base_week)
        return Calendar(
            working_days=days or (0, 1, 2, 3, 4),
            hours_per_day=Decimal(self.project.minutes_per_day) / 60 or longest,
            holidays=tuple(sorted(off)),
            timezone=self.timezone,
        )

    def _off(self, uid: int | None) -> set[dt.date]:
        """Working days on which that calendar rests."""
        week = self.working.week(uid)
        return {
            day
            for day, hours in self.working.exceptions(uid).items()
            if not hours and week[day.weekday()] and self.first <= day <= self.last
        }

    def _item(self, task: FileTask) -> PlanItem:
        baseline = next((one for one in task.baselines if one.number == self.number), None)
        leaf = not task.summary and not task.milestone
        if leaf and baseline is None:
            self.counts["no baseline"] += 1
        said = baseline or FileBaseline(
            self.number, task.start, task.finish, task.duration_seconds, task.work_seconds, task.cost
        )
        seconds, how = self._work(said, leaf=leaf)
        week, away = self._rhythm(task, said) if leaf else (None, ())
        parent = task.parent if task.parent not in (None, 0) else None
        return PlanItem(
            uid=str(task.uid), name=task.name or f"row {task.id if task.id is not None else task.uid}",
            parent=str(parent) if parent is not None else None, wbs=task.wbs or task.outline_number,
            starts_on=said.start.date() if said.start and not task.milestone else None,
            due_on=_last_day(said, milestone=task.milestone), work_seconds=seconds, sized=how,
            cost=Money(amount=said.cost, currency=self.currency) if said.cost is not None else None,
            milestone=task.milestone, owner=self._owner(task), week=week, away=away,
            depends_on=tuple(
                Dependency(predecessor=str(one.uid), type=cast('Literal["FS", "SS", "FF", "SF"]', one.type), lag_seconds=one.lag_seconds)
                for one in task.predecessors
            ),
        )  # fmt: skip

    def _work(self, said: FileBaseline, *, leaf: bool) -> tuple[int | None, Sized | None]:
        if not leaf:
            return None, None
        kind = "work" if said.work_seconds else "duration" if said.duration_seconds else "nothing"
        self.counts[kind] += 1
        if kind == "nothing":
            return None, "median"
        return said.work_seconds or said.duration_seconds, "hours" if kind == "work" else "duration"

    def _owner(self, task: FileTask) -> str | None:
        """Whoever has most of the work; material and cost are nobody."""
        found = self._people(task)
        return found[0][1].name if found else None

    def _people(self, task: FileTask) -> list[tuple[FileAssignment, FileResource]]:
        pairs = [
            (one, self.resources[one.resource_uid])
            for one in self.on[task.uid]
            if one.resource_uid is not None and one.resource_uid in self.resources
        ]
        people = [pair for pair in pairs if pair[1].type == "work" and pair[1].name]
        return sorted(people, key=lambda pair: -(pair[0].work_seconds or 0))

    def _rhythm(self, task: FileTask, said: FileBaseline) -> tuple[tuple[Decimal, ...] | None, tuple[dt.date, ...]]:
        """The week and the days off of the task's calendar, else of its one worker's; and the gaps of a split."""
        people = self._people(task)
        uid = task.calendar_uid if self.working.known(task.calendar_uid) else None
        if uid is None and len(people) == 1 and self.working.known(people[0][1].calendar_uid):
            uid = people[0][1].calendar_uid
        if uid is None:
            uid = self.project.calendar_uid
        week = self.working.week(uid)
        uneven = len({hours for hours in week if hours}) > 1
        own = week if (week != self.base_week or uneven) and any(week) else None
        first, last = (moment.date() if moment is not None else None for moment in (said.start, said.finish))
        off = {*self._off(uid), *task.gaps} - self._off(self.project.calendar_uid)
        away = tuple(sorted(day for day in off if first is not None and last is not None and first <= day <= last))
        return own, away


def _last_day(said: FileBaseline, *, milestone: bool) -> dt.date | None:
    """The last day of work; what ends at midnight ended the day before."""
    if said.finish is None:
        return None
    ended = said.finish
    midnight = ended.time() == dt.time() and not milestone and said.start is not None and said.start < ended
    return (ended - _DAY).date() if midnight else ended.date()
