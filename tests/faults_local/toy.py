"""A small tool and its connector, whose every part a test may replace; and a run of it over real HTTP."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from faults_local.wild import reply
from sightline.collect.clock import Clock
from sightline.collect.passes import Rules
from sightline.collect.source import SourceRun
from sightline.sdk import Access, Bearer, Connector, FullList, Limits, Request, Scope, Settings, Stream, Task
from sightline.testing import MemoryKeeper

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
TOKEN = "toy-token-0123456789abcdef"


class ToySettings(Settings):
    site: str
    token: SecretStr = SecretStr(TOKEN)


class Items(Stream):
    name = "items"
    delivers = (Task,)
    path = "/boards/{scope.id}/items"
    deletions = FullList()

    def map(self, row, context):
        yield Task(
            id=str(row["id"]),
            scope=context.scope.id,
            key=f"T-{row['id']}",
            title=row["title"],
            kind="task",
            status="Open",
            state="todo",
        )


class Toy(Connector):
    name = "toy"
    title = "Toy"
    settings = ToySettings
    boards = ("a",)
    at_once = Limits(requests=10_000, per_seconds=1, concurrent=4)

    def base(self):
        return self.config.site

    def auth(self):
        return Bearer(self.config.token)

    def limits(self):
        return self.at_once

    def check(self, fetch):
        return Access("somebody")

    def scopes(self, fetch, access):
        return [Scope(id=board, key=board.upper(), name=board) for board in self.boards]

    def streams(self, access):
        return [Items()]


def rows(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": number, "title": f"item {number}"} for number in numbers]


def plain(incoming, _connection):
    """The tool in good health."""
    return reply(rows(1, 2, 3))


@dataclasses.dataclass
class FakeTime:
    """Sleeping moves the time and takes none."""

    passed: float = 0.0
    slept: list[float] = dataclasses.field(default_factory=list)

    def clock(self) -> Clock:
        lock = threading.Lock()

        def sleep(seconds: float) -> None:
            with lock:
                self.slept.append(seconds)
                self.passed += seconds
            time.sleep(0)

        return Clock(now=lambda: NOW + dt.timedelta(seconds=self.passed), monotonic=lambda: self.passed, sleep=sleep)


def run_of(connector: Connector, name: str = "toy", *, keeper=None, clock=None, tokens=None, **rules: Any) -> SourceRun:
    return SourceRun(
        connector,
        name,
        keeper=keeper or MemoryKeeper(),
        tokens=tokens or Path(tempfile.gettempdir()) / "faults-local-no-tokens",
        timezone=dt.UTC,
        clock=clock or FakeTime().clock(),
        rules=Rules(**rules),
    )


def toy(site: str, cls: type[Toy] = Toy, **settings: Any) -> Toy:
    return cls(ToySettings(site=site, **settings))


def read(site: str, cls: type[Toy] = Toy, *, keeper=None, clock=None, **settings: Any):
    """The outcome of one run."""
    return run_of(toy(site, cls, **settings), keeper=keeper, clock=clock).collect()


ME = Request("/me")
