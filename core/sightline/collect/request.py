"""What a connector asks for (`Request`, `Command`) and what it gets (`Answer`). Plain values; nothing is sent here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

__all__ = ["Answer", "Command", "Request", "at_path"]


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One call, relative to the source's base address (or absolute on the same host).

    `params` with value None are left out. `json` makes it a POST body. Only GET, and POST that reads, are sent.
    """

    path: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    method: str = "GET"
    json: Any = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    conditional: bool = False
    """Send the stored ETag; an unchanged answer (304) counts as no rows and nothing gone."""
    base: str | None = None
    """Name of another base address of this connector (`Connector.bases`); None is the main one."""
    shape: Any = dataclasses.field(default=None, compare=False, repr=False)
    """What of the answer is read: a type made of TypedDicts, lists and Any, of the whole body. What it does not name is
    passed over, which takes a third of the time and memory; an answer that does not fit it is read whole. The archive
    keeps what was read, so name whatever tells something."""

    def with_params(self, **params: Any) -> Request:
        """The same call with these parameters set."""
        return dataclasses.replace(self, params={**self.params, **params})

    def with_json(self, **fields: Any) -> Request:
        """The same call with these top-level fields of the JSON body set."""
        return dataclasses.replace(self, json={**(self.json or {}), **fields})

    def fingerprint(self) -> str:
        """Equal for equal calls: how a paging loop is noticed."""
        return repr((self.method, self.path, sorted(self.params.items(), key=lambda p: p[0]), self.json))


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back, decoded. Numbers with a decimal point are `Decimal`. `headers` has lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: Any
    raw: bytes = b""
    server_time: dt.datetime | None = None
    not_modified: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Command:
    """A local program to read from, for sources that are not on the network. Run without a shell.

    Its output is cut at `separator`; the pieces are the rows, handed over as text in pages of `page_size`.
    """

    args: tuple[str, ...]
    cwd: str | None = None
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    separator: bytes = b"\x1e"
    page_size: int = 2000
    ok_codes: tuple[int, ...] = (0,)


def at_path(body: Any, path: str, default: Any = None) -> Any:
    """The value at a dotted path (`fields.status.name`); `default` when a step is missing or not an object."""
    found = body
    for step in _steps(path):
        # Rows are plain dicts: asking for the general kind takes as long as all the rest.
        if found.__class__ is not dict and (found is None or not isinstance(found, Mapping)):
            return default
        found = found.get(step, default)
    return found


@functools.lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")) if path else ()
