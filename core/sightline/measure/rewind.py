"""Tasks as they were: what the tools' histories say was changed after a moment is taken back, step by step.

What a tool keeps no history of (titles, start days, links) stays as it is now; so the past is as true as the histories.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from msgspec import structs

from sightline.errors import RowError
from sightline.model.facts import Facts, Sourced
from sightline.model.time import day

if TYPE_CHECKING:
    from collections.abc import Callable

    from sightline.model.records import Change, Task

__all__ = ["rewound_task", "rewound_tasks"]


def _seconds(text: str) -> int:
    return int(Decimal(text))


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


#: Field of the history → field of the task, and how its text is read.
_SINGLE: dict[str, tuple[str, Callable[[str], Any]]] = {
    "due_on": ("due_on", day),
    "estimate": ("estimate_seconds", _seconds),
    "points": ("points", Decimal),
    "parent": ("parent", str),
}
_SEVERAL = {"assignee": "assignees", "sprint": "sprints", "milestone": "milestones"}


def rewound_tasks(facts: Facts, moment: dt.datetime) -> tuple[Sourced[Task], ...]:
    """The project's tasks as they were at `moment`, by `facts.changes`; those created later are not among them."""
    later: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for source, change in facts.changes:
        if change.at > moment:
            later[source, change.task].append(change)
    return tuple(
        Sourced(source, rewound_task(task, later[source, task.id], moment))
        for source, task in facts.tasks
        if task.created_at is None or task.created_at <= moment
    )


def rewound_task(task: Task, later: list[Change], moment: dt.datetime) -> Task:
    """The task before these changes, in whatever order they come; moments after `moment` have not happened."""
    values: dict[str, Any] = {}
    for change in sorted(later, key=lambda one: (one.at, one.id), reverse=True):
        values |= _before(change)
    for name in ("started_at", "completed_at"):
        at = getattr(task, name)
        if at is not None and at > moment:
            values[name] = None
    return structs.replace(task, **values) if values else task


def _before(change: Change) -> dict[str, Any]:
    """What the task's fields were before the change; nothing where the text cannot be read."""
    if change.field == "status":
        told = {"status": change.from_value, "state": change.from_state}
        return {name: value for name, value in told.items() if value is not None}
    if change.field == "archived":
        return {"archived": change.from_value == "true"}
    if change.field in _SEVERAL:
        return {_SEVERAL[change.field]: _listed(change.from_value)}
    if change.field not in _SINGLE:
        return {}
    name, read = _SINGLE[change.field]
    try:
        return {name: read(change.from_value) if change.from_value else None}
    except (InvalidOperation, ValueError, OverflowError, RowError):
        return {}
