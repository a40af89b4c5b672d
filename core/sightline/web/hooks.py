"""Hooks from the tools: signed, small, a hint to read the source again. What they say is never taken for data."""

from __future__ import annotations

import threading
from collections import OrderedDict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sightline.collect.connector import HookedSettings
from sightline.collect.hooks import is_signed
from sightline.errors import SightlineError
from sightline.web.desk import Desk
from sightline.web.guard import Problem

__all__ = ["Hooks"]

_REMEMBERED = 4096


class Hooks:
    """One address for each source: `/hooks/SOURCE`. An unknown source, one without a secret and a wrong signature look alike."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._turn = threading.Lock()

    def routes(self) -> list[Route]:
        """HEAD and GET prove that the address is there (Trello asks before it sends); POST is a hook."""
        return [Route("/hooks/{source}", self.receive, methods=["GET", "HEAD", "POST"])]

    async def receive(self, request: Request) -> Response:
        """200 without a body for what is signed, 401 for everything else, within the time of one look at the settings."""
        if request.method != "POST":
            return Response(status_code=200)
        body = await request.body()
        if not await run_in_threadpool(self._take, request, body):
            raise Problem(401, "This hook is not signed as agreed.")
        return Response(status_code=200)

    def _take(self, request: Request, body: bytes) -> bool:
        session = self.desk.session
        source = session.workspace.sources.get(request.path_params["source"])
        if source is None:
            return False
        try:
            connector = session.connector(source)
        except SightlineError:
            return False
        rule, settings = connector.webhook, connector.config
        if rule is None or not isinstance(settings, HookedSettings) or settings.webhook_secret is None:
            return False
        secret, url = settings.webhook_secret.get_secret_value(), settings.webhook_url or str(request.url)
        if not is_signed(rule, secret, request.headers.get(rule.header), body, url):
            return False
        mark = f"{source.name} {request.headers.get(rule.delivery, '')}" if rule.delivery else ""
        if not mark.strip() or self._is_new(mark):
            self.desk.hint(source.name)
        return True

    def _is_new(self, mark: str) -> bool:
        with self._turn:
            if mark in self._seen:
                return False
            self._seen[mark] = None
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return True
