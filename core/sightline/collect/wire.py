"""The network as sources meet it: every request ends by its deadline, every answer stays in size, odd places are refused."""

from __future__ import annotations

import functools
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from sightline.collect.clock import Clock
from sightline.errors import ConfigError

__all__ = ["MAX_BYTES", "TooLarge", "Wire", "check_address"]

#: No answer may decode to more than this: a gzip reply of 292 kB once became 300 MB.
MAX_BYTES = 128 * 1024 * 1024
_PIECE = 1 << 20
#: Where clouds tell machines their credentials, beside the link-local range.
_METADATA = {ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")}


def check_address(address: str, *, where: str) -> str:
    """The base address without trailing slash. https, or http on loopback; no user, query or fragment in it."""
    parts = urlsplit(address)
    local = _is_loopback(parts.hostname or "")
    if parts.scheme not in ("https", "http") or not parts.hostname or (parts.scheme == "http" and not local):
        raise ConfigError(
            "the address must begin with https:// (http:// only for this machine itself)",
            where=where,
            mend='Write it like "https://name.example".',
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            "the address holds more than host and path",
            where=where,
            mend="Put user, token and options into their own settings.",
        )
    return address.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class TooLarge(Exception):
    """An answer is larger than `MAX_BYTES` once unpacked."""


class Wire(httpx.HTTPTransport):
    """HTTP without proxies and settings of the environment. Thread-safe.

    `seconds` bound each request as a whole: connection, handshake, headers and body, however slowly they drip. Answers
    are unpacked here, bounded; what is above sees plain bodies.
    """

    def __init__(self, *, seconds: float, connections: int, clock: Clock, ca_file: Path | None = None) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        super().__init__(verify=_trust(ca_file), trust_env=False, limits=limits)
        self._seconds = seconds
        self._deadline = _Deadline(clock)
        # httpx offers no way to say how its pool connects.
        self._pool._network_backend = _Backend(self._deadline)  # noqa: SLF001 - see above

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer's head; its body follows within the same deadline."""
        self._deadline.begin(self._seconds)
        request.extensions = {**request.extensions, "timeout": dict.fromkeys(_WAITS, self._seconds)}
        response = super().handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        headers = [pair for pair in response.headers.raw if pair[0].lower() not in _ABOUT_THE_PACKING]
        body = _Body(response.stream, coding, self._deadline)
        return httpx.Response(response.status_code, headers=headers, stream=body, extensions=response.extensions)


@functools.cache
def _trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """The authorities we believe, loaded once: reading them takes longer than many a sync."""
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:
            raise ConfigError(
                f"`ca_file` holds no certificates that can be read ({error.strerror or type(error).__name__})",
                where=str(ca_file),
                mend="Name a file with the authority's certificate as PEM text.",
            ) from None
    return context


_WAITS = ("connect", "read", "write", "pool")
_ABOUT_THE_PACKING = (b"content-encoding", b"content-length")


class _Deadline(threading.local):
    """When the request under way on this thread must be over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends = float("inf")

    def begin(self, seconds: float) -> None:
        self._ends = self._clock.monotonic() + seconds

    def left(self, timeout: float | None = None) -> float:
        """Seconds that one step may take; never more than `timeout`."""
        left = self._ends - self._clock.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline of the request has passed")
        return left if timeout is None else min(left, timeout)


class _Body(httpx.SyncByteStream):
    """A body, unpacked piece by piece; `TooLarge` beyond `MAX_BYTES`."""

    def __init__(self, stream: httpx.SyncByteStream, coding: str, deadline: _Deadline) -> None:
        self._stream = stream
        self._coding = coding
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._unpacked():
            size += len(piece)
            if size > MAX_BYTES:
                raise TooLarge
            try:
                self._deadline.left()
            except httpcore.ReadTimeout as late:
                raise httpx.ReadTimeout(str(late)) from None
            yield piece

    def _unpacked(self) -> Iterator[bytes]:
        if self._coding == "identity":
            yield from self._stream
        elif self._coding in ("gzip", "x-gzip"):
            yield from _gunzip(self._stream)
        else:
            # Only gzip was asked for; packing upon packing is how small answers become terabytes.
            raise httpx.ReadError("the answer is packed in a way that was not asked for")

    def close(self) -> None:
        self._stream.close()


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """At most `_PIECE` bytes at a time, whatever a chunk unpacks to."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(wbits=31)
                yield unpacker.decompress(rest, _PIECE)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error:
        raise httpx.ReadError("the packed answer is damaged") from None
    if not unpacker.eof:
        raise httpx.ReadError("the packed answer is cut off")


class _Backend(httpcore.SyncBackend):
    """Connects to addresses that were looked up and judged once, so that no second look-up can answer differently."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        refused: httpcore.ConnectError | None = None
        for address in _addresses(host, port):
            try:
                left = self._deadline.left(timeout)
                stream = super().connect_tcp(address, port, left, local_address, socket_options)
            except httpcore.ConnectError as error:
                refused = error
            else:
                return _Timed(stream, self._deadline)
        raise refused or httpcore.ConnectError("the name has no address")


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError("the name cannot be looked up") from error
    addresses = [str(place[4][0]) for place in found]
    for address in addresses:
        if _is_odd(address, host):
            raise ConfigError(
                "the address leads to a place that no tool lives at (link-local, metadata or no real address)",
                where="sources",
                mend="Check the source's address in sightline.toml, and the name's entry in DNS.",
            )
    return addresses


def _is_odd(address: str, host: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    # http:// is allowed to this name alone, because it never leaves the machine.
    astray = host == "localhost" and not ip.is_loopback
    return astray or ip in _METADATA or ip.is_link_local or ip.is_multicast or ip.is_unspecified


class _Timed(httpcore.NetworkStream):
    """A connection each of whose steps ends with the request that it serves."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Timed(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
