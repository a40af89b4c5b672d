"""The forms of an approved report: what the client's settings ask for, all made from the one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sightline.app.session import Session
from sightline.model.portfolio import Client
from sightline.present.documents.docx import docx_of
from sightline.present.documents.mail import Attached, chat_of, eml_of, mail_of
from sightline.present.documents.markdown import markdown_of
from sightline.present.documents.pdf import pdf_of
from sightline.present.documents.xlsx import xlsx_of
from sightline.present.language import language
from sightline.present.report import Job, page
from sightline.store.reports import Form

__all__ = ["MEDIA_TYPES", "forms_of"]

#: Of the documents that go with a mail.
MEDIA_TYPES: Mapping[str, str] = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "markdown": "text/markdown",
}
_ENDINGS = {"markdown": "md", "email": "eml", "chat": "txt"}


def forms_of(session: Session, client: Client, job: Job, stem: str) -> list[Form]:
    """The HTML page, and beside it every form this client gets; files are called `stem` and what they are.

    `ConfigError` when what a form needs is not installed: a client gets all forms or none.
    """
    html = page(job)
    wanted = session.workspace.client_reports[client.id].forms
    made = [Form("client", "html", f"{stem}.html", html.encode())]
    for form, make in _makers(job, html).items():
        if form in wanted:
            made.append(Form("client", form, f"{stem}.{_ENDINGS.get(form, form)}", make()))
    if "email" in wanted:
        made.append(Form("client", "email", f"{stem}.eml", _mail(client, job, html, made)))
    return made


def _makers(job: Job, html: str) -> Mapping[str, Callable[[], bytes]]:
    facts, cover = job.facts, job.cover
    name = facts.projects[0].name if len(facts.projects) == 1 else facts.client
    title = language(facts.language, facts.timezone).text("report.title", name=name, day=facts.period_end)
    about: dict[str, Any] = {"title": title, "author": cover.agency, "made_at": facts.as_of}
    return {
        "pdf": lambda: pdf_of(html),
        "docx": lambda: docx_of(html, language=facts.language, **about),
        "xlsx": lambda: xlsx_of(html, **about),
        "markdown": lambda: markdown_of(html).encode(),
        "chat": lambda: chat_of(html, title=title).encode(),
    }


def _mail(client: Client, job: Job, html: str, made: list[Form]) -> bytes:
    """The mail with the documents that are files; the page itself only where there is no PDF."""
    files = [one for one in made if one.form in MEDIA_TYPES]
    if any(one.form == "pdf" for one in files):
        files = [one for one in files if one.form != "html"]
    attached = [Attached(one.name, MEDIA_TYPES[one.form], one.body) for one in files]
    return eml_of(mail_of(job, html, client.contacts), client.contacts, attached, reply=job.cover.reply)
