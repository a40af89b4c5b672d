"""How a stream learns that something is gone. Each stream says one of these; silence is not an answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

from sightline.collect.paging import Paging, SinglePage
from sightline.collect.request import Request

__all__ = ["ByFeed", "ByParent", "Census", "Deletions", "FullList", "Never"]


class Deletions:
    """Base."""


@dataclasses.dataclass(frozen=True)
class Never(Deletions):
    """The vendor never deletes these, or nobody can know; `why` is shown in the docs."""

    why: str


@dataclasses.dataclass(frozen=True)
class ByFeed(Deletions):
    """Another stream delivers `Gone` for these."""

    stream: str


@dataclasses.dataclass(frozen=True)
class ByParent(Deletions):
    """Rows come inside their parent, and `map` says so with `Whole`."""


@dataclasses.dataclass(frozen=True)
class FullList(Deletions):
    """Every complete, undisturbed pass without a lower bound lists everything in the scope: what it lacks is gone.

    `kinds` are the record kinds compared; default: all that the stream delivers. Where records move between scopes, one
    may have left this scope after another was read: what is missing of the first kind is then asked for once more with
    `confirm(scope, id)`. 404 or 410 means gone; an answer whose `place` (dotted path) is a scope that is read keeps it.
    """

    kinds: tuple[type, ...] = ()
    confirm: Callable[[Any, str], Request] | None = None
    place: str = ""


@dataclasses.dataclass(frozen=True)
class Census(Deletions):
    """A cheap list of ids beside the incremental stream, read at least every `every` and on `--full`.

    `request(scope)` asks for it, `rows` is the path to the list and `id` the path to the id in a row. What is stored as
    live in the scope and not listed is asked for once more with `confirm(scope, id)`, if given: 404 or 410 means gone;
    an answer means that it lives elsewhere, and the row is mapped as usual.
    """

    request: Callable[[Any], Request]
    kind: type
    rows: str = ""
    id: str = "id"
    paging: Paging = dataclasses.field(default_factory=SinglePage)
    every: dt.timedelta = dt.timedelta(hours=24)
    confirm: Callable[[Any, str], Request] | None = None
