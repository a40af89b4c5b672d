"""What is read of Redmine: people, and of every project its versions, issues and time entries."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sightline.sdk import (
    Account,
    Activity,
    Answer,
    Census,
    Change,
    Context,
    Fetch,
    FullList,
    Link,
    Mapped,
    Milestone,
    Offset,
    Paging,
    Request,
    Scope,
    Since,
    SourceChanged,
    Stream,
    Task,
    TimeEntry,
    UpdatedAt,
    at_path,
)
from sightline_redmine import mapping
from sightline_redmine.history import map_journals

if TYPE_CHECKING:
    from sightline_redmine.config import RedmineSettings

__all__ = ["Issues", "Members", "TimeEntries", "UpdatedKeyset", "Users", "Versions"]

_PAGES = Offset(offset="offset", size="limit", total="total_count", last=None)
#: Without status_id=* only open issues are listed; without subproject_id=!* those of subprojects, too.
_EVERY = {"status_id": "*", "subproject_id": "!*"}
#: No issue has this number: an empty list where a project has the module switched off, which would answer 403.
_NOTHING = {"issue_id": "0", "status_id": "*"}

Modules = Mapping[str, frozenset[str]]


@dataclasses.dataclass(frozen=True)
class UpdatedKeyset(Paging):
    """Oldest change first: the next page begins at the newest second of this one, and within one second by offset.

    Unlike a plain offset it loses no row when an issue is edited or deleted while the list is read.
    """

    page_size: int = 100

    def first(self, request: Request) -> Request:
        return request.with_params(offset=0, limit=self.page_size)

    def after(self, request: Request, answer: Answer, rows: Sequence[Any]) -> Request | None:
        total, start = at_path(answer.body, "total_count"), int(request.params["offset"])
        if at_path(answer.body, "offset", start) != start:
            raise SourceChanged(
                "Redmine answered another page than was asked for",
                where="redmine",
                mend="Check what stands between Redmine and this machine; nothing was lost.",
            )
        if not rows or (isinstance(total, int) and start + len(rows) >= total):
            return None
        newest = max(str(at_path(row, "updated_on")) for row in rows)
        bound = f">={newest}"
        if bound == request.params.get("updated_on"):
            return request.with_params(offset=start + len(rows))
        return request.with_params(updated_on=bound, offset=0)


class Users(Stream):
    """All people, locked ones included. Only an administrator may list them."""

    name = "users"
    path = "/users.json"
    rows = "users"
    delivers = (Account,)
    deletions = FullList()
    paging = _PAGES
    per_scope = False
    refresh_every = dt.timedelta(0)

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """Without a status only active ones are listed."""
        return {"status": ""}

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """The rows without what must never be kept: an administrator is shown other people's keys."""
        return [{k: v for k, v in row.items() if k != "api_key"} if isinstance(row, dict) else row for row in rows]

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        yield mapping.account(row, context)


class Members(Stream):
    """Members of the project, by name: what Redmine shows to everybody."""

    name = "members"
    path = "/projects/{scope.id}/memberships.json"
    rows = "memberships"
    delivers = (Account,)
    # Somebody who left one project may be in the next, and time and issues keep the name.
    deletions = FullList(kinds=())
    paging = _PAGES
    refresh_every = dt.timedelta(0)

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        yield from mapping.person(row, "user")


class Versions(Stream):
    """The project's versions and those shared with it, in one piece. A project without issue tracking has none (403)."""

    name = "versions"
    path = "/projects/{scope.id}/versions.json"
    rows = "versions"
    delivers = (Milestone,)
    deletions = FullList()
    refresh_every = dt.timedelta(0)
    optional = True

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        yield mapping.milestone(row, context)


