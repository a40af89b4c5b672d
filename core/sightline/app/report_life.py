"""The life of a report: draft, reviewed, approved, sent, answered. What is not approved is not sent."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sightline.app.report_forms import forms_of
from sightline.app.report_leaks import forbidden_for, refuse_leaks
from sightline.app.reports import (
    GONE,
    Drafted,
    client_sections,
    draft,
    entry_of,
    newest_report,
    write_files,
)
from sightline.app.session import Session
from sightline.errors import ConfigError
from sightline.model.facts import ClientFacts
from sightline.model.notes import Note, NoteKind
from sightline.model.portfolio import Client
from sightline.present.documents.markdown import markdown_of
from sightline.present.report import Cover, Job, Shown, job_of, page, shown
from sightline.present.snapshot import facts_from
from sightline.present.words import checked_words, missing_figures
from sightline.store.reports import Copy, Form, Step

__all__ = [
    "Review",
    "answer",
    "approve",
    "correct",
    "difference",
    "edit",
    "kept_form",
    "mark_reviewed",
    "report_named",
    "review",
    "sent_by_hand",
    "settle_sent",
]


class Review(NamedTuple):
    """A report to be read: its sections with their figures, the words in force, what was looked for, what speaks against it."""

    entry: Mapping[str, Any]
    sections: tuple[Shown, ...]
    words: Mapping[str, str]
    looked_for: int
    problems: tuple[str, ...]
    text: str
    """The whole report as plain text."""


def report_named(session: Session, client: Client, day: str | None, *, status: Sequence[str] = ()) -> Mapping[str, Any]:
    """The client's report of that day (`2026-11-20`, with `/2` for its second version), or the newest one."""
    if day is None:
        return newest_report(session, client, status=status)
    found = entry_of(session, f"{client.id}/{day}")
    if found is None:
        raise ConfigError(
            f"there is no report of {day[:20]!r} for {client.name}",
            where="reports",
            mend=f"Run `sightline report list {client.id}`.",
        )
    return found


def _copy(session: Session, entry: Mapping[str, Any]) -> Copy:
    copy = session.store.report_copy(entry["id"])
    if copy is None:
        raise ConfigError(
            "an older release did not keep what it was made of",
            where=entry["id"],
            mend=f"Run `sightline report draft {entry['client']}`.",
        )
    return copy


def _made_of(copy: Copy) -> tuple[ClientFacts, Cover]:
    return (
        facts_from(copy.snapshot),
        msgspec.json.decode(copy.cover, type=Cover),
    )


def _job(session: Session, copy: Copy) -> Job:
    facts, cover = _made_of(copy)
    return job_of(facts, client_sections(session), cover, words=copy.words, texts=copy.texts)


def review(session: Session, client: Client, entry: Mapping[str, Any]) -> Review:
    """What a person needs to read before the report may go out."""
    copy = _copy(session, entry)
    facts, cover = _made_of(copy)
    sections = tuple(shown(facts, client_sections(session), cover))
    problems = [entry["held"]] if entry["held"] else []
    for section in sections:
        lost = missing_figures(section.said, copy.words.get(section.name, ""))
        if lost:
            problems.append(f"your words for {section.name} name {', '.join(lost)}, which this report does not have")
    text = markdown_of(page(_job(session, copy)))
    return Review(entry, sections, copy.words, len(forbidden_for(session, client, facts)), tuple(problems), text)


def mark_reviewed(session: Session, entry: Mapping[str, Any], *, by: str) -> None:
    """Somebody has read it."""
    if entry["status"] not in ("draft", "reviewed"):
        return
    now = session.clock.now()
    values = {"status": "reviewed", "reviewed_at": now, "reviewed_by": by}
    session.store.step_report(Step(entry["id"], entry["client"], "reviewed", now, by), values, only=entry["status"])


