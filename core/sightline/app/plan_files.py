"""Plans from files: Microsoft Project XML, .mpp through mpxj, CSV; read, shown, frozen as a baseline."""

from __future__ import annotations

import dataclasses
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sightline.app.planning import Asked, keep, project_facts
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.errors import ConfigError
from sightline.measure.drafting import frozen_calendar
from sightline.measure.tying import tied
from sightline.model.plan import Baseline, Confidence, PlanItem
from sightline.model.words import counted
from sightline.planfiles.items import plan_of_file
from sightline.planfiles.mspdi import read_mspdi
from sightline.planfiles.project import FileProject
from sightline.planfiles.rows import read_rows
from sightline.planfiles.tree import LARGEST

__all__ = ["Imported", "freeze_file", "is_plan_file", "project_json", "read_project", "table_json"]

#: Seconds in which Java must have read a file.
_PATIENCE = 300
_KINDS = (".xml", ".mspdi", ".csv", ".tsv", ".mpp", ".mpt", ".mpx")


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """A plan from a file as it was kept; `project` is the file itself (None for a table), `notes` what was left out."""

    baseline: Baseline
    project: FileProject | None
    notes: tuple[str, ...]
    tied: int
    """Items that stand for a task of the tools."""


def is_plan_file(text: str) -> bool:
    """Whether a word given to --from is a file."""
    return Path(text.removeprefix("csv:")).suffix.casefold() in _KINDS


def freeze_file(session: Session, project: str, path: Path, asked: Asked, *, number: int = 0) -> Imported:
    """Keep the plan in the file as a baseline of the project; of a project file its baseline `number`.

    Raises `ConfigError` when the file cannot be read, or holds no item.
    """
    found = project_of(session, project)
    facts = project_facts(session, found)
    calendar = frozen_calendar(facts)
    file: FileProject | None = None
    notes: tuple[str, ...] = ()
    if path.suffix.casefold() in (".csv", ".tsv"):
        rows = read_rows(
            _bytes(path), where=path.name, hours_per_day=calendar.hours_per_day, currency=facts.money_currency()
        )
        items = tied([row.item for row in rows], facts, {row.item.uid: row.task for row in rows if row.task})
        sizing, confidence = _sized(items)
    else:
        file = read_project(path)
        plan = plan_of_file(
            file, number=number, currency=facts.money_currency(), timezone=session.workspace.calendar.timezone
        )
        items, notes, sizing, confidence = tied(plan.items, facts), plan.left, plan.sizing, plan.confidence
        calendar = plan.calendar
    if not items:
        raise ConfigError("holds no task", where=path.name, mend="Nothing was kept.")
    now = session.clock.now()
    made = Baseline(
        id="", project=found.id, name=asked.name or f"{path.stem} {now:%Y-%m-%d}", frozen_at=now, items=items,
        reason=asked.reason, approved_by=asked.approved_by, approved_at=now if asked.approved_by else None,
        source=path.name, calendar=calendar, sizing=sizing, confidence=confidence,
    )  # fmt: skip
    return Imported(keep(session, made), file, notes, sum(item.task is not None for item in items))


def read_project(path: Path) -> FileProject:
    """The project in an XML or .mpp file. Raises `ConfigError`."""
    if path.suffix.casefold() in (".mpp", ".mpt", ".mpx"):
        return read_mspdi(_through_mpxj(path), where=path.name)
    return read_mspdi(_bytes(path), where=path.name)


def _sized(items: Sequence[PlanItem]) -> tuple[str, Confidence]:
    """Of a table: how many rows state hours, in words."""
    inner = {item.parent for item in items}
    leaves = [item for item in items if item.uid not in inner and not item.milestone]
    stated = sum(item.work_seconds is not None for item in leaves)
    rest = len(leaves) - stated
    text = f"{counted(len(leaves), 'item')}: {stated} by hours" + (
        f", {rest} without (counted as median)" if rest else ""
    )
    return text, "high" if stated * 10 >= len(leaves) * 9 else "medium" if stated * 5 >= len(leaves) * 3 else "low"


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError("is too large for a plan", where=path.name, mend="Leave out what is no plan.")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot be read ({error.strerror})", where=str(path), mend="Check the path and its mode."
        ) from None


