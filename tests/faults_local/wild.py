"""A server on loopback that can misbehave in any way: its answer is bytes, or whatever a function does to the socket."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from sightline.sandbox.http11 import Incoming, read_request

Answer = Callable[[Incoming, socket.socket], bytes | None]


def reply(body: Any = None, status: int = 200, raw: bytes | None = None, **headers: str) -> bytes:
    """A complete answer; header names are written with underscores."""
    content = raw if raw is not None else json.dumps(body).encode()
    told = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, f"content-length: {len(content)}", "", ""]).encode() + content


class Wild:
    """Serves `answer(incoming, connection)`; None from it means that it wrote to the connection itself, and hangs up."""

    def __init__(self, answer: Answer, *, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.seen: list[Incoming] = []
        self.times: list[float] = []
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for connection in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while (incoming := read_request(stream)) is not None:
                    self.seen.append(incoming)
                    self.times.append(time.monotonic())
                    answer = self.answer(incoming, connection)
                    if answer is None:
                        return
                    connection.sendall(answer)