def edit(
    session: Session, client: Client, entry: Mapping[str, Any], texts: Mapping[str, str | None], *, by: str
) -> Path:
    """Put words in place of sections' sentences (None: the computed ones again); the report's file, made anew.

    Refused for a report that is approved or has gone out, and for words that hold a number of their own.
    """
    if entry["status"] not in ("draft", "reviewed"):
        raise ConfigError(
            f"the report is {entry['status']}: its words stand",
            where=entry["id"],
            mend=_way_back(entry),
        )
    copy = _copy(session, entry)
    facts, cover = _made_of(copy)
    sections = {section.name: section for section in shown(facts, client_sections(session), cover)}
    words = dict(copy.words)
    for name, text in texts.items():
        if name not in sections:
            raise ConfigError(
                f"the report has no section {name[:40]!r}", where=entry["id"], mend=f"It has {', '.join(sections)}."
            )
        words.pop(name, None)
        wanted = None if text is None else checked_words(sections[name], text, _data(facts))
        if wanted is not None and wanted != sections[name].said.words:
            words[name] = wanted
    copy = copy._replace(words=words)
    html = Form("client", "html", Path(entry["file"]).name, page(_job(session, copy)).encode())
    refuse_leaks(session, client, facts, [html])
    target = session.workspace.root / str(entry["file"])
    write_files({target: html.body})
    values = {**entry, "status": "draft", "digest": html.digest, "reviewed_at": None, "reviewed_by": None}
    internal = session.store.report_forms(entry["id"], edition="internal")
    step = Step(entry["id"], client.id, "edited", session.clock.now(), by, ", ".join(texts))
    session.store.keep_report(values, copy, [html, *internal], step)
    return target


def _way_back(entry: Mapping[str, Any]) -> str:
    if entry["status"] in GONE:
        return f"Run `sightline report correct {entry['client']}`."
    return f"Run `sightline report draft {entry['client']}` to go back to a draft."


def _data(facts: ClientFacts) -> list[str]:
    """The texts of a client's data: names and titles, in which numbers may stand."""
    found = [facts.client]
    for project in facts.projects:
        found.append(project.name)
        for one in (*project.waiting_for_client, *project.done, *project.next, *project.late):
            found += [one.key, one.title]
        found += [one.name for one in project.milestones]
        found += [one.number for one in project.invoices]
    return found


def approve(
    session: Session, client: Client, entry: Mapping[str, Any], *, by: str, despite: str | None = None
) -> list[Form]:
    """Make every form the client gets, look through each for leaks, and freeze them; the forms.

    Refused unless somebody has reviewed the report, and while something holds it, but for a reason (`despite`).
    """
    if entry["status"] != "reviewed":
        told = {"draft": "nobody has read it yet", "approved": "it is approved already"}
        raise ConfigError(
            f"the report cannot be approved: {told.get(entry['status'], 'it has gone out')}",
            where=entry["id"],
            mend=f"Run `sightline report review {client.id}`." if entry["status"] == "draft" else _next_step(entry),
        )
    problems = review(session, client, entry).problems
    if problems and not despite:
        raise ConfigError(
            f"the report is held: {'; '.join(problems)}",
            where=entry["id"],
            mend="Sync and draft it again, or approve it with --despite REASON.",
        )
    copy = _copy(session, entry)
    forms = forms_of(session, client, _job(session, copy), Path(entry["file"]).stem)
    refuse_leaks(session, client, _made_of(copy)[0], forms)
    folder = (session.workspace.root / entry["file"]).parent
    write_files({folder / form.name: form.body for form in forms})
    now = session.clock.now()
    html = next(form for form in forms if form.form == "html")
    values = {"status": "approved", "approved_at": now, "approved_by": by, "digest": html.digest, "held": None}
    step = Step(entry["id"], client.id, "approved", now, by, despite or "")
    if not session.store.step_report(step, values, forms=forms, only="reviewed"):
        raise ConfigError("somebody else has just changed the report", where=entry["id"], mend="Review it again.")
    return forms


def _next_step(entry: Mapping[str, Any]) -> str:
    steps = {"approved": "send", "sent": "correct", "answered": "correct"}
    return f"Next: `sightline report {steps.get(entry['status'], 'review')} {entry['client']}`."


