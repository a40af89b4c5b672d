"""Reports: each client's report from its projects' facts and figures, written whole into the workspace."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from sightline.app.measuring import facts_of, join_workspace, measure_workspace
from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.errors import ConfigError, StoreError
from sightline.extend import ClientSection
from sightline.measure.client import ClientPeriod, client_facts
from sightline.model.facts import ClientFacts
from sightline.model.portfolio import Client
from sightline.model.time import day_in, zone
from sightline.present.report import client_report, file_name

__all__ = ["client_of", "draft_report", "facts_for_client", "list_reports", "newest_report", "write_reports"]


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


def facts_for_client(session: Session, client: Client, *, period_end: dt.date | None = None) -> ClientFacts:
    """What may go into that client's documents, for the period that ends with `period_end` (default: today)."""
    measure_workspace(session, touched=())
    projects = [project for project in session.workspace.projects.values() if project.client == client.id]
    if not projects:
        raise ConfigError(
            f"{client.name} has no project", where=f"clients.{client.id}", mend="Name it as `client` of a project."
        )
    settings = session.workspace.reports
    end = period_end or day_in(session.clock.now(), zone(session.workspace.calendar.timezone))
    period = ClientPeriod(
        end - dt.timedelta(days=settings.period_days - 1), end, end + dt.timedelta(days=settings.ahead_days)
    )
    joined = join_workspace(session)
    facts = [facts_of(session, joined, project) for project in projects]
    figures = {project.id: session.store.figures(project.id) for project in projects}
    return client_facts(facts, figures, period)


def draft_report(session: Session, client: Client, *, folder: Path | None = None) -> Path:
    """Write the client's report as HTML; its path. A half-written file never stands there."""
    facts = facts_for_client(session, client)
    sections = [section for section in session.registry.sections.values() if issubclass(section, ClientSection)]
    workspace = session.workspace
    folders = [
        folder
        for folder in [workspace.root / "templates", *map(Path, session.registry.templates.values())]
        if folder.is_dir()
    ]
    html = client_report(facts, sections, agency=workspace.name, colour=workspace.reports.colour, folders=folders)
    target = (folder or workspace.root / "reports") / file_name(client.id, facts)
    draft = target.with_suffix(".html.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(html, "utf-8")
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StoreError(
            f"the report cannot be written ({error.strerror})",
            where=str(target),
            mend="Check the folder and the space left.",
        ) from None
    session.store.write(
        "reports",
        id=f"{client.id}/{facts.period_end.isoformat()}",
        client=client.id,
        edition="client",
        starts_on=facts.period_start,
        ends_on=facts.period_end,
        status="draft",
        drafted_at=facts.as_of,
        digest=hashlib.sha256(html.encode("utf-8")).hexdigest(),
        file=str(target.relative_to(workspace.root)) if target.is_relative_to(workspace.root) else str(target),
    )
    return target


def write_reports(session: Session) -> list[Path]:
    """A draft for every client that has a project."""
    with_work = {project.client for project in session.workspace.projects.values()}
    return [draft_report(session, client) for client in session.workspace.clients.values() if client.id in with_work]


def newest_report(session: Session, name: str) -> Path:
    """The file of the client's newest report; `ConfigError` when there is none."""
    client = client_of(session, name)
    written = sorted(session.store.entries("reports", client=client.id), key=lambda entry: entry["ends_on"])
    path = session.workspace.root / str(written[-1]["file"]) if written else None
    if path is None or not path.is_file():
        raise ConfigError(
            f"there is no report for {client.name}", where="reports", mend=f"Run `sightline report draft {client.id}`."
        )
    return path


def list_reports(session: Session) -> list[dict[str, object]]:
    """Reports written so far, oldest first."""
    return [dict(entry) for entry in session.store.entries("reports")]
