"""How a card, with its checklists, fields and comments, becomes records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sightline.sdk import (
    Activity,
    ChecklistItem,
    Link,
    Mapped,
    RowError,
    State,
    Task,
    TimeEntry,
    Whole,
    instant,
)
from sightline_trello.board import Board
from sightline_trello.comments import CardComments, read_comments
from sightline_trello.fields import Fields, read_fields
from sightline_trello.ids import created_at
from sightline_trello.reading import child, flag, items, need, text

__all__ = ["map_card"]

#: Cards that are no work: a line between cards, and a pattern from which cards are made.
_NO_WORK = frozenset({"separator"})


def map_card(row: Any, board: Board) -> list[Mapped]:
    """All records of one card; none for a separator or a template. Its children are `Whole`: what it lacks is gone."""
    if not isinstance(row, Mapping):
        raise RowError(f"the row is {type(row).__name__}, not an object")
    if text(row, "cardRole") in _NO_WORK or flag(row, "isTemplate"):
        return []
    card = need(row, "id")
    comments = read_comments(row, board)
    found: list[Mapped] = [_task(row, board, comments)]
    found += _checklist_items(row, board)
    found += _links(row)
    found += [Whole(kind=kind, of=card) for kind in (ChecklistItem, Link)]
    if comments is not None:
        found += comments.activities
        found += comments.entries
        found += [Whole(kind=kind, of=card) for kind in (Activity, TimeEntry)]
    creator = child(row, "creation").get("memberCreator")
    return [*board.accounts([*items(row, "members"), creator, *(comments.people if comments else ())]), *found]


def _task(row: Mapping[str, Any], board: Board, comments: CardComments | None) -> Task:
    id_ = need(row, "id")
    fields = read_fields(row.get("customFieldItems"), board.definitions)
    settings = board.settings
    column = board.columns.get(need(row, "idList"))
    done_at = instant(row.get("dateCompleted"))
    state = _state(row, column.state if column else "unknown")
    return Task(
        id=id_,
        scope=need(row, "idBoard"),
        key=text(row, "shortLink") or id_,
        title=text(row, "name") or "",
        kind=_kind(row),
        status=column.name if column else "unknown list",
        state=state,
        url=text(row, "shortUrl") or text(row, "url"),
        description=text(row, "desc"),
        created_at=created_at(id_),
        updated_at=instant(row.get("dateLastActivity")),
        completed_at=done_at if state == "done" else None,
        start_on=board.start_day(row.get("start")),
        due_on=board.day(row.get("due")),
        assignees=tuple(dict.fromkeys(_ids(items(row, "idMembers")))),
        reporter=text(child(row, "creation"), "idMemberCreator"),
        labels=_labels(items(row, "labels")),
        priority=fields.text(settings.priority_field),
        estimate_seconds=_estimate(fields, board, comments),
        spent_seconds=fields.seconds(settings.time_field),
        points=fields.number(settings.points_field),
        # Nobody sees the cards of a closed list: they are put away like closed cards.
        archived=flag(row, "closed") or (column.closed if column else False),
        copy_of=text(row, "mirrorSourceId"),
    )


def _kind(row: Mapping[str, Any]) -> str:
    role = text(row, "cardRole")
    return "card" if role in (None, "mirror") else str(role)


def _state(row: Mapping[str, Any], of_list: State) -> State:
    """What the list says, unless the card itself is marked complete."""
    complete = flag(row, "dueComplete")
    return "done" if complete and of_list != "cancelled" else of_list


def _estimate(fields: Fields, board: Board, comments: CardComments | None) -> int | None:
    if board.settings.estimate_field:
        return fields.seconds(board.settings.estimate_field)
    return comments.estimate_seconds if comments else None


def _ids(values: Sequence[Any]) -> Iterable[str]:
    for value in values:
        if not isinstance(value, str):
            raise RowError(f"a member is {type(value).__name__}, not an id")
        yield value


def _labels(labels: Sequence[Any]) -> tuple[str, ...]:
    """Names; a label without a name shows its colour, one without either its id."""
    names = []
    for label in labels:
        if not isinstance(label, Mapping):
            raise RowError(f"a label is {type(label).__name__}, not an object")
        names.append(text(label, "name") or text(label, "color") or need(label, "id"))
    return tuple(dict.fromkeys(names))


def _checklist_items(row: Mapping[str, Any], board: Board) -> Iterable[ChecklistItem]:
    position = 0
    for checklist in items(row, "checklists"):
        if not isinstance(checklist, Mapping):
            raise RowError(f"a checklist is {type(checklist).__name__}, not an object")
        for item in items(checklist, "checkItems"):
            if not isinstance(item, Mapping):
                raise RowError(f"a check item is {type(item).__name__}, not an object")
            yield _checklist_item(item, need(row, "id"), text(checklist, "name") or "", position, board)
            position += 1


def _checklist_item(item: Mapping[str, Any], card: str, name: str, position: int, board: Board) -> ChecklistItem:
    return ChecklistItem(
        id=need(item, "id"),
        task=card,
        list=name,
        title=text(item, "name") or "",
        state="done" if text(item, "state") == "complete" else "open",
        due_on=board.day(item.get("due")),
        assignee=text(item, "idMember"),
        position=position,
    )


def _links(row: Mapping[str, Any]) -> Iterable[Link]:
    """Addresses attached to the card; uploaded files are not links."""
    for attachment in items(row, "attachments"):
        if not isinstance(attachment, Mapping) or flag(attachment, "isUpload"):
            continue
        url = text(attachment, "url")
        if url:
            yield Link(id=need(attachment, "id"), from_task=need(row, "id"), to=url, kind="url")
