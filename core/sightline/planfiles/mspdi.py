"""Microsoft Project's XML (MSPDI), read whole: as Project 2002 to 2021 and the tools that imitate it write it.

Facts: the MSPDI schema with its comments (Project SDK), and what the mpxj library reads in real files. Costs are
hundredths, rates plain numbers an hour, durations working time, lags tenths of a minute; a task's parent is the last row
before it with a smaller outline level.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from typing import Literal

from sightline.planfiles.calendars import read_calendar
from sightline.planfiles.project import (
    FileAssignment,
    FileBaseline,
    FileCalendar,
    FileLink,
    FileProject,
    FileRate,
    FileResource,
    FileTask,
)
from sightline.planfiles.tree import Node, read_tree
from sightline.planfiles.values import LINKS, cost, duration_seconds, flag, lag_seconds, moment, number, whole

__all__ = ["read_mspdi"]

_LISTS = ("Tasks", "Resources", "Assignments", "Calendars")
_SKIPPED = ("ExtendedAttributes", "ExtendedAttribute", "OutlineCodes", "OutlineCode", "WBSMasks", "Filters", "Groups",
            "Tables", "Views", "Reports", "Maps", "AvailabilityPeriods")  # fmt: skip
#: DurationFormat of calendar time (minutes, hours, days, weeks, months), + 32 = estimated.
_ELAPSED = frozenset((4, 6, 8, 10, 12, 36, 38, 40, 42, 44))
_TYPES: dict[int | None, Literal["work", "material", "cost"]] = {0: "material", 1: "work", 2: "cost"}
_UNASSIGNED = -65535
#: TimephasedData/Type: remaining and actual work of an assignment.
_WORKED = (1, 2)


class _File:
    """What was read so far."""

    def __init__(self) -> None:
        self.tasks: list[FileTask] = []
        self.links: dict[int, list[Node]] = {}
        self.above: list[FileTask] = []
        self.resources: list[FileResource] = []
        self.assignments: list[FileAssignment] = []
        self.calendars: list[FileCalendar] = []
        self.worked: defaultdict[int, Counter[dt.date]] = defaultdict(Counter)
        self.left = Counter[str]()

    def take(self, node: Node) -> None:
        """One row of a list."""
        {
            "Task": self._task,
            "Resource": self._resource,
            "Assignment": self._assignment,
            "Calendar": self._calendar,
        }.get(node.name, lambda _node: None)(node)

    def _calendar(self, node: Node) -> None:
        self.calendars.append(read_calendar(node))

    def _task(self, node: Node) -> None:
        uid = whole(node.get("UID"))
        if uid is None or flag(node.get("IsNull")):
            self.left["blank rows"] += uid is not None
            self.left["tasks without a UID"] += uid is None
            return
        if node.get("Active") is not None and not flag(node.get("Active")):
            self.left["inactive tasks"] += 1
            return
        level = whole(node.get("OutlineLevel")) or 0
        while self.above and self.above[-1].outline_level >= level:
            self.above.pop()
        task = _task(node, uid, level, self.above[-1].uid if self.above else None)
        self.above.append(task)
        self.links[uid] = [child for child in node.children if child.name == "PredecessorLink"]
        self.tasks.append(task)

    def _resource(self, node: Node) -> None:
        uid = whole(node.get("UID"))
        if uid is None or flag(node.get("IsNull")):
            self.left["blank rows"] += uid is not None
            return
        self.resources.append(_resource(node, uid))

    def _assignment(self, node: Node) -> None:
        task, resource = whole(node.get("TaskUID")), whole(node.get("ResourceUID"))
        if task is None:
            return
        self.assignments.append(_assignment(node, task, None if resource == _UNASSIGNED else resource))
        for one in node.all("TimephasedData"):
            self._phase(task, one)

    def _phase(self, task: int, node: Node) -> None:
        """Remember on which days the file spreads the work; a day with none in between is a split."""
        first, last = moment(node.get("Start")), moment(node.get("Finish"))
        if whole(node.get("Type")) not in _WORKED or first is None or last is None:
            return
        seconds = duration_seconds(node.get("Value")) or 0
        # A piece of a day or less stands for that day; one that spans more was not split inside.
        for n in range(min(400, (last - dt.timedelta(seconds=1) - first).days + 1) if last > first else 1):
            self.worked[task][first.date() + dt.timedelta(days=n)] += seconds

    def linked(self) -> tuple[FileTask, ...]:
        """The tasks with predecessors and gaps; a link to a row that is not there is left out."""
        durations = {task.uid: task.duration_seconds for task in self.tasks}
        found = []
        for task in self.tasks:
            links = [link for node in self.links[task.uid] if (link := _link(node, durations)) is not None]
            self.left["links to other files or missing rows"] += len(self.links[task.uid]) - len(links)
            found.append(dataclasses.replace(task, predecessors=tuple(links), gaps=self._gaps(task.uid)))
        return tuple(found)

    def _gaps(self, uid: int) -> tuple[dt.date, ...]:
        days = self.worked.get(uid, Counter())
        busy = [day for day, seconds in days.items() if seconds]
        if not busy:
            return ()
        return tuple(sorted(day for day, seconds in days.items() if not seconds and min(busy) < day < max(busy)))


def read_mspdi(data: bytes, *, where: str) -> FileProject:
    """The project in a file of Microsoft Project's XML; `where` names it in errors. Raises `ConfigError`."""
    file = _File()
    root = read_tree(data, where=where, root="Project", lists=_LISTS, skipped=_SKIPPED, take=file.take)
    return FileProject(
        name=root.get("Title") or root.get("Name"),
        version=whole(root.get("SaveVersion")),
        currency=root.get("CurrencyCode"),
        start=moment(root.get("StartDate")),
        finish=moment(root.get("FinishDate")),
        status_at=moment(root.get("StatusDate")),
        saved_at=moment(root.get("LastSaved")),
        minutes_per_day=whole(root.get("MinutesPerDay")) or 480,
        calendar_uid=whole(root.get("CalendarUID")),
        tasks=file.linked(),
        resources=tuple(file.resources),
        assignments=tuple(file.assignments),
        calendars=tuple(file.calendars),
        unread=tuple(f"{count} {what}" for what, count in file.left.items() if count),
    )


