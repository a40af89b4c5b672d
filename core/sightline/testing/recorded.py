"""Recorded answers played back: what `sightline plugins record` wrote, as a vendor that a connector can be run against."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sightline.model.time import instant
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply
from sightline.sandbox.world import Source, World

__all__ = ["RecordedVendor"]


class RecordedVendor(Vendor):
    """Answers each call as recorded; one that was not recorded is 404, and listed in `unknown`.

    `table` is the `[sources.NAME]` table without the address. Calls are told apart by method, path and query; query
    parameters named in `moving` (days, moments) are left out of that.
    """

    def __init__(self, folder: Path, table: Mapping[str, Any], *, moving: frozenset[str] = frozenset()) -> None:
        about = json.loads((folder / "recording.json").read_text("utf-8"))
        now = instant(about["recorded_at"]) or dt.datetime.now(dt.UTC)
        world = World(seed=0, now=now, name="Recorded", currency="GBP", timezone="UTC")
        super().__init__(world, Source(str(about["source"]), str(table["connector"])), base=str(about["base"]))
        self.table = dict(table)
        self.unknown: list[str] = []
        self._moving = moving
        self._answers = {
            self._mark(one["method"], one["path"], one["query"], one.get("json")): one
            for path in sorted(folder.glob("[0-9]*.json"))
            for one in [json.loads(path.read_text("utf-8"))]
        }

    def workspace(self) -> dict[str, Any]:
        """The table that reads the recording."""
        return {"site": self.base, **self.table}

    def missing(self, call: Call) -> Reply:
        """The recorded answer. No route is declared, so every call comes here."""
        found = self._answers.get(self._mark(call.method, call.path, call.query, call.json()))
        if found is None:
            self.unknown.append(f"{call.method} {call.path}")
            return Reply(404)
        if found["body"] is None:
            return Reply(found["status"])
        return json_reply(found["body"], found["status"], found["headers"])

    def _mark(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> str:
        kept = {name: str(value) for name, value in query.items() if name not in self._moving}
        return json.dumps([method, path, kept, body], sort_keys=True)
