"""A keeper in memory: the store's rules for landing a page, in a few dictionaries, for tests of connectors."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Collection
from typing import Any

from sightline.collect.decode import decode_json, encode_json
from sightline.model.collected import Counts, Landing, Skipped
from sightline.model.records import Activity, Change, ChecklistItem, Link, Payment, Record, Task, TimeEntry

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
        self.origin: dict[tuple[str, type, str], str] = {}
        """The stream that delivered a record last."""
        self.states: dict[tuple[str, str, str], bytes] = {}
        self.landings: list[Landing] = []
        self.skipped: dict[tuple[str, str, str], Skipped] = {}
        """Rows that could not be read by (source, stream, id)."""

    def land(self, landing: Landing) -> Counts:
        """Upsert everything, lift tombstones of what came back, write those the page tells of."""
        counts = Counts(skipped=len(landing.skipped))
        with self._lock:
            self.landings.append(landing)
            for row_id in landing.read:
                self.skipped.pop((landing.source, landing.stream, row_id), None)
            self.skipped |= {(landing.source, row.stream, row.id): row for row in landing.skipped}
            for record in landing.records:
                self._put(landing, record, counts)
            for gone in landing.gone:
                self._remove((landing.source, gone.kind, gone.id), gone.at or landing.learnt_at, counts)
            for whole in landing.whole:
                kept = {record.id for record in landing.records if type(record) is whole.kind}
                for key, record in list(self.rows.items()):
                    hangs = (
                        key[:2] == (landing.source, whole.kind)
                        and getattr(record, whole.by or PARENT_FIELD[whole.kind]) == whole.of
                    )
                    if hangs and record.id not in kept:
                        self._remove(key, landing.learnt_at, counts)
            if landing.checkpoint is not None:
                # As the store does: what is kept is text, later changes of the caller's object do not reach it.
                self.states[(landing.source, landing.stream, landing.scope)] = encode_json(landing.checkpoint)
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
        self.origin[key] = landing.stream
        self.removed.pop(key, None)

    def _remove(self, key: tuple[str, type, str], at: dt.datetime, counts: Counts) -> None:
        if key in self.rows and key not in self.removed:
            self.removed[key] = at
            counts.gone += 1

    def checkpoint(self, source: str, stream: str, scope: str) -> dict[str, Any] | None:
        """The state that the last landing left."""
        state = self.states.get((source, stream, scope))
        return None if state is None else decode_json(state, "a checkpoint")

    def unreadable(self, source: str) -> int:
        """Rows that could not be read; nobody accepts them here."""
        return len(self.quarantined(source))

    def quarantined(self, source: str, *, accepted: bool = False) -> list[Skipped]:
        """Rows that could not be read and were not readable since."""
        return [row for key, row in sorted(self.skipped.items()) if key[0] == source]

    def live_ids(self, source: str, kind: type, scope: str, stream: str | None) -> set[str]:
        """Ids of live records of that kind, in that scope ("" = any), last delivered by that stream (None = any)."""
        with self._lock:
            return {
                key[2]
                for key, record in self.rows.items()
                if key[:2] == (source, kind)
                and key not in self.removed
                and stream in (None, self.origin[key])
                and (not scope or self._scope_of(source, record) == scope)
            }

    def _scope_of(self, source: str, record: Record) -> str | None:
        """The record's own scope, else that of the task it hangs on; None for what belongs to none."""
        if hasattr(record, "scope"):
            return str(record.scope)
        parent = PARENT_FIELD.get(type(record))
        task = self.rows.get((source, Task, getattr(record, parent))) if parent else None
        return getattr(task, "scope", None)

    def ids_under(self, source: str, kind: type, *, parents: Collection[str], by: str = "") -> set[str]:
        """Ids of live records of that kind that hang on one of those parents, or that name one in the field `by`."""
        with self._lock:
            return {
                key[2]
                for key, record in self.rows.items()
                if key[:2] == (source, kind)
                and key not in self.removed
                and getattr(record, by or PARENT_FIELD[kind]) in parents
            }

    def total(
        self, source: str, kind: type, scope: str, *, kinds: Collection[str] = (), sum_of: str | None = None
    ) -> int:
        """Number of live records of that kind in that scope (of some `kinds`), or the sum of one of their fields."""
        rows = [self.rows[(source, kind, id_)] for id_ in self.live_ids(source, kind, scope, None)]
        chosen = [row for row in rows if not kinds or getattr(row, "kind", None) in kinds]
        return sum(getattr(row, sum_of) or 0 for row in chosen) if sum_of else len(chosen)

    def live(self, kind: type) -> dict[str, Any]:
        """Live records of that kind by id, over all sources."""
        return {key[2]: record for key, record in self.rows.items() if key[1] is kind and key not in self.removed}
