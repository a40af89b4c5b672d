"""Collect a connector from a vendor that answers in this process: it stands where the network was."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock
from urllib.parse import urlsplit

import httpx

from sightline.collect.clock import Clock
from sightline.collect.connector import Connector
from sightline.collect.outcome import SourceOutcome
from sightline.collect.passes import Rules
from sightline.collect.source import SourceRun
from sightline.model.records import Record
from sightline.sandbox.vendor import Call, Vendor
from sightline.testing.memory import MemoryKeeper

__all__ = ["Collected", "collect", "served_by", "settings_of"]

R = TypeVar("R", bound=Record)


@dataclasses.dataclass
class Collected:
    """What a run brought."""

    outcome: SourceOutcome
    keeper: MemoryKeeper
    requests: int
    """Calls made to the vendor in this run."""

    def records(self, kind: type[R]) -> dict[str, R]:
        """Live records of that kind by id."""
        return self.keeper.live(kind)


def settings_of(connector: type[Connector], vendor: Vendor) -> Any:
    """The connector's settings as the vendor's `workspace()` table gives them."""
    table = {name: value for name, value in vendor.workspace().items() if name != "connector"}
    return connector.settings(**table)


def collect(
    connector: type[Connector],
    vendor: Vendor,
    *,
    keeper: MemoryKeeper | None = None,
    rules: Rules | None = None,
    clock: Clock | None = None,
    timezone: dt.tzinfo = dt.UTC,
    tokens: Path | None = None,
    **settings: Any,
) -> Collected:
    """One run of that connector against that vendor; pass the keeper of an earlier run for an incremental one.

    `settings` override those of `vendor.workspace()`. No request leaves the process; waiting is not slept, but counted.
    """
    keeper = keeper if keeper is not None else MemoryKeeper()
    made = connector(settings_of(connector, vendor).model_copy(update=settings))
    before = len(vendor.calls)
    with tempfile.TemporaryDirectory() as folder, served_by(vendor):
        run = SourceRun(
            made,
            vendor.source.name,
            keeper=keeper,
            tokens=tokens or Path(folder),
            timezone=timezone,
            clock=clock or _vendor_clock(vendor),
            rules=rules or Rules(),
        )
        outcome = run.collect()
    return Collected(outcome, keeper, len(vendor.calls) - before)


@contextlib.contextmanager
def served_by(vendor: Vendor) -> Iterator[None]:
    """Every HTTP call of this process is answered by the vendor while this is open."""
    # A connector asks on several threads; a made-up vendor answers one call after the other, as its server does.
    turn = threading.Lock()

    def answer(_transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        request.read()
        with turn:
            return _answer(vendor, request)

    with mock.patch.object(httpx.HTTPTransport, "handle_request", answer):
        yield


def _vendor_clock(vendor: Vendor) -> Clock:
    """The vendor's own time; sleeping moves only the monotonic clock."""
    slept = [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds

    return Clock(now=vendor.clock, monotonic=lambda: slept[0], sleep=sleep)


def _answer(vendor: Vendor, request: httpx.Request) -> httpx.Response:
    prefix = urlsplit(vendor.base).path
    path = request.url.raw_path.decode("ascii")
    call = Call.of(request.method, path, dict(request.headers), request.content, prefix)
    reply = vendor.handle(call)
    if reply.cut:
        raise httpx.ReadError("connection broken", request=request)
    return httpx.Response(reply.status, headers=reply.headers, content=reply.body)
