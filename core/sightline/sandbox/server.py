"""One server on loopback that plays every vendor of a world: each at `/<source name>`, one thread a connection."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sightline.errors import ConfigError
from sightline.sandbox.http11 import BadRequest, Incoming, read_request, write_reply
from sightline.sandbox.vendor import Call, Reply, Vendor, text_reply
from sightline.sandbox.world import World

if TYPE_CHECKING:
    from sightline.collect.connector import Connector

__all__ = ["Sandbox", "vendor_class"]

_HOST = "127.0.0.1"


def vendor_class(connector: type[Connector]) -> type[Vendor] | None:
    """The made-up vendor that a connector names; None when it has none. Loaded only here: a sync never needs it."""
    if connector.sandbox is None:
        return None
    module, _, name = connector.sandbox.partition(":")
    found = getattr(importlib.import_module(module), name, None)
    if not (isinstance(found, type) and issubclass(found, Vendor)):
        raise ConfigError(
            f"{connector.sandbox} is no sandbox vendor",
            where=f"connector {connector.name}",
            mend="Name a subclass of Vendor as `module:Class`.",
        )
    return found


class Sandbox:
    """All vendors of a world, served while started. Use as a context manager, or `start` and `stop`.

    Sources whose connector is not given, or has no vendor, are left out. `folder` is where vendors that are not
    servers (Git) write what they show. Hold `lock` while editing the world of a running server.
    """

    def __init__(
        self,
        world: World,
        connectors: Mapping[str, type[Connector]],
        *,
        port: int = 0,
        folder: Path | None = None,
        latency_s: float = 0.0,
        clock: Callable[[], dt.datetime] | None = None,
    ) -> None:
        self.world = world
        self.lock = threading.RLock()
        self.latency_s = latency_s
        """Every answer is late by that much."""
        self.errors: list[str] = []
        """What went wrong inside a vendor: a mistake of the sandbox, answered with 500."""
        self.vendors: dict[str, Vendor] = {}
        """By source name."""
        self.connectors = dict(connectors)
        self._folder = folder
        self._port = port
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        for source in world.sources.values():
            known = connectors.get(source.connector)
            vendor = vendor_class(known) if known else None
            if vendor is not None:
                self.vendors[source.name] = vendor(world, source, clock=clock)

    @property
    def url(self) -> str:
        """The address of the running server; each vendor lives below it."""
        return f"http://{_HOST}:{self._port}"

    def start(self) -> Self:
        """Listen on the port (0 takes a free one) and give every vendor its address. Returns at once."""
        listener = socket.create_server((_HOST, self._port), backlog=128)
        self._listener, self._port = listener, listener.getsockname()[1]
        for name, vendor in self.vendors.items():
            vendor.base = f"{self.url}/{name}"
            if self._folder is not None:
                vendor.prepare(str(self._folder))
        self._spawn(self._accept, listener)
        return self

    def stop(self) -> None:
        """Close every connection and wait for all threads."""
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        for connection in [listener, *self._open]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        listener.close()
        self._threads.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _spawn(self, work: Callable[[socket.socket], None], connection: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(connection,), name="sandbox", daemon=True)
        self._threads = [t for t in self._threads if t.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is not None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.add(connection)
            self._spawn(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        """All requests of one connection, in turn, until either side has had enough."""
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            while self._listener is not None:
                try:
                    incoming = read_request(stream)
                except BadRequest as error:
                    write_reply(connection, text_reply(str(error), 400), "GET")
                    break
                if incoming is None:
                    break
                reply = self.answer(incoming)
                if reply.delay_s or self.latency_s:
                    time.sleep(reply.delay_s + self.latency_s)
                alive = write_reply(connection, reply, incoming.method)
                if not alive or incoming.headers.get("connection", "").lower() == "close":
                    break
        self._open.discard(connection)

    def answer(self, incoming: Incoming) -> Reply:
        """What the vendor named by the first part of the path says."""
        name = incoming.target.lstrip("/").partition("/")[0].partition("?")[0]
        vendor = self.vendors.get(name)
        if vendor is None:
            return text_reply(f"no vendor is called {name}", 404)
        call = Call.of(incoming.method, incoming.target, incoming.headers, incoming.body, f"/{name}")
        try:
            with self.lock:
                return vendor.handle(call)
        except Exception as error:  # noqa: BLE001 - a mistake in a vendor must fail its test, not hang its client
            self.errors.append(f"{name} {call.method} {call.path}: {error!r}")
            return text_reply(f"the sandbox vendor failed: {type(error).__name__}", 500)
