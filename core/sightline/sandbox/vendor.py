"""What every made-up vendor shares: calls and replies as values, routes, credentials, throttling, scripted faults.

A vendor answers `handle(call) -> reply` and knows nothing of sockets: `server.py` serves it over HTTP, `testing`
answers respx with it. Scripts (`Vendor.script`) come first and may answer, delay or change the world.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from sightline.sandbox.terms import Terms
from sightline.sandbox.world import Source, World

__all__ = ["Call", "Reply", "Vendor", "json_reply", "route", "text_reply"]


@dataclasses.dataclass(slots=True)
class Call:
    """One request as the vendor sees it. `path` has no mount prefix; header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    args: dict[str, str] = dataclasses.field(default_factory=dict)
    """What the route's `{…}` matched."""
    lists: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """All values of repeated query parameters."""

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", prefix: str = "") -> Call:
        """From a raw request; `prefix` is cut off the path."""
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        lists: dict[str, list[str]] = {}
        for name, value in pairs:
            lists.setdefault(name, []).append(value)
        path = unquote(parts.path)
        path = path[len(prefix) :] if prefix and path.startswith(prefix) else path
        return cls(method, path or "/", dict(pairs), {k.lower(): v for k, v in headers.items()}, body, {}, lists)

    def json(self) -> Any:
        """The decoded body; None when there is none."""
        return json.loads(self.body) if self.body else None

    def form(self) -> dict[str, str]:
        """The decoded form body."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclasses.dataclass(slots=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    delay_s: float = 0.0
    """Served late by that much over real HTTP."""
    cut: bool = False
    """The connection breaks in the middle of the body."""


_encoder = msgspec.json.Encoder(decimal_format="number")


def _plain(value: Any) -> Any:
    """For bodies that msgspec refuses (lone surrogates): what stdlib json cannot write by itself."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def json_reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer in JSON; `Decimal`s are written digit by digit, so the sandbox never rounds money through a float."""
    try:
        raw = _encoder.encode(body)
    except UnicodeEncodeError:
        raw = json.dumps(body, default=_plain).encode()
    return Reply(status, raw, {"content-type": "application/json;charset=UTF-8", **(headers or {})})


def text_reply(text: str, status: int, headers: Mapping[str, str] | None = None) -> Reply:
    """A plain-text answer."""
    return Reply(status, text.encode(), {"content-type": "text/plain", **(headers or {})})


Handler = Callable[[Any, Call], Reply]


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Marks a method of a `Vendor` as the answer to `pattern` (`/issue/{key}/worklog`; `{rest:path}` spans slashes)."""

    def mark(handler: Handler) -> Handler:
        routes = getattr(handler, "routes", [])
        regex = re.sub(r"\{(\w+):path\}", r"(?P<\1>.+)", pattern)
        regex = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", regex)
        handler.routes = [*routes, (method, re.compile(f"^{regex}$"))]  # type: ignore[attr-defined]
        return handler

    return mark


Script = Callable[["Vendor", Call], "Reply | None"]


class Vendor:
    """One vendor's made-up server for one source of the world. Subclasses add routes and override the three hooks."""

    terms: ClassVar[Terms] = Terms()
    """What the contract kit must know of it."""
    page_cap: int | None = None
    """At most that many rows in an answer, where `terms.caps_pages`: servers cap silently."""

    def __init__(
        self,
        world: World,
        source: Source,
        *,
        base: str = "https://sandbox.test",
        clock: Callable[[], dt.datetime] | None = None,
    ) -> None:
        self.world = world
        self.source = source
        self.base = base
        """The address under which clients reach it, without a trailing slash; for absolute links."""
        self.clock = clock or (lambda: world.now)
        self.script: list[Script] = []
        """Faults and edits: each is asked in turn before the vendor answers; the first reply wins."""
        self.calls: list[Call] = []
        """Everything asked so far."""
        self._routes = [
            (method, regex, getattr(self, name))
            for name in dir(type(self))
            for method, regex in getattr(getattr(type(self), name), "routes", ())
        ]

    def handle(self, call: Call) -> Reply:
        """Answer one call: script, credentials, throttle, route."""
        self.calls.append(call)
        for script in list(self.script):
            reply = script(self, call)
            if reply is not None:
                return self.finish(call, reply)
        return self.finish(call, self.own_answer(call))

    def own_answer(self, call: Call) -> Reply:
        """The answer without any script: credentials, throttle, route. Scripts that spoil an answer begin with it."""
        return self.refuse(call) or self._dispatch(call)

    def _dispatch(self, call: Call) -> Reply:
        for method, regex, handler in self._routes:
            match = regex.match(call.path)
            if method == call.method and match:
                call.args = match.groupdict()
                reply: Reply = handler(call)
                return reply
        return self.missing(call)

    def refuse(self, call: Call) -> Reply | None:
        """The answer to wrong credentials or too many calls; None lets the call in."""
        return None

    def missing(self, call: Call) -> Reply:
        """The answer to an unknown path."""
        return json_reply({"message": "Not Found"}, 404)

    def finish(self, call: Call, reply: Reply) -> Reply:
        """Headers that every answer of this vendor carries. `Date` is the vendor's clock."""
        reply.headers.setdefault("date", self.clock().strftime("%a, %d %b %Y %H:%M:%S GMT"))
        return reply

    def workspace(self) -> dict[str, Any]:
        """The `[sources.NAME]` table that reads this vendor (base address and literal test secrets)."""
        raise NotImplementedError

    def prepare(self, folder: str) -> None:
        """For vendors that are not servers: write what they show (repositories) below `folder`."""
