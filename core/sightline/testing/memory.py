"""A keeper in memory: the store's rules for landing a page, in a few dictionaries, for tests of connectors."""

from __future__ import annotations

import copy
import datetime as dt
import threading
from typing import Any

from sightline.model.collected import Counts, Landing
from sightline.model.records import Activity, Change, ChecklistItem, Link, Payment, Record, TimeEntry

__all__ = ["MemoryKeeper"]

#: By which field a record of this kind hangs on its parent.
PARENT_FIELD: dict[type, str] = {
    ChecklistItem: "task",
    Change: "task",
    Link: "from_task",
    TimeEntry: "task",
    Activity: "task",
    Payment: "document",
}


class MemoryKeeper:
    """Keeps what landed; `live(kind)` gives it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rows: dict[tuple[str, type, str], Record] = {}
        self.removed: dict[tuple[str, type, str], dt.datetime] = {}
        self.origin: dict[tuple[str, type, str], tuple[str, str]] = {}
        self.states: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.landings: list[Landing] = []
        self.skipped: set[tuple[str, str, str]] = set()
        """(source, stream, id) of rows that could not be read."""

    def land(self, landing: Landing) -> Counts:
        """Upsert everything, lift tombstones of what came back, write those the page tells of."""
        counts = Counts(skipped=len(landing.skipped))
        with self._lock:
            self.landings.append(landing)
            self.skipped -= {(landing.source, landing.stream, key) for key in landing.read}
            self.skipped |= {(landing.source, row.stream, row.id) for row in landing.skipped}
            for record in landing.records:
                self._put(landing, record, counts)
            for gone in landing.gone:
                self._remove((landing.source, gone.kind, gone.id), gone.at or landing.learnt_at, counts)
            for whole in landing.whole:
                kept = {record.id for record in landing.records if type(record) is whole.kind}
                for key, record in list(self.rows.items()):
                    hangs = (
                        key[:2] == (landing.source, whole.kind)
                        and getattr(record, PARENT_FIELD[whole.kind]) == whole.of
                    )
                    if hangs and record.id not in kept:
                        self._remove(key, landing.learnt_at, counts)
            if landing.checkpoint is not None:
                # As the store does: what is kept is a copy, later changes of the caller's object do not reach it.
                self.states[(landing.source, landing.stream, landing.scope)] = copy.deepcopy(landing.checkpoint)
        return counts

    def _put(self, landing: Landing, record: Record, counts: Counts) -> None:
        key = (landing.source, type(record), record.id)
        known = self.rows.get(key)
        if known is None:
            counts.new += 1
        elif known != record or key in self.removed:
            counts.changed += 1
        else:
            counts.same += 1
        self.rows[key] = record
        self.origin[key] = (landing.stream, getattr(record, "scope", landing.scope))
        self.removed.pop(key, None)

    def _remove(self, key: tuple[str, type, str], at: dt.datetime, counts: Counts) -> None:
        if key in self.rows and key not in self.removed:
            self.removed[key] = at
            counts.gone += 1

    def checkpoint(self, source: str, stream: str, scope: str) -> dict[str, Any] | None:
        """The state that the last landing left."""
        return copy.deepcopy(self.states.get((source, stream, scope)))

    def unreadable(self, source: str) -> int:
        """Rows that could not be read; nobody accepts them here."""
        return sum(row[0] == source for row in self.skipped)

    def live_ids(self, source: str, kind: type, scope: str, stream: str) -> set[str]:
        """Ids of live records of that kind, in that scope ("" = any), last delivered by that stream."""
        return {
            key[2]
            for key in self.rows
            if key[:2] == (source, kind)
            and key not in self.removed
            and self.origin[key][0] == stream
            and (not scope or self.origin[key][1] == scope)
        }

    def live(self, kind: type) -> dict[str, Any]:
        """Live records of that kind by id, over all sources."""
        return {key[2]: record for key, record in self.rows.items() if key[1] is kind and key not in self.removed}
