"""What an incremental run asks for, and what it may forget: cursors as values. Pure.

A cursor reads its next position from the rows or answers that were really committed, never from the local clock. The
lower bound is always inclusive and re-reads an `overlap`: rows seen twice are upserts.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sightline.collect.request import Answer, at_path
from sightline.model.time import instant, iso

__all__ = ["Cursor", "FeedCursor", "FullRead", "LastId", "ServerTime", "Since", "UpdatedAt"]


@dataclasses.dataclass(frozen=True, slots=True)
class Since:
    """From where a stream reads. Everything None: from the beginning (or from the source's `since` setting)."""

    at: dt.datetime | None = None
    """Inclusive lower bound of the change time, overlap already taken off."""
    token: str | None = None
    """The vendor's own position: an id, a feed's `until`."""
    now: dt.datetime | None = None
    """When this run began, by the source's clock where it told one."""

    @property
    def first_time(self) -> bool:
        """Whether this is a first (or full) read."""
        return self.at is None and self.token is None


class Cursor:
    """Base: how one stream remembers how far it read. State is a small JSON object."""

    ordered: bool = False
    """Rows arrive in cursor order, so the position may be committed with every page instead of with the last."""

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        """Where to start, from the stored state and the source's `since` setting."""
        return Since(at=floor)

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        """The state after these rows."""
        return state

    def reached(self, since: Since, rows: Sequence[Any]) -> bool:
        """Whether a newest-first list has come to what is known already."""
        return False


class FullRead(Cursor):
    """No cursor: the list is short, and read whole every time."""


@dataclasses.dataclass(frozen=True)
class UpdatedAt(Cursor):
    """The newest update time among the rows.

    `overlap` covers index lag, late commits and truncation of the filter; `ordered` promises ascending order, which
    the runner checks: a violation turns the stream into an unordered one for that run.
    """

    field: str
    overlap: dt.timedelta = dt.timedelta(minutes=5)
    ordered: bool = False
    parse: Callable[[Any], dt.datetime | None] = instant

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        newest = instant((state or {}).get("newest"))
        return Since(at=newest - self.overlap if newest else floor)

    def value(self, row: Any) -> dt.datetime | None:
        """The row's own position."""
        return self.parse(at_path(row, self.field))

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        seen = [found for row in rows if (found := self.quiet(row))]
        # A row dated in the future must not carry the cursor past changes still to come.
        if answer.server_time is not None:
            seen = [moment for moment in seen if moment <= answer.server_time + dt.timedelta(minutes=1)]
        newest = max([*seen, *filter(None, [instant(state.get("newest"))])], default=None)
        return {**state, "newest": iso(newest)} if newest else state

    def quiet(self, row: Any) -> dt.datetime | None:
        """The position, or None where the row has none that can be read."""
        try:
            return self.value(row)
        except Exception:  # noqa: BLE001 - an unreadable row is quarantined by `map`, and never moves the cursor
            return None


@dataclasses.dataclass(frozen=True)
class ServerTime(Cursor):
    """The source's own clock at the first answer of the run, for lists whose rows carry no usable update time."""

    overlap: dt.timedelta = dt.timedelta(minutes=2)

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        newest = instant((state or {}).get("newest"))
        return Since(at=newest - self.overlap if newest else floor)

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        if state.get("run_began") or answer.server_time is None:
            return state
        return {**state, "run_began": iso(answer.server_time)}


@dataclasses.dataclass(frozen=True)
class FeedCursor(Cursor):
    """A change feed states its own position in each answer (`until`); it is passed back as `Since.token`."""

    field: str = "until"
    ordered: bool = True

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        token = (state or {}).get("token")
        return Since(token=str(token) if token is not None else None, at=None if token is not None else floor)

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        position = at_path(answer.body, self.field)
        return {**state, "token": str(position)} if position is not None else state


@dataclasses.dataclass(frozen=True)
class LastId(Cursor):
    """Newest first with growing ids: read back until the last known id; the newest one is kept at the end."""

    field: str = "id"
    numeric: bool = False
    overlap_rows: int = 0

    def _of(self, row: Any) -> Any:
        value = at_path(row, self.field)
        return int(value) if self.numeric else str(value)

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        token = (state or {}).get("token")
        return Since(token=token, at=None if token else floor)

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        known = state.get("token")
        ids = [self._of(row) for row in rows]
        if known is not None:
            ids.append(int(known) if self.numeric else known)
        return {**state, "token": str(max(ids))} if ids else state

    def reached(self, since: Since, rows: Sequence[Any]) -> bool:
        if since.token is None or not rows:
            return False
        known = int(since.token) if self.numeric else since.token
        return bool(min(self._of(row) for row in rows) <= known)
