"""Status: the portfolio, or one project, from stored figures."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sightline.app.alerting import count_open
from sightline.app.leftovers import LEFT_OVER, UNMATCHED_INVOICES, UNMATCHED_PEOPLE
from sightline.app.measuring import measure_workspace, source_states, sources_of
from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.model.facts import SourceState
from sightline.model.figures import Figure, Unknown
from sightline.model.money import Money
from sightline.model.portfolio import Project
from sightline.model.time import stamp
from sightline.present.portfolio import Portfolio, ProjectRow, portfolio_row
from sightline.store.exports.form import money_text
from sightline.store.measured import Listed

__all__ = [
    "ProjectView",
    "by_name",
    "figure_json",
    "figures_of",
    "portfolio",
    "project_of",
    "project_view",
    "worst_first",
]


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectView:
    """One project with all its figures."""

    row: ProjectRow
    figures: tuple[Figure, ...]
    sources: Sequence[SourceState]


def project_of(session: Session, name: str) -> Project:
    """The project of that id or name; `ConfigError` with the nearest right one."""
    projects = session.workspace.projects
    for project in projects.values():
        if name.casefold() in (project.id.casefold(), project.name.casefold()):
            return project
    raise ConfigError(
        f"there is no project {name[:60]!r}{nearest(name, projects)}",
        where="sightline.toml",
        mend=f"Configured: {', '.join(projects) or 'none'}.",
    )


def figures_of(session: Session, project: str) -> Mapping[str, Sequence[Figure]]:
    """The project's stored figures by name."""
    return by_name(session.store.figures(project))


def by_name(figures: Iterable[Figure]) -> Mapping[str, Sequence[Figure]]:
    """Figures by their name, in the order given."""
    found: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        found[figure.name].append(figure)
    return found


def portfolio(session: Session) -> Portfolio:
    """All projects: worst first, by the gap between plan and work done; then what belongs to no project."""
    measure_workspace(session, touched=())
    workspace = session.workspace
    states = source_states(session, workspace.sources)
    listed = session.store.listed()
    rows = [_row(session, project, _listed(listed, project.id), states) for project in workspace.projects.values()]
    rows.sort(key=worst_first)
    whole = [figure for figure in session.store.figures(None) if figure.client is None]
    return Portfolio(
        name=workspace.name,
        as_of=session.clock.now(),
        rows=tuple(rows),
        sources=tuple(states),
        unmatched=tuple(_unmatched(figure) for figure in whole if figure.name == UNMATCHED_INVOICES),
        unmatched_people=int(_number(whole, UNMATCHED_PEOPLE)),
        leftover_seconds=int((_number(whole, LEFT_OVER) * 3600).to_integral_value()),
        alerts=count_open(session),
    )


def _listed(held: Mapping[str, Listed], project: str) -> Mapping[str, Sequence[Figure]]:
    found: defaultdict[str, list[Figure]] = defaultdict(list)
    if project in held:
        for one in held[project].figures:
            found[one.name].append(one.figure(project, held[project].at))
    return found


def _number(figures: Sequence[Figure], name: str) -> Decimal:
    """The value of that figure of the workspace; 0 when there is none."""
    return next((one.value for one in figures if one.name == name and isinstance(one.value, Decimal)), Decimal(0))


def _unmatched(figure: Figure) -> tuple[str, str, int, Decimal]:
    """(kind, currency, documents, total) of unmatched invoices; the receipt counts the documents."""
    value = figure.value
    amount = value.amount if isinstance(value, Money) else Decimal(0)
    return "invoice", figure.currency or "", int(figure.receipt.lines[0].value), amount


def _row(
    session: Session, project: Project, figures: Mapping[str, Sequence[Figure]], states: Sequence[SourceState]
) -> ProjectRow:
    client = session.workspace.clients.get(project.client) if project.client else None
    behind = sources_of(project)
    mine = [state for state in states if state.source in behind]
    return portfolio_row(project, client, figures, mine)


def worst_first(row: ProjectRow) -> tuple[bool, Any, str]:
    """How projects are ordered: by the gap between plan and work done, unknown ones last."""
    gap = row.gap
    unknown = gap is None or isinstance(gap, Unknown)
    return (unknown, 0 if unknown else gap, row.id)


def project_view(session: Session, name: str) -> ProjectView:
    """One project."""
    measure_workspace(session, touched=())
    project = project_of(session, name)
    states = source_states(session, sources_of(project))
    figures = figures_of(session, project.id)
    held = tuple(figure for several in figures.values() for figure in several)
    return ProjectView(_row(session, project, figures, states), held, states)


def figure_json(figure: Figure) -> dict[str, Any]:
    """A figure as JSON: an unknown value is null with its reason, money a decimal text beside its currency."""
    value: Any = figure.value
    why = currency = None
    if isinstance(value, Unknown):
        value, why = None, value.why
    elif isinstance(value, Money):
        # The same digits as in exports: one number, one text.
        value, currency = money_text(value.amount, value.currency), value.currency
    return {
        "figure": figure.name,
        "value": value.isoformat() if isinstance(value, dt.date) else value,
        "unit": figure.unit,
        "currency": currency or figure.currency,
        "as_of": stamp(figure.as_of),
        "method": figure.method,
        "coverage": figure.coverage,
        "oldest_input": stamp(figure.oldest_input),
        "why_unknown": why,
    }
