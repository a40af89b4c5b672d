"""What is read of every board: its history (from the last known action), and all its cards with their comments.

Cards carry no useful update time to ask by, `since` compares creation, and changes of labels, check items or comments
are no listed actions. A full listing costs one call for 1000 cards, less than a second call for each changed card: so
every card of a changed board is read, and an incremental run cannot miss what a full one sees. Boards where nothing
happened are not read at all (`TrelloConnector.marks`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sightline.sdk import (
    Account,
    Activity,
    Answer,
    Before,
    Change,
    ChecklistItem,
    Context,
    Cursor,
    Fetch,
    FullList,
    Link,
    Mapped,
    Never,
    Request,
    Scope,
    Since,
    Stream,
    Task,
    TimeEntry,
    at_path,
)
from sightline_trello.board import Board
from sightline_trello.config import TrelloSettings
from sightline_trello.history import ACTIONS, map_action
from sightline_trello.ids import created_at, id_at, is_id
from sightline_trello.mapping import map_card
from sightline_trello.plus import GLOBAL, ME, parse

__all__ = ["ActionCursor", "Cards", "History"]

_CARD_FIELDS = (
    "name,desc,closed,idBoard,idList,idMembers,labels,due,dueComplete,dateCompleted,start,dateLastActivity,shortLink,"
    "shortUrl,badges,cardRole,mirrorSourceId,isTemplate"
)
_MEMBER_FIELDS = "fullName,username"
_COMMENTS = ("commentCard", "copyCommentCard")
_CREATIONS = ("createCard", "copyCard", "convertToCardFromCheckItem", "emailCard")
_ARRIVALS = ("moveCardToBoard", "moveListToBoard")
#: A card's own actions come in pages of this size, whatever is asked for.
_CARD_ACTIONS = 50


@dataclasses.dataclass(frozen=True)
class ActionCursor(Cursor):
    """The newest action's id. Ids begin with their second, and some show up late: two minutes are read again."""

    overlap: dt.timedelta = dt.timedelta(minutes=2)

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        """A lower bound as an id, an overlap before the newest action known."""
        newest = created_at(str((state or {}).get("newest")))
        moment = newest - self.overlap if newest else floor
        return Since(at=moment, token=id_at(moment) if moment else None)

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        """The newest id so far, of rows that have one and are not dated in the future."""
        latest = id_at(answer.server_time + dt.timedelta(minutes=1)) if answer.server_time else "g"
        ids = [id_ for row in rows if is_id(id_ := at_path(row, "id")) and id_ < latest]
        newest = max([*ids, *filter(is_id, [state.get("newest")])], default=None)
        return {**state, "newest": newest} if newest else state


class History(Stream):
    """Moves, due dates, members, archiving and deletions, as Trello recorded them."""

    name = "history"
    path = "/boards/{scope.id}/actions"
    delivers = (Change, Account)
    deletions = Never("what happened stays so; Trello drops the oldest actions of a board without a word")
    paging = Before(page_size=1000)
    cursor = ActionCursor()

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """`since` alone gives the newest actions after it; `before` (paging) walks down to it."""
        return {"filter": ",".join(ACTIONS), "since": since.token, "memberCreator_fields": _MEMBER_FIELDS}

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """Changes, and cards that are gone."""
        return map_action(row, Board.of(context))


