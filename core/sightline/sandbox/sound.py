"""What must hold in every made-up world, whatever was edited: the invariants, as a list of broken ones."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sightline.sandbox.changes import value_of
from sightline.sandbox.world import History, Invoice, World, WorldTask

__all__ = ["unsound"]


def unsound(world: World) -> list[str]:
    """One line for each broken invariant; empty when the world is sound."""
    found = [text for task in world.tasks for text in _task(world, task)]
    found += [text for document in world.documents for text in _document(world, document)]
    return found + list(_numbers(world)) + list(_times(world)) + list(_commits(world))


def _task(world: World, task: WorldTask) -> Iterator[str]:
    name = f"task {task.place.source}/{task.key}"
    words = dict(task.place.statuses)
    if task.status not in words:
        yield f"{name}: {task.status} is not a status of its place"
        return
    moments = [h.at for h in task.history] + [c.edited_at or c.at for c in task.comments]
    moments += [at for at in (task.created_at, task.started_at, task.completed_at) if at]
    if task.updated_at < max(moments):
        yield f"{name}: updated before its last event"
    if task.updated_at > world.now:
        yield f"{name}: updated after now"
    if min(moments) < task.created_at:
        yield f"{name}: something happened before it was created"
    if task.started_at and task.completed_at and task.completed_at < task.started_at:
        yield f"{name}: completed before it was started"
    if (task.state in ("done", "cancelled")) != (task.completed_at is not None):
        yield f"{name}: completed_at does not fit {task.state}"
    if (task.merged, task.draft) != (task.status == "merged", task.status == "draft"):
        yield f"{name}: merged and draft do not fit {task.status}"
    if task.parent is not None and task.parent.place.source != task.place.source:
        yield f"{name}: its parent lives in another source"
    yield from _history(task, name)


def _history(task: WorldTask, name: str) -> Iterator[str]:
    if [h.at for h in task.history] != sorted(h.at for h in task.history):
        yield f"{name}: history is out of order"
    fields: dict[str, list[History]] = defaultdict(list)
    for step in task.history:
        fields[step.field].append(step)
    for field, steps in fields.items():
        if any(a.after != b.before for a, b in itertools.pairwise(steps)):
            yield f"{name}: {field} history has a gap"
        if steps[-1].after != value_of(task, field):
            yield f"{name}: {field} history ends at {steps[-1].after}, the task says {value_of(task, field)}"


def _document(world: World, document: Invoice) -> Iterator[str]:
    name = f"document {document.code}"
    settled = document.paid + document.credited
    if settled > document.total:
        yield f"{name}: settled {settled} of {document.total}"
    if (document.status == "PAID") != (document.paid_on is not None):
        yield f"{name}: paid_on does not fit {document.status}"
    if document.status in ("VOIDED", "DELETED", "DRAFT") and settled:
        yield f"{name}: {document.status} and yet settled"
    if document.updated_at > world.now:
        yield f"{name}: updated after now"
    used = sum(
        (p.amount for d in world.documents for p in d.payments if p.credit is document and not p.deleted), Decimal(0)
    )
    if used > document.total:
        yield f"{name}: {used} allocated of {document.total}"


def _repeats(kind: str, keys: Iterable[tuple[object, ...]]) -> Iterator[str]:
    seen: set[tuple[object, ...]] = set()
    for key in keys:
        if key in seen:
            yield f"{kind} {key} is used twice"
        seen.add(key)


def _numbers(world: World) -> Iterator[str]:
    yield from _repeats("task", ((t.place.source, t.number) for t in world.tasks))
    yield from _repeats("key", ((t.place.number, t.seq) for t in world.tasks))
    yield from _repeats("target", ((t.place.source, t.number) for t in world.targets))
    yield from _repeats("place", ((p.number,) for p in world.places))
    yield from _repeats("document", ((d.organisation.number, d.number) for d in world.documents))
    yield from _repeats("payment", ((p.number,) for d in world.documents for p in d.payments))
    said = [(t.place.source, c.number) for t in world.tasks for c in t.comments]
    yield from _repeats("comment or time entry", [*said, *((e.source, e.number) for e in world.times)])
    yield from _repeats("checklist item", ((t.place.source, i.number) for t in world.tasks for i in t.checklist))


def _times(world: World) -> Iterator[str]:
    live = {id(task) for task in world.tasks}
    for entry in world.times:
        name = f"time {entry.source}/{entry.number}"
        if (entry.task is None) == (entry.ledger_task is None):
            yield f"{name}: belongs to no task, or to two"
        if entry.task is not None and (id(entry.task) not in live or entry.task.place.source != entry.source):
            yield f"{name}: its task is gone or elsewhere"
        if not entry.started_at < entry.updated_at <= world.now:
            yield f"{name}: written before it began, or after now"
        if entry.task is not None and entry.task.updated_at < entry.updated_at:
            yield f"{name}: its task was updated before it"


def _commits(world: World) -> Iterator[str]:
    last: dict[int, tuple[int, object]] = {}
    for commit in world.commits:
        name = f"commit {commit.place.name}/{commit.index}"
        index, at = last.get(commit.place.number, (-1, None))
        if commit.index != index + 1 or any(p >= commit.index for p in commit.parents):
            yield f"{name}: out of order"
        if at is not None and at > commit.at:  # type: ignore[operator]
            yield f"{name}: earlier than the one before"
        last[commit.place.number] = (commit.index, commit.at)
