"""How one field of a made-up task changes: the value, its history, and the moments that follow from it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.sandbox.world import History, Target, World, WorldTask

__all__ = ["change", "touch", "value_of"]


def _number(target: Target | None) -> str | None:
    return str(target.number) if target else None


def value_of(task: WorldTask, field: str) -> str | None:
    """The present value of a tracked field as `History` writes it.

    `sprint` and `milestone` are the last of their lists, `assignee` the first: the one that tools call current.
    """
    if field == "due_on":
        return task.due_on.isoformat() if task.due_on else None
    found: str | int | Decimal | None = {
        "status": task.status,
        "assignee": task.assignees[0] if task.assignees else None,
        "estimate": task.estimate_seconds,
        "points": task.points,
        "sprint": _number(task.sprints[-1] if task.sprints else None),
        "milestone": _number(task.targets[-1] if task.targets else None),
        "parent": task.parent.number if task.parent else None,
        "archived": "yes" if task.archived else "no",
        "scope": task.place.number,
    }[field]
    return None if found is None else str(found)


def touch(task: WorldTask, at: dt.datetime) -> None:
    """Something happened to the task at that moment: `updated_at` never goes back."""
    task.updated_at = max(task.updated_at, at)


def change(world: World, task: WorldTask, field: str, after: str | None, at: dt.datetime, by: str) -> None:
    """Set a tracked field to `after` (as `History` writes values) and record it. An equal value changes nothing."""
    before = value_of(task, field)
    if before == after:
        return
    if field == "status":
        _move(task, str(after), at)
    else:
        _assign(world, task, field, after)
    task.history.append(History(at, by, field, before, after))
    touch(task, at)


def _move(task: WorldTask, status: str, at: dt.datetime) -> None:
    """Started is the first step into work; completed the last step into done or cancelled, lifted when reopened."""
    task.status = status
    if task.kind == "pull_request":
        task.merged, task.draft = status == "merged", status == "draft"
    if task.state == "in_progress" and task.started_at is None:
        task.started_at = at
    if task.state in ("done", "cancelled"):
        task.completed_at = task.completed_at or at
        if task.remaining_seconds is not None:
            task.remaining_seconds = 0
    else:
        task.completed_at = None


def _target(world: World, task: WorldTask, number: str) -> Target:
    return next(t for t in world.targets_of(task.place.source) if str(t.number) == number)


def _assign(world: World, task: WorldTask, field: str, after: str | None) -> None:
    if field == "due_on":
        task.due_on = dt.date.fromisoformat(after) if after else None
    elif field == "assignee":
        task.assignees = [after] if after else []
    elif field == "estimate":
        task.estimate_seconds = int(after) if after else None
    elif field == "points":
        task.points = Decimal(after) if after else None
    elif field == "sprint":
        # A closed sprint stays with the issue that it did not finish; an open one is left behind.
        kept = [sprint for sprint in task.sprints if sprint.state == "closed"]
        task.sprints = [*kept, _target(world, task, after)] if after else kept
    elif field == "milestone":
        task.targets = [_target(world, task, after)] if after else []
    elif field == "parent":
        task.parent = next(t for t in world.tasks_of(task.place.source) if str(t.number) == after) if after else None
    elif field == "archived":
        task.archived = after == "yes"
    else:
        raise KeyError(field)
