"""Just enough HTTP/1.1 for a made-up vendor: one request read from a socket, one reply written to it, keep-alive.

The standard library's handler parses headers as e-mail, which costs more than most vendors' answers.
"""

from __future__ import annotations

import http
import socket
import struct
from typing import BinaryIO, NamedTuple

from sightline.sandbox.vendor import Reply

__all__ = ["BadRequest", "Incoming", "read_request", "write_reply"]

_LONGEST_LINE = 65_536
_MOST_HEADERS = 200
_REASONS = {status.value: status.phrase for status in http.HTTPStatus}
_BODILESS = (204, 304)


class BadRequest(Exception):
    """The bytes are no request that this server reads."""


class Incoming(NamedTuple):
    """One request as it came. Header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def _line(stream: BinaryIO) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if len(line) >= _LONGEST_LINE:
        raise BadRequest("a line is too long")
    return line.rstrip(b"\r\n")


def read_request(stream: BinaryIO) -> Incoming | None:
    """The next request on the connection; None when the caller hung up."""
    first = _line(stream)
    if not first:
        return None
    parts = first.decode("latin-1").split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest("no HTTP/1.1 request line")
    headers: dict[str, str] = {}
    while line := _line(stream):
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(headers) >= _MOST_HEADERS:
            raise BadRequest("a header cannot be read")
        headers[name.strip().lower()] = value.strip()
    if "transfer-encoding" in headers:
        raise BadRequest("bodies must state their length")
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise BadRequest("content-length is no number")
    body = stream.read(int(length))
    return Incoming(parts[0], parts[1], headers, body) if len(body) == int(length) else None


def write_reply(connection: socket.socket, reply: Reply, method: str) -> bool:
    """Send the reply in one piece; False when the connection is over (a reply that breaks off resets it)."""
    body = b"" if reply.status in _BODILESS else reply.body
    lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items() if name.lower() != "content-length"]
    lines.append(f"content-length: {len(body)}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    if reply.cut:
        connection.sendall(head + body[: len(body) // 2])
        # No time to linger: closing sends a reset, as a dying server or proxy does.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    connection.sendall(head + (b"" if method == "HEAD" else body))
    return True
