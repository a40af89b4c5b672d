"""Looks over the templates of the workspace and of plug-ins: undefined values, internal words, templates nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sightline.app.reports import client_sections, facts_for_client, template_folders
from sightline.app.session import Session
from sightline.errors import SightlineError
from sightline.extend import InternalSection
from sightline.present.report import Cover, client_report
from sightline.present.templates import built_in_texts, texts_of, with_overrides

__all__ = ["Lint", "lint_templates"]

#: Words that name what no client sees. Their fields are not there, so a template that asks for one fails for every client.
_INTERNAL = re.compile(
    r"\{[{%][^}]*\b(cost|margin|profit|cost_rate|per_hour|internal|note|salary|receipt|unbilled)\b", re.IGNORECASE
)


class Lint(NamedTuple):
    """One thing that is wrong with a template, and how to mend it."""

    file: str
    what: str
    mend: str


def lint_templates(session: Session) -> list[Lint]:
    """All that is wrong; every client's report is made once with the templates, and kept nowhere."""
    found: list[Lint] = []
    ours = built_in_texts()
    named = {f"report/sections/{name}.html" for name in session.registry.sections}
    internal = {
        f"report/sections/{name}.html"
        for name, one in session.registry.sections.items()
        if issubclass(one, InternalSection)
    }
    for folder in template_folders(session):
        for name, text in texts_of(folder).items():
            where = str(folder / name)
            if name not in ours and name not in named:
                found.append(Lint(where, "nothing uses it", f"Name it like one of ours: {_nearest(name, ours)}"))
            if name not in internal:
                found += _words(where, text)
    return found + list(_made(session))


def _words(where: str, text: str) -> Iterator[Lint]:
    for number, line in enumerate(text.splitlines(), 1):
        if (hit := _INTERNAL.search(line)) is not None:
            yield Lint(f"{where}:{number}", f"`{hit[1]}` is internal: no client's report has it", "Leave it out.")


def _nearest(name: str, ours: dict[str, str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong name

    return next(iter(get_close_matches(name, ours, n=1)), "report/client.html")


def _made(session: Session) -> Iterator[Lint]:
    """What goes wrong when each client's report is made; the same trouble once."""
    texts, sections = with_overrides(template_folders(session)), client_sections(session)
    told: set[str] = set()
    with_work = {project.client for project in session.workspace.projects.values()}
    for client in session.workspace.clients.values():
        if client.id not in with_work:
            continue
        try:
            facts = facts_for_client(session, client)
            client_report(facts, sections, Cover(agency=session.workspace.name, depth="full"), texts=texts)
        except SightlineError as error:
            if error.what not in told:
                told.add(error.what)
                yield Lint(_file(session, error.where), f"{error.what} (report for {client.id})", error.mend)


def _file(session: Session, where: str) -> str:
    """The file behind a template's name."""
    name = where.removeprefix("templates/").partition(" line ")
    for folder in template_folders(session):
        if (folder / name[0]).is_file():
            return str(Path(folder / name[0])) + (f":{name[2]}" if name[2] else "")
    return where
