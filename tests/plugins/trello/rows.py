"""Cards, comments and actions as Trello sends them, and the board on which they are mapped."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sightline.collect.connector import Context
from sightline.sdk import Scope
from sightline_trello.board import Board
from sightline_trello.config import TrelloSettings

KEY, TOKEN = "0123456789abcdef0123456789abcdef", "ATTAtoken77"
BOARD = "6ae6f180c3d4e5f601234567"
CARD = "6ae85110d387e699609c7f4b"
MARIA = {"id": "5f0000000000000000000001", "fullName": "M. Lind", "username": "marialind7"}
OWEN = {"id": "5f0000000000000000000002", "fullName": "Owen O'Neill", "username": "oneill_owen"}
LISTS = [
    {"id": "a1", "name": "Ideas", "closed": False},
    {"id": "a2", "name": "Writing", "closed": False},
    {"id": "a3", "name": "Published", "closed": False},
]


def settings(**fields: Any) -> TrelloSettings:
    """Settings with made-up secrets."""
    return TrelloSettings(key=KEY, token=TOKEN, **fields)


def board(lists: Any = LISTS, *, definitions: Any = (), zone: str = "Europe/London", **fields: Any) -> Board:
    """What is known of the board on which rows are mapped."""
    scope = Scope(id=BOARD, key="SCPjg8ON", name="Acme Site", kind="board")
    facts = {"boards": [{"id": BOARD, "lists": lists}]}
    lookups = {"custom_fields": definitions}
    return Board.of(Context("trello", scope, settings(**fields), facts, lookups, ZoneInfo(zone)))


def row(**fields: Any) -> dict[str, Any]:
    """A card as Trello sends it, with all that it always has."""
    return {
        "id": CARD,
        "idBoard": BOARD,
        "idList": "a1",
        "name": "Checkout for guests",
        "shortLink": "Yd9ScoJS",
        "shortUrl": "https://trello.com/c/Yd9ScoJS",
        "closed": False,
        "dueComplete": False,
        "dateLastActivity": "2026-11-22T09:41:07.123Z",
        "comments": [],
        **fields,
    }


def comment(
    text: str,
    *,
    at: str = "2026-11-21T18:02:11.000Z",
    by: Any = OWEN,
    id_: str = "6b01dca38b06d26bf065c150",
    **data: Any,
) -> dict[str, Any]:
    """A comment as the action that Trello lists."""
    return {
        "id": id_,
        "type": "commentCard",
        "date": at,
        "idMemberCreator": by["id"] if by else None,
        "memberCreator": by,
        "data": {"text": text, "card": {"id": CARD}, "board": {"id": BOARD}, **data},
    }


def action(
    kind: str, *, id_: str = "6b02b8b38b06d26bf065c16a", at: str = "2026-11-22T09:41:07.123Z", **data: Any
) -> dict[str, Any]:
    """An action on the card."""
    card = {"id": CARD, **data.pop("card", {})}
    return {
        "id": id_,
        "type": kind,
        "date": at,
        "idMemberCreator": OWEN["id"],
        "memberCreator": OWEN,
        "data": {"board": {"id": BOARD}, **data, "card": card},
    }
