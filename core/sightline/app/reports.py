"""Reports: each client's draft from its projects' facts and figures, checked for leaks, written whole into the workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sightline.app.measuring import facts_of, join_workspace, measure_workspace
from sightline.app.report_cover import cover_of
from sightline.app.report_internal import internal_page
from sightline.app.report_leaks import refuse_leaks
from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.errors import ConfigError, SightlineError, StoreError
from sightline.extend import ClientSection
from sightline.measure.cadence import report_days
from sightline.measure.client import ClientPeriod, ClientView, client_facts
from sightline.model.facts import ClientFacts, Facts
from sightline.model.portfolio import Client
from sightline.model.time import day_in, zone
from sightline.present.report import client_report, file_name, job_of
from sightline.present.snapshot import facts_from, snapshot_of
from sightline.present.templates import with_overrides
from sightline.store.reports import Copy, Form, Step

__all__ = [
    "Drafted",
    "client_of",
    "client_page",
    "client_sections",
    "draft_report",
    "drafts",
    "entry_of",
    "facts_for_client",
    "list_reports",
    "newest_report",
    "template_folders",
    "write_files",
    "write_reports",
]

#: States of a report from which there is no way back to a draft.
GONE = ("sent", "answered")


class Drafted(NamedTuple):
    """What drafting gave: the file, and why the report is held back, if it is."""

    path: Path
    held: str | None


class Snapshot(NamedTuple):
    """What both editions are made from."""

    client: ClientFacts
    projects: tuple[Facts, ...]


def client_of(session: Session, name: str) -> Client:
    """The client of that id or name; `ConfigError` with the nearest right one."""
    clients = session.workspace.clients
    for client in clients.values():
        if name.casefold() in (client.id.casefold(), client.name.casefold()):
            return client
    raise ConfigError(
        f"there is no client {name[:60]!r}{nearest(name, clients)}",
        where="sightline.toml",
        mend=f"Configured: {', '.join(clients) or 'none'}.",
    )


def client_sections(session: Session) -> list[type[ClientSection]]:
    """The sections of client reports that there are."""
    return [section for section in session.registry.sections.values() if issubclass(section, ClientSection)]


def template_folders(session: Session) -> list[Path]:
    """Where templates are replaced: the workspace's `templates/` before the plug-ins' folders."""
    folders = [session.workspace.root / "templates", *map(Path, session.registry.templates.values())]
    return [folder for folder in folders if folder.is_dir()]


def facts_for_client(session: Session, client: Client, *, period_end: dt.date | None = None) -> ClientFacts:
    """What may go into that client's documents, for the period that ends with `period_end` (default: today)."""
    return snapshot_for(session, client, period_end=period_end).client


def snapshot_for(
    session: Session, client: Client, *, period_end: dt.date | None = None, except_for: str | None = None
) -> Snapshot:
    """The facts of the client's projects and what of them the client may see. `except_for` is no former report."""
    measure_workspace(session, touched=())
    projects = [project for project in session.workspace.projects.values() if project.client == client.id]
    if not projects:
        raise ConfigError(
            f"{client.name} has no project", where=f"clients.{client.id}", mend="Name it as `client` of a project."
        )
    settings, now = session.workspace.reports, session.clock.now()
    end = period_end or day_in(now, zone(_zone(session, client)))
    former = former_report(session, client, end, except_for=except_for)
    days = report_days(session.workspace.client_reports[client.id].cadence, end, settings.period_days)
    start = end - dt.timedelta(days=days - 1)
    if former is not None and start - dt.timedelta(days=31) <= former.period_end < end:
        start = former.period_end + dt.timedelta(days=1)
    period = ClientPeriod(start, end, end + dt.timedelta(days=settings.ahead_days))
    joined = join_workspace(session)
    facts = tuple(facts_of(session, joined, project) for project in projects)
    figures = {project.id: session.store.figures(project.id) for project in projects}
    view = ClientView(former, _titles(session), now - dt.timedelta(hours=settings.stale_after_hours))
    return Snapshot(client_facts(facts, figures, period, view=view), facts)


def _zone(session: Session, client: Client) -> str:
    return session.workspace.client_reports[client.id].timezone or session.workspace.calendar.timezone


def _titles(session: Session) -> dict[str, str]:
    """What people call each source's tool."""
    known = session.registry.connectors
    return {
        name: known[source.connector].title if source.connector in known else name
        for name, source in session.workspace.sources.items()
    }


def former_report(
    session: Session, client: Client, before: dt.date, *, except_for: str | None = None
) -> ClientFacts | None:
    """What the last report that was sent for an earlier period was made of; None for the first."""
    held = [
        entry
        for entry in session.store.entries("reports", client=client.id)
        if entry["status"] in GONE and entry["ends_on"] is not None and entry["ends_on"] < before
    ]
    for entry in sorted(held, key=lambda one: (one["ends_on"], one["version"]), reverse=True):
        copy = session.store.report_copy(entry["id"]) if entry["id"] != except_for else None
        if copy is not None:
            return facts_from(copy.snapshot)
    return None


def client_page(session: Session, client: Client) -> str:
    """The client's report as it would be now: made and checked like a draft, kept nowhere."""
    facts = facts_for_client(session, client)
    cover = cover_of(session, client, number=_next_number(session, client), version=1)
    texts = with_overrides(template_folders(session))
    page = client_report(facts, client_sections(session), cover, words={}, texts=texts)
    refuse_leaks(session, client, facts, [Form("client", "html", file_name(client.id, facts, 1), page.encode())])
    return page


def draft_report(session: Session, client: Client, *, folder: Path | None = None, by: str = "sightline") -> Path:
    """Write the client's report as HTML; its path. A half-written file never stands there."""
    return draft(session, client, folder=folder, by=by).path


