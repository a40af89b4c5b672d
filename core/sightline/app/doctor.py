"""Doctor: whether everything here is in order, each finding with its fix. It looks at this machine only, asks no source."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sightline.app.machine import Finding, machine
from sightline.app.planning import unknown_milestones
from sightline.app.session import Session
from sightline.config.workspace import FILE, find_workspace, source_settings
from sightline.errors import SightlineError
from sightline.model.time import zone
from sightline.present.portfolio import STALE_AFTER
from sightline.present.text import age_text
from sightline.store import Store
from sightline.store.runs import SourceRun

__all__ = ["Finding", "doctor"]

_SQLITE = "sqlite:///"


def doctor(folder: str | Path | None = None) -> Iterator[Finding]:
    """Every finding, as soon as it is known. What is wrong becomes a finding, never an error."""
    try:
        root = find_workspace(folder)
        session = Session.open(root)
    except SightlineError as error:
        yield from machine(None)
        yield Finding.of("workspace", error)
        return
    with session:
        yield from machine(session)
        yield Finding("workspace", "ok", f"{session.workspace.name}: {root / FILE} is valid")
        yield from _plugins(session)
        yield from _private(session)
        literal = False
        for finding in _settings(session):
            literal = literal or finding.about == "secrets"
            yield finding
        if not literal:
            yield Finding("secrets", "ok", f"none is written into {FILE}")
        yield from _database(session)


def _plugins(session: Session) -> Iterator[Finding]:
    used = {source.connector for source in session.workspace.sources.values()}
    for broken in session.registry.broken:
        yield Finding("plug-ins", "problem" if broken.name in used else "warning", broken.line)
    if not session.registry.broken:
        yield Finding("plug-ins", "ok", f"{len(session.registry.plugins)} in use, none broken")


def _private(session: Session) -> Iterator[Finding]:
    """Files that only their owner may read."""
    data = session.workspace.data
    if not data.exists():
        yield Finding("file modes", "ok", "nothing is kept yet")
        return
    if not os.access(data, os.W_OK):
        mend = "Give the user who runs Sightline write access to the folder."
        yield Finding("file modes", "problem", f"{data} cannot be written", mend)
    kept = [data, *(path for path in data.rglob("*") if path.suffix != ".lock")]
    open_ = [path for path in kept if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    if not open_:
        yield Finding("file modes", "ok", f"{data} is private")
    for path in open_:
        mode = stat.S_IMODE(path.stat().st_mode)
        right = "700" if path.is_dir() else "600"
        yield Finding(
            "file modes", "warning", f"others can reach {path} (mode {mode:04o})", f"Run `chmod {right} {path}`."
        )


def _settings(session: Session) -> Iterator[Finding]:
    """Sources whose settings cannot be used; secrets that stand in the file."""
    for source in session.workspace.sources.values():
        told: list[str] = []
        try:
            cls = session.registry.connector(source.connector, where=f"sources.{source.name}")
            source_settings(source, cls.settings, session.workspace.root, told.append)
        except SightlineError as error:
            yield Finding.of(f"source {source.name}", error)
        for literal in told:
            yield Finding("secrets", "warning", literal, "Move it out of the file, then change it at the source.")


def _database(session: Session) -> Iterator[Finding]:
    url = session.workspace.database_url()
    file = Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None
    if file is not None and not file.exists():
        yield Finding("database", "ok", "not made yet; the first sync makes it")
        return
    try:
        store = Store.open(url, workspace_zone=zone(session.workspace.calendar.timezone), thorough=True)
    except SightlineError as error:
        yield Finding.of("database", error)
        return
    with store:
        size = f", {file.stat().st_size / 1e6:.1f} MB" if file else ""
        yield Finding("database", "ok", f"{store.where}: intact, up to date with this release{size}")
        yield from _runs(session, store)
    for project in session.workspace.projects.values():
        for said in unknown_milestones(session, project.id):
            yield Finding(
                "milestones", "warning", said, "Write the name as the tool has it; `plan show` lists them after a sync."
            )


def _runs(session: Session, store: Store) -> Iterator[Finding]:
    """What the log of runs says of each source, and of this machine's clock."""
    attempts, complete, now = store.last_attempts(), store.last_complete(), session.clock.now()
    held = Counter(row.source for row in store.quarantined())
    for name in session.workspace.sources:
        yield _source(name, attempts.get(name), complete.get(name), now)
        if held[name]:
            yield Finding(
                f"source {name}",
                "warning",
                f"{held[name]} rows could not be read",
                f"`sightline sync {name} --verbose` lists them; `sightline map --accept-skipped` accepts them.",
            )
    newest = max((run.finished_at for run in attempts.values()), default=None)
    if newest and newest > now + dt.timedelta(minutes=1):
        yield Finding(
            "clock",
            "problem",
            f"this machine says {now:%Y-%m-%d %H:%M} UTC, but a run ended {newest:%Y-%m-%d %H:%M} UTC",
            "Set this machine's clock by NTP; until then nothing counts as new.",
        )
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC; `sightline check` compares it with the sources'")


def _source(name: str, last: SourceRun | None, good: SourceRun | None, now: dt.datetime) -> Finding:
    about = f"source {name}"
    if last is None:
        return Finding(about, "warning", "never read", f"Run `sightline sync {name}`.")
    read = f"last complete {age_text(good.finished_at, now)} ago" if good else "never read completely"
    if last.status != "complete":
        said = f"{read}; last attempt {age_text(last.finished_at, now)} ago was {last.status}: {last.reason}"
        return Finding(about, "problem" if last.status == "failed" else "warning", said, f"`sightline check {name}`")
    if good and now - good.finished_at > STALE_AFTER:
        return Finding(about, "warning", read, f"Run `sightline sync {name}`.")
    return Finding(about, "ok", read)


def as_json(finding: Finding) -> dict[str, str | None]:
    """As `doctor --json` prints it."""
    return dataclasses.asdict(finding) | {"mend": finding.mend or None}
