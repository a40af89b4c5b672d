"""A small tool whose lists, clocks and pages a test can bend: for faults that no made-up vendor has of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import SecretStr

from sightline.sandbox.vendor import Vendor, json_reply, route
from sightline.sandbox.world import Source, World
from sightline.sdk import (
    Access,
    Bearer,
    Connector,
    FullList,
    Limits,
    Offset,
    Request,
    RowError,
    Scope,
    Settings,
    Stream,
    Task,
    UpdatedAt,
    instant,
)

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


class ToySettings(Settings):
    site: str
    token: SecretStr


class Items(Stream):
    name = "items"
    delivers = (Task,)
    path = "/boards/{scope.id}/items"
    rows = "items"
    paging = Offset(page_size=3)
    cursor = UpdatedAt("updated", ordered=True)
    deletions = FullList()

    def params(self, scope, since):
        return {"since": since.at.isoformat() if since.at else None}

    def map(self, row, context):
        if row.get("broken"):
            raise RowError("status is missing")
        yield Task(
            id=str(row["id"]),
            scope=context.scope.id,
            key=f"T-{row['id']}",
            title=row["title"],
            kind="task",
            status="Open",
            state="todo",
            updated_at=instant(row["updated"]),
        )


class Toy(Connector):
    name = "toy"
    title = "Toy"
    settings = ToySettings
    kinds: tuple[type[Stream], ...] = (Items,)

    def base(self):
        return self.config.site

    def auth(self):
        return Bearer(self.config.token)

    def limits(self):
        return Limits(requests=1000, per_seconds=1, concurrent=1)

    def check(self, fetch):
        return Access("M. Lind")

    def scopes(self, fetch, access):
        return [Scope(id=b, key=b.upper(), name=b) for b in fetch.one(Request("/boards"))]

    def streams(self, access):
        return [kind() for kind in self.kinds]


def toy(*kinds: type[Stream]) -> type[Toy]:
    """The toy with other streams."""
    return type("Toy", (Toy,), {"kinds": kinds})


class ToyVendor(Vendor):
    """Boards of rows, sorted by update time; `items` may be edited by the test."""

    def __init__(self, items: dict[str, list[dict[str, Any]]]) -> None:
        world = World(seed=1, now=NOW, name="w", currency="GBP", timezone="UTC")
        super().__init__(world, Source("toy", "toy"))
        self.items = items

    def workspace(self):
        return {"connector": "toy", "site": self.base, "token": "tok-123456"}

    @route("GET", "/boards")
    def boards(self, call):
        return json_reply(list(self.items))

    @route("GET", "/boards/{board}/items")
    def rows(self, call):
        rows = sorted(self.items[call.args["board"]], key=lambda r: r["updated"])
        since = call.query.get("since")
        rows = [r for r in rows if not since or instant(r["updated"]) >= instant(since)]
        start, size = int(call.query["startAt"]), int(call.query["maxResults"])
        return json_reply({"items": rows[start : start + size], "total": len(rows)})


def item(number: int, minute: int = 0, **more: Any) -> dict[str, Any]:
    """A row, changed on the 19th at 08:MM."""
    return {"id": number, "title": f"item {number}", "updated": f"2026-11-19T08:{minute:02}:00Z", **more}
