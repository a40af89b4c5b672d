"""What changed between two days: tasks, dates, estimates, scope, notes and figures, worked out anew for both."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from sightline.app.asof import Past, end_of
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.errors import ConfigError
from sightline.measure.past import Clock
from sightline.measure.project import measure_with_health
from sightline.measure.turns import all_notes
from sightline.model.facts import Facts
from sightline.model.figures import Figure
from sightline.model.notes import Note
from sightline.model.records import Task
from sightline.model.refs import Ref

__all__ = ["Changed", "Step", "changed"]


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One task's change. `what`: added, gone, done, reopened, cancelled, status, start, due, estimate, points, people, title."""

    what: str
    ref: Ref
    key: str
    title: str
    before: str | None = None
    after: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Changed:
    """Everything that changed in one project from the end of one day to the end of another."""

    project: str
    name: str
    starts: dt.date
    ends: dt.date
    steps: Sequence[Step]
    notes: Sequence[Note]
    """Asked, written or answered in between."""
    figures: Sequence[tuple[Figure, Figure]]
    """Before and after, where the value is another one."""


def changed(
    session: Session, name: str | None, first: dt.date, last: dt.date, *, clock: Clock = "source"
) -> list[Changed]:
    """What changed after the end of `first` up to the end of `last`; of one project, or of all in which anything did."""
    if last <= first:
        raise ConfigError("--to must be later than --from", where="changed", mend="Swap the two days.")
    moments = (end_of(session, first), end_of(session, last))
    projects = [project_of(session, name)] if name else list(session.workspace.projects.values())
    past = Past(session, clock)
    found = []
    for project in projects:
        before, after = (past.facts(project, moment) for moment in moments)
        metrics = list(session.registry.metrics.values())
        moved = _moved(measure_with_health(before, metrics), measure_with_health(after, metrics))
        steps = tuple(_steps(before, after))
        notes = tuple(
            note for note in all_notes(after)
            if note.at > moments[0] or (note.answered_at is not None and note.answered_at > moments[0])
        )  # fmt: skip
        if steps or notes or moved or name:
            found.append(Changed(project.id, project.name, first, last, steps, notes, tuple(moved)))
    return found


def _moved(before: Sequence[Figure], after: Sequence[Figure]) -> list[tuple[Figure, Figure]]:
    former = {(one.name, one.currency): one for one in before}
    pairs = ((former.get((one.name, one.currency)), one) for one in after if one.name not in _OF_THE_MOMENT)
    return [(was, one) for was, one in pairs if was is not None and was.value != one.value]


#: Figures that move by themselves.
_OF_THE_MOMENT = frozenset(("freshness",))


def _text(value: object) -> str | None:
    return None if value in (None, ()) else str(value)


def _hours(seconds: int | None) -> str | None:
    return (
        None if seconds is None else f"{seconds // 3600} h" + (f" {seconds % 3600 // 60} min" if seconds % 3600 else "")
    )


_WATCHED: dict[str, Callable[[Task], str | None]] = {
    "start": lambda task: _text(task.start_on),
    "due": lambda task: _text(task.due_on),
    "estimate": lambda task: _hours(task.estimate_seconds),
    "points": lambda task: _text(task.points),
}


def _steps(before: Facts, after: Facts) -> Iterator[Step]:
    former = {task.ref: task.record for task in before.tasks}
    present = {task.ref: task.record for task in after.tasks}
    names = {one.ref: one.record.name or one.record.id for one in after.accounts}
    for ref, task in present.items():
        was = former.get(ref)
        if was is None:
            size = _hours(task.estimate_seconds)
            yield Step("added", ref, task.key, task.title, None, task.status + (f", {size}" if size else ""))
            continue
        if (was.status, was.state) != (task.status, task.state):
            yield Step(_kind(was, task), ref, task.key, task.title, was.status, task.status)
        for what, told in _WATCHED.items():
            if told(was) != told(task):
                yield Step(what, ref, task.key, task.title, told(was), told(task))
        if was.assignees != task.assignees:
            people = [
                ", ".join(names.get(Ref(ref.source, "people", id_), id_) for id_ in one.assignees) or None
                for one in (was, task)
            ]
            yield Step("people", ref, task.key, task.title, *people)
    for ref, was in former.items():
        if ref not in present:
            yield Step("gone", ref, was.key, was.title, was.status, None)


def _kind(was: Task, task: Task) -> str:
    if was.state == task.state:
        return "status"
    if task.state in ("done", "cancelled"):
        return task.state
    return "reopened" if was.state in ("done", "cancelled") else "status"
