"""How late each piece of work is against its plan, by what: days taken from records, one cause a day, never more than the delay.

For each task the working days between where its plan (and what it waits for) would have it end and where it ended, or
will: a wait ends a stated number of days from today, unfinished work takes its planned pace for what is left. These days
are given to causes in the order of `CAUSES`, to each at most the days for which there is a record; the rest stays
unexplained.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.calendar import add_working_days
from sightline.measure.lost import Axis, Lost
from sightline.measure.network import ZERO, Node
from sightline.measure.planned import Plan, Promise, promises
from sightline.measure.turns import Wait, stays, waits
from sightline.measure.work import work_of
from sightline.model.figures import Unknown
from sightline.model.refs import Ref
from sightline.model.words import says_over

if TYPE_CHECKING:
    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import Task

__all__ = ["CAUSES", "GAINED", "Piece", "Schedule", "schedule"]

#: Causes in the order in which days are given to them, and in which they are put into the model, so that the first ones
#: use up the slack: what others owe us, then what we had to do without, then our own work.
CAUSES: Mapping[str, str] = {
    "client": "waiting for the client",
    "payment": "waiting for payment",
    "supplier": "waiting for a supplier",
    "person_short": "a person short",
    "scope": "scope added",
    "estimate": "estimate low",
    "dependency": "waiting for work outside the plan",
    "rework": "rework",
    "unmapped": "an unclear status",
    "not_started": "started late or not at all",
    "unexplained": "unexplained",
    "gained": "days gained",
}
GAINED, UNEXPLAINED = "gained", "unexplained"
_ONE = Fraction(1)
_DAY = dt.timedelta(days=1)
_OPEN = ("todo", "in_progress", "unknown")
#: Links of the tools that say what comes first: from → to, or to → from.
_BEFORE = ("blocks", "precedes")
_AFTER = ("is blocked by", "blocked by", "depends on", "follows")


class Piece(NamedTuple):
    """One task in the schedule. Positions and lengths are working days, see `lost.Axis`."""

    task: Sourced[Task]
    begins: Fraction
    planned: Fraction
    """Where it ends by plan."""
    days: Fraction
    """Planned working days; of added work, what it needs."""
    left: Fraction
    """Days of work still to do, at the planned pace."""
    ends: Fraction
    """Where it ended or will end."""
    delays: tuple[tuple[str, Fraction], ...] = ()
    wait: Wait | None = None
    """What it waits for now."""
    added: bool = False


class Schedule(NamedTuple):
    """Dated and added tasks, each behind what it waits for. Finished ones that nothing open waits for are left out."""

    pieces: tuple[Piece, ...]
    nodes: tuple[Node, ...]
    axis: Axis
    basis: str
    undated: tuple[Ref, ...]
    """Open tasks that were never given a day: not in the schedule."""
    answered_on: dt.date
    """The day on which open waits are taken to end."""
    has_baseline: bool


def schedule(facts: Facts, *, answered_on: dt.date | None = None) -> Schedule:
    """The schedule; open waits end on `answered_on` (default: `facts.answer_days` working days from today)."""
    return _Builder(facts, answered_on).build()


class _Draft(NamedTuple):
    task: Sourced[Task]
    begins: Fraction
    planned: Fraction
    days: Fraction
    estimate: Fraction | None
    added: bool = False

    @property
    def open(self) -> bool:
        return self.task.record.state in _OPEN


Edges = Mapping[Ref, Mapping[Ref, Fraction]]


class _Builder:
    def __init__(self, facts: Facts, answered_on: dt.date | None) -> None:
        self.facts = facts
        self.plan: Plan = promises(facts)
        days = [d for promise in self.plan.of.values() for d in (promise.starts_on, promise.due_on) if d]
        first = min([*days, facts.project.starts or facts.today, facts.today])
        self.axis = Axis(facts, first)
        assumed = add_working_days(facts.today, facts.answer_days, facts.calendar)
        self.answered_on = answered_on or (facts.today if isinstance(assumed, Unknown) else assumed)
        self.now = self.axis.end(facts.today - _DAY)
        self.waits: dict[Ref, Wait] = {
            wait.task: wait for wait in waits(facts) if wait.task and wait.until is None and wait.on != "us"
        }
        self.lost = Lost(facts, self.axis, self.answered_on)
        self.undated: list[Ref] = []
        self.full_day = Fraction(facts.calendar.hours_per_day) * 3600

    def build(self) -> Schedule:
        drafts = self._drafts()
        edges = self._links(drafts)
        held = {before for after, found in edges.items() if drafts[after].open for before in found}
        if any(draft.open for draft in drafts.values()):
            drafts = {ref: draft for ref, draft in drafts.items() if draft.open or ref in held}
        chained = self._chains(drafts)
        order = sorted(drafts, key=lambda ref: (drafts[ref].planned, drafts[ref].added, drafts[ref].begins, ref))
        places = {ref: place for place, ref in enumerate(order)}
        pieces: list[Piece] = []
        nodes: list[Node] = []
        for place, ref in enumerate(order):
            draft = drafts[ref]
            befores = {**chained.get(ref, {}), **edges.get(ref, {})}
            after = tuple(
                (places[one], self._tail(drafts[one], draft, lag))
                for one, lag in befores.items()
                # What is planned to end later than this is not in front of it, whatever a link says.
                if places.get(one, place) < place
            )
            piece = self._piece(draft, after, pieces)
            pieces.append(piece)
            nodes.append(Node(self.now if draft.added else draft.planned, after, piece.delays))
        return Schedule(
            tuple(pieces), tuple(nodes), self.axis, self.plan.basis, tuple(self.undated), self.answered_on,
            self.plan.since is not None,
        )  # fmt: skip

    def _drafts(self) -> dict[Ref, _Draft]:
        rows = {task.ref: task for task in self.facts.tasks}
        found: dict[Ref, _Draft] = {}
        for leaf in work_of(self.facts).leaves:
            row, promise = rows[leaf.ref], self.plan.of.get(leaf.ref)
            estimate = Fraction(leaf.estimate) if leaf.estimate else None
            if promise is not None and promise.due_on is not None:
                found[leaf.ref] = self._promised(row, promise, promise.due_on, estimate)
            elif self._is_added(leaf.ref, row.record):
                found[leaf.ref] = self._added(row, estimate)
            elif row.record.state in _OPEN:
                self.undated.append(leaf.ref)
        return found

    def _is_added(self, ref: Ref, task: Task) -> bool:
        since, made = self.plan.since, task.created_at
        return since is not None and ref not in self.plan.of and made is not None and made > since

    def _promised(self, task: Sourced[Task], promise: Promise, due: dt.date, estimate: Fraction | None) -> _Draft:
        planned = self.axis.end(due)
        if promise.starts_on is not None and promise.starts_on <= due:
            begins = self.axis.end(promise.starts_on - _DAY)
        else:
            days = Fraction(promise.seconds or 0) / self.full_day
            begins = planned - max(_ONE, Fraction(-(-days.numerator // days.denominator)))
        return _Draft(task, begins, planned, planned - begins, estimate)

    def _added(self, task: Sourced[Task], estimate: Fraction | None) -> _Draft:
        """Work that is in no plan: it takes its hours at full days. It stands where its due day is, not before today."""
        record = task.record
        begun = record.state == "in_progress" and record.remaining_seconds is not None
        seconds = record.remaining_seconds if begun else estimate
        days = Fraction(seconds) / self.full_day if seconds else _ONE
        stands = self.axis.end(record.due_on) if record.due_on else self.now
        return _Draft(task, self.now, max(self.now, stands), days, estimate, added=True)

    def _links(self, drafts: Mapping[Ref, _Draft]) -> dict[Ref, dict[Ref, Fraction]]:
        """Task → what it waits for, by links of the tools and by the plan, with the lag in days."""
        found: defaultdict[Ref, dict[Ref, Fraction]] = defaultdict(dict)
        for source, link in self.facts.links:
            one, other = Ref(source, "tasks", link.from_task), Ref(source, "tasks", link.to)
            if link.kind in _AFTER:
                one, other = other, one
            elif link.kind not in _BEFORE:
                continue
            if one in drafts and other in drafts:
                found[other][one] = ZERO
            elif one in self.undated and other in drafts:
                self.lost.outside.add(other)
        for ref, promise in self.plan.of.items():
            for dependency in promise.depends_on:
                before = self.plan.tasks.get(dependency.predecessor)
                if before is None or before not in drafts or ref not in drafts:
                    continue
                own, other_days = drafts[ref].days, drafts[before].days
                shift = {"FS": ZERO, "SS": -other_days, "FF": -own, "SF": -own - other_days}[dependency.type]
                found[ref][before] = Fraction(dependency.lag_seconds) / self.full_day + shift
        return found

    def _chains(self, drafts: Mapping[Ref, _Draft]) -> dict[Ref, dict[Ref, Fraction]]:
        """Work not begun follows the same person's open work that is planned to end before it begins, added work too.

        What waits for somebody else holds nobody up.
        """
        mine: defaultdict[str, list[tuple[Fraction, Ref]]] = defaultdict(list)
        for ref, draft in drafts.items():
            if draft.open and ref not in self.waits:
                for person in self.lost.people_on(draft.task):
                    mine[person].append((draft.planned, ref))
        found: defaultdict[Ref, dict[Ref, Fraction]] = defaultdict(dict)
        for held in mine.values():
            held.sort(key=lambda one: (one[0], drafts[one[1]].added, one[1]))
            for place, (_, ref) in enumerate(held):
                if drafts[ref].task.record.state != "in_progress":
                    for before in self._just_before(drafts, held[:place], drafts[ref]):
                        found[ref][before] = ZERO
        return found

    def _just_before(
        self, drafts: Mapping[Ref, _Draft], earlier: Sequence[tuple[Fraction, Ref]], draft: _Draft
    ) -> list[Ref]:
        """Going back from the piece: added work, up to the first planned one that ends before it begins."""
        begins = draft.planned if draft.added else draft.begins
        found = []
        for planned, ref in reversed(earlier):
            if planned <= begins:
                found.append(ref)
                if not drafts[ref].added:
                    break
        return found

    def _tail(self, before: _Draft, after: _Draft, lag: Fraction) -> Fraction:
        """Days of `after` that follow the end of `before`: all of them, or as many as the plan itself leaves."""
        if after.added:
            return ZERO
        whole = after.days + lag
        return whole if before.added else min(whole, after.planned - before.planned)

    def _piece(self, draft: _Draft, after: Sequence[tuple[int, Fraction]], before: Sequence[Piece]) -> Piece:
        record = draft.task.record
        reached = [before[place].ends + tail for place, tail in after]
        wait = self.waits.get(draft.task.ref) if draft.open else None
        if draft.added:
            ends = max([self.now, *reached]) + draft.days
            taken = (("scope", draft.days),)
            return Piece(draft.task, draft.begins, draft.planned, draft.days, draft.days, ends, taken, wait, added=True)
        base = max([draft.planned, *reached])
        left = self._left(draft)
        if not draft.open:
            ends = self.axis.end_of(record.completed_at) if record.completed_at else base
        elif wait is not None:
            ends = self.axis.end(max(self.answered_on, wait.due or self.answered_on))
        elif record.state == "in_progress":
            held = [before[place].ends for place, _ in after if before[place].task.record.state in _OPEN]
            ends = max([self.now, *held]) + left
        else:
            ends = max(base, self.now + draft.days)
        delays = self._delays(draft, base, ends, left)
        return Piece(draft.task, draft.begins, draft.planned, draft.days, left, ends, delays, wait)

    def _left(self, draft: _Draft) -> Fraction:
        """Days of work left at the planned pace: by remaining hours, else estimate less time, else the days gone by."""
        record = draft.task.record
        if record.state != "in_progress":
            return ZERO if record.state == "done" else draft.days
        least = min(_ONE, draft.days)
        timed = bool(self.facts.time) or record.remaining_seconds is not None
        if draft.estimate and timed:
            spent = self.lost.spent.get(draft.task.ref, 0)
            rest = record.remaining_seconds
            return max(
                least, draft.days * (max(ZERO, draft.estimate - spent) if rest is None else rest) / draft.estimate
            )
        worked = self.now - self.axis.end_of(record.started_at) + 1 if record.started_at is not None else ZERO
        return max(least, draft.days - worked)

    def _delays(
        self, draft: _Draft, base: Fraction, ends: Fraction, left: Fraction
    ) -> tuple[tuple[str, Fraction], ...]:
        """The days between `base` and `ends` by cause; they sum to them exactly."""
        late = ends - base
        if late <= 0:
            return ((GAINED, late),) if late < 0 else ()
        recorded = self.lost.by_cause(draft.task, draft.begins, ends) | self._of_work(draft, base)
        found = []
        for cause in CAUSES:
            days = min(late, recorded.get(cause, ZERO))
            if days > 0:
                found.append((cause, days))
                late -= days
        return (*found, (UNEXPLAINED, late)) if late > 0 else tuple(found)

    def _of_work(self, draft: _Draft, base: Fraction) -> dict[str, Fraction]:
        """What the work itself says: estimates raised or passed, done again, begun late, a status nobody explained."""
        task, record = draft.task, draft.task.record
        found = {"rework": self._again(task)}
        promise, estimate = self.plan.of[task.ref], record.estimate_seconds
        if estimate and promise.seconds and estimate > promise.seconds and self.plan.since is not None:
            found["scope"] = draft.days * (estimate - promise.seconds) / promise.seconds
        spent = self.lost.spent.get(task.ref, 0)
        if estimate and spent:
            rest = (record.remaining_seconds or 0) if draft.open else 0
            found["estimate"] = max(ZERO, draft.days * (spent + rest - estimate) / estimate)
        if record.state == "unknown" or (draft.open and says_over(record.status)):
            found["unmapped"] = self.now + draft.days
        if record.state == "todo" and task.ref in self.lost.outside:
            found["dependency"] = self.now + draft.days
        begun = self.now
        if record.state != "todo" and record.started_at is not None:
            begun = self.axis.end_of(record.started_at) - 1
        if record.state == "todo" or record.started_at is not None:
            # Days that another record accounts for are not told twice.
            due = base - draft.days
            told = sum(self.lost.by_cause(task, due, begun).values(), ZERO) if begun > due else ZERO
            found["not_started"] = max(ZERO, begun - due - told)
        return found

    def _again(self, task: Sourced[Task]) -> Fraction:
        """Working days for which it was open again after it had been done."""
        days, done = ZERO, False
        for stay in stays(self.facts, task):
            if done and stay.state in _OPEN and stay.since is not None:
                until = self.axis.end_of(stay.until) if stay.until else self.axis.end(self.facts.today)
                days += until - self.axis.end_of(stay.since)
            done = done or stay.state == "done"
        return days
