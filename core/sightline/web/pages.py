"""From screens to HTML by the templates in `templates/web`: escaped, strict, only http links out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from sightline.model.access import Viewer
from sightline.present.screen import Screen
from sightline.present.templates import built_in
from sightline.web.screens import Place

__all__ = ["Pages"]

#: What the menu offers, with the right each takes.
_MENU = ("portfolio", "alerts", "money", "people", "sources", "inbox", "reports", "access")


def _out(href: str) -> str:
    """A link to follow: a path of ours, or http(s); anything else leads nowhere."""
    if href.startswith("/") and not href.startswith("//"):
        return href
    return href if urlsplit(href).scheme in ("http", "https") else ""


class Pages:
    """The templates, loaded once."""

    def __init__(self) -> None:
        self.env = Environment(
            loader=FileSystemLoader(built_in() / "web"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self.env.filters["out"] = _out
        self.env.tests["day"] = lambda value: isinstance(value, dt.date)

    def screen(
        self, screen: Screen, viewer: Viewer, request: Request, *, places: Mapping[str, Place], version: str
    ) -> str:
        """The whole page."""
        query = {name: value for name, value in request.query_params.items() if name not in ("sort", "down")}
        menu = [(name, places[name][0]) for name in _MENU if viewer.may(places[name][1])]
        path = request.url.path
        return self.env.get_template("screen.html").render(
            screen=screen, viewer=viewer, menu=menu, path=path, version=version, query=query,
            sort=request.query_params.get("sort", ""), down=request.query_params.get("down") == "1",
            sorted_by=lambda name, down: f"{path}?{urlencode({**query, 'sort': name, **({'down': '1'} if down else {})})}",
            api="/api/v1/portfolio" if path == "/" else f"/api/v1{path}", asked=request.url.query,
        )  # fmt: skip

    def login(self, onward: str, said: str) -> str:
        """The form to come in."""
        return self.env.get_template("login.html").render(onward=onward, said=said)

    def told(self, what: str, said: str, viewer: Viewer) -> str:
        """What came of a change, when there is something to say once."""
        values: dict[str, Any] = {"what": what, "said": said, "viewer": viewer}
        return self.env.get_template("told.html").render(values)
