"""The forms of an approved report: what the client's settings ask for, all made from the one page."""

from __future__ import annotations

from sightline.app.session import Session
from sightline.model.portfolio import Client
from sightline.present.documents.markdown import markdown_of
from sightline.present.report import Job, page
from sightline.store.reports import Form

__all__ = ["forms_of"]


def forms_of(session: Session, client: Client, job: Job, stem: str) -> list[Form]:
    """The HTML page, and beside it every form this client gets; files are called `stem` and what they are."""
    html = page(job)
    wanted = session.workspace.client_reports[client.id].forms
    made = [Form("client", "html", f"{stem}.html", html.encode())]
    if "markdown" in wanted:
        made.append(Form("client", "markdown", f"{stem}.md", markdown_of(html).encode()))
    return made
