"""Where work stands still: time in each status, queues that grow, work in progress by person, the oldest items.

Worked out from the tasks' own histories. The bottleneck is the status between the first and the last in which tasks spent
the largest share of their time, if more arrive there than leave (definition of ours; metrics of flow after
jira-agile-metrics and the Kanban Pocket Guide).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.flow import cycle_time_days, flow_efficiency, percentile
from sightline.measure.meanings import meaning_of
from sightline.measure.pace import finished_on, started_on
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import Unknown
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from sightline.measure.work import Leaf
    from sightline.model.facts import Facts

__all__ = ["Diagnosis", "Old", "Queue", "Spell", "cycle_times", "diagnosis", "spells"]

#: Calendar days over which queues are watched.
WATCHED = 28
_DAY = Decimal(86_400)


class Spell(NamedTuple):
    """Time that a task stood in one status; `ended` None: it stands there still."""

    task: Ref
    status: str
    state: str
    began: dt.datetime
    ended: dt.datetime | None


class _Step(NamedTuple):
    at: dt.datetime
    before: str | None
    after: str
    state: str


class Queue(NamedTuple):
    """One status: days spent there by all tasks and by the middle one, who is there, and how that grew."""

    status: str
    state: str
    days: Decimal
    share: Decimal
    """Percent of all time in progress; 0 for statuses before and after it."""
    median_days: Decimal | Unknown
    now: int
    arrived: int
    """Within the watched days."""
    left: int

    @property
    def growth(self) -> int:
        """Arrivals less departures."""
        return self.arrived - self.left


class Old(NamedTuple):
    """A task in progress, since so many days."""

    task: Ref
    title: str
    status: str
    days: int
    person: str | None


class Diagnosis(NamedTuple):
    """How a project's work flows."""

    queues: tuple[Queue, ...]
    bottleneck: str | Unknown
    by_person: dict[str, int]
    """Tasks in progress; "" is nobody."""
    oldest: tuple[Old, ...]
    cycle: dict[int, Decimal | Unknown]
    """Percentile → days from start to finish."""
    finished: int
    """Within the watched days."""
    arrived: int
    efficiency: Decimal | Unknown
    """Active of active and waiting time, in percent."""


@remembered
def spells(facts: Facts) -> list[Spell]:
    """Every task's time in each status, in order."""
    steps: defaultdict[Ref, list[_Step]] = defaultdict(list)
    meaning, scopes = meaning_of(facts), {leaf.ref: leaf.task.scope for leaf in work_of(facts).leaves}
    for source, change in facts.changes:
        ref = Ref(source, "tasks", change.task)
        if change.field == "status" and change.to_value and ref in scopes:
            rule = meaning(source, scopes[ref], change.to_value)
            state = (rule.state if rule is not None else None) or change.to_state or "unknown"
            steps[ref].append(_Step(change.at, change.from_value, change.to_value, state))
    found: list[Spell] = []
    for leaf in work_of(facts).leaves:
        found += _of_task(leaf, sorted(steps.get(leaf.ref, ()), key=lambda step: step.at))
    return found


def _of_task(leaf: Leaf, steps: Sequence[_Step]) -> Iterable[Spell]:
    task = leaf.task
    if task.created_at is None:
        return
    first = steps[0].before if steps else task.status
    at, status, state = task.created_at, first or task.status, "todo" if steps else str(task.state)
    for step in steps:
        yield Spell(leaf.ref, status, state, at, step.at)
        at, status, state = step.at, step.after, step.state
    yield Spell(leaf.ref, status, state, at, None)


def cycle_times(facts: Facts) -> list[tuple[Leaf, dt.date, int]]:
    """(task, day it was finished, days from start to finish) of every task whose days are known."""
    return [
        (leaf, done, cycle_time_days(begun, done))
        for leaf in work_of(facts).leaves
        if (done := finished_on(facts, leaf)) is not None and (begun := started_on(facts, leaf)) is not None
    ]