def _through_mpxj(path: Path) -> bytes:
    """The file as Project XML, written by mpxj in a process of its own: Java reads what a stranger made."""
    if importlib.util.find_spec("mpxj") is None or importlib.util.find_spec("jpype") is None:
        raise ConfigError(
            "an .mpp file needs the extra `mpp`, which is not installed",
            where=path.name,
            mend="In Microsoft Project: File, Save As, XML Format (*.xml). Or: pip install 'sightline[mpp]' and a Java runtime.",
        )
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "plan.xml"
        command = [sys.executable, "-m", "sightline.app.mpp", str(path.resolve()), str(made)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603 - our own module; the path is an argument, not a command
        except subprocess.TimeoutExpired:
            raise ConfigError(
                f"Java did not read it in {_PATIENCE} seconds", where=path.name, mend="Save it as XML instead."
            ) from None
        if done.returncode == 0 and made.is_file():
            return _bytes(made)
    java = "JVM" in done.stderr or "jvm" in done.stderr
    raise ConfigError(
        "no Java runtime was found" if java else "mpxj could not read it",
        where=path.name,
        mend="Install a Java runtime (Debian: default-jre-headless), or save the file as XML." if java
        else "Is it a Microsoft Project file? Save it as XML Format (*.xml) and import that.",
    )  # fmt: skip


def project_json(file: FileProject) -> dict[str, Any]:
    """The file as `sightline plan import --json` prints it."""
    return {
        "tasks": [
            {
                "uid": task.uid, "id": task.id, "wbs": task.wbs, "name": task.name, "outline_level": task.outline_level,
                "summary": task.summary, "milestone": task.milestone, "start": _local(task.start),
                "finish": _local(task.finish), "duration_seconds": task.duration_seconds,
                "work_seconds": task.work_seconds, "percent_complete": task.percent_complete,
                "predecessors": [
                    {"uid": one.uid, "type": one.type, "lag_seconds": one.lag_seconds} for one in task.predecessors
                ],
                "baselines": [
                    {"number": one.number, "start": _local(one.start), "finish": _local(one.finish),
                     "duration_seconds": one.duration_seconds, "work_seconds": one.work_seconds, "cost": one.cost}
                    for one in task.baselines
                ],
            }
            for task in file.tasks
        ],
        "resources": [
            {"uid": one.uid, "name": one.name, "type": one.type, "standard_rate": one.standard_rate,
             "overtime_rate": one.overtime_rate}
            for one in file.resources
        ],
        "assignments": [
            {"task_uid": one.task_uid, "resource_uid": one.resource_uid, "units": one.units,
             "work_seconds": one.work_seconds, "actual_work_seconds": one.actual_work_seconds, "cost": one.cost}
            for one in file.assignments
        ],
    }  # fmt: skip


def table_json(items: Sequence[PlanItem]) -> dict[str, Any]:
    """A table in the same shape, as far as a table says such things: its rows are the tasks, owners the resources."""
    owners = {name: at for at, name in enumerate(dict.fromkeys(item.owner for item in items if item.owner), 1)}
    inner = {item.parent for item in items}
    above = {item.uid: item.parent for item in items}
    return {
        "tasks": [
            {
                "uid": item.uid, "id": at, "wbs": item.wbs, "name": item.name, "outline_level": _level(item.uid, above),
                "summary": item.uid in inner, "milestone": item.milestone, "start": item.starts_on,
                "finish": item.due_on, "duration_seconds": None, "work_seconds": item.work_seconds,
                "percent_complete": None,
                "predecessors": [
                    {"uid": one.predecessor, "type": one.type, "lag_seconds": one.lag_seconds} for one in item.depends_on
                ],
                "baselines": [],
            }
            for at, item in enumerate(items, 1)
        ],
        "resources": [
            {"uid": at, "name": name, "type": "work", "standard_rate": None, "overtime_rate": None}
            for name, at in owners.items()
        ],
        "assignments": [
            {"task_uid": item.uid, "resource_uid": owners[item.owner], "units": None, "work_seconds": item.work_seconds,
             "actual_work_seconds": None, "cost": item.cost.amount if item.cost else None}
            for item in items
            if item.owner
        ],
    }  # fmt: skip


def _level(uid: str, above: dict[str, str | None]) -> int:
    level, parent = 1, above.get(uid)
    while parent is not None and level < len(above):
        level, parent = level + 1, above.get(parent)
    return level


def _local(moment: Any) -> str | None:
    """Local time as the file has it, without a zone."""
    return moment.isoformat() if moment is not None else None
