"""Charts of one project, or of everybody's work, from what is kept: each a Vega-Lite specification with its values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal

from msgspec import structs

from sightline.app.measuring import facts_of, join_workspace
from sightline.app.people import people_view
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.measure.diagnosis import cycle_times, spells
from sightline.measure.flow import percentile
from sightline.measure.judging import judgements
from sightline.measure.outlook import PERCENTILES, Outlook, by_throughput
from sightline.measure.pace import begun_on, day_of, finished_on
from sightline.measure.past import facts_as_of
from sightline.measure.project import measure_with_health
from sightline.measure.series import budget_curve, burn_up
from sightline.measure.work import work_of
from sightline.model.facts import Facts
from sightline.model.figures import Unknown
from sightline.present.charts import foresight, progress
from sightline.present.charts.base import Spec

__all__ = ["CHARTS", "WITHOUT_PROJECT", "make_chart"]

_DAY = dt.timedelta(days=1)
#: Weeks that health is recomputed back.
WEEKS = 12


def make_chart(session: Session, name: str, project: str | None = None) -> Spec:
    """The chart of that name; `ConfigError` for an unknown name, or without the project it is of."""
    if name in WITHOUT_PROJECT:
        return WITHOUT_PROJECT[name](session)
    if name not in CHARTS:
        raise ConfigError(
            f"there is no chart {name[:40]!r}{nearest(name, {**CHARTS, **WITHOUT_PROJECT})}",
            where="sightline chart",
            mend=f"Charts: {', '.join((*CHARTS, *WITHOUT_PROJECT))}.",
        )
    if project is None:
        raise ConfigError(f"the chart {name} is of one project", where="sightline chart", mend="Name a project, too.")
    joined, wanted = join_workspace(session), project_of(session, project)
    facts = facts_of(session, joined, next(one for one in joined.rules.projects if one.id == wanted.id))
    return CHARTS[name](facts)


def _burn_up(facts: Facts) -> Spec:
    leaves = [(day_of(facts, leaf.task.created_at), finished_on(facts, leaf)) for leaf in work_of(facts).leaves]
    points = [
        foresight.BurnPoint(
            day,
            sum(made is None or made <= day for made, _ in leaves),
            sum(done is not None and done <= day for _, done in leaves),
        )
        for day in _days(facts)
    ]
    found = by_throughput(facts)
    ends = {share: found.on(share) for share in PERCENTILES} if isinstance(found, Outlook) else {}
    finish = {share: day for share, day in ends.items() if not isinstance(day, Unknown)}
    title = f"{facts.project.name}: planned, done and forecast"
    return foresight.burn_up(title, points, _plan(facts), finish, facts.project.due)


def _hours_burn_up(facts: Facts) -> Spec:
    return progress.hours_burn_up(facts.project.name, burn_up(facts), today=facts.today, due=facts.project.due)


def _budget(facts: Facts) -> Spec:
    return progress.budget_burn(facts.project.name, budget_curve(facts), today=facts.today)


def _plan(facts: Facts) -> list[tuple[dt.date, int]]:
    """Tasks due by day: by the latest approved (else latest) baseline, without one by the tasks' present due days."""
    due = [leaf.task.due_on for leaf in work_of(facts).leaves]
    if facts.baselines:
        baseline = max(facts.baselines, key=lambda one: (one.approved_by is not None, one.frozen_at))
        inner = {item.parent for item in baseline.items}
        due = [item.due_on for item in baseline.items if item.uid not in inner and not item.milestone]
    return [(day, n) for n, day in enumerate(sorted(day for day in due if day is not None), start=1)]


def _days(facts: Facts) -> list[dt.date]:
    """From the first day of work to today."""
    first = min(begun_on(facts) or facts.today, facts.today)
    return [first + n * _DAY for n in range((facts.today - first).days + 1)]


def _health(facts: Facts) -> Spec:
    """Every dimension at the end of each past week, worked out again from histories; without hysteresis."""
    found = []
    for weeks in reversed(range(WEEKS)):
        past = facts_as_of(facts, facts.as_of - weeks * 7 * _DAY)
        if (begun := begun_on(facts)) is not None and past.today < begun:
            continue
        past = structs.replace(past, former={})
        found += [
            (one.dimension or "overall", past.today, one.shown) for one in judgements(past, measure_with_health(past))
        ]
    return foresight.health_by_week(f"{facts.project.name}: health by week", found)


def _cumulative(facts: Facts) -> Spec:
    held = [(_in_state(spell.state), spell.began, spell.ended) for spell in spells(facts)]
    days = []
    for day in _days(facts):
        counts: dict[str, int] = {}
        for state, began, ended in held:
            start, end = day_of(facts, began), day_of(facts, ended)
            if start is not None and start <= day and (end is None or end > day):
                counts[state] = counts.get(state, 0) + 1
        days.append((day, counts))
    return foresight.cumulative_flow(f"{facts.project.name}: cumulative flow", days)


def _in_state(state: str) -> str:
    return {"todo": "to do", "in_progress": "in progress", "done": "done"}.get(state, "in progress")


def _cycle(facts: Facts) -> Spec:
    items = [(f"{leaf.task.key} {leaf.task.title}", done, days) for leaf, done, days in cycle_times(facts)]
    took = [Decimal(days) for _, _, days in items]
    shares = {
        share: days for share in (50, 85) if not isinstance(days := percentile(took, Decimal(share) / 100), Unknown)
    }
    return foresight.cycle_times(f"{facts.project.name}: days from start to finish", items, shares)


def _workload(session: Session) -> Spec:
    view = people_view(session)
    bars = [
        foresight.LoadBar(row.name, week.first, week.load, week.capacity) for row in view.rows for week in row.weeks
    ]
    return foresight.workload("Planned hours by week, and hours there", bars)


#: Charts of one project, by name.
CHARTS: Mapping[str, Callable[[Facts], Spec]] = {
    "burn-up": _burn_up,
    "burn-up-hours": _hours_burn_up,
    "budget": _budget,
    "health": _health,
    "cumulative-flow": _cumulative,
    "cycle-times": _cycle,
}
#: Charts of everybody's work.
WITHOUT_PROJECT: Mapping[str, Callable[[Session], Spec]] = {"workload": _workload}
