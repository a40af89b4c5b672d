"""What collecting needs from whoever keeps the data. The store is one; tests keep it in memory."""

from __future__ import annotations

from typing import Any, Protocol

from sightline.model.collected import Counts, Landing

__all__ = ["Keeper"]


class Keeper(Protocol):
    """Keeps what was collected. All methods are safe to call from several threads."""

    def land(self, landing: Landing) -> Counts:
        """Commit one page whole: records, history, tombstones, quarantine, raw page and checkpoint; or nothing."""

    def checkpoint(self, source: str, stream: str, scope: str) -> dict[str, Any] | None:
        """The state that the last committed landing left; None before the first."""

    def unreadable(self, source: str) -> int:
        """Rows of the source, of this run or an earlier one, that could not be read and that nobody accepted so far."""

    def live_ids(self, source: str, kind: type, scope: str, stream: str) -> set[str]:
        """Ids of live records of that kind, in that scope, last delivered by that stream."""
