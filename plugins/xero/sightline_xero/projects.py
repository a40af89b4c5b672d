"""Xero Projects: projects, tasks, time, users. Unlike accounting it has no changed-since and no deletion feed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sightline.sdk import (
    Account,
    Context,
    Deletions,
    Fetch,
    FullList,
    Mapped,
    Never,
    NotFound,
    PageNumber,
    Request,
    RetryLater,
    RowError,
    Scope,
    Since,
    State,
    Stream,
    Task,
    TimeEntry,
    instant,
)
from sightline_xero.mapping import fields, inner, needed, text
from sightline_xero.streams import tenant

__all__ = ["ProjectTime", "ProjectUsers", "Projects"]

_PAGES = PageNumber(page_size=500)
_DAILY = dt.timedelta(hours=24)


def projects(path: str = "Projects") -> str:
    """The path of a resource of the Projects API."""
    return f"/projects.xro/2.0/{path}"


class ProjectsApi(Stream):
    """What these lists share. Optional: an organisation may not subscribe to Projects (403), or have none (404)."""

    rows = "items"
    paging = _PAGES
    optional = True

    def __init__(self, *, custom: bool) -> None:
        self.custom = custom

    def request(self, scope: Scope | None, since: Since) -> Request:
        """The whole list: there is no way to ask for changes."""
        return Request(self.path, headers=tenant(scope, custom=self.custom))


class ProjectUsers(ProjectsApi):
    """People who may log time."""

    name = "project_users"
    path = projects("ProjectsUsers")
    id = "userId"
    delivers = (Account,)
    deletions: ClassVar[Deletions] = Never("Who leaves is no longer listed, but their time keeps their name.")

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One person; the id is the same as in the list of the organisation's users."""
        row = fields(row)
        yield Account(id=needed(row, "userId"), name=text(row, "name"), email=text(row, "email"))


class Projects(ProjectsApi):
    """The projects themselves, as tasks of the kind `project`, on which their tasks hang."""

    name = "projects"
    path = projects()
    id = "projectId"
    delivers = (Task,)
    deletions: ClassVar[Deletions] = FullList()
    refresh_every = _DAILY

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One project."""
        yield project_task(fields(row), context)


class ProjectTime(ProjectsApi):
    """Tasks and time of every project: read when a project's own sums have moved, and whole once a day.

    The list of projects tells minutes and amounts of each, so one call shows that no hour was logged, moved between
    tasks of different price, invoiced or removed. What moves no sum (a note, a new task, an estimate) waits for the
    daily read.
    """

    name = "project_time"
    path = projects()
    id = "id"
    delivers = (Task, TimeEntry)
    deletions: ClassVar[Deletions] = FullList()
    refresh_every = _DAILY
    # One page is completed as one piece: few projects at a time keep it small and let the next one be read meanwhile.
    paging = PageNumber(page_size=20)

    def gate(self, scope: Scope | None, fetch: Fetch) -> dict[str, Any]:
        """A fingerprint of all projects with their sums."""
        request = Request(self.path, headers=tenant(scope, custom=self.custom))
        rows = sorted(
            json.dumps(row, sort_keys=True, default=str) for row in fetch.rows(request, rows="items", paging=_PAGES)
        )
        return {"projects": hashlib.sha256("\n".join(rows).encode()).hexdigest()}

    def skip(self, scope: Scope | None, state: Mapping[str, Any], fetch: Fetch) -> dict[str, Any] | None:
        """Nothing to read while the fingerprint stays."""
        found = self.gate(scope, fetch)
        return found if found == dict(state) else None

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """Tasks and time of these projects, each a row of its own with what it needs of project and task."""
        known = [row for row in rows if isinstance(row, Mapping) and isinstance(row.get("projectId"), str)]
        tasks = self._lists("Tasks", known, scope, fetch)
        times = self._lists("Time", known, scope, fetch)
        opened = [_opened(*parts) for parts in zip(known, tasks, times, strict=True)]
        return [piece for pieces in opened for piece in pieces]

    def _lists(
        self, what: str, rows: Sequence[Mapping[str, Any]], scope: Scope | None, fetch: Fetch
    ) -> list[list[Any]]:
        headers = tenant(scope, custom=self.custom)
        requests = [Request(projects(f"Projects/{row['projectId']}/{what}"), headers=headers) for row in rows]
        requests = [_PAGES.first(request) for request in requests]
        # Two projects tell a server that has no such list from a project that was just deleted.
        bodies = fetch.many(requests[:2])
        if bodies and bodies.count(None) == len(bodies):
            raise NotFound(
                f"this server has no {what} of projects",
                where="xero",
                mend="Nothing to mend: the rest is read.",
                status=404,
            )
        bodies += fetch.many(requests[2:])
        if None in bodies:
            raise RetryLater("a project went away while it was read", where="xero", mend="Run the sync again.")
        return [_whole(*pair, fetch) for pair in zip(requests, bodies, strict=True)]

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One task, or one time entry."""
        row = fields(row)
        if "time" in row:
            yield time_entry(inner(row, "time"), inner(row, "task"), context)
        else:
            yield work_task(inner(row, "task"), inner(row, "project"), context)