def draft(
    session: Session,
    client: Client,
    *,
    folder: Path | None = None,
    by: str = "sightline",
    corrects: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Drafted:
    """Make the client's report of today, or with `corrects` a new version of a report that went out.

    Words that somebody wrote are kept, the figures in them are the new ones. Nothing is written when something
    internal would be in it.
    """
    snapshot = snapshot_for(session, client, except_for=corrects["id"] if corrects else None)
    facts = snapshot.client
    key = f"{client.id}/{facts.period_end.isoformat()}"
    version = int(corrects["version"]) + 1 if corrects else 1
    key = key if version == 1 else f"{key}/{version}"
    entry = entry_of(session, key)
    if entry is not None and entry["status"] in GONE:
        raise ConfigError(
            f"the report of {facts.period_end} went out already",
            where=key,
            mend=f"Run `sightline report correct {client.id}` for a version that replaces it.",
        )
    number = int((corrects or entry or {}).get("number") or _next_number(session, client))
    cover = cover_of(session, client, number=number, version=version, corrects=corrects, reason=reason)
    old = session.store.report_copy(key)
    words = dict(old.words) if old else {}
    texts = with_overrides(template_folders(session))
    sections = client_sections(session)
    page = client_report(facts, sections, cover, words=words, texts=texts)
    html = Form("client", "html", file_name(client.id, facts, version), page.encode())
    refuse_leaks(session, client, facts, [html])
    job = job_of(facts, sections, cover, words=words, texts=texts)
    internal = Form(
        "internal", "html", f"internal-{html.name}", internal_page(session, job, snapshot.projects).encode()
    )
    target = (folder or session.workspace.root / "reports") / html.name
    write_files({target: html.body})
    held = _held(session, facts)
    values = {
        "id": key, "client": client.id, "edition": "client", "starts_on": facts.period_start,
        "ends_on": facts.period_end, "status": "draft", "drafted_at": facts.as_of, "digest": html.digest,
        "file": _relative(session, target), "number": number, "version": version,
        "corrects": corrects["id"] if corrects else None, "held": held, "recipients": client.contacts,
    }  # fmt: skip
    copy = Copy(snapshot_of(facts), msgspec.json.encode(cover).decode(), words, texts)
    step = Step(key, client.id, "corrected" if corrects else "drafted", session.clock.now(), by, reason)
    session.store.keep_report(values, copy, [html, internal], step)
    return Drafted(target, held)


def _next_number(session: Session, client: Client) -> int:
    return 1 + max((int(one["number"]) for one in session.store.entries("reports", client=client.id)), default=0)


def _held(session: Session, facts: ClientFacts) -> str | None:
    """Why the report must wait, by the workspace's policy on old and incomplete sources."""
    if session.workspace.reports.stale == "flag":
        return None
    sources = {source.name: source for project in facts.projects for source in project.sources}
    told = []
    for source in sources.values():
        if source.read_at is None:
            told.append(f"{source.name} was never read completely")
        elif source.stale:
            hours = int((facts.as_of - source.read_at).total_seconds() // 3600)
            told.append(f"{source.name} was read {hours} h ago, limit {session.workspace.reports.stale_after_hours} h")
        elif not source.complete:
            told.append(f"the last reading of {source.name} was not complete")
    return "; ".join(told) or None


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write all of them, or none: each beside its place first, then all into their places."""
    fresh = {path: path.with_name(path.name + ".new") for path in files}
    try:
        for path, body in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh[path].write_bytes(body)
        for path, new in fresh.items():
            new.replace(path)
    except OSError as error:
        for new in fresh.values():
            new.unlink(missing_ok=True)
        raise StoreError(
            f"the report cannot be written ({error.strerror})",
            where=str(next(iter(files))),
            mend="Check the folder and the space left.",
        ) from None


def _relative(session: Session, path: Path) -> str:
    root = session.workspace.root
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def drafts(session: Session, *, by: str = "sightline") -> list[tuple[Client, Drafted | SightlineError]]:
    """A draft for every client that has a project and whose report of today has not gone out; or why there is none."""
    with_work = {project.client for project in session.workspace.projects.values()}
    made: list[tuple[Client, Drafted | SightlineError]] = []
    for client in session.workspace.clients.values():
        if client.id not in with_work:
            continue
        try:
            made.append((client, draft(session, client, by=by)))
        except StoreError:
            raise
        except SightlineError as error:
            made.append((client, error))
    return made


def write_reports(session: Session) -> list[Path]:
    """The paths of a draft for every client that has a project."""
    return [made.path for _, made in drafts(session) if isinstance(made, Drafted)]


def entry_of(session: Session, key: str) -> Mapping[str, Any] | None:
    """The report of that id."""
    return next(iter(session.store.entries("reports", id=key)), None)


def newest_report(session: Session, client: Client, *, status: Sequence[str] = ()) -> Mapping[str, Any]:
    """The client's newest report, of these states if any are named; `ConfigError` when there is none."""
    written = [
        entry for entry in session.store.entries("reports", client=client.id) if not status or entry["status"] in status
    ]
    if not written:
        said = f" that is {' or '.join(status)}" if status else ""
        raise ConfigError(
            f"there is no report for {client.name}{said}",
            where="reports",
            mend=f"Run `sightline report draft {client.id}`.",
        )
    return max(written, key=lambda entry: (entry["ends_on"], entry["version"]))


def list_reports(session: Session) -> list[dict[str, object]]:
    """Reports written so far, oldest first."""
    entries = [dict(entry) for entry in session.store.entries("reports")]
    return sorted(entries, key=lambda one: (one["ends_on"], one["client"], one["version"]))
