"""What can be changed on the dashboard: each with its path, the right it takes, and its words in the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from sightline.app import access, deciding
from sightline.app.alerts import acknowledge, snooze
from sightline.app.deciding import By
from sightline.app.reports import client_of, draft_report
from sightline.model.access import Right, Viewer
from sightline.web.desk import Desk
from sightline.web.guard import Problem

__all__ = ["Change", "Changes", "Form"]

Form = Mapping[str, str]
#: Path, right, words for the log, and what is done; a text that comes back is shown once.
Change = tuple[str, Right, str, Callable[[Viewer, Form], str | None]]


def _by(viewer: Viewer) -> By:
    return By(viewer.name, "on the dashboard")


class Changes:
    """All of them, over one workspace."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def all(self) -> list[Change]:
        """The list from which the routes are made."""
        return [
            ("/sources/sync", "sync", "sync", self.sync),
            ("/alerts/seen", "decide", "acknowledge an alert", self.seen),
            ("/alerts/later", "decide", "put an alert off", self.later),
            ("/inbox/person", "decide", "accept a person", self.person),
            ("/inbox/scope", "decide", "accept a scope", self.scope),
            ("/inbox/sure", "decide", "accept everything sure", self.sure),
            ("/inbox/undo", "decide", "undo", self.undo),
            ("/reports/draft", "report", "draft a report", self.draft),
            ("/access/share", "admin", "make a link", self.share),
            ("/access/revoke", "admin", "revoke a link", self.revoke),
        ]

    def sync(self, _viewer: Viewer, form: Form) -> None:
        """Read one source, or all."""
        self.desk.begin_sync([form["source"]] if form.get("source") else [])

    def seen(self, viewer: Viewer, form: Form) -> None:
        """The alert is known: quiet until it gets worse."""
        acknowledge(self.desk.session, [form.get("id", "")], _by(viewer))

    def later(self, _viewer: Viewer, form: Form) -> None:
        """The alert is quiet until a day."""
        try:
            until = dt.date.fromisoformat(form.get("until", ""))
        except ValueError:
            raise Problem(400, "This is no day. Write 2026-11-20.") from None
        snooze(self.desk.session, [form.get("id", "")], until)

    def person(self, viewer: Viewer, form: Form) -> None:
        """An account is that person."""
        deciding.merge(self.desk.session, form.get("account", ""), form.get("person", ""), _by(viewer))

    def scope(self, viewer: Viewer, form: Form) -> None:
        """A scope belongs to that project."""
        deciding.accept_scope(self.desk.session, form.get("scope", ""), form.get("project", ""), _by(viewer))

    def sure(self, viewer: Viewer, _form: Form) -> None:
        """Every suggestion that is sure."""
        deciding.accept_sure(self.desk.session, _by(viewer))

    def undo(self, viewer: Viewer, _form: Form) -> None:
        """What was decided last."""
        deciding.undo(self.desk.session, _by(viewer))

    def draft(self, viewer: Viewer, form: Form) -> None:
        """A draft of the client's report."""
        session = self.desk.session
        draft_report(session, client_of(session, form.get("client", "")), by=viewer.name)

    def share(self, viewer: Viewer, form: Form) -> str:
        """A link for a client, shown once."""
        secret = access.share(self.desk.session, form.get("client", ""), by=viewer.name)
        return f"The link is shown once: /share/{secret}"

    def revoke(self, _viewer: Viewer, form: Form) -> None:
        """A link ends."""
        access.revoke(self.desk.session, form.get("mark", ""))
