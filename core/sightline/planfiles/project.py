"""A project file as it was read: tasks, resources, assignments, calendars. Moments are local, without a zone."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

__all__ = [
    "FileAssignment",
    "FileBaseline",
    "FileCalendar",
    "FileLink",
    "FileProject",
    "FileRate",
    "FileResource",
    "FileTask",
]

Hours = Sequence[tuple[dt.time, dt.time]]


@dataclasses.dataclass(frozen=True, slots=True)
class FileLink:
    """This task waits for `uid`; `lag_seconds` negative for a lead."""

    uid: int
    type: str = "FS"
    lag_seconds: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class FileBaseline:
    """Baseline 0 is "the" baseline, 1 to 10 are further ones. Cost in the file's currency."""

    number: int
    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    duration_seconds: int | None = None
    work_seconds: int | None = None
    cost: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class FileTask:
    """A row of the plan. Durations are working time unless `elapsed`; `gaps` are days on which a split task rests."""

    uid: int
    id: int | None
    name: str | None
    wbs: str | None
    outline_level: int
    outline_number: str | None = None
    summary: bool = False
    milestone: bool = False
    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    duration_seconds: int | None = None
    elapsed: bool = False
    work_seconds: int | None = None
    actual_work_seconds: int | None = None
    percent_complete: int | None = None
    cost: Decimal | None = None
    deadline: dt.datetime | None = None
    priority: int | None = None
    manual: bool = False
    calendar_uid: int | None = None
    predecessors: tuple[FileLink, ...] = ()
    baselines: tuple[FileBaseline, ...] = ()
    notes: str | None = None
    gaps: tuple[dt.date, ...] = ()
    parent: int | None = None
    """The uid of the row it stands under."""


@dataclasses.dataclass(frozen=True, slots=True)
class FileRate:
    """What an hour (of material: a unit) costs from `starts` to before `ends`; `table` A to E."""

    table: str
    starts: dt.datetime | None
    ends: dt.datetime | None
    standard: Decimal | None
    overtime: Decimal | None
    per_use: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class FileResource:
    """Somebody or something that is needed; `max_units` 1 = all of the time."""

    uid: int
    id: int | None
    name: str | None
    type: Literal["work", "material", "cost"] = "work"
    standard_rate: Decimal | None = None
    overtime_rate: Decimal | None = None
    cost_per_use: Decimal | None = None
    max_units: Decimal | None = None
    email: str | None = None
    group: str | None = None
    calendar_uid: int | None = None
    rates: tuple[FileRate, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class FileAssignment:
    """A resource on a task; `resource_uid` None = nobody yet. `units` 1 = all of the time."""

    uid: int | None
    task_uid: int
    resource_uid: int | None
    units: Decimal | None = None
    work_seconds: int | None = None
    actual_work_seconds: int | None = None
    cost: Decimal | None = None
    start: dt.datetime | None = None
    finish: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class FileCalendar:
    """When work goes on: hours by weekday (0 = Monday; None = as the base calendar), and days that differ."""

    uid: int
    name: str | None
    base_uid: int | None
    week: Mapping[int, Hours | None]
    exceptions: Mapping[dt.date, Hours]


@dataclasses.dataclass(frozen=True, slots=True)
class FileProject:
    """The whole file. `unread` says in words what was left out, and how often."""

    name: str | None
    version: int | None
    currency: str | None
    start: dt.datetime | None
    finish: dt.datetime | None
    status_at: dt.datetime | None
    saved_at: dt.datetime | None
    minutes_per_day: int
    calendar_uid: int | None
    tasks: tuple[FileTask, ...] = ()
    resources: tuple[FileResource, ...] = ()
    assignments: tuple[FileAssignment, ...] = ()
    calendars: tuple[FileCalendar, ...] = ()
    unread: tuple[str, ...] = ()
