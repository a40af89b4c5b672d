"""Redmine's rows as records. Pure; absent is None, a status that nobody knows is "unknown"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sightline.sdk import (
    Account,
    Context,
    Link,
    Mapped,
    Milestone,
    RowError,
    State,
    Task,
    TimeEntry,
    Whole,
    at_path,
    day,
    instant,
    seconds_of_hours,
)

__all__ = [
    "TRACKED",
    "account",
    "links",
    "milestone",
    "needed",
    "person",
    "ref",
    "state_of",
    "status_names",
    "task",
    "time_entry",
]

#: What Redmine's journals record.
TRACKED = frozenset({"status", "due_on", "assignee", "estimate", "parent", "milestone", "scope"})
_WHOLE = 100


def needed(row: Any, path: str) -> Any:
    """The value at that path; `RowError` when it is missing or empty."""
    value = at_path(row, path)
    if value is None or value == "":
        raise RowError(f"{path} is missing")
    return value


def ref(row: Any, name: str) -> str | None:
    """The id of what a row points at, as text; None when it points at nothing."""
    found = at_path(row, name)
    if found is not None and not isinstance(found, dict):
        raise RowError(f"{name} is {type(found).__name__}, not an object")
    return None if found is None or found.get("id") is None else str(found["id"])


def _text(row: Any, path: str) -> str | None:
    value = at_path(row, path)
    if value is not None and not isinstance(value, str):
        raise RowError(f"{path} is {type(value).__name__}, not text")
    return value or None


# --- people ----------------------------------------------------------------------------------------------------------


def account(row: Any, context: Context) -> Account:
    """A person as an administrator sees them. Mail may be hidden, then it is None."""
    name = " ".join(part for key in ("firstname", "lastname") if (part := _text(row, key)))
    return Account(
        id=str(needed(row, "id")),
        name=name or None,
        email=_text(row, "mail"),
        username=_text(row, "login"),
        active=str(row["id"]) not in _locked(context),
    )


def _locked(context: Context) -> frozenset[str]:
    if "locked" not in context.cache:
        context.cache["locked"] = frozenset(str(user["id"]) for user in context.lookups["locked"])
    found: frozenset[str] = context.cache["locked"]
    return found


def person(row: Any, name: str) -> Iterable[Account]:
    """Who a row names, by number and name; nobody when it names a group or no one."""
    if (id_ := ref(row, name)) is not None:
        yield Account(id=id_, name=_text(row, f"{name}.name"))


# --- work ------------------------------------------------------------------------------------------------------------


def milestone(row: Any, context: Context) -> Milestone:
    """A version; shared ones belong to the project that made them."""
    return Milestone(
        id=str(needed(row, "id")),
        scope=str(needed(row, "project.id")),
        kind="version",
        name=str(needed(row, "name")),
        state=str(needed(row, "status")),
        due_on=day(row.get("due_date")),
        description=_text(row, "description"),
        url=f"{context.settings.site}/versions/{row['id']}",
    )


def task(row: Any, context: Context, *, started_at: dt.datetime | None) -> Task:
    """An issue. Its spent hours are left out: logging time does not touch the issue, so they may be old."""
    state = state_of(str(needed(row, "status.id")), context, row=row)
    estimate_s = seconds_of_hours(row.get("estimated_hours"))
    category = _text(row, "category.name")
    return Task(
        id=str(needed(row, "id")),
        scope=str(needed(row, "project.id")),
        key=f"#{row['id']}",
        title=str(needed(row, "subject")),
        kind=str(needed(row, "tracker.name")).lower(),
        status=str(needed(row, "status.name")),
        state=state,
        url=f"{context.settings.site}/issues/{row['id']}",
        description=_text(row, "description"),
        created_at=instant(needed(row, "created_on")),
        updated_at=instant(needed(row, "updated_on")),
        started_at=started_at,
        # Redmine keeps the moment when an issue is opened again.
        completed_at=instant(row.get("closed_on")) if state in ("done", "cancelled") else None,
        start_on=day(row.get("start_date")),
        due_on=day(row.get("due_date")),
        assignees=tuple(id_ for id_ in [ref(row, "assigned_to")] if id_),
        reporter=ref(row, "author"),
        parent=ref(row, "parent"),
        components=(category,) if category else (),
        priority=_text(row, "priority.name"),
        estimate_seconds=estimate_s,
        remaining_seconds=_remaining(estimate_s, row.get("done_ratio")),
        milestones=tuple(id_ for id_ in [ref(row, "fixed_version")] if id_),
    )


def _remaining(estimate_s: int | None, done_ratio: Any) -> int | None:
    """What `done_ratio` (percent) leaves of the estimate, in whole seconds rounded up; None without both."""
    if estimate_s is None or not isinstance(done_ratio, int) or not 0 <= done_ratio <= _WHOLE:
        return None
    return -(-estimate_s * (_WHOLE - done_ratio) // _WHOLE)


def links(row: Any) -> Iterable[Mapped]:
    """The relations of an issue, told by the issue they begin at; none where the row does not list them."""
    listed = row.get("relations")
    if listed is None:
        return
    yield Whole(kind=Link, of=str(row["id"]))
    for relation in listed:
        if str(needed(relation, "issue_id")) == str(row["id"]):
            yield Link(
                id=str(needed(relation, "id")),
                from_task=str(row["id"]),
                to=str(needed(relation, "issue_to_id")),
                kind=str(needed(relation, "relation_type")).lower(),
            )


def time_entry(row: Any) -> TimeEntry:
    """Time spent; Redmine knows the day, not the hour."""
    seconds = seconds_of_hours(needed(row, "hours"))
    assert seconds is not None
    return TimeEntry(
        id=str(needed(row, "id")),
        scope=str(needed(row, "project.id")),
        seconds=seconds,
        day=day(needed(row, "spent_on")),
        task=ref(row, "issue"),
        account=ref(row, "user"),
        note=_text(row, "comments"),
        updated_at=instant(row.get("updated_on")),
    )


# --- states ----------------------------------------------------------------------------------------------------------


def _statuses(context: Context) -> Mapping[str, Any]:
    if "statuses" not in context.cache:
        context.cache["statuses"] = {str(status["id"]): status for status in context.lookups["statuses"]}
    found: Mapping[str, Any] = context.cache["statuses"]
    return found


def status_names(context: Context) -> Mapping[str, str]:
    """Status id → name."""
    return {id_: str(status.get("name")) for id_, status in _statuses(context).items()}


def state_of(status: str, context: Context, *, row: Any) -> State:
    """Closed: done, or cancelled by name. Open: to do in the tracker's first status with nothing done, else in progress."""
    known = _statuses(context).get(status)
    closed = at_path(known, "is_closed")
    if closed is None:
        return "unknown"
    if closed:
        return "cancelled" if at_path(known, "name") in context.settings.cancelled_statuses else "done"
    return "todo" if status in _beginnings(row, context) and not row.get("done_ratio") else "in_progress"


def _beginnings(row: Any, context: Context) -> frozenset[str]:
    """The status in which issues of the row's tracker begin; of any tracker where that one is not known."""
    if "beginnings" not in context.cache:
        pairs = [(ref({"t": tracker}, "t"), ref(tracker, "default_status")) for tracker in context.lookups["trackers"]]
        context.cache["beginnings"] = {tracker: frozenset({status}) for tracker, status in pairs if status}
    known: Mapping[str | None, frozenset[str]] = context.cache["beginnings"]
    return known.get(ref(row, "tracker"), frozenset().union(*known.values()))
