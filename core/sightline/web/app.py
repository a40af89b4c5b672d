"""The application: who asks, what they may, which screen answers; as a page, as JSON, as CSV."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sightline.app import access
from sightline.errors import SightlineError
from sightline.model.access import LOCAL, Right, Viewer
from sightline.present.screen import Screen, csv_text, screen_json, sorted_rows
from sightline.present.templates import built_in
from sightline.web import client_view, login, openapi
from sightline.web.changes import Changes
from sightline.web.desk import Desk
from sightline.web.guard import Guard, Problem, answer, fault
from sightline.web.hooks import Hooks
from sightline.web.pages import Pages
from sightline.web.screens import Place
from sightline.web.screens.alerts import alerts_screen
from sightline.web.screens.desk import access_screen, inbox_screen, reports_screen, sources_screen
from sightline.web.screens.money import money_screen, people_screen
from sightline.web.screens.work import client_screen, explain_screen, portfolio_screen, project_screen

__all__ = ["PLACES", "make_app"]

#: Every screen: where it is, what right it takes, who builds it. Page, JSON and CSV follow from this list.
PLACES: Mapping[str, Place] = {
    "portfolio": ("/", "work", portfolio_screen),
    "project": ("/projects/{project}", "work", project_screen),
    "client": ("/clients/{client}", "work", client_screen),
    "explain": ("/explain/{owner}/{figure}", "work", explain_screen),
    "alerts": ("/alerts", "work", alerts_screen),
    "money": ("/money", "money", money_screen),
    "people": ("/people", "work", people_screen),
    "sources": ("/sources", "work", sources_screen),
    "inbox": ("/inbox", "work", inbox_screen),
    "reports": ("/reports", "report", reports_screen),
    "access": ("/access", "admin", access_screen),
}
_EVERY = 2.0
"""Seconds between two looks for something new, for each open page."""


class Site:
    """The handlers; one object for each application."""

    def __init__(self, desk: Desk, *, local: bool, secure: bool) -> None:
        self.desk = desk
        self.local = local
        self.secure = secure
        self.pages = Pages()
        self.gate = login.Gate(desk, secure=secure)

    def viewer(self, request: Request) -> Viewer:
        """Who asks; `Problem` 401 when nobody does."""
        header = request.headers.get("authorization", "")
        if header.lower().startswith("bearer "):
            found = access.viewer_of(self.desk.session, header[7:].strip(), "token")
            if found is None:
                raise Problem(401, "This token is not valid.")
            return found
        if self.local:
            return LOCAL
        found = self.gate.viewer(request)
        if found is None:
            raise Problem(401, "Log in first.")
        return found

    def _allowed(self, request: Request, right: Right) -> Viewer:
        viewer = self.viewer(request)
        if not viewer.may(right):
            # A client learns nothing about what there is.
            raise Problem(404 if viewer.role == "client" else 403, "There is nothing here for you.")
        return viewer

    def screen(self, request: Request, name: str) -> tuple[Viewer, Screen]:
        """The screen, for whoever asks."""
        _path, right, build = PLACES[name]
        viewer = self._allowed(request, right)
        query = {**request.query_params, **request.path_params}
        try:
            screen = build(self.desk, viewer, query)
        except SightlineError as error:
            raise Problem(503, "This cannot be shown now; `sightline doctor` says why.") from error
        if (by := query.get("sort")) and screen.tables:
            first = sorted_rows(screen.tables[0], by, down=query.get("down") == "1")
            screen = _with_first(screen, first)
        return viewer, screen

    def page(self, name: str) -> Callable[[Request], Response]:
        """The screen as a page; a client is led to their own view."""

        def shown(request: Request) -> Response:
            try:
                viewer = self.viewer(request)
            except Problem:
                return RedirectResponse(f"/login?next={quote(request.url.path)}", 303)
            if viewer.role == "client":
                if name == "portfolio":
                    return client_view.response(self.desk, viewer.client or "")
                raise Problem(404, "There is nothing here for you.")
            viewer, screen = self.screen(request, name)
            html = self.pages.screen(screen, viewer, request, places=PLACES, version=self.desk.version())
            tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'
            if request.headers.get("if-none-match") == tag:
                return Response(status_code=304, headers={"etag": tag})
            return HTMLResponse(html, headers={"etag": tag, "cache-control": "private, no-cache"})

        return shown

    def json(self, name: str) -> Callable[[Request], Response]:
        """The same screen as JSON, with a tag that spares the body when nothing changed."""

        def shown(request: Request) -> Response:
            _viewer, screen = self.screen(request, name)
            response = JSONResponse(screen_json(screen))
            body = hashlib.sha256(bytes(response.body)).hexdigest()[:32]
            if request.headers.get("if-none-match") == f'"{body}"':
                return Response(status_code=304, headers={"etag": f'"{body}"'})
            response.headers["etag"] = f'"{body}"'
            return response

        return shown

    def csv(self, name: str) -> Callable[[Request], Response]:
        """One table of the screen as CSV."""

        def shown(request: Request) -> Response:
            _viewer, screen = self.screen(request, name)
            wanted = request.path_params["table"]
            table = next((one for one in screen.tables if one.name == wanted), None)
            if table is None:
                raise Problem(404, "There is no such table.")
            headers = {"content-disposition": f'attachment; filename="{screen.name}-{table.name}.csv"'}
            return StreamingResponse(csv_text(table), media_type="text/csv; charset=utf-8", headers=headers)

        return shown

    def act(self, right: Right, what: str, run: Callable[[Viewer, Mapping[str, str]], str | None]) -> Any:
        """A change: checked, done, written into the log; then back to where it was asked for."""

        async def done(request: Request) -> Response:
            viewer = await run_in_threadpool(self._allowed, request, right)
            form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}

            def change() -> str | None:
                said = run(viewer, form)
                about = ", ".join(f"{name}={value}" for name, value in sorted(form.items()) if name != "next")
                access.noted(self.desk.session, viewer, what, about)
                return said

            try:
                said = await run_in_threadpool(change)
            except SightlineError as error:
                raise Problem(409, error.what[:1].upper() + error.what[1:] + ".") from error
            if said is not None:
                return HTMLResponse(self.pages.told(what, said, viewer))
            return RedirectResponse(login.own_path(form.get("next", "/")), 303)

        return done

    def changes(self) -> list[Route]:
        """Everything that changes something."""
        return [
            Route(path, self.act(right, what, run), methods=["POST"])
            for path, right, what, run in Changes(self.desk).all()
        ]

    def client_page(self, request: Request) -> Response:
        """What a client sees, shown to us."""
        viewer = self._allowed(request, "report")
        access.noted(self.desk.session, viewer, "saw a client's view", request.path_params["client"])
        return client_view.response(self.desk, request.path_params["client"])

    def shared(self, request: Request) -> Response:
        """A client's own view by their link; unknown, over and revoked links get one and the same answer."""
        viewer = self.gate.shared(request)
        access.noted(self.desk.session, viewer, "saw their view by a link", viewer.client or "")
        return client_view.response(self.desk, viewer.client or "")

    def report_file(self, request: Request) -> Response:
        """A report as it was written."""
        viewer = self._allowed(request, "report")
        asked = request.query_params.get("id", "")
        access.noted(self.desk.session, viewer, "opened a report", asked)
        return client_view.report(self.desk, asked)

    async def events(self, request: Request) -> Response:
        """Server-sent events: `changed` when pages may look different, `progress` while a sync runs."""
        await run_in_threadpool(self._allowed, request, "work")

        async def stream() -> AsyncIterator[str]:
            seen = await run_in_threadpool(self.desk.version)
            shown = ""
            yield "retry: 5000\n\n"
            while not await request.is_disconnected():
                now = await run_in_threadpool(self.desk.version)
                if now != seen:
                    seen = now
                    yield "event: changed\ndata: now\n\n"
                steps = "; ".join(f"{source} {step}" for source, step in sorted(self.desk.progress.items()))
                if steps != shown:
                    shown = steps
                    yield f"event: progress\ndata: {steps[:500]}\n\n"
                await asyncio.sleep(_EVERY)

        return StreamingResponse(stream(), media_type="text/event-stream")

    def routes(self) -> list[Any]:
        """All of them."""
        pages = [Route(path, self.page(name)) for name, (path, _right, _build) in PLACES.items()]
        data = [Route(_api(path), self.json(name)) for name, (path, _right, _build) in PLACES.items()]
        files = [Route(f"{_api(path)}.csv/{{table}}", self.csv(name)) for name, (path, _r, _b) in PLACES.items()]
        static = StaticFiles(directory=built_in() / "web" / "static")
        return [
            *files,
            *data,
            Route("/api/v1/openapi.json", lambda _request: JSONResponse(openapi.described(PLACES))),
            Route("/events", self.events),
            Route("/healthz", lambda _request: PlainTextResponse("ok")),
            *self.gate.routes(self.pages),
            *Hooks(self.desk).routes(),
            Route("/share/{secret}", self.shared),
            Route("/clients/{client}/view", self.client_page),
            Route("/reports/file", self.report_file),
            *self.changes(),
            *pages,
            Mount("/static", _cached(static)),
        ]