def sent_by_hand(session: Session, client: Client, entry: Mapping[str, Any], *, by: str) -> None:
    """Note that somebody sent the approved documents themselves."""
    settle_sent(session, client, entry, by=by, how="by hand")


def settle_sent(session: Session, client: Client, entry: Mapping[str, Any], *, by: str, how: str) -> None:
    """Note that an approved report went out; refused for any other, so it goes out once."""
    now = session.clock.now()
    values = {"status": "sent", "sent_at": now, "recipients": client.contacts}
    step = Step(entry["id"], client.id, "sent", now, by, f"{how}: {', '.join(client.contacts)}")
    if not session.store.step_report(step, values, only="approved"):
        raise ConfigError(
            f"the report is {entry['status']}: only an approved report is sent, and only once",
            where=entry["id"],
            mend=_next_step(entry),
        )


def answer(
    session: Session,
    client: Client,
    entry: Mapping[str, Any],
    text: str,
    *,
    by: str,
    kind: NoteKind | None = None,
    project: str | None = None,
) -> None:
    """Note what the client said about a report that went out; with a `kind` also as a note of the project.

    `project` may be left out where the client has only one.
    """
    if entry["status"] not in GONE:
        raise ConfigError("the report has not gone out yet", where=entry["id"], mend=_next_step(entry))
    now = session.clock.now()
    if kind is not None:
        named = _project(session, client, project)
        note = Note(id="", project=named, kind=kind, text=text, at=now, by=client.name, client_visible=True)
        session.store.write_note(note, at=now)
    step = Step(entry["id"], client.id, "answered", now, by, text)
    session.store.step_report(step, {"status": "answered", "answered_at": now})


def _project(session: Session, client: Client, name: str | None) -> str:
    """The client's project of that id, or its only one."""
    own = [project.id for project in session.workspace.projects.values() if project.client == client.id]
    if name in own:
        return str(name)
    if name is None and len(own) == 1:
        return own[0]
    raise ConfigError(
        f"{client.name} has {len(own)} projects" if name is None else f"{client.name} has no project {name[:60]!r}",
        where=f"clients.{client.id}",
        mend=f"Name one with --project: {', '.join(own)}.",
    )


def correct(session: Session, client: Client, entry: Mapping[str, Any], *, reason: str, by: str) -> Drafted:
    """Draft a new version of a report that went out; it says which one it replaces, and why."""
    if entry["status"] not in GONE:
        raise ConfigError("the report has not gone out: draft it again", where=entry["id"], mend=_way_back(entry))
    return draft(session, client, by=by, corrects=entry, reason=reason)


def kept_form(
    session: Session, entry: Mapping[str, Any], form: str = "html", edition: str = "client"
) -> tuple[Form, bool]:
    """A document as it was kept, and whether making it again from its frozen copy gives the same bytes.

    The bytes are always those that were kept; a form other than HTML is not made again.
    """
    found = session.store.report_forms(entry["id"], edition=edition, form=form)
    if not found:
        held = sorted({f"{one.edition} {one.form}" for one in session.store.report_forms(entry["id"])})
        raise ConfigError(
            f"the report has no {edition} edition as {form}",
            where=entry["id"],
            mend=f"It has {', '.join(held) or 'none'}; other forms are made when it is approved.",
        )
    copy = session.store.report_copy(entry["id"])
    if copy is None or form != "html" or edition != "client":
        return found[0], True
    return found[0], page(_job(session, copy)).encode() == found[0].body


def difference(session: Session, first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """What one report says otherwise than another, line by line."""
    before, after = (_lines(session, entry) for entry in (first, second))
    return list(difflib.unified_diff(before, after, first["id"], second["id"], lineterm="", n=1))


def _lines(session: Session, entry: Mapping[str, Any]) -> list[str]:
    (form,) = session.store.report_forms(entry["id"], edition="client", form="html")
    return markdown_of(form.body.decode()).splitlines()
