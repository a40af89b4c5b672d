"""One task with everything known about it: history, time, ties to other things, corrections; whatever tool it is in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from msgspec import structs

from sightline.app.joining import Joined, join_workspace
from sightline.app.naming import task_named
from sightline.app.session import Session
from sightline.model.decisions import Correction
from sightline.model.facts import Sourced
from sightline.model.records import Activity, Change, ChecklistItem, Document, Milestone, Task, TimeEntry
from sightline.model.refs import Ref

__all__ = ["TaskView", "Tied", "task_view"]


@dataclasses.dataclass(frozen=True, slots=True)
class Tied:
    """One thing the task is tied to: what it is, in words, and by what it was found."""

    ref: Ref
    part: str
    kind: str
    """commit, comment, task, time, invoice …; for a link between tasks its kind, too."""
    text: str
    url: str | None
    how: str
    on: str | None
    """Its day, if it has one."""


@dataclasses.dataclass(frozen=True, slots=True)
class TaskView:
    """A task and what hangs on it; names of people are the unified ones."""

    source: str
    task: Task
    scope: str
    project: str | None
    counted_as: str | None
    """`source:key` of the task that counts in its place; None where it counts itself."""
    assignees: tuple[str, ...]
    parent: str | None
    children: tuple[str, ...]
    history: tuple[tuple[Change, str | None], ...]
    """Steps, oldest first, with who made them."""
    time: tuple[tuple[Sourced[TimeEntry], str | None, str | None], ...]
    """Entries, oldest first, with the person and the project they count in."""
    items: tuple[ChecklistItem, ...]
    ties: tuple[Tied, ...]
    corrections: tuple[Correction, ...]


def task_view(session: Session, name: str) -> TaskView:
    """The task of that name (`source:key`, key or address); `ConfigError` when there is none, or several."""
    joined = join_workspace(session)
    source, task = task_named(joined, name)
    ref, store = Ref(source, "tasks", task.id), session.store
    who = {person.id: person.name for person in joined.people.persons}
    called = {account.ref: account.record.name or account.record.username for account in joined.accounts}

    def person(account: str | None, at: str = source) -> str | None:
        if account is None:
            return None
        of = Ref(at, "people", account)
        return who.get(joined.people.of.get(of, "")) or called.get(of) or _standing_in(joined, of) or account

    changes = sorted(store.load(Change, source, parents=[task.id]), key=lambda row: (row.record.at, row.record.id))
    entries = _time_of(joined, ref)
    copied = next((dropped for dropped in joined.once.dropped if dropped.ref == ref and dropped.why == "copy"), None)
    keys = {row.ref: row.record.key for row in joined.all_tasks}
    targets = {row.record.id: row.record.name for row in store.load(Milestone, source)}
    about = {ref, *(entry.ref for entry in entries)}
    return TaskView(
        source=source,
        task=task,
        scope=next((s.key for at, s in joined.scope_rows if (at, s.id) == (source, task.scope)), task.scope),
        project=joined.tasks.of.get(copied.kept if copied else ref),
        counted_as=f"{copied.kept.source}:{keys.get(copied.kept, copied.kept.id)}" if copied else None,
        assignees=tuple(person(one) or one for one in task.assignees),
        parent=task.parent_key or (keys.get(Ref(source, "tasks", task.parent)) if task.parent else None),
        children=tuple(row.key for at, row in joined.all_tasks if at == source and row.parent == task.id),
        history=tuple((_in_words(row.record, targets), person(row.record.by)) for row in changes),
        time=tuple((e, person(e.record.account, e.source), joined.time.of.get(e.ref)) for e in entries),
        items=tuple(row.record for row in store.load(ChecklistItem, source, parents=[task.id])),
        ties=tuple(_ties(session, joined, ref)),
        corrections=tuple(one for at, one in joined.rules.corrections.items() if at in about),
    )


def _in_words(step: Change, targets: Mapping[str, str]) -> Change:
    """The step with sprints and milestones by their names, where they are known."""
    if step.field not in ("sprint", "milestone"):
        return step

    def named(value: str | None) -> str | None:
        return value and ", ".join(targets.get(one, one) for one in value.split(", "))

    return structs.replace(step, from_value=named(step.from_value), to_value=named(step.to_value))


def _standing_in(joined: Joined, account: Ref) -> str | None:
    return next((person.name for person in joined.people.persons if account in person.accounts), None)


def _time_of(joined: Joined, task: Ref) -> list[Sourced[TimeEntry]]:
    """Time booked on the task in its own tool, and time of other tools that names it."""
    named = {tie.origin for tie in joined.ties[1].ties if tie.task == task}
    own = (e for e in joined.entries if e.ref in named or (e.source, e.record.task) == (task.source, task.id))
    return sorted(own, key=lambda entry: (str(entry.record.day), entry.ref))


def _ties(session: Session, joined: Joined, task: Ref) -> Iterable[Tied]:
    """What is tied to the task, in the order of day: its own comments, commits, lines of documents, other tasks."""
    traces = {row.ref: row.record for row in joined.activities}
    documents = {row.ref: row.record for row in joined.documents}
    tasks = {row.ref: row.record for row in joined.all_tasks}
    found = [
        _trace(row.ref, row.record, "id")
        for row in joined.activities
        if (row.source, row.record.task) == (task.source, task.id)
    ]
    for tie in session.store.ties_of([task]):
        other = tie.origin if tie.task == task else tie.task
        if other in traces:
            found.append(_trace(other, traces[other], tie.how))
        elif other in documents:
            found.append(_line(other, tie.part, documents[other], tie.how))
        elif other in tasks:
            kind = tie.link if tie.origin == task else f"{tie.link} (from there)"
            text = f"{tasks[other].key} {tasks[other].title}"
            found.append(Tied(other, "", f"task: {kind}", text, tasks[other].url, tie.how, None))
    return sorted(found, key=lambda tied: (tied.on or "", tied.ref, tied.part))


def _trace(ref: Ref, record: Activity, how: str) -> Tied:
    return Tied(ref, "", record.kind, record.title, record.url, how, record.at.date().isoformat())


def _line(ref: Ref, part: str, record: Document, how: str) -> Tied:
    line = next((line for line in record.lines if line.id == part), None)
    amount = f"{record.currency} {line.amount if line else record.total}"
    text = f"{record.number or record.id}: {(line.description if line else record.reference) or ''} {amount}"
    return Tied(
        ref, part, record.kind, text, record.url, how, record.issued_on.isoformat() if record.issued_on else None
    )
