"""The stream of the boards: sprints, and issues whose card changed while the issue itself did not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from sightline.sdk import (
    Account,
    Activity,
    Change,
    ChecklistItem,
    Context,
    Fetch,
    FullList,
    Link,
    Mapped,
    Milestone,
    Request,
    Scope,
    ServerTime,
    Since,
    Stream,
    Task,
    at_path,
)
from sightline_github.config import GithubSettings
from sightline_github.mapping import iterations
from sightline_github.projects import BOARDS, ChainedPages, Item, board_of, items_of, items_of_board
from sightline_github.streams import Issues, IssuesByColumn, completed, task_records

__all__ = ["REPOSITORIES", "BoardItems", "BoardItemsByColumn"]

#: Name of the lookup that lists all visible repositories, when the settings choose none.
REPOSITORIES = "repositories"


@dataclasses.dataclass(frozen=True)
class LastScan(ServerTime):
    """When the boards were last read, by GitHub's clock. The first read needs nothing: the issues bring it all."""

    # The lookup that the issues stream maps with is read a little before this stream.
    overlap: dt.timedelta = dt.timedelta(minutes=10)

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        """The last scan; the source's `since` says nothing about cards."""
        return super().since(state, None)


class BoardItems(Stream):
    """All cards of all boards; an issue is read again when its card is newer than the last run.

    It is the other half of the issues stream, for the whole source, and goes by its name: what it delivered last is
    then among what that stream's census compares.
    """

    name = Issues.name
    delivers = (Task, Account, ChecklistItem, Link, Activity, Change, Milestone)
    id = "item.id"
    per_scope = False
    cursor = LastScan()
    deletions = FullList(kinds=(Milestone,))
    optional = True
    history: ClassVar[frozenset[str]] = Issues.history

    def __init__(self, pages: ChainedPages, settings: GithubSettings) -> None:
        self.paging = pages
        self.settings = settings
        self.newer_than: dt.datetime | None = None

    def request(self, scope: Scope | None, since: Since) -> Request:
        """The first board's first page. GitHub cannot list what changed, so `complete` leaves out what is older."""
        self.newer_than = since.at
        return self.paging.first(Request(""))

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """Each answer becomes one row for its board's fields and one for every issue to be read again."""
        fields = [_fields(body) for body in rows]
        items = [item for body in rows for item in items_of_board(body) if self._is_news(item)]
        found = fetch.many([Request(f"/repos/{item.repository}/issues/{item.number}") for item in items])
        pairs = [(item, row) for item, row in zip(items, found, strict=True) if isinstance(row, dict)]
        issues = completed([row for _, row in pairs], fetch, reviews=False)
        return [row for row in fields if row] + [
            {"board": item.board, "item": item.row, "issue": row} for (item, _), row in zip(pairs, issues, strict=True)
        ]

    def _is_news(self, item: Item) -> bool:
        moment = item.updated_at
        return (
            self.newer_than is not None
            and moment is not None
            and moment >= self.newer_than
            and _chosen(self.settings, item.repository, at_path(item.row, "content.repository.databaseId"))
        )

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """The sprints of a board, or the records of an issue with its newest card."""
        if "fields" in row:
            for scope in _repositories_on(row["board"], context):
                for field in row["fields"]:
                    yield from iterations(field, scope)
            return
        item = Item(row["board"], row["item"], _name(row["item"]), row["issue"]["number"])
        scope_id = _scope_id(item, context)
        if scope_id is not None:
            known = items_of(context, item.repository, item.number)
            newest = [item if one.board == item.board else one for one in known]
            yield from task_records(row["issue"], scope_id, newest or [item], context)


class BoardItemsByColumn(BoardItems):
    """The same where boards keep no history of their columns."""

    history = IssuesByColumn.history


def _fields(body: Any) -> dict[str, Any] | None:
    board = board_of(body)
    if board is None:
        return None
    return {
        "item": {"id": board.get("id")},
        "board": str(board.get("id")),
        "fields": at_path(board, "fields.nodes") or [],
    }


def _name(row: Any) -> str:
    return str(at_path(row, "content.repository.nameWithOwner")).casefold()


def _chosen(settings: GithubSettings, repository: str, number: Any) -> bool:
    """Whether the settings choose this repository, by key, name or id; they choose all when they name none."""
    names = {name.casefold() for name in settings.scopes}
    return not names or not names.isdisjoint({repository, repository.rpartition("/")[2], str(number)})


def _scope_id(item: Item, context: Context) -> str | None:
    """The scope of a card's issue; None when that repository is not one of ours."""
    number = at_path(item.row, "content.repository.databaseId")
    if not isinstance(number, int) or not _chosen(context.settings, item.repository, number):
        return None
    if context.settings.scopes:
        return str(number)
    visible = context.cache.get(REPOSITORIES)
    if visible is None:
        visible = {at_path(row, "id") for row in context.lookups.get(REPOSITORIES, ())}
        context.cache[REPOSITORIES] = visible
    return str(number) if number in visible else None


def _repositories_on(board: str, context: Context) -> Sequence[str]:
    """Ids of our repositories that have cards on that board."""
    cards: Iterator[Item] = (item for body in context.lookups.get(BOARDS, ()) for item in items_of_board(body))
    found = {_scope_id(item, context) for item in cards if item.board == board}
    return sorted(scope for scope in found if scope is not None)
