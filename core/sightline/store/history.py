"""What changed between two versions of a task: the steps that a vendor does not record, derived by comparing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from zlib import crc32

from sightline.model.records import Change, Task, TrackedField
from sightline.model.time import iso

__all__ = ["TRACKED", "steps"]

#: The columns of a task whose steps are kept.
TRACKED = (
    "status",
    "state",
    "due_on",
    "assignees",
    "estimate_seconds",
    "points",
    "sprints",
    "parent",
    "milestones",
    "archived",
    "scope",
)

Told = Callable[[Task], str | None]


def _listed(ids: tuple[str, ...]) -> str | None:
    return ", ".join(ids) or None


#: How each tracked field reads in a `Change`: ids, days and numbers as text, several joined by ", ".
_TRACKED: dict[TrackedField, Told] = {
    "status": lambda task: task.status,
    "due_on": lambda task: task.due_on.isoformat() if task.due_on else None,
    "assignee": lambda task: _listed(task.assignees),
    "estimate": lambda task: str(task.estimate_seconds) if task.estimate_seconds is not None else None,
    "points": lambda task: format(task.points.normalize(), "f") if task.points is not None else None,
    "sprint": lambda task: _listed(task.sprints),
    "parent": lambda task: task.parent or task.parent_key,
    "milestone": lambda task: _listed(task.milestones),
    "archived": lambda task: "true" if task.archived else "false",
    "scope": lambda task: task.scope,
}


def steps(old: Task, new: Task, *, learnt_at: dt.datetime, by_vendor: frozenset[str]) -> Iterator[Change]:
    """The changes from `old` to `new` in fields that are not `by_vendor`, dated by the task's own update time.

    Without an update time it happened, as far as anybody knows, when it was learnt. The id is made of what changed, so
    the same step learnt twice is one row.
    """
    at = new.updated_at or learnt_at
    for field, told in _TRACKED.items():
        if field in by_vendor:
            continue
        before, after = told(old), told(new)
        states = field == "status" and old.state != new.state
        if before != after or states:
            yield _step(field, before, after, old, new, at)


def _step(field: TrackedField, before: str | None, after: str | None, old: Task, new: Task, at: dt.datetime) -> Change:
    status = field == "status"
    mark = crc32(repr((before, after, old.state if status else "", new.state if status else "")).encode())
    return Change(
        id=f"~{new.id}:{field}:{iso(at)}:{mark:08x}",
        task=new.id,
        field=field,
        at=at,
        from_value=before,
        to_value=after,
        from_state=old.state if status else None,
        to_state=new.state if status else None,
    )
