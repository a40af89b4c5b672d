"""Which tasks of a project weigh in its progress, and how much: leaves in scope, each once.

A parent is not weighed beside its children (metrics: "weight leaves, not parents"). An estimate that only the parent
has is divided evenly among its leaves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.progress import Item
from sightline.measure.remembered import remembered

if TYPE_CHECKING:
    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import Task
    from sightline.model.refs import Ref

__all__ = ["Leaf", "Outside", "Work", "work_of"]


class Leaf(NamedTuple):
    """A task that weighs; `estimate` in seconds, None where neither it nor a parent has one."""

    ref: Ref
    task: Task
    estimate: Decimal | None
    item: Item
    """For the formulas of `progress`: credit rule 0/100, nothing before a task is done."""


class Outside(NamedTuple):
    """How many tasks do not weigh, and why."""

    why: str
    tasks: int


class Work(NamedTuple):
    """The leaves in scope, in the order given, and what is outside."""

    leaves: list[Leaf]
    outside: list[Outside]


@remembered
def work_of(facts: Facts) -> Work:
    """Leaves in scope of the project's tasks. Outside are cancelled tasks, archived unfinished ones, pull requests, and parents of leaves."""
    reasons = Counter[str]()
    inside: dict[Ref, Sourced[Task]] = {}
    for task in facts.tasks:
        if why := _outside(task.record):
            reasons[why] += 1
        else:
            inside[task.ref] = task
    above = _parents(inside)
    parents = set(above.values())
    reasons["parent of other tasks here"] += len(parents)
    estimates = _spread(inside, above, parents) if above else _stated(inside)
    leaves = [
        Leaf(ref, task.record, estimates[ref], Item(closed=task.record.state == "done", estimate=estimates[ref]))
        for ref, task in inside.items()
        if ref not in parents
    ]
    return Work(leaves, [Outside(why, count) for why, count in reasons.items() if count])


def _outside(task: Task) -> str | None:
    if task.state == "cancelled":
        return "cancelled"
    if task.archived and task.state != "done":
        return "archived before it was done"
    return "pull request" if task.kind == "pull_request" else None


def _parents(inside: dict[Ref, Sourced[Task]]) -> dict[Ref, Ref]:
    """Child → parent, both in scope; a ring of parents is cut, so that every chain ends."""
    children = [(ref, task) for ref, task in inside.items() if task[1].parent or task[1].parent_key]
    if not children:
        return {}
    by_key = {(task.source, task.record.key): ref for ref, task in inside.items()}
    above: dict[Ref, Ref] = {}
    for ref, task in children:
        record = task.record
        parent = ref._replace(id=record.parent) if record.parent else by_key.get((task.source, record.parent_key or ""))
        if parent in inside and parent is not None and ref not in _chain(parent, above):
            above[ref] = parent
    return above


def _chain(ref: Ref, above: dict[Ref, Ref]) -> list[Ref]:
    """The task and everything above it so far."""
    chain = [ref]
    while chain[-1] in above:
        chain.append(above[chain[-1]])
    return chain


def _stated(inside: dict[Ref, Sourced[Task]]) -> dict[Ref, Decimal | None]:
    """Each task's own estimate, where nothing is anybody's parent."""
    return {ref: Decimal(seconds) if (seconds := task[1].estimate_seconds) else None for ref, task in inside.items()}


def _spread(inside: dict[Ref, Sourced[Task]], above: dict[Ref, Ref], parents: set[Ref]) -> dict[Ref, Decimal | None]:
    """Each leaf's estimate: its own, else its share of the nearest parent none of whose leaves is estimated."""
    own = {ref: task[1].estimate_seconds or None for ref, task in inside.items()}
    below: defaultdict[Ref, list[Ref]] = defaultdict(list)
    for ref in inside:
        if ref not in parents:
            for parent in _chain(ref, above)[1:]:
                below[parent].append(ref)
    found: dict[Ref, Decimal | None] = {}
    for ref in inside:
        if ref in parents:
            continue
        estimate = own[ref]
        found[ref] = Decimal(estimate) if estimate else None
        if estimate is None:
            for parent in _chain(ref, above)[1:]:
                whole = own[parent]
                if whole and not any(own[leaf] for leaf in below[parent]):
                    found[ref] = Decimal(whole) / len(below[parent])
                    break
                if any(own[leaf] for leaf in below[parent]):
                    break
    return found
