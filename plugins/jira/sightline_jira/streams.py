"""The lists that a Jira site offers: issues, the two worklog feeds, versions, sprints."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sightline.sdk import (
    Account,
    Activity,
    Batch,
    ByFeed,
    Census,
    Change,
    Context,
    FullList,
    Gone,
    Link,
    Mapped,
    Milestone,
    Never,
    NextToken,
    Offset,
    Paging,
    Request,
    Since,
    Stream,
    Task,
    TimeEntry,
    at_path,
    from_epoch,
)
from sightline_jira.completing import add_changelogs, add_cut_off, projects_of, sprints_of, worklogs_of
from sightline_jira.jql import Changes, in_projects, issues_of
from sightline_jira.mapping import SYSTEM_FIELDS, mapper_of
from sightline_jira.paging import FeedPosition, WorklogFeed
from sightline_jira.shape import answer_of

if TYPE_CHECKING:
    from sightline.sdk import Fetch, Scope
    from sightline_jira.site import Site

__all__ = [
    "CloudIssues",
    "DeletedWorklogs",
    "Issues",
    "ServerIssues",
    "Sprints",
    "Versions",
    "Worklogs",
]

#: Versions and sprints change without a trace in any list of changes; so they are read whole, but not at every run.
_HOURLY = dt.timedelta(hours=1)
#: How many of the newest issues are compared to learn whether anything happened at all.
_NEWEST = 50
#: The feeds hide their last minute, and our clock may differ from Jira's: a first read of them begins this far back.
_FEED_MARGIN = dt.timedelta(hours=1)


class Issues(Stream):
    """Issues of all chosen projects with their history, links, comments and worklogs. Base of both flavours."""

    name = "issues"
    delivers = (Task, Change, Link, Activity, TimeEntry, Account)
    rows = "issues"
    per_scope = False
    history = frozenset(
        {"status", "due_on", "assignee", "estimate", "points", "sprint", "parent", "milestone", "scope"}
    )
    # A status renamed or a person renamed does not touch the issues that show it.
    refresh_every = dt.timedelta(days=7)
    # By creation: an issue that is edited meanwhile stays on its page, where by `updated` it would jump to the end and
    # push others over the edge of a page already read.
    order = "created ASC, key ASC"
    census_paging: Paging

    def __init__(self, site: Site) -> None:
        self.site = site
        self.fields = [*SYSTEM_FIELDS, *site.fields.ids]
        self.cursor = Changes(projects=tuple(project.id for project in site.chosen), zone=site.zone)
        self.deletions = Census(  # type: ignore[misc]  # the seam has it per class, but this one needs its site
            request=lambda _scope: self.search(self.all_of_them(), ["id"]),
            kind=Task,
            rows="issues",
            paging=self.census_paging,
            confirm=lambda _scope, id_: self.confirm(id_),
        )

    def search(self, jql: str, fields: Sequence[str], **more: Any) -> Request:
        """A search as this flavour takes it."""
        raise NotImplementedError

    def all_of_them(self, at: dt.datetime | None = None) -> str:
        """The JQL of everything in the chosen projects that changed at or after `at`."""
        return issues_of(self.site.searchable, at, self.site.zone, order=self.order)

    def confirm(self, issue: str) -> Request:
        """One issue by its id, as the index may lag behind and a moved issue lives elsewhere."""
        return Request(f"{self.site.api}/issue/{issue}", {"fields": ",".join(self.fields), "expand": "changelog"})

    def gate(self, scope: Scope | None, fetch: Fetch) -> dict[str, Any]:
        jql = f"{in_projects(self.site.searchable)} ORDER BY updated DESC, key DESC"
        rows = at_path(fetch.one(self.search(jql, ["updated"], maxResults=_NEWEST)), "issues", [])
        return {"newest": [[row.get("id"), at_path(row, "fields.updated")] for row in rows if isinstance(row, dict)]}

    def skip(self, scope: Scope | None, state: Mapping[str, Any], fetch: Fetch) -> dict[str, Any] | None:
        """Every change moves an issue to the front of the newest: the same front means that nothing happened."""
        if not state.get("newest"):
            return None
        now = self.gate(scope, fetch)
        return now if now["newest"] == state["newest"] else None

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        return mapper_of(context).issue(row)


class CloudIssues(Issues):
    """Ids by `/search/jql`, up to 5000 a call, then the issues by `bulkfetch`, 100 a call, in parallel."""

    paging = census_paging = NextToken(in_body=True)

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.batch = Batch(size=100, request=self._bulk, rows="issues", together=4)
        self._shape = answer_of(self.fields)

    def search(self, jql: str, fields: Sequence[str], **more: Any) -> Request:
        body = {"jql": jql, "fields": list(fields), "maxResults": 5000, **more}
        if any(project.archived for project in self.site.chosen):
            body["includeArchivedProjects"] = True
        return Request(f"{self.site.api}/search/jql", method="POST", json=body)

    def request(self, scope: Scope | None, since: Since) -> Request:
        return self.search(self.all_of_them(since.at), ["id"])

    def _bulk(self, ids: Sequence[str], _scope: Scope | None) -> Request:
        body = {"issueIdsOrKeys": list(ids), "fields": self.fields}
        return Request(f"{self.site.api}/issue/bulkfetch", method="POST", json=body, shape=self._shape)

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        return add_cut_off(add_changelogs(rows, self.site, fetch), self.site, fetch)


class ServerIssues(Issues):
    """Data Center: `/search` by offset with the changelog inside."""

    paging = Offset(page_size=100, last=None, in_body=True)
    census_paging = Offset(page_size=1000, last=None, in_body=True)

    def search(self, jql: str, fields: Sequence[str], **more: Any) -> Request:
        return Request(f"{self.site.api}/search", method="POST", json={"jql": jql, "fields": list(fields), **more})

    def request(self, scope: Scope | None, since: Since) -> Request:
        request = self.search(self.all_of_them(since.at), self.fields, expand=["changelog"])
        return dataclasses.replace(request, shape=answer_of(self.fields))

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        return add_cut_off(rows, self.site, fetch)


class _Feed(Stream):
    """Base of the two worklog feeds: site-wide, oldest first, told by worklog id."""

    rows = "values"
    id = "worklogId"
    per_scope = False
    paging = WorklogFeed()
    cursor = FeedPosition()
    after = ("issues",)
    feed = ""

    def __init__(self, site: Site) -> None:
        self.site = site

    def request(self, scope: Scope | None, since: Since) -> Request:
        return Request(f"{self.site.api}/worklog/{self.feed}", {"since": _feed_start(since)})


def _feed_start(since: Since) -> int:
    """Milliseconds since 1970. The issues of a first read carry their worklogs, so its feed begins with the run."""
    if since.token is not None:
        return int(since.token)
    begin = since.at or (since.now - _FEED_MARGIN if since.now else None)
    return int(begin.timestamp()) * 1000 if begin else 0


class Worklogs(_Feed):
    """Worklogs written or edited since the last run, whichever issue they are on."""

    name = "worklogs"
    feed = "updated"
    delivers = (TimeEntry, Account)
    deletions = ByFeed("worklogs_deleted")

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """Adds the worklog, and the project of its issue; both unknown to the feed. Others' projects are left out.

        The issue need not have been read yet: its time counts at once, and the issue comes with the next run.
        """
        found = worklogs_of(rows, self.site, fetch)
        projects = projects_of({str(log.get("issueId")) for log in found.values()}, self.site, fetch)
        chosen = {project.id for project in self.site.chosen}
        return [
            {**row, "worklog": log, "project": project}
            for row in rows
            if (log := found.get(str(row.get("worklogId"))))
            and (project := projects.get(str(log.get("issueId")))) in chosen
        ]

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        return mapper_of(context).worklog(row)


class DeletedWorklogs(_Feed):
    """Worklogs deleted since the last run."""

    name = "worklogs_deleted"
    feed = "deleted"
    delivers = ()
    deletions = Never("a deletion is not undone")

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        yield Gone(kind=TimeEntry, id=str(row["worklogId"]), at=from_epoch(row.get("updatedTime"), unit="ms"))


class _Hourly(Stream):
    """Base of short lists without a trace of changes: read whole, at most once an hour."""

    delivers = (Milestone,)
    deletions = FullList()
    refresh_every = _HOURLY

    def __init__(self, site: Site) -> None:
        self.site = site

    def skip(self, scope: Scope | None, state: Mapping[str, Any], fetch: Fetch) -> dict[str, Any] | None:
        return dict(state)


class Versions(_Hourly):
    """The versions of each project, in one answer however many there are."""

    name = "versions"

    def request(self, scope: Scope | None, since: Since) -> Request:
        return Request(f"{self.site.api}/project/{scope.id if scope else ''}/versions")

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """Only what is a version: some servers answer an address they do not know with the project."""
        return [row for row in rows if isinstance(row, dict) and ("released" in row or "archived" in row)]

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        yield mapper_of(context).version(row, context.scope.id if context.scope else "")


class Sprints(_Hourly):
    """The sprints of each project's boards."""

    name = "sprints"
    rows = "values"
    paging = Offset(page_size=50)
    optional = True

    def request(self, scope: Scope | None, since: Since) -> Request:
        return Request(f"{self.site.agile}/board", {"projectKeyOrId": scope.id if scope else None})

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        return sprints_of(rows, scope.id if scope else "", self.site, fetch)

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        yield mapper_of(context).sprint(row, context.scope.id if context.scope else "")
