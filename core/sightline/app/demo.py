"""The demo: a made-up consultancy collected over real HTTP by the real connectors; its portfolio, its client reports."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sightline.app.planning import Asked, baselines_of, freeze_all
from sightline.app.reports import write_reports
from sightline.app.session import Session
from sightline.app.sync import SyncResult, sync
from sightline.collect.clock import Clock
from sightline.collect.outcome import Progress, SourceOutcome
from sightline.config.workspace import FILE, load_workspace
from sightline.errors import ConfigError
from sightline.plugins.registry import load
from sightline.sandbox.build import build_world
from sightline.sandbox.promises import PROMISES
from sightline.sandbox.server import Sandbox
from sightline.sandbox.workspace import write_workspace

__all__ = ["Demo", "demo"]

#: Only a folder that carries this mark is written over.
_MARK = "is made up. So are its clients"


@dataclasses.dataclass(frozen=True, slots=True)
class Demo:
    """What the demo did."""

    folder: Path
    result: SyncResult
    reports: tuple[Path, ...]


def demo(
    folder: Path,
    *,
    seed: int = 7,
    size: float = 1.0,
    report: Callable[[Progress], None] = lambda _progress: None,
    done: Callable[[SourceOutcome], None] = lambda _outcome: None,
    show: Callable[[Session, SyncResult], None] = lambda _session, _result: None,
    stay: Callable[[Demo, Mapping[str, str]], None] = lambda _demo, _served: None,
) -> Demo:
    """Serve the vendors, write a workspace into `folder`, sync it, freeze what was signed, write every client's report.

    `show` is called between sync and reports; `stay` at the end, with the address of each vendor by its source: they are
    served until it returns. The story is told as of Friday 20 November 2026, 09:00 UTC; the folder is kept, and read
    again by the next demo. A folder that is somebody's real workspace is refused.
    """
    existing = folder / FILE
    if existing.exists() and _MARK not in existing.read_text("utf-8", "replace")[:200]:
        raise ConfigError(
            "it holds a real workspace, not a demo", where=str(folder), mend="Name another folder with --dir."
        )
    registry = load()
    world = build_world(seed, size)
    began = time.monotonic()
    clock = Clock(now=lambda: world.now + dt.timedelta(seconds=time.monotonic() - began))
    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox(world, registry.connectors, folder=folder) as served:
        write_workspace(folder, world, served)
        with Session(load_workspace(folder.resolve()), registry, clock) as session:
            result = sync(session, report=report, done=done)
            _promise(session)
            show(session, result)
            reports = write_reports(session)
        made = Demo(folder, result, tuple(reports))
        stay(made, {name: vendor.base for name, vendor in served.vendors.items()})
    return made


def _promise(session: Session) -> None:
    """Freeze the plans that were signed in the story, as their tools had them on that day; those kept already stay."""
    kept = {(one.project, one.name) for project in session.workspace.projects for one in baselines_of(session, project)}
    wanted = [
        (one.project, Asked(one.name, (), one.on, one.by, one.reason))
        for one in PROMISES
        if one.project in session.workspace.projects and (one.project, one.name) not in kept
    ]
    freeze_all(session, wanted)
