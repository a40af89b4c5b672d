"""Whose turn it is: waits on the client, a supplier or a payment, from status histories and notes, in working days.

A task waits while it stands in a status that a rule says waits on somebody; a question or approval waits until it is
answered. Days are working days after the day on which the wait began, up to and with the day on which it ended.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.calendar import working_days_after
from sightline.measure.meanings import meaning_of
from sightline.measure.remembered import remembered
from sightline.model.notes import CLIENT, Note, NoteRule
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import Change, State, Task, WaitingOn

__all__ = ["Stay", "Wait", "all_notes", "histories", "stays", "task_of_note", "waited", "waits"]


class Stay(NamedTuple):
    """A task stood in a status from `since` (None: from before its history begins) until `until` (None: still does)."""

    status: str
    state: State
    since: dt.datetime | None
    until: dt.datetime | None
    waiting_on: WaitingOn | None


class Wait(NamedTuple):
    """Somebody's turn. `task` is what waits, None for a note about no task; `until` None: it still waits."""

    on: WaitingOn
    since: dt.datetime
    until: dt.datetime | None
    what: str
    where: str
    """The status, or the note it is told by, in words."""
    task: Ref | None = None
    note: str | None = None
    due: dt.date | None = None
    client_visible: bool = False


@remembered
def histories(facts: Facts) -> Mapping[Ref, Sequence[Change]]:
    """Task → its changes, oldest first."""
    found: defaultdict[Ref, list[Change]] = defaultdict(list)
    for source, change in facts.changes:
        found[Ref(source, "tasks", change.task)].append(change)
    for held in found.values():
        held.sort(key=lambda one: (one.at, one.id))
    return found


def stays(facts: Facts, task: Sourced[Task]) -> list[Stay]:
    """The statuses the task stood in, oldest first; the last one is where it stands."""
    meaning, record = meaning_of(facts), task.record
    steps = [change for change in histories(facts).get(task.ref, ()) if change.field == "status"]
    found: list[Stay] = []
    since = record.created_at
    for step in steps:
        status, state = step.from_value or record.status, step.from_state or record.state
        rule = meaning(task.source, record.scope, status)
        found.append(
            Stay(status, (rule.state if rule else None) or state, since, step.at, rule.waiting_on if rule else None)
        )
        since = step.at
    found.append(Stay(record.status, record.state, since, None, record.waiting_on))
    return [stay for stay in found if stay.until is None or stay.since is None or stay.until > stay.since]


@remembered
def all_notes(facts: Facts) -> Sequence[Note]:
    """What was written down, and what rules read as notes out of the tools, by when it was asked."""
    found = list(facts.notes)
    for number, rule in enumerate(facts.note_rules):
        found += _by_rule(facts, rule, number)
    return sorted(found, key=lambda note: (note.at, note.id))


def _by_rule(facts: Facts, rule: NoteRule, number: int) -> list[Note]:
    if rule.comment is not None:
        return _comments(facts, rule, number)
    found = []
    for task in facts.tasks:
        if task.source != rule.source or (rule.scope is not None and task.record.scope != rule.scope):
            continue
        for at, until in _spans(facts, task, rule):
            found.append(
                Note(
                    id=f"rule:{number}:{task.source}:{task.record.id}:{at:%Y%m%d%H%M%S}", project=facts.project.id,
                    kind=rule.kind, text=task.record.title, at=at, asked_of=rule.asked_of or CLIENT,
                    answered_at=until, task=task.ref, client_visible=rule.client_visible,
                )
            )  # fmt: skip
    return found


def _spans(facts: Facts, task: Sourced[Task], rule: NoteRule) -> list[tuple[dt.datetime, dt.datetime | None]]:
    """When the task was as the rule says: in the status, or, with the label, all its life until it was done."""
    record = task.record
    if rule.label is not None:
        has = rule.label.casefold() in (label.casefold() for label in record.labels)
        over = record.completed_at if record.state in ("done", "cancelled") else None
        return [(record.created_at, over)] if has and record.created_at is not None else []
    wanted = (rule.status or "").casefold()
    return [
        (stay.since, stay.until)
        for stay in stays(facts, task)
        if stay.status.casefold() == wanted and stay.since is not None
    ]


