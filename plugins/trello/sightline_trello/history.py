"""How an action of a board becomes steps of a card's history, or the news that the card is gone. Pure.

Only actions that Trello lists are read. Those that it tells webhooks alone (labels, check items, edited or deleted
comments) are seen because every card of a changed board is read again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sightline.sdk import Activity, Change, ChecklistItem, Gone, Link, Mapped, RowError, Task, TimeEntry, Whole, instant
from sightline_trello.board import Board
from sightline_trello.reading import child, flag, need, text

__all__ = ["ACTIONS", "map_action"]

#: What is asked for. The part behind the colon only filters; such an action's type is plain `updateCard`.
ACTIONS = (
    "updateCard:idList",
    "updateCard:closed",
    "updateCard:due",
    "updateCard:dueComplete",
    "moveCardToBoard",
    "addMemberToCard",
    "removeMemberFromCard",
    "deleteCard",
)


def map_action(row: Any, board: Board) -> list[Mapped]:
    """The changes in one action; an action that changed nothing we keep gives none."""
    if not isinstance(row, Mapping):
        raise RowError(f"the row is {type(row).__name__}, not an object")
    card = text(child(child(row, "data"), "card"), "id")
    kind = text(row, "type")
    if card is None or kind is None:
        return []
    if kind == "deleteCard":
        return _deleted(row, card)
    found = list(_Action(row, card, board).changes(kind))
    return [*(board.accounts([row.get("memberCreator")]) if found else ()), *found]


def _deleted(row: Mapping[str, Any], card: str) -> list[Mapped]:
    """Deletion is for good, and takes what hung on the card with it."""
    return [
        Gone(kind=Task, id=card, at=instant(row.get("date"))),
        *(Whole(kind=kind, of=card) for kind in (Activity, ChecklistItem, Link, TimeEntry)),
    ]


class _Action:
    """One action on one card, with what its changes have in common."""

    def __init__(self, row: Mapping[str, Any], card: str, board: Board) -> None:
        at = instant(row.get("date"))
        if at is None:
            raise RowError("date is missing")
        self.id, self.at, self.card, self.board = need(row, "id"), at, card, board
        self.by = text(row, "idMemberCreator")
        self.data = child(row, "data")

    def changes(self, kind: str) -> Iterator[Change]:
        """The steps of history in it."""
        match kind:
            case "updateCard":
                yield from self._updated()
            case "moveCardToBoard":
                yield from self._moved_board()
            case "addMemberToCard" | "removeMemberFromCard":
                member = text(self.data, "idMember") or text(child(self.data, "member"), "id")
                added = kind == "addMemberToCard"
                yield self._step("assignee", before=None if added else member, after=member if added else None)

    def _step(self, field: Any, *, before: str | None, after: str | None, **states: Any) -> Change:
        return Change(
            id=f"{self.id}:{field}",
            task=self.card,
            field=field,
            at=self.at,
            from_value=before,
            to_value=after,
            by=self.by,
            **states,
        )

    def _updated(self) -> Iterator[Change]:
        old, card = child(self.data, "old"), child(self.data, "card")
        if "idList" in old:
            yield self._moved_list()
        if "closed" in old:
            yield self._step("archived", before=_word(flag(old, "closed")), after=_word(flag(card, "closed")))
        if "due" in old:
            before, after = self.board.day(old.get("due")), self.board.day(card.get("due"))
            if before != after:
                yield self._step("due_on", before=_iso(before), after=_iso(after))
        if "dueComplete" in old:
            yield from self._completed(done=flag(card, "dueComplete"))

    def _moved_list(self) -> Change:
        before, after = child(self.data, "listBefore"), child(self.data, "listAfter")
        return self._step(
            "status",
            before=text(before, "name"),
            after=text(after, "name"),
            from_state=self.board.state(text(before, "id"), text(before, "name")),
            to_state=self.board.state(text(after, "id"), text(after, "name")),
        )

    def _completed(self, *, done: bool) -> Iterator[Change]:
        """Marking a card complete changes its state and not its list."""
        where = child(self.data, "list")
        of_list = self.board.state(text(where, "id"), text(where, "name"))
        if of_list in ("done", "cancelled"):
            return
        before, after = (of_list, "done") if done else ("done", of_list)
        name = text(where, "name")
        yield self._step("status", before=name, after=name, from_state=before, to_state=after)

    def _moved_board(self) -> Iterator[Change]:
        source, target = child(self.data, "boardSource"), child(self.data, "board")
        yield self._step("scope", before=text(source, "id"), after=text(target, "id"))
        to = child(self.data, "list")
        if to:
            # The action does not tell the list on the other board; the step before this one does.
            state = self.board.state(text(to, "id"), text(to, "name"))
            yield self._step("status", before=None, after=text(to, "name"), to_state=state)


def _word(value: bool) -> str:  # noqa: FBT001 - the value itself, not a switch
    return "true" if value else "false"


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
