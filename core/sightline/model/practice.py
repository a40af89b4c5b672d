"""The practice as a whole, as rules about people and sources see it: across projects and tools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from sightline.model.facts import Person, Sourced, SourceState
from sightline.model.portfolio import Calendar, Project, TimeRules
from sightline.model.records import Account, Task, TimeEntry
from sightline.model.refs import Ref
from sightline.model.team import Team

__all__ = ["Practice", "Work"]


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What was collected, joined: tasks by project id (each once, in the state in force), all time, and whose it is."""

    tasks: Mapping[str, tuple[Sourced[Task], ...]]
    time: tuple[Sourced[TimeEntry], ...]
    persons: tuple[Person, ...]
    of: Mapping[Ref, str]
    """Account → person id."""
    unmatched: tuple[Sourced[Account], ...] = ()
    """Accounts of people that are nobody's yet."""


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at `as_of` (aware UTC); `today` is that moment's day in the calendar's zone."""

    as_of: dt.datetime
    today: dt.date
    calendar: Calendar
    rules: TimeRules
    team: Team = Team()
    projects: Mapping[str, Project]
    sources: tuple[SourceState, ...]
    work: Work | None = None
    """None when nothing was joined this time: rules about people are then `Unsure`."""