class Issues(Stream):
    """Issues, open and closed, with relations and journals, oldest change first."""

    name = "issues"
    path = "/issues.json"
    rows = "issues"
    delivers = (Task, Change, Link, Activity, Account)
    paging = UpdatedKeyset()
    # Redmine compares whole seconds; two minutes cover transactions that commit late.
    cursor = UpdatedAt("updated_on", overlap=dt.timedelta(minutes=2), ordered=True)
    deletions = Census(
        lambda scope: Request("/issues.json", {"project_id": scope.id, **_EVERY, "sort": "id:asc"}),
        Task,
        rows="issues",
        paging=_PAGES,
        confirm=lambda _scope, id_: Request(f"/issues/{id_}.json", {"include": "journals,relations"}),
    )

    def __init__(self, settings: RedmineSettings, modules: Modules) -> None:
        self._settings, self._modules = settings, modules
        # Tracked by Redmine itself only where its journals are read.
        self.history = mapping.TRACKED if settings.history else frozenset()  # type: ignore[misc]

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """One project without its subprojects, which are scopes of their own."""
        assert scope is not None
        if "issue_tracking" not in self._modules.get(scope.id, {"issue_tracking"}):
            return _NOTHING
        bound = f">={since.at:%Y-%m-%dT%H:%M:%SZ}" if since.at else None
        order = {"sort": "updated_on:asc,id:asc", "include": "relations"}
        return {"project_id": scope.id, **_EVERY, **order, "updated_on": bound}

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """Each issue with its journals; one that was never touched since its creation has none."""
        asked = [row["id"] for row in rows if self._settings.history and _touched(row)]
        calls = [Request(f"/issues/{id_}.json", {"include": "journals,relations"}) for id_ in asked]
        whole = dict(zip(asked, fetch.many(calls), strict=True))
        return [_with_journals(row, whole) for row in rows]

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        issue = row.get("issue", row) if isinstance(row, dict) else row
        told = map_journals(issue, context)
        yield mapping.task(issue, context, started_at=told.started_at)
        yield from told.records
        yield from mapping.links(issue)
        if not context.facts.get("admin"):
            yield from mapping.person(issue, "author")
            yield from mapping.person(issue, "assigned_to")


def _touched(row: Any) -> bool:
    return isinstance(row, dict) and "id" in row and row.get("updated_on") != row.get("created_on")


def _with_journals(row: Any, whole: Mapping[Any, Any]) -> Any:
    found = at_path(whole.get(at_path(row, "id")), "issue.journals")
    if found is None:
        # Deleted meanwhile (404), or nothing to read: what was listed stays as it is.
        return row
    return {**row, "journals": found}


class TimeEntries(Stream):
    """Time, by the day on which it was spent.

    Redmine 5.0 ignores `updated_on` here and tells of no deletion. So a run reads the entries of the last weeks, all of
    them when the number of older ones is not what it was, and all of them once a day.
    """

    name = "time_entries"
    path = "/time_entries.json"
    rows = "time_entries"
    delivers = (TimeEntry, Account)
    paging = _PAGES
    deletions = Census(
        lambda scope: Request("/time_entries.json", {"project_id": scope.id, "subproject_id": "!*", "sort": "id:asc"}),
        TimeEntry,
        rows="time_entries",
        paging=_PAGES,
        confirm=lambda _scope, id_: Request(f"/time_entries/{id_}.json"),
    )
    refresh_every = dt.timedelta(days=1)

    def __init__(self, settings: RedmineSettings, modules: Modules) -> None:
        self._window, self._modules = dt.timedelta(days=settings.time_window_days), modules

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """Everything in the order of entry, or from a day on."""
        assert scope is not None
        if not self._here(scope):
            return _NOTHING
        first_day = since.token or (since.at.date().isoformat() if since.at else None)
        return {"project_id": scope.id, "subproject_id": "!*", "sort": "id:asc", "from": first_day}

    def gate(self, scope: Scope | None, fetch: Fetch) -> dict[str, Any]:
        """The first day of the window, by Redmine's own clock, and how many entries are older."""
        if scope is None or not self._here(scope):
            return {}
        now = fetch.answer(_older_than("1970-01-01", scope)).server_time
        if now is None:
            return {}
        first_day = (now - self._window).date().isoformat()
        return {"day": first_day, "older": self._older(first_day, scope, fetch)}

    def resume(self, scope: Scope | None, gate: Mapping[str, Any], fetch: Fetch) -> str | None:
        """The window alone, as long as no older entry has come or gone."""
        if scope is None or "day" not in gate:
            return None
        return gate["day"] if self._older(gate["day"], scope, fetch) == gate["older"] else None

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        entry = row.get("time_entry", row) if isinstance(row, dict) else row
        yield mapping.time_entry(entry)
        if not context.facts.get("admin"):
            yield from mapping.person(entry, "user")

    def _here(self, scope: Scope) -> bool:
        return "time_tracking" in self._modules.get(scope.id, {"time_tracking"})

    @staticmethod
    def _older(first_day: str, scope: Scope, fetch: Fetch) -> int | None:
        count = at_path(fetch.one(_older_than(first_day, scope)), "total_count")
        return count if isinstance(count, int) else None


def _older_than(first_day: str, scope: Scope) -> Request:
    """The number of entries before that day; one row comes with it, Redmine gives no fewer."""
    before = (dt.date.fromisoformat(first_day) - dt.timedelta(days=1)).isoformat()
    return Request("/time_entries.json", {"project_id": scope.id, "subproject_id": "!*", "to": before, "limit": 1})
