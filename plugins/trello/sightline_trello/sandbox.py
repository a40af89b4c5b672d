"""A made-up Trello that shows the world over REST: header or query keys, paging by creation, plain-text refusals."""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sightline.sandbox.terms import Terms
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route, text_reply
from sightline.sandbox.world import Place, WorldTask, WorldTime
from sightline_trello.columns import columns_of
from sightline_trello.config import TrelloSettings
from sightline_trello.happenings import Happenings
from sightline_trello.ids import id_at
from sightline_trello.shapes import Shapes, short_link

__all__ = ["TrelloSandbox"]

_SIGNED = re.compile(r'OAuth oauth_consumer_key="([^"]*)", oauth_token="([^"]*)"')
_LARGEST = 1000
_ACTIONS_ASKED, _CARD_ACTIONS = 50, 50
#: (calls, seconds, code, message, only paths that begin so)
_WINDOWS = (
    (100, 10, "API_TOKEN_LIMIT_EXCEEDED", "Rate limit exceeded", "/1/"),
    (100, 900, "RATE_LIMIT_EXCEEDED", "Exceeded rate limit to /1/member", "/1/members/"),
)
_REFUSALS_UNTIL_BLOCKED = 200
_KEY_CODE = {"error": "API_KEY_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}


class TrelloSandbox(Vendor):
    """One Trello account, with these options of its source beside the names of custom fields.

    `closed_lists` (names of archived lists), `throttle` (refuse more than Trello allows; needs a clock that moves),
    `keyword` (of Plus comments). Labels named like a colour have no name; tasks of kind `separator` or `mirror` are
    such cards.
    """

    terms: ClassVar[Terms] = Terms(
        small_pages={"cards_per_page": 20},
        exempt={
            "cursor_bound_is_inclusive": "Trello dates a board's activity itself, to the millisecond",
            "cursor_ignores_the_future": "Trello dates a board's activity itself, never in the future",
            "state_unknown_is_not_done": "Trello has no states: settings, names and places of lists tell them",
            "time_keeps_its_day": "Plus for Trello counts its days in UTC",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shapes = Shapes(self.world, self.source)
        keyword = self.source.options.get("keyword", "plus!")
        self.happenings = Happenings(self.world, self.shapes, keyword)
        self._asked: dict[str, deque[dt.datetime]] = {code: deque() for _, _, code, _, _ in _WINDOWS}
        self._refused: deque[dt.datetime] = deque()
        self._times: dict[int, list[WorldTime]] = {}

    def workspace(self) -> dict[str, Any]:
        """The table that reads this account, with the lists whose place on the board says something else."""
        options = ("estimate_field", "time_field", "points_field", "priority_field")
        table = {name: self.source.options[name] for name in options if self.source.options.get(name)}
        if self.source.options.get("keyword"):
            table["plus_keyword"] = self.source.options["keyword"]
        return {"connector": "trello", "site": self.base, **self.source.secrets, **table, **self._odd_lists()}

    def _odd_lists(self) -> dict[str, list[str]]:
        plain = TrelloSettings(key="x", token="x")  # type: ignore[arg-type]  # noqa: S106 - only the rule for names is asked
        found: dict[str, list[str]] = {}
        for place in self.world.places_of(self.source.name):
            lists = [{"id": name, "name": name, "closed": False} for name, _ in place.statuses]
            ruled = columns_of(lists, plain)
            for name, state in place.statuses:
                setting = {"in_progress": "doing"}.get(state, state) + "_lists"
                if ruled[name].state != state and name not in found.get(setting, ()):
                    found.setdefault(setting, []).append(name)
        return found

    # --- who may ask, and how often ------------------------------------------------------------------------------

    def handle(self, call: Call) -> Reply:
        """Answer one call from the world as it is now."""
        self._times = {}
        for entry in self.world.times_of(self.source.name):
            if entry.task is not None:
                self._times.setdefault(entry.task.number, []).append(entry)
        return super().handle(call)

    def refuse(self, call: Call) -> Reply | None:
        signed = _SIGNED.fullmatch(call.headers.get("authorization", ""))
        key, token = signed.groups() if signed else (call.query.get("key"), call.query.get("token"))
        if key != self.source.secrets["key"]:
            return text_reply("invalid key", 401)
        if token != self.source.secrets["token"]:
            return text_reply("invalid token", 401)
        return self._too_many(call) if self.source.options.get("throttle") else None

    def _too_many(self, call: Call) -> Reply | None:
        now = self.clock()
        if _within(self._refused, now, 10) >= _REFUSALS_UNTIL_BLOCKED:
            return json_reply(_KEY_CODE, 429)
        for allowed, seconds, code, message, prefix in _WINDOWS:
            nested = prefix == "/1/members/" and call.path.count("/") > 3
            if not call.path.startswith(prefix) or nested:
                continue
            if _within(self._asked[code], now, seconds) >= allowed:
                self._refused.append(now)
                return json_reply({"error": code, "message": message}, 429)
            self._asked[code].append(now)
        return None

    def missing(self, call: Call) -> Reply:
        return text_reply(f"Cannot {call.method} {call.path}", 404)

    def finish(self, call: Call, reply: Reply) -> Reply:
        reply.headers.setdefault("x-server-time", str(int(self.clock().timestamp() * 1000)))
        if self.source.options.get("throttle"):
            left = 100 - _within(self._asked["API_TOKEN_LIMIT_EXCEEDED"], self.clock(), 10)
            reply.headers.setdefault("x-rate-limit-api-token-max", "100")
            reply.headers.setdefault("x-rate-limit-api-token-interval-ms", "10000")
            reply.headers.setdefault("x-rate-limit-api-token-remaining", str(max(0, left)))
        return super().finish(call, reply)

    # --- what there is -------------------------------------------------------------------------------------------

    def _place(self, call: Call) -> Place | None:
        wanted = call.args["board"]
        places = self.world.places_of(self.source.name)
        return next((p for p in places if wanted in (self.shapes.board_id(p), p.key)), None)

    def _task(self, call: Call) -> WorldTask | None:
        wanted, tasks = call.args["card"], self.world.tasks_of(self.source.name)
        return next((t for t in tasks if wanted in (self.shapes.card_id(t), short_link(t.number))), None)

    def _times_of(self, task: WorldTask) -> list[WorldTime]:
        return self._times.get(task.number, [])

    def _activity(self, place: Place) -> dt.datetime:
        """When something last happened on the board: edits, deletions, and cards that came or left."""
        moments = [place.created_at or dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)]
        for task in self.world.tasks_of(self.source.name):
            if place is task.place:
                moments.append(task.updated_at)
            moments += [step.at for step in task.history if step.field == "scope" and step.before == str(place.number)]
        for removed in self.world.removed:
            card = removed.thing if isinstance(removed.thing, WorldTask) else removed.task
            if card is not None and card.place is place:
                moments.append(removed.at)
        return max(moments)

    def _board(self, place: Place) -> dict[str, Any]:
        return self.shapes.board(place, self._activity(place))

    def _card(self, task: WorldTask) -> dict[str, Any]:
        times = self._times_of(task)
        estimated = bool(task.estimate_seconds and not self.source.options.get("estimate_field"))
        return self.shapes.card(task, times, comments=len(task.comments) + len(times) + estimated)

    # --- members -------------------------------------------------------------------------------------------------

    @route("GET", "/1/members/me")
    def me(self, call: Call) -> Reply:
        me = {"id": "63d1239e857afaa8b003c633", "username": "northgate", "fullName": "Northgate Reporting"}
        if call.query.get("boards"):
            asked = call.query
            boards = self._boards(asked["boards"], asked.get("board_fields"), asked.get("board_lists"))
            return json_reply({**me, "boards": boards})
        return json_reply(me)

    @route("GET", "/1/members/me/boards")
    def my_boards(self, call: Call) -> Reply:
        asked = call.query
        return json_reply(self._boards(asked.get("filter", "all"), asked.get("fields"), asked.get("lists")))

    def _boards(self, which: str, fields: str | None, lists: str | None) -> list[dict[str, Any]]:
        places = self.world.places_of(self.source.name)
        return [
            _only(self._board(place), fields) | self._nested_lists(place, lists)
            for place in places
            if which == "all" or (which == "closed") == place.archived
        ]

    def _nested_lists(self, place: Place, which: str | None) -> dict[str, Any]:
        return {"lists": self._lists(place, which)} if which and which != "none" else {}

    def _lists(self, place: Place, which: str) -> list[dict[str, Any]]:
        return [one for one in self.shapes.lists(place) if which == "all" or (which == "closed") == one["closed"]]

    # --- boards --------------------------------------------------------------------------------------------------

    @route("GET", "/1/boards/{board}")
    def board(self, call: Call) -> Reply:
        place = self._place(call)
        if place is None:
            return _no_board()
        asked = call.query
        found = _only(self._board(place), asked.get("fields")) | self._nested_lists(place, asked.get("lists"))
        if asked.get("members") not in (None, "none"):
            found["members"] = self.shapes.members()
        if asked.get("customFields") == "true":
            found["customFields"] = self.shapes.fields(place)
        return json_reply(found)

    @route("GET", "/1/boards/{board}/lists")
    def lists(self, call: Call) -> Reply:
        place = self._place(call)
        return json_reply(self._lists(place, call.query.get("filter", "open"))) if place else _no_board()

    @route("GET", "/1/boards/{board}/customFields")
    def custom_fields(self, call: Call) -> Reply:
        place = self._place(call)
        return json_reply(self.shapes.fields(place)) if place else _no_board()

    @route("GET", "/1/boards/{board}/members")
    def members(self, call: Call) -> Reply:
        place = self._place(call)
        asked = call.query.get("fields")
        return json_reply([_only(one, asked) for one in self.shapes.members()]) if place else _no_board()

    @route("GET", "/1/boards/{board}/labels")
    def labels(self, call: Call) -> Reply:
        place = self._place(call)
        return json_reply(self.shapes.labels(place)[: int(call.query.get("limit", 50))]) if place else _no_board()

    # --- cards ---------------------------------------------------------------------------------------------------

    @route("GET", "/1/boards/{board}/cards/{filter}")
    def cards(self, call: Call) -> Reply:
        place = self._place(call)
        if place is None:
            return _no_board()
        if call.query.get("actions") not in (None, "none"):
            code = "API_TOO_MANY_CARDS_REQUESTED"
            return json_reply({"error": code, "message": "Requested too many cards"}, 403)
        closed = {"open": False, "visible": False, "closed": True}.get(call.args["filter"])
        tasks = [t for t in self.world.tasks_of(self.source.name) if t.place is place and closed in (None, t.archived)]
        if call.args["filter"] == "visible":
            hidden = self.source.options.get("closed_lists", ())
            tasks = [task for task in tasks if task.status not in hidden]
        ids = {self.shapes.card_id(task): task for task in tasks}
        page = _window(sorted(ids, reverse=True), call, _LARGEST)
        # Newest cards, but within the answer by their place on the board.
        page.sort(key=lambda id_: (ids[id_].status, ids[id_].seq))
        return json_reply([_card_as_asked(self._card(ids[id_]), call) for id_ in page])

    @route("GET", "/1/cards/{card}")
    def card(self, call: Call) -> Reply:
        task = self._task(call)
        return json_reply(_card_as_asked(self._card(task), call)) if task else _no_resource()

    # --- actions -------------------------------------------------------------------------------------------------

    @route("GET", "/1/boards/{board}/actions")
    def actions(self, call: Call) -> Reply:
        place = self._place(call)
        if place is None:
            return _no_board()
        return self._page(self.happenings.of_board(place, self._times_of), call, _LARGEST)

    @route("GET", "/1/cards/{card}/actions")
    def card_actions(self, call: Call) -> Reply:
        task = self._task(call)
        if task is None:
            return _no_resource()
        call.query.setdefault("filter", "commentCard,updateCard:idList")
        return self._page(self.happenings.of_card(task, self._times_of(task)), call, _CARD_ACTIONS)

    @staticmethod
    def _page(actions: Sequence[dict[str, Any]], call: Call, largest: int) -> Reply:
        wanted = [part for part in call.query.get("filter", "all").split(",") if part]
        chosen = {one["id"]: one for one in actions if "all" in wanted or any(_is_kind(one, w) for w in wanted)}
        call.query.setdefault("limit", str(_ACTIONS_ASKED))
        fields = call.query.get("fields")
        keep = ("memberCreator",) if call.query.get("memberCreator") != "false" else ()
        page = _window(list(chosen), call, largest)
        return json_reply([_only(chosen[id_], fields, *keep) for id_ in page])


def _is_kind(action: dict[str, Any], wanted: str) -> bool:
    kind, _, field = wanted.partition(":")
    return bool(action["type"] == kind and (not field or field in action["data"].get("old", {})))


def _within(moments: deque[dt.datetime], now: dt.datetime, seconds: int) -> int:
    """How many of the moments are younger than that."""
    while moments and (now - moments[0]).total_seconds() >= seconds:
        moments.popleft()
    return len(moments)


def _bound(text: str) -> str:
    """A `before` or `since` as an id: it may be an id or a date; both mean creation."""
    return text if "T" not in text else id_at(dt.datetime.fromisoformat(text))


def _window(newest_first: Sequence[str], call: Call, largest: int) -> list[str]:
    """The newest ids between `since` and `before`, at most `limit` (never more than Trello gives)."""
    before, since = call.query.get("before"), call.query.get("since")
    found = [
        id_
        for id_ in newest_first
        if (before is None or id_ < _bound(before)) and (since is None or id_ > _bound(since))
    ]
    return found[: min(largest, int(call.query.get("limit", largest)))]


def _only(thing: dict[str, Any], fields: str | None, *nested: str) -> dict[str, Any]:
    """The fields that were asked for; the id is always there."""
    if fields is None or fields == "all":
        return thing
    wanted = {"id", *fields.split(","), *nested}
    return {name: value for name, value in thing.items() if name in wanted}


def _card_as_asked(card: dict[str, Any], call: Call) -> dict[str, Any]:
    asked = call.query
    nested = {
        "checklists": asked.get("checklists") == "all",
        "customFieldItems": asked.get("customFieldItems") == "true",
        "members": asked.get("members") == "true",
        "attachments": asked.get("attachments") == "true",
    }
    left_out = {name for name, wanted in nested.items() if not wanted}
    bare = {name: value for name, value in card.items() if name not in left_out}
    return _only(bare, asked.get("fields"), *_wanted(nested.items()))


def _wanted(nested: Iterable[tuple[str, bool]]) -> list[str]:
    return [name for name, wanted in nested if wanted]


def _no_board() -> Reply:
    return text_reply("board not found", 404)


def _no_resource() -> Reply:
    return text_reply("The requested resource was not found.", 404)
