"""Forecasts of all projects, and how often such forecasts of them have held, from stored figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sightline.app.measuring import measure_workspace
from sightline.app.session import Session
from sightline.app.status import figures_of, project_of
from sightline.measure.calibration import SHARES, verdict
from sightline.measure.outlook import PERCENTILES
from sightline.model.figures import Figure
from sightline.model.portfolio import Project
from sightline.present.outlook import ForecastRow, ForecastView, HeldRow

__all__ = ["forecast_view"]


def forecast_view(session: Session, name: str | None = None) -> ForecastView:
    """The forecast of one project (id or name), or of all of them; with all weeks tested where there is only one."""
    measure_workspace(session, touched=())
    projects = [project_of(session, name)] if name is not None else list(session.workspace.projects.values())
    rows = [_row(project, figures_of(session, project.id)) for project in projects]
    rules = session.workspace.forecast
    return ForecastView(
        as_of=session.clock.now(),
        trials=rules.trials,
        seed=rules.seed,
        rows=tuple(rows),
        held=tuple(_held(rows, share) for share in SHARES),
    )


def _row(project: Project, figures: Mapping[str, Sequence[Figure]]) -> ForecastRow:
    def one(name: str) -> Figure | None:
        return next(iter(figures.get(name, ())), None)

    return ForecastRow(
        id=project.id,
        name=project.name,
        due=project.due,
        by_throughput={share: one(f"finish_{share}") for share in PERCENTILES},
        by_effort={share: one(f"effort_finish_{share}") for share in PERCENTILES},
        likelihood=one("promise_likelihood"),
        held={share: one(f"forecast_held_{share}") for share in SHARES},
    )


def _held(rows: Sequence[ForecastRow], share: int) -> HeldRow:
    """The tests of all projects together."""
    known = [figure for row in rows if (figure := row.held[share]) is not None and isinstance(figure.value, Decimal)]
    tests = sum(len(figure.receipt.lines) for figure in known)
    held = sum(line.value.startswith("held") for figure in known for line in figure.receipt.lines)
    return HeldRow(share, held, tests, verdict(held, tests, share))
