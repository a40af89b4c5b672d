"""What is read of each repository, and how each list goes on, remembers and learns of deletions."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sightline.sdk import (
    Account,
    Activity,
    Answer,
    Census,
    Change,
    ChecklistItem,
    Context,
    Fetch,
    FullList,
    LastId,
    Link,
    LinkHeader,
    Mapped,
    Milestone,
    Never,
    Request,
    Scope,
    Since,
    SinceKeyset,
    Stream,
    Task,
    UpdatedAt,
    at_path,
    instant,
)
from sightline_github import mapping
from sightline_github.history import column_moves, event, has_column_history
from sightline_github.mapping import BLOCKS, PARENT, REVIEWS, number_in
from sightline_github.projects import Item, items_of
from sightline_github.shape import ISSUES

__all__ = [
    "Comments",
    "Events",
    "Issues",
    "IssuesByColumn",
    "Milestones",
    "People",
    "ReviewComments",
    "completed",
    "task_records",
]

#: Rows may show up a little late, and GitHub's times are whole seconds.
_OVERLAP = dt.timedelta(minutes=2)
_PAGE_SIZE = 100
#: Labels, milestones and types are copies inside an issue; renaming them does not touch it.
_REFRESH = dt.timedelta(days=7)
#: Tracked fields whose history GitHub itself keeps.
_HISTORY = frozenset({"status", "assignee", "milestone", "parent"})


def _here(context: Context) -> Scope:
    assert context.scope is not None
    return context.scope


def _since(since: Since) -> str | None:
    return since.at.strftime("%Y-%m-%dT%H:%M:%SZ") if since.at else None


def _by_update(since: Since, **more: str) -> Mapping[str, Any]:
    return {**more, "sort": "updated", "direction": "asc", "since": _since(since)}


class People(Stream):
    """Everybody who may be assigned in the repository."""

    name = "people"
    delivers = (Account,)
    path = "/repos/{scope.key}/assignees"
    paging = LinkHeader()
    conditional = True
    optional = True
    deletions = Never("people who left stay known by name: their work does")

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One account."""
        return mapping.account(row, context)


class Milestones(Stream):
    """The repository's milestones, open and closed."""

    name = "milestones"
    delivers = (Milestone,)
    path = "/repos/{scope.key}/milestones"
    paging = LinkHeader()
    conditional = True
    deletions = FullList()
    refresh_every = dt.timedelta(0)

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """GitHub lists open ones only unless asked for all."""
        return {"state": "all"}

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One milestone."""
        yield mapping.milestone(row, _here(context).id)


# --- issues and pull requests ----------------------------------------------------------------------------------------


def _census(scope: Scope) -> Request:
    return Request(f"/repos/{scope.key}/issues", {"state": "all", "sort": "updated", "direction": "asc"})


class Issues(Stream):
    """Issues and pull requests, oldest change first, so that an interrupted first read goes on where it stopped."""

    name = "issues"
    delivers = (Task, Account, ChecklistItem, Link, Activity, Change)
    path = "/repos/{scope.key}/issues"
    # Page numbers would skip an issue whenever one that was already read is edited meanwhile; keysets cannot.
    paging = SinceKeyset()
    cursor = UpdatedAt("updated_at", overlap=_OVERLAP, ordered=True)
    conditional = True
    deletions = Census(request=_census, kind=Task, paging=SinceKeyset())
    history: ClassVar[frozenset[str]] = _HISTORY
    refresh_every = _REFRESH

    def __init__(self, *, reviews: bool) -> None:
        self.reviews = reviews

    def request(self, scope: Scope | None, since: Since) -> Request:
        """The list, without what no field is mapped from."""
        return dataclasses.replace(super().request(scope, since), shape=ISSUES)

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """All states, by update time."""
        return _by_update(since, state="all")

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """Parents, dependencies and reviews."""
        return completed(rows, fetch, reviews=self.reviews)

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """The task and what hangs on it, with what the boards say about it."""
        here = _here(context)
        return task_records(row, here.id, items_of(context, here.key, at_path(row, "number")), context)


class IssuesByColumn(Issues):
    """Where boards keep no history of their columns, Sightline's own snapshots tell the steps of the status."""

    history = _HISTORY - {"status"}


def task_records(row: Any, scope: str, items: Sequence[Item], context: Context) -> Iterable[Mapped]:
    """All records of one issue: of its row and of its cards on the boards."""
    yield from mapping.issue(row, scope, items, context)
    yield from column_moves(items, str(at_path(row, "id")))


