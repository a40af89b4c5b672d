"""Coming in and going out: passwords, sessions in a cookie, links for clients; slowly for whoever guesses.

Sources: OWASP ASVS 5.0 V6 (authentication), V7 (sessions); RFC 6265bis (`__Host-`, SameSite).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sightline.app import access
from sightline.model.access import Viewer
from sightline.web.desk import Desk
from sightline.web.guard import Problem

__all__ = ["Gate", "Patience", "own_path"]


def own_path(asked: str) -> str:
    """`asked` if it is a path of ours, else `/`: never another host, a scheme, or what a browser might take for one."""
    plain = unquote(asked)
    odd = any(ord(letter) < 0x21 or letter in "\\\x7f" for letter in asked + plain)
    if odd or not asked.startswith("/") or asked.startswith("//") or plain.startswith(("//", "/.")) or ":" in plain:
        return "/"
    return asked


class Patience:
    """How often somebody may fail: `most` times in `seconds`, for each name and address; then they wait. Bounded memory."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._now = most, seconds, now
        self._failed: OrderedDict[str, list[float]] = OrderedDict()
        self._turn = threading.Lock()

    def is_over(self, *marks: str) -> bool:
        """Whether any of these has failed too often lately."""
        with self._turn:
            return any(len(self._recent(mark)) >= self._most for mark in marks)

    def failed(self, *marks: str) -> None:
        """One more failure of each."""
        with self._turn:
            for mark in marks:
                self._failed[mark] = [*self._recent(mark), self._now()]
                self._failed.move_to_end(mark)
            while len(self._failed) > 10_000:
                self._failed.popitem(last=False)

    def _recent(self, mark: str) -> list[float]:
        since = self._now() - self._seconds
        return [moment for moment in self._failed.get(mark, ()) if moment > since]


def _address(request: Request) -> str:
    return request.client.host if request.client else "?"


class Gate:
    """Sessions of users and links of clients."""

    def __init__(self, desk: Desk, *, secure: bool) -> None:
        self.desk = desk
        self.secure = secure
        self.cookie = "__Host-sightline" if secure else "sightline"
        self.logins = Patience(5, 900)
        self.guesses = Patience(20, 900)

    def viewer(self, request: Request) -> Viewer | None:
        """The user whose session the cookie names."""
        secret = request.cookies.get(self.cookie)
        return access.viewer_of(self.desk.session, secret, "session") if secret else None

    def shared(self, request: Request) -> Viewer:
        """The client whose link this is. Every wrong one gets the same answer; after twenty an address waits."""
        mark = _address(request)
        if self.guesses.is_over(mark):
            raise Problem(429, "Too many links were tried. Wait a quarter of an hour.")
        viewer = access.viewer_of(self.desk.session, request.path_params["secret"], "share")
        if viewer is None:
            self.guesses.failed(mark)
            raise Problem(404, "This link is not valid, or not valid any more. Ask for a new one.")
        return viewer

    def routes(self, pages: Any) -> list[Route]:
        """The form, coming in, going out."""

        async def form(request: Request) -> Response:
            return HTMLResponse(pages.login(own_path(request.query_params.get("next", "/")), ""))

        async def enter(request: Request) -> Response:
            values = await request.form()
            name, password = str(values.get("name", ""))[:200], str(values.get("password", ""))[:1000]
            onward = own_path(str(values.get("next", "/")))
            marks = (f"name {name}", f"address {_address(request)}")
            if self.logins.is_over(*marks):
                return HTMLResponse(pages.login(onward, "Too many tries. Wait a quarter of an hour."), 429)
            secret = await run_in_threadpool(access.let_in, self.desk.session, name, password)
            if secret is None:
                self.logins.failed(*marks)
                return HTMLResponse(pages.login(onward, "Name or password is wrong."), 401)
            # A session that was there before is over: whoever planted it holds nothing.
            await run_in_threadpool(self._end, request)
            response = RedirectResponse(onward, 303)
            response.set_cookie(self.cookie, secret, httponly=True, secure=self.secure, samesite="strict", path="/")
            return response

        async def leave(request: Request) -> Response:
            await run_in_threadpool(self._end, request)
            response = RedirectResponse("/login", 303)
            response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict")
            return response

        return [
            Route("/login", form, methods=["GET"]),
            Route("/login", enter, methods=["POST"]),
            Route("/logout", leave, methods=["POST"]),
        ]

    def _end(self, request: Request) -> None:
        held = request.cookies.get(self.cookie)
        if held:
            access.log_out(self.desk.session, held)