def _whole(request: Request, body: Any, fetch: Fetch) -> list[Any]:
    """The list that this first page begins; read anew when it is longer, which is rare."""
    pages = inner(fields(body), "pagination").get("pageCount")
    if isinstance(pages, int) and pages > 1:
        return list(fetch.rows(request, rows="items", paging=_PAGES))
    found = fields(body).get("items")
    return found if isinstance(found, list) else []


def _opened(project: Mapping[str, Any], tasks: list[Any], times: list[Any]) -> Iterable[dict[str, Any]]:
    head = {name: project.get(name) for name in ("projectId", "name", "status")}
    by_id = {task.get("taskId"): task for task in tasks if isinstance(task, Mapping)}
    for task in tasks:
        yield {"id": _id(task, "taskId"), "project": head, "task": task}
    for entry in times:
        task = by_id.get(_id(entry, "taskId"), {})
        yield {"id": _id(entry, "timeEntryId"), "task": {"chargeType": task.get("chargeType")}, "time": entry}


def _id(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else None


def project_task(row: Mapping[str, Any], context: Context) -> Task:
    """A project of Xero as a task of kind `project`. Its key is its name: Xero gives it no other."""
    name = needed(row, "name")
    deadline = instant(row.get("deadlineUtc"), assume=dt.UTC)
    status = needed(row, "status")
    return Task(
        id=needed(row, "projectId"),
        scope=_scope(context).id,
        key=name,
        title=name,
        kind="project",
        status=status,
        state=_project_state(status),
        due_on=deadline.astimezone(_zone(context)).date() if deadline else None,
        spent_seconds=_seconds(row, "minutesLogged"),
    )


def _project_state(status: str) -> State:
    states: dict[str, State] = {"INPROGRESS": "in_progress", "CLOSED": "done"}
    return states.get(status, "unknown")


def work_task(row: Mapping[str, Any], project: Mapping[str, Any], context: Context) -> Task:
    """A task of a project. Its status tells billing, not work: only a closed project says that it is done."""
    name = needed(row, "name")
    status = needed(row, "status")
    closed = text(project, "status") == "CLOSED"
    return Task(
        id=needed(row, "taskId"),
        scope=_scope(context).id,
        key=f"{needed(project, 'name')}: {name}",
        title=name,
        kind="project_task",
        status=status,
        state="done" if closed else "in_progress" if status == "ACTIVE" else "unknown",
        parent=needed(project, "projectId"),
        estimate_seconds=_seconds(row, "estimateMinutes"),
        spent_seconds=_seconds(row, "totalMinutes"),
    )


#: Whether time on such a task is charged to the client. Source: Xero's OpenAPI of Projects, `isChargeable`.
_BILLABLE = {"TIME": True, "FIXED": True, "NON_CHARGEABLE": False}
_STATUS = {"ACTIVE": "open", "LOCKED": "locked", "INVOICED": "invoiced"}


def time_entry(row: Mapping[str, Any], task: Mapping[str, Any], context: Context) -> TimeEntry:
    """Time somebody logged. Xero knows the day, not the hour; billable is what the task says."""
    status = needed(row, "status")
    seconds = _seconds(row, "duration")
    if seconds is None:
        raise RowError("duration is missing")
    return TimeEntry(
        id=needed(row, "timeEntryId"),
        scope=_scope(context).id,
        task=text(row, "taskId"),
        account=text(row, "userId"),
        day=work_day(row.get("dateUtc"), context),
        seconds=seconds,
        billable=_BILLABLE.get(text(task, "chargeType") or ""),
        note=text(row, "description"),
        status=_STATUS.get(status, status.lower()),
    )


def work_day(value: Any, context: Context) -> dt.date:
    """The day of a time entry: midnight UTC is a calendar day; any other instant counts in the organisation's zone."""
    found = instant(value, assume=dt.UTC)
    if found is None:
        raise RowError("dateUtc is missing")
    return found.date() if found.time() == dt.time() else found.astimezone(_zone(context)).date()


def _seconds(row: Mapping[str, Any], name: str) -> int | None:
    minutes = row.get(name)
    if minutes is None:
        return None
    if type(minutes) is not int:
        raise RowError(f"{name} is {type(minutes).__name__}, not whole minutes")
    return minutes * 60


def _scope(context: Context) -> Scope:
    assert context.scope is not None
    return context.scope


def _zone(context: Context) -> dt.tzinfo:
    """The organisation's zone; the workspace's where Xero names none that is known."""
    name = _scope(context).timezone
    if name is None:
        return context.timezone
    if name not in context.cache:
        context.cache[name] = ZoneInfo(name)
    zone: dt.tzinfo = context.cache[name]
    return zone