def completed(rows: Sequence[Any], fetch: Fetch, *, reviews: bool) -> list[Any]:
    """The rows with what their list leaves out, in calls for those that have any: parent's id, blocked, reviews."""
    ids = {at_path(row, "url"): row for row in rows}
    wanted: dict[tuple[int, str], Request] = {}
    for at, row in enumerate(rows):
        parent = at_path(row, "parent_issue_url")
        if isinstance(parent, str) and parent not in ids and number_in(parent):
            wanted[at, PARENT] = Request(_issue_path(parent))
        if at_path(row, "issue_dependencies_summary.total_blocking"):
            wanted[at, BLOCKS] = Request(f"{_issue_path(str(at_path(row, 'url')))}/dependencies/blocking", _PAGED)
        if reviews and at_path(row, "pull_request"):
            path = _issue_path(str(at_path(row, "url"))).replace("/issues/", "/pulls/")
            wanted[at, REVIEWS] = Request(f"{path}/reviews", _PAGED)
    answers = _answers(wanted, fetch)
    return [_filled(at, row, ids, answers) for at, row in enumerate(rows)]


_PAGED = {"per_page": _PAGE_SIZE}


def _issue_path(url: str) -> str:
    """`/repos/owner/name/issues/12` of whatever address GitHub shows for it."""
    return "/repos/" + "/".join(url.split("/")[-4:])


def _answers(wanted: Mapping[tuple[int, str], Request], fetch: Fetch) -> dict[tuple[int, str], Any]:
    """Every distinct call once; a list that fills its page is read to its end."""
    distinct = {request.path: request for request in wanted.values()}
    bodies = dict(zip(distinct, fetch.many(list(distinct.values())), strict=True))
    for path, body in bodies.items():
        if isinstance(body, list) and len(body) == _PAGE_SIZE:
            bodies[path] = [*body, *fetch.rows(distinct[path].with_params(page=2), paging=LinkHeader())]
    return {key: bodies[request.path] for key, request in wanted.items()}


def _filled(at: int, row: Any, ids: Mapping[Any, Any], answers: Mapping[tuple[int, str], Any]) -> Any:
    if not isinstance(row, dict):
        return row
    parent = answers.get((at, PARENT)) or ids.get(row.get("parent_issue_url"))
    extra: dict[str, Any] = {PARENT: {"id": at_path(parent, "id")}} if isinstance(parent, dict) else {}
    blocks = answers.get((at, BLOCKS), [])
    if isinstance(blocks, list):
        # An answer that failed says nothing; what was known stays.
        extra[BLOCKS] = blocks
    if isinstance(found := answers.get((at, REVIEWS)), list):
        extra[REVIEWS] = found
    return {**row, **extra}


# --- history ---------------------------------------------------------------------------------------------------------


def _numbered(rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if isinstance(at_path(row, "id"), int)]


@dataclasses.dataclass(frozen=True)
class NewestEvent(LastId):
    """Back to the last known event, or to the source's `since` on a first read."""

    field: str = "id"
    numeric: bool = True

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        """The newest id; a row without one is quarantined by `map` and moves nothing."""
        return super().advance(state, _numbered(rows), answer)

    def reached(self, since: Since, rows: Sequence[Any]) -> bool:
        """Whether this page holds an event that is known, or older than the first read goes."""
        known = _numbered(rows)
        if super().reached(since, known):
            return True
        oldest = at_path(known[-1], "created_at") if known and since.at else None
        return isinstance(oldest, str) and since.at is not None and (instant(oldest) or since.at) < since.at


class Events(Stream):
    """The repository's event list, newest first: one call tells all changes of all issues since the last run."""

    name = "events"
    delivers = (Change, Activity, Account)
    path = "/repos/{scope.key}/issues/events"
    paging = LinkHeader()
    cursor = NewestEvent()
    conditional = True
    deletions = Never("what happened has happened")
    history = _HISTORY

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """The change in one event."""
        here = _here(context)
        items = items_of(context, here.key, at_path(row, "issue.number"))
        return event(row, here.id, context, on_board=has_column_history(items))


# --- what people said ------------------------------------------------------------------------------------------------


class Comments(Stream):
    """Comments on issues and in the conversations of pull requests, of the whole repository."""

    name = "comments"
    delivers = (Activity, Account)
    path = "/repos/{scope.key}/issues/comments"
    paging = SinceKeyset()
    cursor = UpdatedAt("updated_at", overlap=_OVERLAP, ordered=True)
    conditional = True
    deletions = FullList(kinds=(Activity,))
    refresh_every = _REFRESH

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """By update time; GitHub ignores the direction without the sort."""
        return _by_update(since)

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One comment."""
        return mapping.comment(row, _here(context).id, context)


class ReviewComments(Comments):
    """Comments on lines of pull requests."""

    name = "review_comments"
    path = "/repos/{scope.key}/pulls/comments"
    optional = True

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One comment."""
        return mapping.review_comment(row, _here(context).id, context)
