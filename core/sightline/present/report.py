"""A report as one self-contained HTML page: no script, no outside request, readable on a phone and on paper.

The client edition's only input is `ClientFacts`; it takes nothing else. All other forms are made from this page, so
every form says the same. A report is a job: what it shows, and the texts of its templates; the same job gives the same
bytes for ever.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sightline.errors import ConfigError, ContractError
from sightline.extend import ClientSection
from sightline.model.checked import Checked
from sightline.model.facts import ClientFacts
from sightline.present.bounded import render_bounded
from sightline.present.colours import palette
from sightline.present.language import Said, language
from sightline.present.sections import ANNEXES, MOST_ROWS, SHORT
from sightline.present.templates import Texts, built_in_texts, environment, render

__all__ = [
    "Cover",
    "Job",
    "MailJob",
    "Part",
    "Shown",
    "chosen",
    "client_report",
    "file_name",
    "job_of",
    "page",
    "shown",
]


class Cover(Checked, frozen=True, kw_only=True):
    """What stands around the figures: who sends the report, how it looks, which one it is, what it holds."""

    agency: str
    colour: str = "#1f5673"
    logo: str = ""
    """A `data:` address; empty for none."""
    number: int = 0
    """Of this client's reports, from 1 on; 0 says none."""
    version: int = 1
    corrects_on: dt.date | None = None
    """The day of the version that this one replaces."""
    reason: str = ""
    """Why there is another version."""
    reply: str = ""
    """Where answers go."""
    depth: str = "normal"
    """short, normal or full."""
    sections: tuple[str, ...] = ()
    """The sections in their order; empty: those of the depth, in the usual order."""


class Part(NamedTuple):
    """A section that is shown: its content for its template, and what it says, in the words in force."""

    name: str
    title: str
    content: Mapping[str, Any]
    paragraphs: tuple[tuple[str, ...], ...]
    annex: bool


class Shown(NamedTuple):
    """A section with its sentences, before anybody's words replace them."""

    name: str
    title: str
    content: Mapping[str, Any]
    said: Said


class Job(NamedTuple):
    """All that a page is made from."""

    facts: ClientFacts
    cover: Cover
    parts: tuple[Part, ...]
    texts: Texts
    internal: bool = False

    def render(self) -> str:
        """The page, without bounds of time and memory."""
        return _rendered(self)


class MailJob(NamedTuple):
    """One template over values that are already texts: a mail."""

    name: str
    values: Mapping[str, Any]
    texts: Texts
    code: str
    timezone: str

    def render(self) -> str:
        """The text, without bounds of time and memory."""
        return render(environment(self.texts, language(self.code, self.timezone)), self.name, self.values)


def client_report(
    facts: ClientFacts,
    sections: Iterable[type[ClientSection]],
    cover: Cover,
    *,
    words: Mapping[str, str] | None = None,
    texts: Texts | None = None,
) -> str:
    """The client edition's HTML. `words` are what a person wrote for a section, with names in braces for its figures.

    Raises `ContractError` for anything but `ClientFacts`: a document for a client is made from nothing else.
    """
    return page(job_of(facts, sections, cover, words=words, texts=texts))


def job_of(
    facts: ClientFacts,
    sections: Iterable[type[ClientSection]],
    cover: Cover,
    *,
    words: Mapping[str, str] | None = None,
    texts: Texts | None = None,
) -> Job:
    """The job of the client edition."""
    parts = tuple(_part(one, (words or {}).get(one.name)) for one in shown(facts, sections, cover))
    return Job(facts, cover, parts, built_in_texts() if texts is None else texts)


def shown(facts: ClientFacts, sections: Iterable[type[ClientSection]], cover: Cover) -> list[Shown]:
    """The sections that have something to show, in order, each with what it says by itself."""
    if type(facts) is not ClientFacts:
        raise ContractError(
            "a client report is made from ClientFacts only", where="client_report", mend="Pass client_facts(…)."
        )
    tongue = language(facts.language, facts.timezone)
    found = []
    for section in chosen(sections, cover, facts):
        content = section().content(facts)
        if content is not None:
            said = Said.joined(content.get("said", ()), "\n\n")
            found.append(Shown(section.name, tongue.title(section.name, section.title), content, said))
    return found


def chosen(
    sections: Iterable[type[ClientSection]], cover: Cover, facts: ClientFacts | None = None
) -> list[type[ClientSection]]:
    """The sections a report has: those it names, in that order; else those of its depth, in the usual one.

    `ConfigError` for a name that no section has. Where a list is too long for the body, its annex comes along.
    """
    known = {section.name: section for section in sections}
    if cover.sections:
        for name in cover.sections:
            if name not in known:
                raise ConfigError(
                    f"there is no section {name[:40]!r}",
                    where="clients.*.report.sections",
                    mend=f"Choose from {', '.join(sorted(known))}.",
                )
        return [known[name] for name in dict.fromkeys(cover.sections)]
    usual = sorted(known.values(), key=lambda one: (one.order, one.name))
    if cover.depth == "short":
        return [section for section in usual if section.name in SHORT]
    left_out = set() if cover.depth == "full" else set(ANNEXES)
    if facts is not None and any(len(project.done) > MOST_ROWS for project in facts.projects):
        left_out.discard("annex_deliverables")
    return [section for section in usual if section.name not in left_out]


def _part(one: Shown, words: str | None) -> Part:
    said = one.said if words is None else one.said.with_words(words)
    blocks = (block.strip() for block in said.text().split("\n\n"))
    paragraphs = tuple(tuple(line for line in block.splitlines() if line.strip()) for block in blocks if block)
    return Part(one.name, one.title, one.content, paragraphs, one.name in ANNEXES)


def page(job: Job | MailJob) -> str:
    """What a job gives: in this process when all templates are ours, else where it can be stopped."""
    return job.render() if job.texts == built_in_texts() else render_bounded(job)


def _rendered(job: Job) -> str:
    facts, cover = job.facts, job.cover
    tongue = language(facts.language, facts.timezone)
    env = environment(job.texts, tongue)
    shared = {"as_of": facts.as_of, "several": len(facts.projects) > 1, "accent": cover.colour}
    parts = [
        {
            "name": part.name,
            "title": part.title,
            "paragraphs": part.paragraphs,
            "annex": part.annex,
            "html": render(env, f"report/sections/{part.name}.html", {**part.content, **shared}),
        }
        for part in job.parts
    ]
    identity = hashlib.sha256(repr((cover, facts)).encode("utf-8", "replace")).hexdigest()
    name = facts.projects[0].name if len(facts.projects) == 1 else facts.client
    values = {
        "facts": facts,
        "cover": cover,
        "colours": palette(cover.colour),
        "name": name,
        "title": tongue.text("report.title", name=name, day=facts.period_end),
        "sections": parts,
        "internal": job.internal,
        "report_id": f"{identity[:4]}…{identity[-4:]}",
    }
    return render(env, "report/client.html", values)


def file_name(client: str, facts: ClientFacts, version: int = 1) -> str:
    """`acme-2026-11-20.html`: letters, digits and dashes only, whatever the client is called."""
    stem = re.sub(r"[^a-z0-9]+", "-", client.casefold()).strip("-")[:60] or "client"
    later = f"-v{version}" if version > 1 else ""
    return f"{stem}-{facts.period_end.isoformat()}{later}.html"