def _task(node: Node, uid: int, level: int, parent: int | None) -> FileTask:
    baselines = [_baseline(child) for child in node.children if child.name == "Baseline"]
    unit = whole(node.get("DurationFormat"))
    manual = flag(node.get("Manual"))
    return FileTask(
        uid=uid,
        id=whole(node.get("ID")),
        name=node.get("Name"),
        wbs=node.get("WBS"),
        outline_level=level,
        outline_number=node.get("OutlineNumber"),
        summary=flag(node.get("Summary")),
        milestone=flag(node.get("Milestone")),
        start=moment(node.get("Start") or (node.get("ManualStart") if manual else None)),
        finish=moment(node.get("Finish") or (node.get("ManualFinish") if manual else None)),
        duration_seconds=duration_seconds(node.get("Duration") or (node.get("ManualDuration") if manual else None)),
        elapsed=unit in _ELAPSED,
        work_seconds=duration_seconds(node.get("Work")),
        actual_work_seconds=duration_seconds(node.get("ActualWork")),
        percent_complete=whole(node.get("PercentComplete")),
        cost=cost(node.get("Cost")),
        deadline=moment(node.get("Deadline")),
        priority=whole(node.get("Priority")),
        manual=manual,
        calendar_uid=_calendar_uid(node),
        baselines=tuple(sorted((one for one in baselines if one is not None), key=lambda one: one.number)),
        notes=node.get("Notes"),
        parent=parent,
    )


def _baseline(node: Node) -> FileBaseline | None:
    """A baseline of a task; None for an interim plan, which freezes days only and is no promise."""
    name = whole(node.get("Number"))
    if name is None or not 0 <= name <= 10 or flag(node.get("Interim")):
        return None
    return FileBaseline(
        number=name,
        start=moment(node.get("Start")),
        finish=moment(node.get("Finish")),
        duration_seconds=duration_seconds(node.get("Duration")),
        work_seconds=duration_seconds(node.get("Work")),
        cost=cost(node.get("Cost")),
    )


def _link(node: Node, durations: dict[int, int | None]) -> FileLink | None:
    uid = whole(node.get("PredecessorUID"))
    if uid is None or uid not in durations or flag(node.get("CrossProject")):
        return None
    kind = whole(node.get("Type"))
    lag = lag_seconds(node.get("LinkLag"), whole(node.get("LagFormat")), durations[uid])
    return FileLink(uid, LINKS.get(1 if kind is None else kind, "FS"), lag)


def _resource(node: Node, uid: int) -> FileResource:
    return FileResource(
        uid=uid,
        id=whole(node.get("ID")),
        name=node.get("Name"),
        type=_TYPES.get(whole(node.get("Type")), "work"),
        standard_rate=number(node.get("StandardRate")),
        overtime_rate=number(node.get("OvertimeRate")),
        cost_per_use=cost(node.get("CostPerUse")),
        max_units=number(node.get("MaxUnits")),
        email=node.get("EmailAddress"),
        group=node.get("Group"),
        calendar_uid=_calendar_uid(node),
        rates=tuple(_rate(one) for one in node.all("Rate", inside="Rates")),
    )


def _rate(node: Node) -> FileRate:
    table = whole(node.get("RateTable")) or 0
    return FileRate(
        table="ABCDE"[table] if 0 <= table < 5 else "A",
        starts=moment(node.get("RatesFrom")),
        ends=moment(node.get("RatesTo")),
        standard=number(node.get("StandardRate")),
        overtime=number(node.get("OvertimeRate")),
        per_use=cost(node.get("CostPerUse")),
    )


def _assignment(node: Node, task: int, resource: int | None) -> FileAssignment:
    return FileAssignment(
        uid=whole(node.get("UID")),
        task_uid=task,
        resource_uid=resource,
        units=number(node.get("Units")),
        work_seconds=duration_seconds(node.get("Work")),
        actual_work_seconds=duration_seconds(node.get("ActualWork")),
        cost=cost(node.get("Cost")),
        start=moment(node.get("Start")),
        finish=moment(node.get("Finish")),
    )


def _calendar_uid(node: Node) -> int | None:
    found = whole(node.get("CalendarUID"))
    return found if found is not None and found >= 0 else None
