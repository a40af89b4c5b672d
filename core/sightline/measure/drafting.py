"""A plan made of what the tools already hold: tasks, epics, versions, sprints, due days; by rules that know no tool.

A rule says for a source from where days are taken that a task does not have itself:

- `issues` (also `cards`, `tasks`): from nowhere, the task's own days only; `dues`: the same
- `epics` (also `parents`): from the nearest parent that has them
- `versions` (also `milestones`): from the first dated version or milestone it belongs to
- `sprints`: from its latest dated sprint
- `dates`, when nothing is said: from its sprint, its version or milestone, its parent, in that order

A task with a due day and no start begins so many working days earlier as its hours need; one with a start and no due
day ends so many later.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from sightline.measure.calendar import add_working_days
from sightline.measure.exact import ZERO
from sightline.measure.sizing import Sizing, parts_of, sized
from sightline.measure.work import Leaf, work_of
from sightline.model.facts import Facts
from sightline.model.figures import Unknown
from sightline.model.plan import Dependency, PlanItem
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.portfolio import Calendar
    from sightline.model.records import Milestone

__all__ = ["RULES", "Draft", "drafted", "frozen_calendar", "week_of"]

#: Word of the rule → the containers that lend their days, in the order in which they are asked.
RULES: dict[str, tuple[str, ...]] = {
    "dates": ("sprints", "milestones", "parents"),
    "issues": (),
    "tasks": (),
    "cards": (),
    "dues": (),
    "epics": ("parents",),
    "parents": ("parents",),
    "versions": ("milestones",),
    "milestones": ("milestones",),
    "sprints": ("sprints",),
}


class Draft(NamedTuple):
    """A plan not frozen yet: its items (parents and milestones among them), and how it was sized."""

    items: tuple[PlanItem, ...]
    sizing: Sizing
    leaves: int
    dated: int


class _Span(NamedTuple):
    starts: dt.date | None = None
    due: dt.date | None = None


def drafted(facts: Facts, rules: Mapping[str, str] | None = None) -> Draft:
    """The plan as these facts have it. `rules` is source → word of `RULES`; with any, other sources are left out."""
    leaves = [leaf for leaf in work_of(facts).leaves if not rules or leaf.ref.source in rules]
    sizing = sized(parts_of(facts, leaves), parts_of(facts, work_of(facts).leaves))
    maker = _Maker(facts, rules or {}, sizing)
    pieces = [maker.piece(leaf) for leaf in leaves]
    above = maker.above(leaves)
    marks = maker.milestones(pieces)
    dated = sum(one.starts_on is not None and one.due_on is not None for one in pieces)
    return Draft((*above, *pieces, *marks), sizing, len(pieces), dated)


class _Maker:
    """Makes the items of one project."""

    def __init__(self, facts: Facts, rules: Mapping[str, str], sizing: Sizing) -> None:
        self.facts, self.rules, self.sizing = facts, rules, sizing
        self.people = facts.people()
        self.names = {one.ref: one.record.name or one.record.username for one in facts.accounts}
        self.tasks = {task.ref: task.record for task in facts.tasks}
        self.keys = {(source, task.key): Ref(source, "tasks", task.id) for source, task in facts.tasks}
        self.targets: dict[Ref, Milestone] = {one.ref: one.record for one in facts.milestones}
        self.waits = _waits(facts)

    def piece(self, leaf: Leaf) -> PlanItem:
        """One task as an item of the plan."""
        seconds = self.sizing.seconds[leaf.ref]
        span = self._span(leaf, seconds)
        parent = self._parent(leaf.ref)
        under = self._milestone(leaf)
        return PlanItem(
            uid=str(leaf.ref), name=leaf.task.title, task=leaf.ref, parent=str(parent) if parent else None,
            wbs=leaf.task.key, starts_on=span.starts, due_on=span.due, work_seconds=seconds, points=leaf.task.points,
            sized=self.sizing.how[leaf.ref], under=str(under) if under else None, owner=self._owner(leaf),
            week=self._week(leaf),
            depends_on=tuple(Dependency(predecessor=str(ref)) for ref in self.waits.get(leaf.ref, ())),
        )  # fmt: skip

    def above(self, leaves: Iterable[Leaf]) -> list[PlanItem]:
        """The parents of the leaves, from the top: they carry no work of their own."""
        found: dict[Ref, PlanItem] = {}
        for leaf in leaves:
            for ref in reversed(self._chain(leaf.ref)):
                task, parent = self.tasks[ref], self._parent(ref)
                item = PlanItem(
                    uid=str(ref), name=task.title, task=ref, parent=str(parent) if parent else None, wbs=task.key,
                    starts_on=task.start_on, due_on=task.due_on,
                )  # fmt: skip
                found.setdefault(ref, item)
        return list(found.values())

    def milestones(self, pieces: Sequence[PlanItem]) -> list[PlanItem]:
        """Versions and milestones that the items belong to, each with its day; sprints are no promises."""
        used = {piece.under for piece in pieces}
        return [
            PlanItem(
                uid=str(ref), name=one.name, task=ref, due_on=one.due_on, milestone=True, owner=rule.owner,
                client_visible=rule.client_visible,
            )
            for ref, one in self.targets.items()
            if str(ref) in used
            for rule in (self.facts.project.milestone(one.name),)
        ]  # fmt: skip

    def _owner(self, leaf: Leaf) -> str | None:
        refs = [Ref(leaf.ref.source, "people", account) for account in leaf.task.assignees]
        names = [person.name if (person := self.people.get(ref)) else self.names.get(ref) for ref in refs]
        return next((name for name in names if name), None)

    def _week(self, leaf: Leaf) -> tuple[Decimal, ...] | None:
        """Hours that whoever has it first works by weekday, where that differs from the calendar's."""
        refs = [Ref(leaf.ref.source, "people", account) for account in leaf.task.assignees]
        person = next((self.people[ref] for ref in refs if ref in self.people), None)
        return week_of(self.facts, person.id) if person is not None else None

    def _parent(self, ref: Ref) -> Ref | None:
        task = self.tasks[ref]
        found = ref._replace(id=task.parent) if task.parent else self.keys.get((ref.source, task.parent_key or ""))
        return found if found in self.tasks and found != ref else None

    def _chain(self, ref: Ref) -> list[Ref]:
        """Its parents, nearest first; a ring is cut."""
        chain: list[Ref] = []
        parent = self._parent(ref)
        while parent is not None and parent not in chain and parent != ref:
            chain.append(parent)
            parent = self._parent(parent)
        return chain

    def _milestone(self, leaf: Leaf) -> Ref | None:
        refs = [Ref(leaf.ref.source, "milestones", id_) for id_ in leaf.task.milestones]
        return next((ref for ref in refs if ref in self.targets and self.targets[ref].kind != "sprint"), None)

    def _span(self, leaf: Leaf, seconds: int) -> _Span:
        own = _Span(leaf.task.start_on, leaf.task.due_on)
        if own == _Span():
            own = next((span for span in self._lent(leaf) if span.due is not None), own)
        elif own.due is None:
            lent = next(
                (span.due for span in self._lent(leaf) if span.due and own.starts and span.due >= own.starts), None
            )
            own = _Span(own.starts, lent)
        return self._closed(own, seconds)

    def _lent(self, leaf: Leaf) -> list[_Span]:
        """The days of what holds the task, by the rule of its source."""
        source, task = leaf.ref.source, leaf.task
        ids = {"sprints": tuple(reversed(task.sprints)), "milestones": task.milestones}
        found: list[_Span] = []
        for word in RULES[self.rules.get(source, "dates")]:
            if word == "parents":
                found += [_Span(self.tasks[ref].start_on, self.tasks[ref].due_on) for ref in self._chain(leaf.ref)]
            held = [self.targets.get(Ref(source, "milestones", id_)) for id_ in ids.get(word, ())]
            found += [_Span(one.starts_on, one.due_on) for one in held if one is not None]
        return found

    def _closed(self, span: _Span, seconds: int) -> _Span:
        """Both days, where there is one: the other follows from the hours."""
        if (span.starts is None) == (span.due is None):
            return span
        calendar = self.facts.calendar
        days = (Decimal(seconds) / 3600 / calendar.hours_per_day).to_integral_value(rounding=ROUND_CEILING)
        steps = max(0, int(days) - 1)
        if span.due is not None:
            starts = add_working_days(span.due, -steps, calendar)
            return _Span(span.due if isinstance(starts, Unknown) else starts, span.due)
        assert span.starts is not None
        due = add_working_days(span.starts, steps, calendar)
        return _Span(span.starts, span.starts if isinstance(due, Unknown) else due)