def diagnosis(facts: Facts) -> Diagnosis | Unknown:
    """All of it. Unknown without any task in scope."""
    leaves = work_of(facts).leaves
    if not leaves:
        return Unknown(why="no task is in scope")
    queues = _queues(facts)
    took = [Decimal(days) for _, _, days in cycle_times(facts)]
    since = facts.today - dt.timedelta(days=WATCHED)
    known = {rule.status.casefold() for rule in facts.statuses if rule.waiting_on is not None}
    waits = [one.status for one in queues if one.status.casefold() in known]
    waiting = sum((one.days for one in queues if one.status in waits), ZERO)
    active = sum((one.days for one in queues if one.state == "in_progress"), ZERO) - waiting
    return Diagnosis(
        queues=tuple(queues),
        bottleneck=_bottleneck(queues),
        by_person=_by_person(facts),
        oldest=tuple(_oldest(facts)),
        cycle={share: percentile(took, Decimal(share) / HUNDRED) for share in (50, 85)},
        finished=sum((day := finished_on(facts, leaf)) is not None and day > since for leaf in leaves),
        arrived=sum(leaf.task.created_at is not None and leaf.task.created_at.date() > since for leaf in leaves),
        efficiency=flow_efficiency(max(ZERO, active), waiting, waits),
    )


def _queues(facts: Facts) -> list[Queue]:
    """Statuses in the order in which work reaches them."""
    held: defaultdict[str, list[Spell]] = defaultdict(list)
    for spell in spells(facts):
        held[spell.status].append(spell)
    days = {name: [_days(one, facts) for one in rows] for name, rows in held.items()}
    states = {name: Counter(one.state for one in rows).most_common(1)[0][0] for name, rows in held.items()}
    whole = sum((sum(days[name], ZERO) for name, state in states.items() if state == "in_progress"), ZERO)
    since = facts.as_of - dt.timedelta(days=WATCHED)
    order = ("todo", "in_progress", "unknown", "done", "cancelled")
    found = [
        Queue(
            status=name,
            state=states[name],
            days=sum(days[name], ZERO),
            share=HUNDRED * sum(days[name], ZERO) / whole if states[name] == "in_progress" and whole else ZERO,
            median_days=percentile(days[name], Decimal("0.5")),
            now=sum(one.ended is None for one in rows),
            arrived=sum(one.began > since for one in rows),
            left=sum(one.ended is not None and one.ended > since for one in rows),
        )
        for name, rows in held.items()
    ]
    return sorted(found, key=lambda one: (order.index(one.state), -one.days, one.status))


def _days(spell: Spell, facts: Facts) -> Decimal:
    seconds = int(((spell.ended or facts.as_of) - spell.began).total_seconds())
    return Decimal(max(0, seconds)) / _DAY


def _bottleneck(queues: Sequence[Queue]) -> str | Unknown:
    doing = [one for one in queues if one.state == "in_progress"]
    if not doing:
        return Unknown(why="no task was ever in progress, as far as histories tell")
    slowest = max(doing, key=lambda one: one.share)
    if slowest.growth <= 0:
        return Unknown(
            why=f"most time passes in {slowest.status} ({slowest.share:.0f} %), but no more arrives there than leaves"
        )
    return slowest.status


def _by_person(facts: Facts) -> dict[str, int]:
    people, counts = facts.people(), Counter[str]()
    for leaf in work_of(facts).leaves:
        if leaf.task.state == "in_progress":
            owners = [people.get(leaf.ref._replace(kind="people", id=one)) for one in leaf.task.assignees]
            counts.update([owner.name for owner in owners if owner is not None] or [""])
    return dict(counts.most_common())


def _oldest(facts: Facts) -> list[Old]:
    people = facts.people()
    found = []
    for leaf in work_of(facts).leaves:
        begun = started_on(facts, leaf)
        if leaf.task.state != "in_progress" or begun is None:
            continue
        owner = next((people.get(leaf.ref._replace(kind="people", id=one)) for one in leaf.task.assignees), None)
        title = f"{leaf.task.key} {leaf.task.title}"
        age = (facts.today - begun).days
        found.append(Old(leaf.ref, title, leaf.task.status, age, owner.name if owner is not None else None))
    return sorted(found, key=lambda one: (-one.days, one.title))
