"""The portfolio and single projects at the end of a past day: figures worked out anew from the facts of then, not kept."""

from __future__ import annotations

import datetime as dt

from sightline.app.asof import Past, end_of
from sightline.app.session import Session
from sightline.app.status import ProjectView, by_name, project_of, worst_first
from sightline.measure.past import Clock
from sightline.measure.project import measure_with_health
from sightline.model.portfolio import Project
from sightline.present.portfolio import Portfolio, portfolio_row

__all__ = ["portfolio_then", "project_then"]


def portfolio_then(session: Session, day: dt.date, clock: Clock) -> Portfolio:
    """All projects at the end of that day. What belongs to no project is told of now only."""
    past, moment = Past(session, clock), end_of(session, day)
    views = [_view(session, past, project, moment) for project in session.workspace.projects.values()]
    rows = sorted((view.row for view in views), key=worst_first)
    sources = {state.source: state for view in views for state in view.sources}
    return Portfolio(
        name=session.workspace.name, as_of=moment, rows=tuple(rows), sources=tuple(sources.values()), unmatched=(),
        unmatched_people=0, leftover_seconds=0,
    )  # fmt: skip


def project_then(session: Session, name: str, day: dt.date, clock: Clock) -> ProjectView:
    """One project at the end of that day."""
    return _view(session, Past(session, clock), project_of(session, name), end_of(session, day))


def _view(session: Session, past: Past, project: Project, moment: dt.datetime) -> ProjectView:
    facts = past.facts(project, moment)
    figures = measure_with_health(facts, session.registry.metrics.values())
    row = portfolio_row(project, facts.client, by_name(figures), facts.sources)
    return ProjectView(row, tuple(figures), facts.sources)
