"""What was planned for each piece of work: its days and weight, from the baseline, else from the first days it was given."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.baseline import plan_over_time
from sightline.measure.phasing import leaves_of
from sightline.measure.turns import histories
from sightline.model.plan import current_baseline
from sightline.model.time import day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sightline.model.facts import Facts, Sourced
    from sightline.model.plan import Dependency
    from sightline.model.records import Task
    from sightline.model.refs import Ref

__all__ = ["Due", "Plan", "Promise", "promises", "share_due"]


class Promise(NamedTuple):
    """What was promised of one task; `seconds` None where nobody said how large it is."""

    starts_on: dt.date | None
    due_on: dt.date | None
    seconds: int | None
    depends_on: tuple[Dependency, ...] = ()
    uid: str = ""


class Plan(NamedTuple):
    """The plan by task. `since` is when it was frozen (None: there is no baseline, and nothing counts as added)."""

    of: Mapping[Ref, Promise]
    tasks: Mapping[str, Ref]
    """Item (uid) → task."""
    since: dt.datetime | None
    basis: str


class Due(NamedTuple):
    """A piece of the plan: its weight in seconds, and what share of it (0-1) should be done by now."""

    task: Ref | None
    weight: Fraction
    share: Fraction


def promises(facts: Facts) -> Plan:
    """The plan: the baseline; without one each task's first due day and present start and estimate."""
    baseline = current_baseline(facts.baselines)
    if baseline is None:
        found = {task.ref: _first(facts, task) for task in facts.tasks}
        return Plan(found, {}, None, "no baseline: the first due day each task was given")
    items = {item.task: item for item in leaves_of(baseline.items) if item.task is not None}
    of = {
        ref: Promise(item.starts_on, item.due_on, item.work_seconds, item.depends_on, item.uid)
        for ref, item in items.items()
    }
    tasks = {item.uid: ref for ref, item in items.items()}
    return Plan(of, tasks, baseline.frozen_at, f'baseline "{baseline.name}" of {baseline.frozen_at:%Y-%m-%d}')


def _first(facts: Facts, task: Sourced[Task]) -> Promise:
    """What the task was first given: the due day before the first change that moved it."""
    record = task.record
    moved = [change for change in histories(facts).get(task.ref, ()) if change.field == "due_on"]
    first = next((change.from_value for change in moved if change.from_value), None)
    due = _day(first) or record.due_on
    starts = record.start_on if record.start_on and due and record.start_on <= due else None
    return Promise(starts, due, record.estimate_seconds)


def _day(text: str | None) -> dt.date | None:
    try:
        return day(text) if text else None
    except ValueError:
        return None


def share_due(facts: Facts) -> tuple[list[Due], str]:
    """Every dated piece of the plan with what of it should be done at the end of today, as `planned_percent` counts."""
    phasing, basis = plan_over_time(facts)
    found = [
        Due(piece.item.task, Fraction(piece.weight), Fraction(piece.share(facts.today))) for piece in phasing.pieces
    ]
    return found, basis
