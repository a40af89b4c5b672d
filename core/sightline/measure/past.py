"""The facts as they were at a past moment, worked out backwards from the histories that tools and Sightline keep.

Two clocks. By the source's: how it really was then (a change counts from when it was made). By ours (`learnt`): what
could have been known then (a change counts from when Sightline had read it, too). What has no history (titles, labels,
links, checklists, start days) stays as it is now; a tool's own remaining hours are the estimate less the time until then.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal

from msgspec import structs

from sightline.errors import RowError
from sightline.measure.agreements import in_force
from sightline.measure.meanings import meaning_of
from sightline.measure.remembered import remembered
from sightline.model.facts import DocumentPart, Facts, Sourced
from sightline.model.refs import Ref
from sightline.model.time import day, day_in, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sightline.model.notes import Note
    from sightline.model.plan import Baseline
    from sightline.model.records import Change, Payment, Task

__all__ = ["Clock", "facts_as_of"]

Clock = Literal["source", "learnt"]
#: Document statuses of the ledger that follow from payments: paid again becomes owed.
_SETTLED, _OWED = "PAID", "AUTHORISED"


def facts_as_of(facts: Facts, moment: dt.datetime, *, clock: Clock = "source") -> Facts:
    """What the facts were at the end of `moment` (aware UTC). Later moments change nothing that is there now.

    For records that have vanished since, `facts` must have them, with `facts.known` saying when they vanished; the
    clock `learnt` needs `facts.known` as well: a record about which it says nothing is taken to be known all along.
    """
    past = _Past(facts, moment, clock)
    tasks = past.tasks()
    refs = {task.ref for task in tasks}
    payments = tuple(one for one in facts.payments if past.holds(one.ref) and one.record.day <= past.today)
    return structs.replace(
        facts,
        project=structs.replace(facts.project, agreement=in_force(facts.project, past.today)),
        as_of=moment,
        today=past.today,
        tasks=tasks,
        time=tuple(one for one in facts.time if past.holds(one.ref) and past.worked(one.record.started_at, one.record.day)),
        documents=tuple(past.documents()),
        payments=payments,
        milestones=tuple(past.milestones()),
        activities=tuple(one for one in facts.activities if past.holds(one.ref) and one.record.at <= moment),
        changes=tuple(one for one in facts.changes if past.happened(one)),
        items=tuple(one for one in facts.items if past.holds(one.ref) and _of(one.source, one.record.task) in refs),
        links=tuple(one for one in facts.links if past.holds(one.ref) and _of(one.source, one.record.from_task) in refs),
        notes=tuple(past.notes()),
        former={},
        baselines=tuple(past.approved(one) for one in facts.baselines if one.frozen_at <= moment),
        sources=tuple(
            structs.replace(one, last_complete=min(one.last_complete, moment)) if one.last_complete else one
            for one in facts.sources
        ),
    )  # fmt: skip


def _of(source: str, task: str) -> Ref:
    return Ref(source, "tasks", task)


@remembered
def _histories(facts: Facts) -> Mapping[Ref, Sequence[Sourced[Change]]]:
    """Task → its changes, latest first."""
    found: defaultdict[Ref, list[Sourced[Change]]] = defaultdict(list)
    for change in facts.changes:
        found[_of(change.source, change.record.task)].append(change)
    for held in found.values():
        held.sort(key=lambda one: (one.record.at, one.record.id), reverse=True)
    return found


class _Past:
    """One look back."""

    def __init__(self, facts: Facts, moment: dt.datetime, clock: Clock) -> None:
        self.facts, self.moment, self.clock = facts, moment, clock
        self.zone = zone(facts.calendar.timezone)
        self.today = day_in(moment, self.zone)
        self.meaning = meaning_of(facts)

    def holds(self, ref: Ref) -> bool:
        """Whether the record was there then, and known by the clock."""
        known = self.facts.known.get(ref)
        if known is None:
            return True
        learnt = self.clock == "learnt"
        gone = known.removed_learnt_at if learnt else known.removed_at
        return (gone is None or gone > self.moment) and (not learnt or known.learnt_at <= self.moment)

    def happened(self, change: Sourced[Change]) -> bool:
        """Whether the change was made, and known by the clock."""
        if change.record.at > self.moment:
            return False
        known = self.facts.known.get(change.ref)
        return known is None or self.clock == "source" or known.learnt_at <= self.moment

    def worked(self, started_at: dt.datetime | None, on: dt.date | None) -> bool:
        """Whether time of that day (of the instant, where one is stated) was over."""
        if started_at is not None and (on is None or on == self.today):
            return started_at <= self.moment
        return on is None or on <= self.today

    def tasks(self) -> tuple[Sourced[Task], ...]:
        """The tasks there were, each as it was."""
        histories = _histories(self.facts)
        spent = self._later_seconds()
        found = []
        for task in self.facts.tasks:
            created = task.record.created_at
            if not self.holds(task.ref) or (created is not None and created > self.moment):
                continue
            later = [one.record for one in histories.get(task.ref, ()) if not self.happened(one)]
            found.append(task._replace(record=self._before(task.source, task.record, later, spent.get(task.ref, 0))))
        return tuple(found)

    def _later_seconds(self) -> dict[Ref, int]:
        found: defaultdict[Ref, int] = defaultdict(int)
        for source, entry in self.facts.time:
            if entry.task and not self.worked(entry.started_at, entry.day):
                found[_of(source, entry.task)] += entry.seconds
        return found

    def _before(self, source: str, task: Task, later: Sequence[Change], seconds: int) -> Task:
        """The task before these changes (latest first) and before so much of its time."""
        values: dict[str, Any] = {}
        for change in later:
            values |= _undone(change)
        for name in ("started_at", "completed_at"):
            at = getattr(task, name)
            if at is not None and at > self.moment:
                values[name] = None
        if task.updated_at is not None and task.updated_at > self.moment:
            values["updated_at"] = None
        if seconds and task.spent_seconds is not None:
            values["spent_seconds"] = max(0, task.spent_seconds - seconds)
        if task.remaining_seconds is not None and (seconds or "estimate_seconds" in values):
            estimate = values.get("estimate_seconds", task.estimate_seconds)
            spent = values.get("spent_seconds", task.spent_seconds) or 0
            values["remaining_seconds"] = max(0, estimate - spent) if estimate is not None else None
        if "status" in values:
            rule = self.meaning(source, task.scope, values["status"])
            values["state"] = (rule.state if rule else None) or values.get("state", task.state)
            values["waiting_on"] = rule.waiting_on if rule else None
            if values["state"] not in ("done", "cancelled"):
                values["completed_at"] = None
        return structs.replace(task, **values) if values else task

    def documents(self) -> list[DocumentPart]:
        """The parts issued by then, with what has been settled since taken back."""
        since: defaultdict[Ref, list[Payment]] = defaultdict(list)
        for source, payment in self.facts.payments:
            if payment.day > self.today:
                since[Ref(source, "documents", payment.document)].append(payment)
        found = []
        for part in self.facts.documents:
            issued = part.document.issued_on
            if self.holds(part.ref) and (issued is None or issued <= self.today):
                found.append(_owed_again(part, since.get(part.ref, ())))
        return found

    def milestones(self) -> list[Any]:
        """The milestones, those reached later open again."""
        return [
            one._replace(record=structs.replace(one.record, completed_at=None))
            if one.record.completed_at is not None and one.record.completed_at > self.moment
            else one
            for one in self.facts.milestones
            if self.holds(one.ref)
        ]

    def notes(self) -> list[Note]:
        """The notes there were, answers of later days taken off."""
        return [
            note if note.answered_at is None or self._answered(note) else _unanswered(note)
            for note in self.facts.notes
            if note.at <= self.moment and (self.clock == "source" or self._by_then(note.learnt_at))
        ]

    def approved(self, baseline: Baseline) -> Baseline:
        """The baseline, not yet approved if that came later."""
        later = baseline.approved_at is not None and baseline.approved_at > self.moment
        return structs.replace(baseline, approved_by=None, approved_at=None) if later else baseline

    def _by_then(self, at: dt.datetime | None) -> bool:
        return at is None or at <= self.moment

    def _answered(self, note: Note) -> bool:
        known = self.clock == "source" or self._by_then(note.answer_learnt_at)
        return known and self._by_then(note.answered_at)


def _unanswered(note: Note) -> Note:
    return structs.replace(note, answered_at=None, answer=None, answered_by=None, outcome=None, answer_learnt_at=None)


def _owed_again(part: DocumentPart, since: Sequence[Payment]) -> DocumentPart:
    """The part before these payments; a part of a document takes its share of them."""
    if not since:
        return part
    whole = part.document.total
    share = part.total / whole if not part.whole and part.total is not None and whole else Decimal(1)
    cash = share * sum((one.amount for one in since if one.kind == "payment"), Decimal(0))
    credit = share * sum((one.amount for one in since if one.kind != "payment"), Decimal(0))
    document = structs.replace(
        part.document,
        status=_OWED if part.document.status == _SETTLED else part.document.status,
        paid_on=None,
    )
    return structs.replace(
        part,
        document=document,
        paid=part.paid - cash if part.paid is not None else None,
        credited=part.credited - credit if part.credited is not None else None,
        outstanding=part.outstanding + cash + credit if part.outstanding is not None else None,
    )


def _seconds(text: str) -> int:
    return int(Decimal(text))


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


#: Field of the history → field of the task, and how its text is read.
_SINGLE: dict[str, tuple[str, Callable[[str], Any]]] = {
    "due_on": ("due_on", day),
    "estimate": ("estimate_seconds", _seconds),
    "points": ("points", Decimal),
    "parent": ("parent", str),
}
_SEVERAL = {"assignee": "assignees", "sprint": "sprints", "milestone": "milestones"}


def _undone(change: Change) -> dict[str, Any]:
    """What the task's fields were before the change; nothing where its text cannot be read."""
    if change.field == "status":
        told = {"status": change.from_value, "state": change.from_state}
        return {name: value for name, value in told.items() if value is not None}
    if change.field == "archived":
        return {"archived": change.from_value == "true"}
    if change.field == "scope":
        return {"scope": change.from_value} if change.from_value else {}
    if change.field in _SEVERAL:
        return {_SEVERAL[change.field]: _listed(change.from_value)}
    name, read = _SINGLE[change.field]
    try:
        return {name: read(change.from_value) if change.from_value else None}
    except (InvalidOperation, ValueError, OverflowError, RowError):
        return {}