def _api(path: str) -> str:
    return "/api/v1/portfolio" if path == "/" else f"/api/v1{path}"


def _with_first(screen: Screen, table: Any) -> Screen:
    from msgspec import structs  # noqa: PLC0415 - only here

    return structs.replace(screen, tables=(table, *screen.tables[1:]))


def _cached(app: Any) -> Any:
    async def served(scope: Any, receive: Any, send: Any) -> None:
        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", b"public, max-age=3600")]
            await send(message)

        await app(scope, receive, told)

    return served


def _not_here(request: Request, _error: Exception) -> Response:
    return answer(request.scope, Problem(404, "There is no such page."))


def _refused(request: Request, error: Exception) -> Response:
    return answer(request.scope, error if isinstance(error, Problem) else fault(error))


def make_app(
    folder: str | Path | None, *, hosts: Collection[str], local: bool, secure: bool = False, desk: Desk | None = None
) -> Guard:
    """The ASGI application over one workspace.

    `hosts` are the only values of the Host header that are answered. `local`: everybody who reaches it is the one local
    user (loopback only); otherwise people log in. `secure`: it is reached by https, so cookies are `__Host-` ones.
    """
    site = Site(desk or Desk(folder), local=local, secure=secure)
    app = Starlette(
        routes=site.routes(),
        exception_handlers={404: _not_here, 405: _not_here, Problem: _refused, Exception: _refused},
    )
    return Guard(app, hosts=hosts, secure=secure)
