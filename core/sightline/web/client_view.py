"""What a client sees: their report as it would be now, made from `ClientFacts` and nothing else; and reports as kept."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from sightline.app.reports import client_of, client_page
from sightline.errors import ConfigError, SightlineError
from sightline.web.desk import Desk
from sightline.web.guard import Problem

__all__ = ["report", "response"]

#: The page carries its own style and pictures, and no script: its rules are stricter than the dashboard's in that.
_OWN_RULES = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)


def _page(html: str) -> Response:
    return HTMLResponse(html, headers={"x-own-rules": _OWN_RULES})


def response(desk: Desk, client: str) -> Response:
    """The client's own view as it is now; nothing when it cannot be made, or would not pass the check for leaks."""
    try:
        return _page(client_page(desk.session, client_of(desk.session, client)))
    except ConfigError:
        raise Problem(404, "There is nothing here yet.") from None
    except SightlineError:
        raise Problem(503, "This view cannot be shown now.") from None


def report(desk: Desk, wanted: str) -> Response:
    """A report's page as it is kept, by its id."""
    found = desk.session.store.report_forms(wanted, edition="client", form="html")
    if not found:
        raise Problem(404, "There is no such report.")
    return _page(found[0].body.decode("utf-8", "replace"))
