"""Trello (REST v1): what is asked, how calls are signed and limited, what its odd answers mean."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import SecretStr

from sightline.sdk import (
    Access,
    Answer,
    Auth,
    Connector,
    Fetch,
    Headers,
    Limits,
    Lookup,
    Request,
    Scope,
    Signature,
    SourceChanged,
    Stream,
    Verdict,
)
from sightline_trello.columns import slim_lists
from sightline_trello.config import TrelloSettings
from sightline_trello.ids import is_id
from sightline_trello.streams import Cards, History

__all__ = ["TrelloConnector"]

_BOARD_FIELDS = "name,closed,shortLink,shortUrl,dateLastActivity"
#: Codes in the body of a refusal, whatever its status; none of these answers says how long to wait.
_THROTTLED = {
    b"API_TOKEN_LIMIT_EXCEEDED": 10.0,
    b"API_KEY_LIMIT_EXCEEDED": 10.0,
    b"API_TOKEN_DB_LIMIT_EXCEEDED": 10.0,
    # The window of /members lasts 15 minutes.
    b"RATE_LIMIT_EXCEEDED": 60.0,
}
_TOO_BIG = b"API_TOO_MANY_CARDS_REQUESTED"
_BODY_SEEN = 500


class TrelloConnector(Connector):
    """Boards as scopes, lists as statuses, cards as tasks."""

    name = "trello"
    title = "Trello"
    settings = TrelloSettings
    doc = "Boards, cards, checklists, members, history, and time by custom field or Plus comments"
    sandbox: ClassVar[str | None] = "sightline_trello.sandbox:TrelloSandbox"
    webhook = Signature(header="x-trello-webhook", algorithm="sha1", encoding="base64", with_url=True)

    def base(self) -> str:
        """The API's root."""
        return f"{self.config.site}/1"

    def auth(self) -> Auth:
        """Key and token in a header: in the address they would end in logs."""
        key, token = self.config.key.get_secret_value(), self.config.token.get_secret_value()
        return Headers({"Authorization": SecretStr(f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"')})

    def limits(self) -> Limits:
        """Trello allows a token 100 requests in 10 s (REST API: Rate limits); we leave some to others."""
        return Limits(
            requests=90,
            per_seconds=10.0,
            concurrent=4,
            remaining=("x-rate-limit-api-token-remaining", "x-rate-limit-api-key-remaining"),
        )

    def judge(self, answer: Answer) -> Verdict | None:
        """Refusals by the code or the words in their body: most are plain text."""
        if answer.status < 400:
            # What is left of a deleted board.
            gone = isinstance(answer.body, dict) and set(answer.body) == {"_value"}
            return Verdict("gone", say="Trello answers with nothing") if gone else None
        body = answer.raw[:_BODY_SEEN]
        if _TOO_BIG in body:
            return Verdict("stop", say="Trello finds so many cards too big an answer; set a lower `cards_per_page`")
        for code, wait_s in _THROTTLED.items():
            if code in body:
                return Verdict("throttled", wait_s=wait_s)
        return _by_words(answer.status, body.lower())

    def check(self, fetch: Fetch) -> Access:
        """Who we are, with every board and its lists: all that an unchanged source needs, in one call."""
        boards = {"boards": "all", "board_fields": _BOARD_FIELDS, "board_lists": "all"}
        me = fetch.one(Request("/members/me", {"fields": "fullName,username", **boards}))
        if not isinstance(me, dict):
            raise SourceChanged(
                "/members/me is not an object", where="trello", mend="Check that `site` is the address of the API."
            )
        found = me.get("boards")
        if not isinstance(found, list):
            # A server that does not nest boards in members lists them beside it.
            listing = Request("/members/me/boards", {"filter": "all", "fields": _BOARD_FIELDS, "lists": "all"})
            found = list(fetch.rows(listing))
        slim = [_with_lists(fetch, board) for board in found if isinstance(board, dict) and is_id(board.get("id"))]
        return Access(who=str(me.get("fullName") or me.get("username") or "a Trello member"), facts={"boards": slim})

    def scopes(self, fetch: Fetch, access: Access) -> Iterable[Scope]:
        """Every board the token sees, closed ones included."""
        for board in access.facts["boards"]:
            yield Scope(
                id=board["id"],
                key=board["key"],
                name=board["name"],
                kind="board",
                url=board["url"],
                archived=board["closed"],
            )

    def marks(self, fetch: Fetch, access: Access) -> Mapping[str, str] | None:
        """A board's last activity, and the shape of its lists, by which states are told."""
        return {
            board["id"]: f"{board['activity']} {zlib.crc32(repr(board['lists']).encode()):08x}"
            for board in access.facts["boards"]
            if board["activity"]
        }

    def lookups(self, access: Access) -> Sequence[Lookup]:
        """Definitions of custom fields, where the settings name any."""
        config = self.config
        if not any((config.estimate_field, config.time_field, config.points_field, config.priority_field)):
            return ()
        return (
            Lookup(
                "custom_fields",
                lambda scope: Request(f"/boards/{scope.id}/customFields"),
                per_scope=True,
                # Boards without the Power-Up have none.
                optional=True,
            ),
        )

    def streams(self, access: Access) -> Sequence[Stream]:
        """History first: it knows when a card was deleted, a listing only that it is missing."""
        return (History(), Cards(self.config))


def _with_lists(fetch: Fetch, board: Mapping[str, Any]) -> dict[str, Any]:
    """What we keep of a board. Lists that the server did not nest in it are asked for: they tell the states."""
    if isinstance(board.get("lists"), list):
        return _slim(board)
    lists = list(fetch.rows(Request(f"/boards/{board['id']}/lists", {"filter": "all"})))
    return _slim({**board, "lists": lists})


def _slim(board: Mapping[str, Any]) -> dict[str, Any]:
    url = board.get("shortUrl")
    activity = board.get("dateLastActivity")
    return {
        "id": board["id"],
        "key": str(board.get("shortLink") or board["id"]),
        "name": str(board.get("name") or ""),
        "closed": board.get("closed") is True,
        "url": url if isinstance(url, str) else None,
        "activity": activity if isinstance(activity, str) else None,
        "lists": slim_lists(board.get("lists")) or [],
    }


def _by_words(status: int, body: bytes) -> Verdict | None:
    if status == 401 and b"permission" in body:
        return Verdict("denied", say="HTTP 401: this board or scope is not open to the token")
    if status == 400 and b"invalid id" in body:
        return Verdict("gone", say="HTTP 400: Trello knows no such id")
    if status == 449:
        return Verdict("retry", say="HTTP 449")
    return None