def _comments(facts: Facts, rule: NoteRule, number: int) -> list[Note]:
    names = {one.ref: one.record.name for one in facts.accounts}
    wanted = (rule.comment or "").casefold()
    return [
        Note(
            id=f"rule:{number}:{one.source}:{one.record.id}", project=facts.project.id, kind=rule.kind,
            text=(one.record.text or one.record.title)[:500], at=one.record.at,
            by=names.get(Ref(one.source, "people", one.record.account or "")), asked_of=rule.asked_of,
            task=Ref(one.source, "tasks", one.record.task) if one.record.task else None,
            client_visible=rule.client_visible,
        )
        for one in facts.activities
        if one.source == rule.source
        and one.record.kind == "comment"
        and (rule.scope is None or one.record.scope == rule.scope)
        and (one.record.text or one.record.title).casefold().startswith(wanted)
    ]  # fmt: skip


def task_of_note(facts: Facts, note: Note) -> Ref | None:
    """The task the note is about, if it is one of the project's."""
    if note.task is not None or not note.task_key:
        return note.task
    source, _, key = note.task_key.rpartition(":")
    fits = (
        task.ref for task in facts.tasks if task.record.key.casefold() == key.casefold() and source in ("", task.source)
    )
    return next(fits, None)


@remembered
def waits(facts: Facts) -> Sequence[Wait]:
    """Every wait there was, oldest first. A note about a task that waits in its status at the same time is one wait."""
    found = [wait for task in facts.tasks for wait in _of_task(facts, task)]
    for note in all_notes(facts):
        if note.kind not in ("question", "approval"):
            continue
        made = _of_note(facts, note)
        at = next((n for n, other in enumerate(found) if _same(other, made)), None)
        if at is None:
            found.append(made)
        else:
            found[at] = found[at]._replace(
                due=found[at].due or made.due, note=made.note, client_visible=made.client_visible
            )
    return sorted(found, key=lambda wait: (wait.since, wait.what))


def _of_task(facts: Facts, task: Sourced[Task]) -> list[Wait]:
    over = task.record.state in ("done", "cancelled")
    return [
        Wait(
            stay.waiting_on, stay.since, stay.until, task.record.title,
            f"{task.source} {task.record.key} {stay.status!r}", task.ref, due=task.record.due_on,
        )
        for stay in stays(facts, task)
        if stay.waiting_on in ("client", "supplier", "payment")
        and stay.since is not None
        and not (over and stay.until is None)
    ]  # fmt: skip


def _of_note(facts: Facts, note: Note) -> Wait:
    asked = (note.asked_of or "us").casefold()
    client = asked == CLIENT or (facts.client is not None and asked in _client_names(facts))
    on: WaitingOn = "client" if client else "supplier" if asked == "supplier" else "us"
    return Wait(
        on, note.at, note.answered_at, note.text, f"{note.kind} {note.id}", task_of_note(facts, note), note.id,
        note.due, note.client_visible,
    )  # fmt: skip


def _client_names(facts: Facts) -> set[str]:
    client = facts.client
    if client is None:
        return set()
    people = {contact.partition("<")[0].strip().casefold() for contact in client.contacts}
    return people | {client.name.casefold(), client.id.casefold()}


def _same(one: Wait, other: Wait) -> bool:
    """Whether both tell of one wait: the same task, the same turn, at the same time."""
    if one.task is None or one.task != other.task or one.on != other.on:
        return False
    return (other.until is None or one.since < other.until) and (one.until is None or other.since < one.until)


def waited(facts: Facts, wait: Wait, *, until: dt.date | None = None) -> int:
    """Working days it has lasted: days after the one on which it began, to the end of its last day (default: today)."""
    where = zone(facts.calendar.timezone)
    last = day_in(wait.until, where) if wait.until is not None else until or facts.today
    return max(0, working_days_after(day_in(wait.since, where), last, facts.calendar))
