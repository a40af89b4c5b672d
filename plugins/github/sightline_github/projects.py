"""What Projects boards (v2) say about issues: status, estimate, points, dates, priority, sprint, moves.

A board is read whole on every run (GitHub offers no list of its changes). The answers are a lookup for mapping issues,
so one record holds everything; `streams.Boards` then re-reads the issues whose item changed without the issue.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sightline.sdk import Answer, Context, Paging, Request, RowError, at_path, day, instant, seconds_of_hours
from sightline_github.config import GithubSettings

__all__ = ["BOARDS", "ChainedPages", "Item", "Values", "board_of", "items_of", "items_of_board", "values_of"]

#: Name of the lookup that holds the answers of all boards.
BOARDS = "boards"


@dataclasses.dataclass(frozen=True)
class ChainedPages(Paging):
    """Several GraphQL lists one after the other, as one: all pages of the first, then all of the second.

    `path` leads from the answer's root object (`data.organization`) to the connection.
    """

    requests: tuple[Request, ...]
    path: str

    def first(self, request: Request) -> Request:
        """The first list's first page."""
        return self.requests[0]

    def after(self, request: Request, answer: Answer, rows: Sequence[Any]) -> Request | None:
        """The next page of this list, else the first page of the next list."""
        info = at_path(_root(answer.body), f"{self.path}.pageInfo") or {}
        variables = request.json["variables"]
        if info.get("hasNextPage") and info.get("endCursor"):
            return request.with_json(variables={**variables, "after": info["endCursor"]})
        begun = {**variables, "after": None}
        at = next(n for n, first in enumerate(self.requests) if first.json["variables"] == begun)
        return self.requests[at + 1] if at + 1 < len(self.requests) else None


def _root(body: Any) -> Any:
    """The one object below `data`: the organisation or the user."""
    data = at_path(body, "data")
    return next((value for value in data.values() if isinstance(value, dict)), None) if isinstance(data, dict) else None


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One card of a board that stands for an issue or pull request we may see."""

    board: str
    row: Mapping[str, Any]
    repository: str
    """owner/name, lower case."""
    number: int

    @property
    def updated_at(self) -> dt.datetime | None:
        """When a value of the card last changed."""
        return instant(self.row.get("updatedAt"))


def board_of(body: Any) -> Mapping[str, Any] | None:
    """The board in one answer; None when the answer holds none (no right, deleted)."""
    board = at_path(_root(body), "projectV2")
    return board if isinstance(board, dict) else None


def items_of_board(body: Any) -> Iterator[Item]:
    """The cards in one answer. Drafts, and cards whose content is hidden from us, stand for nothing we can read."""
    board = board_of(body) or {}
    for row in at_path(board, "items.nodes") or ():
        name, number = at_path(row, "content.repository.nameWithOwner"), at_path(row, "content.number")
        if isinstance(name, str) and isinstance(number, int):
            yield Item(str(board.get("id")), row, name.casefold(), number)


def items_of(context: Context, repository: str, number: int) -> Sequence[Item]:
    """The cards of one issue, in the order in which the boards are configured."""
    index = context.cache.get(BOARDS)
    if index is None:
        index = {}
        for body in context.lookups.get(BOARDS, ()):
            for item in items_of_board(body):
                index.setdefault((item.repository, item.number), []).append(item)
        context.cache[BOARDS] = index
    found: Sequence[Item] = index.get((repository.casefold(), number), ())
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class Values:
    """What fields say about one issue, whichever board or issue field holds them. Absent is None."""

    status: str | None = None
    status_at: dt.datetime | None = None
    priority: str | None = None
    estimate_seconds: int | None = None
    points: Decimal | None = None
    start_on: dt.date | None = None
    due_on: dt.date | None = None
    sprints: tuple[str, ...] = ()
    """Iteration ids, oldest first."""
    updated_at: dt.datetime | None = None


def values_of(items: Sequence[Item], own: Sequence[Any], settings: GithubSettings) -> Values:
    """The values of the cards, then of the issue's own fields: the first that says something counts."""
    if not items and not own:
        return Values()
    told = [_told(value) for item in items for value in at_path(item.row, "fieldValues.nodes") or ()]
    told += [_told_by_issue(value) for value in own]
    said = [one for one in told if one is not None]
    points = _first(said, settings.points_field, "number")
    # A team that keeps its points in a field called Estimate says so in `points_field`.
    hours = [name for name in settings.estimate_field if name.casefold() not in _folded(settings.points_field)]
    estimate = _first(said, hours, "number")
    status = _first(said, settings.status_field, "choice")
    return Values(
        status=status.value if status else None,
        status_at=status.at if status else None,
        priority=_value(_first(said, settings.priority_field, "choice")),
        estimate_seconds=seconds_of_hours(estimate.value) if estimate else None,
        points=_plain(points.value) if points else None,
        start_on=day(_value(_first(said, settings.start_field, "date"))),
        due_on=day(_value(_first(said, settings.due_field, "date"))),
        sprints=_sprints(said, settings),
        updated_at=max((at for item in items if (at := item.updated_at)), default=None),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Said:
    field: str
    kind: str
    value: Any
    at: dt.datetime | None = None
    starts: str = ""


#: GraphQL type of a value → (our kind, where the value stands).
_KINDS = {
    "ProjectV2ItemFieldSingleSelectValue": ("choice", "name"),
    "ProjectV2ItemFieldNumberValue": ("number", "number"),
    "ProjectV2ItemFieldDateValue": ("date", "date"),
    "ProjectV2ItemFieldIterationValue": ("sprint", "iterationId"),
}


def _told(value: Any) -> _Said | None:
    kind, where = _KINDS.get(str(at_path(value, "__typename")), ("", ""))
    found, field = at_path(value, where) if where else None, at_path(value, "field.name")
    # A value whose option was deleted, or whose field was, comes without its name.
    if found is None or not isinstance(field, str):
        return None
    return _Said(field.casefold(), kind, found, instant(value.get("updatedAt")), str(value.get("startDate")))


def _told_by_issue(value: Any) -> _Said | None:
    kind = {"single_select": "choice", "number": "number", "date": "date"}.get(str(at_path(value, "data_type")))
    field, found = at_path(value, "issue_field_name"), at_path(value, "value")
    if kind == "choice":
        found = at_path(value, "single_select_option.name") or found
    return _Said(field.casefold(), kind, found) if kind and isinstance(field, str) and found is not None else None


def _folded(names: Sequence[str]) -> list[str]:
    return [name.casefold() for name in names]


def _first(said: Sequence[_Said], fields: Sequence[str], kind: str) -> _Said | None:
    names = _folded(fields)
    return next((one for one in said if one.kind == kind and one.field in names), None)


def _value(said: _Said | None) -> str | None:
    return str(said.value) if said else None


def _plain(number: Any) -> Decimal:
    """5 and 5.0 are the same number of points, and read the same."""
    if isinstance(number, bool) or not isinstance(number, (int, Decimal)):
        raise RowError("points are not a number")
    value = Decimal(number)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _sprints(said: Sequence[_Said], settings: GithubSettings) -> tuple[str, ...]:
    names = _folded(settings.sprint_field)
    found = [one for one in said if one.kind == "sprint" and (not names or one.field in names)]
    return tuple(dict.fromkeys(str(one.value) for one in sorted(found, key=lambda one: one.starts)))
