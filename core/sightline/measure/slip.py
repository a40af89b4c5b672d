"""The slip ledger: the gap between plan and work done today, and from the promised to the forecast day, by reason.

Both gaps come from one model (`delays.schedule`, `network`). Reasons are put into it one after the other in the order of
`delays.CAUSES`; what each one adds is its part, so the parts sum exactly to the gap for any history. Slack on the way to
the promised day is used up by the first of them. Source of the method: "but for" analysis, Society of Construction Law,
Delay and Disruption Protocol, 2nd edition; the split of rounded parts is by largest remainder.
"""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.delays import CAUSES, GAINED, UNEXPLAINED, Piece, Schedule, schedule
from sightline.measure.network import ZERO, Node, apportioned, finishes
from sightline.measure.planned import share_due
from sightline.measure.progress import average_estimate
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import Unknown
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sightline.model.facts import Facts

__all__ = ["TITLES", "Days", "Evidence", "Part", "Points", "days_of", "drive", "ends_of", "points_of", "the_schedule"]

#: Reasons that are no cause of a delay: the plan's own end, what is left of it, the yardstick, the credit rule.
PLAN, SLACK, SCOPE, UNDER_WAY = "plan", "slack", "scope", "under_way"
TITLES: Mapping[str, str] = {
    **CAUSES,
    PLAN: "planned to end after the promise",
    SLACK: "slack in the plan",
    UNDER_WAY: "under way, counts when it is done",
}


class Evidence(NamedTuple):
    """A task behind a reason: `recorded` working days of its own, `effect` how much sooner all would end without them."""

    piece: Piece
    recorded: Fraction
    effect: Fraction


class Part(NamedTuple):
    """A reason's part of a gap: exact, and as shown (whole days, or tenths of hours); negative: gained."""

    cause: str
    exact: Fraction
    shown: Decimal
    evidence: tuple[Evidence, ...] = ()
    tasks: tuple[Ref, ...] = ()


class Days(NamedTuple):
    """From the promised to the forecast day, in working days: above 0 it is late. `parts` sum to `gap`, exact and shown."""

    promised: dt.date
    forecast: dt.date
    gap: int
    exact: Fraction
    parts: tuple[Part, ...]
    schedule: Schedule


class Points(NamedTuple):
    """Planned less done today, in percent points: above 0 it is behind. the reasons in hours of the plan."""

    planned: Fraction
    done: Fraction
    amount: Fraction
    """The gap as hours of the plan; where nothing in it has hours, in percent points."""
    unit: Literal["hours", "points"]
    parts: tuple[Part, ...]
    """In that unit, shown to a tenth."""
    basis: str

    @property
    def gap(self) -> Fraction:
        """Planned less done, in points."""
        return self.planned - self.done


@remembered
def the_schedule(facts: Facts) -> Schedule:
    """The schedule with open waits ending when they are assumed to."""
    return schedule(facts)


@remembered
def _stages(facts: Facts) -> list[tuple[str, list[Fraction]]]:
    """Where each piece ends with no cause (named ""), then with each one more put in."""
    nodes = the_schedule(facts).nodes
    held: list[str] = []
    found = [("", finishes(nodes, ()))]
    present = {cause for node in nodes for cause, _ in node.delays}
    for cause in CAUSES:
        if cause in present:
            held.append(cause)
            found.append((cause, finishes(nodes, tuple(held))))
    return found


def ends_of(nodes: Sequence[Node]) -> Fraction:
    """Where the last of them ends, with every delay."""
    return max(finishes(nodes))


def drive(nodes: Sequence[Node], place: int, cause: str) -> list[Node]:
    """The same pieces without one delay of one of them."""
    node = nodes[place]
    lighter = node._replace(delays=tuple(one for one in node.delays if one[0] != cause))
    return [*nodes[:place], lighter, *nodes[place + 1 :]]