class Cards(Stream):
    """Every card of the board, open and archived, with checklists, fields, links, comments and time."""

    name = "cards"
    path = "/boards/{scope.id}/cards/all"
    delivers = (Task, ChecklistItem, Link, Activity, TimeEntry, Account)
    deletions = FullList(
        kinds=(Task, ChecklistItem, Link, Activity, TimeEntry),
        confirm=lambda _scope, card: Request(f"/cards/{card}", {"fields": "idBoard"}),
        place="idBoard",
    )
    history = frozenset({"status", "due_on", "assignee", "archived", "scope"})
    refresh_every = dt.timedelta(0)

    def __init__(self, settings: TrelloSettings) -> None:
        self.paging = Before(page_size=settings.cards_per_page)
        self._keyword = settings.plus_keyword

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """All cards whatever `since` says: old cards are where today's work may be."""
        return {
            "fields": _CARD_FIELDS,
            "checklists": "all",
            "customFieldItems": "true",
            "members": "true",
            "member_fields": _MEMBER_FIELDS,
            "attachments": "true",
            "attachment_fields": "url,isUpload",
        }

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """Who made the page's cards and what was said on them: one listing of the board, which names the card.

        Cards that came from another board have their own listing: what happened before may be listed over there.
        """
        assert scope is not None
        cards = {row["id"]: row for row in rows if isinstance(row, dict) and is_id(row.get("id"))}
        if not cards:
            return rows
        actions = list(fetch.rows(self._actions(scope, min(cards)), paging=Before(page_size=1000)))
        _hand_out(actions, cards)
        for card in _strangers(cards, actions):
            own = Request(f"/cards/{card['id']}/actions", self._params(*_COMMENTS, *_CREATIONS))
            _hand_out(fetch.rows(own, paging=Before(page_size=_CARD_ACTIONS)), {card["id"]: card})
        self._name_people(cards.values(), scope, fetch)
        return rows

    def _actions(self, scope: Scope, oldest: str) -> Request:
        # A comment is younger than its card: nothing before the page's first card can belong to the page.
        since = created_at(oldest)
        params = self._params(*_COMMENTS, *_CREATIONS, *_ARRIVALS)
        return Request(f"/boards/{scope.id}/actions", {**params, "since": id_at(since) if since else None})

    @staticmethod
    def _params(*types: str) -> dict[str, Any]:
        fields = "data,date,type,idMemberCreator"
        return {"filter": ",".join(types), "fields": fields, "memberCreator_fields": _MEMBER_FIELDS}

    def _name_people(self, cards: Iterable[dict[str, Any]], scope: Scope, fetch: Fetch) -> None:
        """Where time is written for others (`plus! @user`), who they are: asked only then, once a page."""
        naming = [card for card in cards if any(self._names_people(comment) for comment in card["comments"])]
        if naming:
            members = Request(f"/boards/{scope.id}/members", {"fields": _MEMBER_FIELDS})
            people = list(fetch.rows(members))
            for card in naming:
                card["people"] = people

    def _names_people(self, comment: Any) -> bool:
        plus = parse(str(at_path(comment, "data.text") or ""), self._keyword)
        return plus is not None and not {ME, GLOBAL}.issuperset(plus.users)

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """The card and everything on it."""
        return map_card(row, Board.of(context))


def _hand_out(actions: Iterable[Any], cards: Mapping[str, dict[str, Any]]) -> None:
    """Put comments and creation into the cards they belong to."""
    for card in cards.values():
        card["comments"] = []
    for action in actions:
        found = cards.get(str(at_path(action, "data.card.id")))
        kind = at_path(action, "type")
        if found is not None and kind in _COMMENTS:
            found["comments"].append(action)
        elif found is not None and kind in _CREATIONS:
            found["creation"] = action


def _strangers(cards: Mapping[str, dict[str, Any]], actions: Sequence[Any]) -> list[dict[str, Any]]:
    """Cards that came from another board and lack their creation or some of the comments they count."""
    came = [action for action in actions if at_path(action, "type") in _ARRIVALS]
    moved = {at_path(action, "data.card.id") for action in came}
    lists = {at_path(action, "data.list.id") for action in came if at_path(action, "type") == "moveListToBoard"}
    return [
        card
        for id_, card in cards.items()
        if (id_ in moved or card.get("idList") in lists)
        and ("creation" not in card or _counted(card) > len(card["comments"]))
    ]


def _counted(card: Mapping[str, Any]) -> int:
    count = at_path(card, "badges.comments")
    return count if isinstance(count, int) else 0
