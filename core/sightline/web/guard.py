"""What every request passes and every answer gets, errors too: known hosts, same-site changes, small bodies, headers.

Sources: OWASP ASVS 5.0 V3 (browser), V4 (API); W3C Fetch Metadata; RFC 9110. See SECURITY.md.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "MAX_BODY", "Guard", "Problem", "answer", "fault"]

MAX_BODY = 1_000_000
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_LOG = logging.getLogger("sightline.web")

#: On every answer. No script, style, picture or request of any other place; no frame; nothing kept by caches.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Problem(Exception):
    """A request that cannot be answered; `said` is shown to whoever asked, so it names nothing internal."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


def _body(status: int, said: str, *, json: bool) -> tuple[bytes, str]:
    """The same few words for every path: what was asked for is never repeated."""
    if json:
        body = f'{{"error": {{"status": {status}, "message": "{said}"}}}}'
        return body.encode(), "application/json"
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sightline</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/pico.min.css">'
        f'</head><body><main class="container"><h1>{status}</h1><p>{said}</p><p><a href="/">Portfolio</a></p></main></body></html>'
    )
    return page.encode(), "text/html; charset=utf-8"


class Guard:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], secure: bool) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on; either way with our headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._dress(MutableHeaders(scope=message))
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await answer(scope, refused)(scope, receive, guarded)
            return
        try:
            await self.app(scope, _bounded(receive), guarded)
        except Problem as problem:
            await answer(scope, problem)(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody outside reads it
            if not begun:
                await answer(scope, fault(error))(scope, receive, guarded)

    def _dress(self, headers: MutableHeaders) -> None:
        kept = headers.get("cache-control")
        for name, value in HEADERS.items():
            headers[name] = value
        if kept is not None:
            headers["cache-control"] = kept
        # A client's page brings its own rules; nothing else may.
        if "x-own-rules" in headers:
            headers["content-security-policy"] = headers["x-own-rules"]
            del headers["x-own-rules"]
        if self.secure:
            headers["strict-transport-security"] = "max-age=31536000"

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self.hosts:
            return Problem(421, "This address is not served here. Name it as a host in [web].")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY:
            return Problem(413, "The request is too large.")
        if scope["method"] in _SAFE or _is_for_programs(scope, headers):
            return None
        return None if _same_site(headers, host) else Problem(403, "This change was asked for by another site.")


def _is_for_programs(scope: Scope, headers: Headers) -> bool:
    """Requests that carry no cookie's authority: a bearer token, or a signed hook."""
    bearer = headers.get("authorization", "").lower().startswith("bearer ")
    return scope["path"].startswith("/hooks/") or (bearer and "cookie" not in headers)


def _same_site(headers: Headers, host: str) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() == host


def _bounded(receive: Receive) -> Receive:
    """No body grows beyond the bound, whatever length it states."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise Problem(413, "The request is too large.")
        return message

    return bounded


def fault(error: Exception) -> Problem:
    """A fault of ours: the log names its kind under a mark, and the mark is all that is told."""
    mark = secrets.token_hex(4)
    # The kind only: texts of errors may hold what a source said.
    _LOG.error("request failed %s %s", mark, type(error).__name__)
    return Problem(500, f"Something went wrong. It is in the log as {mark}.")


def answer(scope: Scope, problem: Problem) -> Response:
    """The problem as a page, or as JSON for programs."""
    body, kind = _body(problem.status, problem.said, json=scope["path"].startswith(("/api/", "/hooks/")))
    return Response(body, problem.status, media_type=kind)