@remembered
def days_of(facts: Facts) -> Days | Unknown:
    """The gap in days; Unknown without a promised day or without work that has days."""
    promised, agreement = facts.project.due, facts.project.agreement
    if promised is None:
        return Unknown(why="no day is promised: the project has no `due`")
    if agreement is not None and agreement.kind == "retainer":
        return Unknown(why="a retainer runs on: there is no end to reach")
    held = the_schedule(facts)
    if not held.pieces:
        return Unknown(why="no task has a due day" if held.undated else "there is no work with days in the plan")
    limit = held.axis.end(promised)
    stages = [(cause, max(ends)) for cause, ends in _stages(facts)]
    last = stages[-1][1]
    if last >= limit:
        stages = [(cause, max(end, limit)) for cause, end in stages]
    first = stages[0][1] - limit
    exact = [(PLAN if first > 0 else SLACK, first)]
    exact += [(cause, after - before) for (_, before), (cause, after) in itertools.pairwise(stages)]
    gap = -(-(last - limit).numerator // (last - limit).denominator)
    exact = [(cause, days) for cause, days in exact if days]
    shown = apportioned([days for _, days in exact], gap)
    parts = [
        Part(cause, days, Decimal(whole), _evidence(held, cause, max(last, limit), limit))
        for (cause, days), whole in zip(exact, shown, strict=True)
    ]
    return Days(promised, held.axis.day(last), gap, last - limit, tuple(parts), held)


#: So many delays of one cause are tried out one by one; beyond, the longest stand for the rest.
_TRIED = 12


def _evidence(held: Schedule, cause: str, last: Fraction, limit: Fraction) -> tuple[Evidence, ...]:
    found = [(days, place) for place, piece in enumerate(held.pieces) for name, days in piece.delays if name == cause]
    found.sort(key=lambda one: (-abs(one[0]), one[1]))
    tried = [
        Evidence(held.pieces[place], days, last - max(ends_of(drive(held.nodes, place, cause)), limit))
        for days, place in found[:_TRIED]
    ]
    return tuple(sorted(tried, key=lambda one: (-abs(one.effect), -abs(one.recorded))))


@remembered
def points_of(facts: Facts) -> Points | Unknown:
    """The gap in percent points; Unknown where either side of it is not known."""
    due, basis = share_due(facts)
    leaves = work_of(facts).leaves
    whole = sum((one.weight for one in due), ZERO)
    if not whole:
        return Unknown(why="nothing in the plan has a start and a due day")
    if not leaves:
        return Unknown(why="no task is in scope")
    usual = Fraction(average_estimate([leaf.item for leaf in leaves]))
    weights = {leaf.ref: Fraction(leaf.estimate) if leaf.estimate else usual for leaf in leaves}
    every = sum(weights.values(), ZERO)
    if every <= 0:
        return Unknown(why="the estimates in scope sum to nothing: one of them is below zero")
    finished = {leaf.ref for leaf in leaves if leaf.task.state == "done"}
    planned = 100 * sum((one.weight * one.share for one in due), ZERO) / whole
    done = 100 * sum((weights[ref] for ref in finished), ZERO) / every
    found: dict[str, Fraction] = {}
    tasks: dict[str, list[Ref]] = {}
    for one in due:
        if one.share == (one.task in finished):
            continue
        behind = 100 * one.weight * (one.share - (one.task in finished)) / whole
        for cause, share in _split(facts, one.task, behind).items():
            found[cause] = found.get(cause, ZERO) + share
            tasks.setdefault(cause, []).extend([one.task] if one.task is not None and share else [])
    # Work done that no plan has, and estimates that are other than planned: the yardstick itself.
    found[SCOPE] = found.get(SCOPE, ZERO) + planned - done - sum(found.values(), ZERO)
    order = [cause for cause in (*CAUSES, UNDER_WAY) if found.get(cause)]
    stated = any(leaf.estimate for leaf in leaves)
    per_point = whole / 3600 / 100 if stated else Fraction(1)
    hours = [found[cause] * per_point for cause in order]
    total = (planned - done) * per_point
    tenths = apportioned([10 * one for one in hours], _rounded(10 * total))
    parts = [
        Part(cause, exact, Decimal(tenth) / 10, tasks=tuple(tasks.get(cause, ())))
        for cause, exact, tenth in zip(order, hours, tenths, strict=True)
    ]
    return Points(planned, done, total, "hours" if stated else "points", tuple(parts), basis)


def _rounded(value: Fraction) -> int:
    """To the nearest whole number, a half away from zero."""
    doubled = 2 * abs(value) + 1
    whole = doubled.numerator // (2 * doubled.denominator)
    return whole if value >= 0 else -whole


def _split(facts: Facts, task: Ref | None, behind: Fraction) -> dict[str, Fraction]:
    """What one piece is behind, by what makes it late: in proportion to the days each cause adds to its end."""
    if behind <= 0:
        return {GAINED: behind} if behind else {}
    place = _places(facts).get(task) if task is not None else None
    if place is None:
        return {UNEXPLAINED: behind}
    stages = _stages(facts)
    days = {
        cause: max(ZERO, after[place] - before[place]) for (_, before), (cause, after) in itertools.pairwise(stages)
    }
    late = sum(days.values(), ZERO)
    if not late:
        piece = the_schedule(facts).pieces[place]
        return {UNDER_WAY if piece.task.record.state == "in_progress" else "not_started": behind}
    return {cause: behind * one / late for cause, one in days.items() if one}


@remembered
def _places(facts: Facts) -> Mapping[Ref, int]:
    return {piece.task.ref: place for place, piece in enumerate(the_schedule(facts).pieces)}
