"""Races for one rotating token: processes with threads that all meet an ended access token at the same moment."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import threading
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

from faults_local.wild import Answer, Wild, reply

FAR = "2100-01-01T00:00:00Z"
AGO = "2020-01-01T00:00:00Z"


class Rotating:
    """A token endpoint that rotates strictly: a refresh token works once, and a second use ends the whole chain."""

    def __init__(self, first: str) -> None:
        self.live: str | None = first
        self.access: set[str] = set()
        self.refreshes = 0
        self.refused = 0
        self.served = 0
        self.grace = False
        self._before: str | None = None
        self._spent: set[str] = set()
        self._lock = threading.Lock()

    def answer(self, incoming: Any, _connection: Any) -> bytes:
        with self._lock:
            if incoming.target == "/token":
                return self._token(parse_qs(incoming.body.decode())["refresh_token"][0])
            if incoming.headers.get("authorization", "").removeprefix("Bearer ") not in self.access:
                return reply({}, 401)
            self.served += 1
            return reply([{"id": 1, "title": "one"}])

    def _token(self, used: str) -> bytes:
        if self.grace and used == self._before:
            return self._told()
        if used != self.live:
            self.refused += 1
            if used in self._spent:
                self.live = None
            return reply({"error": "invalid_grant"}, 400)
        self.refreshes += 1
        self._spent.add(used)
        self._before, self.live = used, f"r{self.refreshes}"
        self.access.add(f"a{self.refreshes}")
        return self._told()

    def _told(self) -> bytes:
        return reply({"access_token": f"a{self.refreshes}", "refresh_token": self.live, "expires_in": 1800})


def rotating(first: str) -> tuple[Answer, Rotating]:
    vendor = Rotating(first)
    return vendor.answer, vendor


@dataclasses.dataclass(frozen=True)
class Told:
    """What one race did to the vendor."""

    refreshes: int
    refused: int
    served: int


class Race:
    """`once()` ends the access token, lets everybody loose, and says what reached the vendor."""

    def __init__(self, folder: Path, *, processes: int, threads: int) -> None:
        self.folder = folder
        self.answer, self.vendor = rotating("r0")
        self.server = Wild(self.answer)
        spawn = multiprocessing.get_context("spawn")
        self._start, self._end = (spawn.Barrier(processes + 1, timeout=60) for _ in range(2))
        self._processes = [
            spawn.Process(
                target=runner, args=(self.server.url, str(folder), threads, self._start, self._end), daemon=True
            )
            for _ in range(processes)
        ]

    def __enter__(self) -> Self:
        self.server.__enter__()
        self._put("r0", AGO)
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.join()
        self.server.__exit__()

    def _put(self, refresh: str, ends: str) -> None:
        (self.folder / "toy.json").write_text(
            json.dumps({"access_token": "ended", "refresh_token": refresh, "expires_at": ends})
        )

    def once(self) -> Told:
        vendor = self.vendor
        before = (vendor.refreshes, vendor.refused, vendor.served)
        vendor.access.clear()
        assert vendor.live is not None
        # Every other race: the clock says that the token is good, and only the vendor knows better.
        self._put(vendor.live, FAR if vendor.refreshes % 2 else AGO)
        self._start.wait()
        self._end.wait()
        return Told(vendor.refreshes - before[0], vendor.refused - before[1], vendor.served - before[2])


def runner(url: str, folder: str, threads: int, start: Any, end: Any) -> None:
    """One process: in each race every thread makes one call through a client of its own making."""
    from faults_local.toy import toy
    from sightline.collect.clock import Clock
    from sightline.collect.source import open_fetch
    from sightline.sdk import OAuth2, Request

    connector = toy(url)
    connector.auth = lambda: OAuth2(f"{url}/token", "client")  # type: ignore[method-assign]
    while True:
        # Half of the threads share a client, as the threads of one source do.
        shared = open_fetch(connector, "toy", tokens=Path(folder), clock=Clock())
        alone = [open_fetch(connector, "toy", tokens=Path(folder), clock=Clock()) for _ in range(threads // 2)]
        clients = [shared] * (threads - len(alone)) + alone
        ready = threading.Barrier(threads + 1)

        def call(client: Any, ready: threading.Barrier = ready) -> None:
            ready.wait()
            client.one(Request("/x"))

        crew = [threading.Thread(target=call, args=(client,)) for client in clients]
        for thread in crew:
            thread.start()
        start.wait()
        ready.wait()
        for thread in crew:
            thread.join()
        end.wait()
        for client in {id(c): c for c in clients}.values():
            client.close()
