"""A project's hours over time: planned, in scope and done at the end of each week; used of the budget day by day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.baseline import plan_of
from sightline.measure.exact import ZERO
from sightline.measure.past import facts_as_of
from sightline.measure.phasing import middle
from sightline.measure.pricing import day_of
from sightline.measure.work import work_of
from sightline.model.time import zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.model.facts import Facts

__all__ = ["BudgetCurve", "BurnUp", "Point", "budget_curve", "burn_up"]

_DAY = dt.timedelta(days=1)
#: So many points are drawn; longer projects get a point for every second, third … week.
MOST_POINTS = 60


class Point(NamedTuple):
    """A value at the end of a day, in hours."""

    day: dt.date
    hours: Decimal


class BurnUp(NamedTuple):
    """`plan` goes to the plan's end (empty without a baseline); `scope` and `done` end today."""

    plan: tuple[Point, ...]
    scope: tuple[Point, ...]
    done: tuple[Point, ...]


class BudgetCurve(NamedTuple):
    """Hours used to the end of each day with work, and how the plan would use them; `budget` None when none was agreed."""

    used: tuple[Point, ...]
    plan: tuple[Point, ...]
    budget: Decimal | None


def burn_up(facts: Facts) -> BurnUp:
    """By weeks (Fridays), today and the plan's ends among the points. A task without an estimate weighs the median."""
    plan = plan_of(facts)
    first = _begins(facts)
    days = _weeks(first, facts.today)
    scope, done = [], []
    for day in days:
        leaves = work_of(_at(facts, day)).leaves
        common = middle(leaf.estimate or 0 for leaf in leaves)
        sizes = [(leaf.estimate or common, leaf.item.closed) for leaf in leaves]
        scope.append(Point(day, sum((size for size, _ in sizes), ZERO) / 3600))
        done.append(Point(day, sum((size for size, closed in sizes if closed), ZERO) / 3600))
    if plan is None or plan.phasing.first is None or plan.phasing.last is None:
        return BurnUp((), tuple(scope), tuple(done))
    start, end = plan.phasing.first - _DAY, plan.phasing.last
    marks = sorted({start, *_weeks(start, end), *([facts.today] if start <= facts.today <= end else [])})
    return BurnUp(tuple(Point(day, plan.phasing.planned(day) / 3600) for day in marks), tuple(scope), tuple(done))


def budget_curve(facts: Facts) -> BudgetCurve:
    """Hours worked, cumulated; the plan's curve is brought to the agreed hours, so that the two can be compared."""
    worked: defaultdict[dt.date, int] = defaultdict(int)
    for _source, entry in facts.time:
        worked[day_of(entry, facts)] += entry.seconds
    used, whole = [Point(_begins(facts) - _DAY, ZERO)], 0
    for day in sorted(worked):
        whole += worked[day]
        used.append(Point(day, Decimal(whole) / 3600))
    if used[-1].day < facts.today:
        used.append(Point(facts.today, used[-1].hours))
    agreement = facts.project.agreement
    agreed = agreement.budget_seconds if agreement is not None else None
    budget = Decimal(agreed) / 3600 if agreed else None
    plan = plan_of(facts)
    points: tuple[Point, ...] = ()
    if plan is not None and plan.phasing.seconds and budget is not None:
        points = tuple(Point(day, value * budget * 3600 / plan.phasing.seconds) for day, value in burn_up(facts).plan)
    return BudgetCurve(tuple(used), points, budget)


def _begins(facts: Facts) -> dt.date:
    """The project's first day: as configured, as planned, else of the first work."""
    plan = plan_of(facts)
    known = [facts.project.starts, plan.phasing.first if plan is not None else None]
    known += [day_of(entry, facts) for _source, entry in facts.time] if not any(known) else []
    return min((day for day in known if day is not None), default=facts.today)


def _weeks(first: dt.date, last: dt.date) -> Sequence[dt.date]:
    """Fridays from `first` to `last`, the last day itself at the end; thinned out when there are too many."""
    if last < first:
        return [last]
    friday = first + (4 - first.weekday()) % 7 * _DAY
    step = 7 * max(1, -(-(last - first).days // (7 * MOST_POINTS)))
    days = [friday + n * _DAY for n in range(0, max(0, (last - friday).days), step)]
    return [*(day for day in days if day < last), last]


def _at(facts: Facts, day: dt.date) -> Facts:
    """The facts at the end of that day; today's are as they are."""
    if day >= facts.today:
        return facts
    end = dt.datetime.combine(day + _DAY, dt.time(), zone(facts.calendar.timezone)) - dt.timedelta(seconds=1)
    return facts_as_of(facts, end.astimezone(dt.UTC))
