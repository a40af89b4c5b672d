"""What a project has earned of its plan: every baseline item credited by the project's rule, in hours and in money.

Credit rules (general earned value practice): 0/100 credits an item when it is done, 50/50 half of it when it is begun,
`checklist` the ticked share of an open item's lines, `remaining` what is not left of its estimate, `milestones` a stated
weight when all work for a milestone is done, `manual` what somebody says.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.baseline import plan_of
from sightline.measure.billing import RateQuestion, rate_for
from sightline.measure.earned_value import Earned
from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.remembered import remembered
from sightline.model.figures import Unknown
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sightline.measure.phasing import Piece
    from sightline.model.facts import Facts
    from sightline.model.plan import Baseline
    from sightline.model.records import Task

__all__ = ["Earning", "Priced", "credit_of", "earning_of", "priced_plan", "reached_milestones"]

_ONE, _HALF = Decimal(1), Decimal("0.5")


class Earning(NamedTuple):
    """PV, EV, AC and BAC in hours by the baseline in force; `credits` is what each dated item has earned (0-1)."""

    earned: Earned
    baseline: Baseline
    credits: tuple[tuple[Piece, Decimal], ...]
    rule: str
    matched: Decimal
    """Share (0-1) of the planned work whose items are tied to tasks; the rest has earned nothing that anybody sees."""


def credit_of(task: Task | None, rule: str, lines: Sequence[bool] = ()) -> Decimal:
    """Share (0-1) that one item has earned by `rule`; `lines` are its checklist's, ticked or not."""
    if task is None or task.state == "cancelled":
        return ZERO
    if task.state == "done":
        return _ONE
    if rule == "50/50":
        return _HALF if task.state == "in_progress" or task.started_at is not None else ZERO
    if rule == "checklist" and lines:
        return Decimal(sum(lines)) / len(lines)
    if rule == "remaining" and task.estimate_seconds and task.remaining_seconds is not None:
        left = Decimal(task.remaining_seconds) / task.estimate_seconds
        return min(_ONE, max(ZERO, _ONE - left))
    return ZERO


@remembered
def ticked(facts: Facts) -> Mapping[Ref, list[bool]]:
    """Task → its checklist lines, done or not."""
    found: defaultdict[Ref, list[bool]] = defaultdict(list)
    for source, item in facts.items:
        found[Ref(source, "tasks", item.task)].append(item.state == "done")
    return found


@remembered
def earning_of(facts: Facts) -> Earning | Unknown:
    """Earned value in hours; Unknown without a baseline, without dated items, or when none of them is tied to a task."""
    plan = plan_of(facts)
    if plan is None:
        return Unknown(why="there is no baseline: make one with `sightline plan baseline`")
    bac = plan.phasing.seconds
    if not bac:
        return Unknown(why="no item of the baseline has a start and a due day")
    rule = facts.project.progress.credit
    tasks = {task.ref: task.record for task in facts.tasks}
    lines = ticked(facts)
    gained = tuple(
        (
            piece,
            credit_of(tasks.get(piece.item.task), rule, lines.get(piece.item.task, ())) if piece.item.task else ZERO,
        )
        for piece in plan.phasing.pieces
    )
    tied = sum((piece.weight for piece in plan.phasing.pieces if piece.item.task is not None), ZERO)
    if not tied:
        return Unknown(why=f'no item of the baseline "{plan.baseline.name}" is tied to a task')
    earned = sum((piece.weight * credit for piece, credit in gained), ZERO)
    worked = sum(entry.record.seconds for entry in facts.time)
    hours = Earned(plan.phasing.planned(facts.today) / 3600, earned / 3600, Decimal(worked) / 3600, bac / 3600)
    return Earning(hours, plan.baseline, gained, rule, tied / bac)


def reached_milestones(facts: Facts) -> dict[str, bool]:
    """Milestone of the baseline (its name) → whether all items planned for it are done; those without items are not in it."""
    plan = plan_of(facts)
    if plan is None:
        return {}
    names = {item.uid: item.name for item in plan.baseline.items if item.milestone}
    tasks = {task.ref: task.record for task in facts.tasks}
    found: dict[str, bool] = {}
    for piece in plan.phasing.pieces:
        name = names.get(piece.item.under or "")
        if name is not None:
            task = tasks.get(piece.item.task) if piece.item.task else None
            found[name] = found.get(name, True) and task is not None and task.state == "done"
    return found


class Priced(NamedTuple):
    """PV, EV and BAC in one currency; `unpriced` are items for which no cost is known."""

    pv: Decimal
    ev: Decimal
    bac: Decimal
    unpriced: int


def priced_plan(facts: Facts, earning: Earning, currency: str) -> Priced:
    """The plan in money: each item's own planned cost, else its hours at its owner's cost rate on its first day."""
    persons = {name.casefold(): person for person in facts.persons for name in (person.name, person.id)}
    rates = [rate for rate in facts.rates if rate.side == "cost"]
    project = frozenset((facts.project.id.casefold(), facts.project.name.casefold()))
    known: dict[tuple[str | None, dt.date], Decimal | None] = {}
    pv = ev = bac = ZERO
    unpriced = 0
    for piece, credit in earning.credits:
        item, cost = piece.item, None
        if item.cost is not None:
            cost = item.cost.amount if item.cost.currency == currency else None
        else:
            day = item.starts_on or facts.today
            if (item.owner, day) not in known:
                person = persons.get((item.owner or "").casefold())
                names = (
                    frozenset(n.casefold() for n in (person.name, person.id, *person.emails))
                    if person
                    else frozenset[str]()
                )
                asked = RateQuestion(day=day, person=names, role=person.role if person else None, project=project)
                rate = rate_for(rates, "cost", asked)
                fits = rate is not None and rate.per_hour.currency == currency
                known[item.owner, day] = rate.per_hour.amount if rate is not None and fits else None
            per_hour = known[item.owner, day]
            cost = None if per_hour is None else per_hour * piece.weight / 3600
        if cost is None:
            unpriced += 1
            continue
        bac += cost
        ev += cost * credit
        pv += cost * piece.share(facts.today)
    return Priced(pv, ev, bac, unpriced)


def percent_by_milestones(facts: Facts, weights: Sequence[tuple[str, Decimal]]) -> Decimal | Unknown:
    """Percent complete by stated weights of milestones: all of a weight when its milestone is reached, else nothing."""
    reached = reached_milestones(facts)
    whole = sum((weight for _, weight in weights), ZERO)
    missing = [name for name, _ in weights if name not in reached]
    if not whole or len(missing) == len(weights):
        return Unknown(why="none of the weighted milestones is in the baseline")
    return HUNDRED * sum((weight for name, weight in weights if reached.get(name)), ZERO) / whole
