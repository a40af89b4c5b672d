"""The client report as one self-contained HTML page. Its only input is `ClientFacts`; it takes nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sightline.errors import ContractError
from sightline.extend import ClientSection
from sightline.model.facts import ClientFacts
from sightline.present.templates import environment, render

__all__ = ["client_report", "file_name"]


def client_report(
    facts: ClientFacts,
    sections: Iterable[type[ClientSection]],
    *,
    agency: str,
    colour: str,
    folders: Sequence[Path] = (),
) -> str:
    """The report's HTML: no script, no outside request, readable on a phone and on paper.

    Raises `ContractError` for anything but `ClientFacts`: a document for a client is made from nothing else.
    """
    if type(facts) is not ClientFacts:
        raise ContractError(
            "a client report is made from ClientFacts only", where="client_report", mend="Pass client_facts(…)."
        )
    env = environment(folders, language=facts.language, timezone=facts.timezone)
    shown = []
    for section in sorted(sections, key=lambda one: (one.order, one.name)):
        content = section().content(facts)
        if content is not None:
            html = render(env, f"report/sections/{section.name}.html", {**content, "as_of": facts.as_of})
            shown.append({"name": section.name, "title": section.title, "html": html})
    identity = hashlib.sha256(repr((agency, facts)).encode("utf-8", "replace")).hexdigest()
    values = {
        "agency": agency,
        "colour": colour,
        "facts": facts,
        "title": _title(facts),
        "sections": shown,
        "report_id": f"{identity[:4]}…{identity[-4:]}",
    }
    return render(env, "report/client.html", values)


def _title(facts: ClientFacts) -> str:
    return facts.projects[0].name if len(facts.projects) == 1 else facts.client


def file_name(client: str, facts: ClientFacts) -> str:
    """`acme-2026-11-20.html`: letters, digits and dashes only, whatever the client is called."""
    stem = re.sub(r"[^a-z0-9]+", "-", client.casefold()).strip("-")[:60] or "client"
    return f"{stem}-{facts.period_end.isoformat()}.html"
