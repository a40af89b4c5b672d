"""What collecting needs from whoever keeps the data. The store is one; tests keep it in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from sightline.model.collected import Counts, Landing
from sightline.model.records import Record

__all__ = ["Keeper", "Unreadable"]


class Unreadable(Protocol):
    """One row that could not be read."""

    @property
    def stream(self) -> str:
        """Name of its stream."""

    @property
    def id(self) -> str:
        """Its id; `?` when it has none."""

    @property
    def reason(self) -> str:
        """Why, without values."""


class Keeper(Protocol):
    """Keeps what was collected. All methods are safe to call from several threads."""

    def land(self, landing: Landing) -> Counts:
        """Commit one page whole: records, history, tombstones, quarantine, raw page and checkpoint; or nothing."""

    def checkpoint(self, source: str, stream: str, scope: str) -> dict[str, Any] | None:
        """The state that the last committed landing left; None before the first."""

    def unreadable(self, source: str) -> int:
        """Rows of the source, of this run or an earlier one, that could not be read and that nobody accepted so far."""

    def live_ids(self, source: str, kind: type[Record], scope: str, stream: str | None) -> set[str]:
        """Ids of live records of that kind, in that scope ("" = any), last delivered by that stream (None = any)."""

    def ids_under(self, source: str, kind: type[Record], *, parents: Collection[str], by: str = "") -> set[str]:
        """Ids of live records of that kind that hang on one of those parents, or that name one in the field `by`."""

    def total(
        self, source: str, kind: type[Record], scope: str, *, kinds: Collection[str] = (), sum_of: str | None = None
    ) -> int:
        """Number of live records of that kind in that scope (of some `kinds`), or the sum of one of their fields."""

    def quarantined(self, source: str, *, accepted: bool = False) -> Sequence[Unreadable]:
        """Rows that could not be read and were not readable since; those that somebody accepted only if asked for."""