def week_of(facts: Facts, person: str) -> tuple[Decimal, ...] | None:
    """Hours the person works from Monday to Sunday; None when that is as the calendar has it."""
    member = facts.team.member(person)
    if member.working_days is None and member.hours_a_week is None:
        return None
    days = member.working_days if member.working_days is not None else facts.calendar.working_days
    each = facts.calendar.hours_per_day if member.hours_a_week is None else member.hours_a_week / len(days)
    week = tuple(each if day in days else ZERO for day in range(7))
    return week if any(week) else None


def frozen_calendar(facts: Facts) -> Calendar:
    """The work calendar with the breaks in which nobody works on the project, as a baseline keeps it."""
    breaks = [one for one in facts.team.blackouts if one.project in (None, facts.project.id)]
    days = [one.starts + dt.timedelta(n) for one in breaks for n in range((one.ends - one.starts).days + 1)]
    return structs.replace(facts.calendar, holidays=tuple(sorted({*facts.calendar.holidays, *days})))


def _waits(facts: Facts) -> dict[Ref, list[Ref]]:
    """Task → tasks that block it, by links of the tools."""
    known = {task.ref for task in facts.tasks}
    found: dict[Ref, list[Ref]] = {}
    for source, link in facts.links:
        first, second = Ref(source, "tasks", link.from_task), Ref(source, "tasks", link.to)
        if link.kind in ("is blocked by", "depends on", "blocked by"):
            first, second = second, first
        elif link.kind not in ("blocks", "precedes"):
            continue
        if first in known and second in known and first != second:
            found.setdefault(second, []).append(first)
    return found
