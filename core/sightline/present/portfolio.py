"""The portfolio screen as values: one row per project, what stands apart below it. CLI and web show the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sightline.model.facts import SourceState
from sightline.model.figures import Figure, Unknown
from sightline.model.portfolio import Client, Project

__all__ = ["LISTED", "Portfolio", "ProjectRow", "portfolio_row"]

#: The figures that a row shows.
LISTED = (
    "planned_percent", "progress_by_estimate", "progress_by_count", "hours", "invoiced", "paid", "overdue", "unbilled",
    "margin", "margin_at_most", "finish_85", "health",
)  # fmt: skip
#: Data older than this is marked stale.
STALE_AFTER = dt.timedelta(hours=24)


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project. Each cell is the figures it shows (several when there are several currencies)."""

    id: str
    client: str | None
    client_id: str | None
    name: str
    due: dt.date | None
    planned: Figure | None
    done: Figure | None
    hours: Figure | None
    budget_hours: Decimal | None
    invoiced: Sequence[Figure]
    paid: Sequence[Figure]
    overdue: Sequence[Figure]
    unbilled: Sequence[Figure]
    margin: Sequence[Figure]
    margin_at_most: Sequence[Figure]
    """What the margin is at most, where it is not known."""
    oldest: dt.datetime | None
    lacking: tuple[str, ...]
    """Sources behind it whose data is missing or incomplete, each with its reason."""
    finish: Figure | None = None
    """The forecast at 85 %."""
    health: Figure | None = None
    """The worst of all dimensions; Unknown is grey. Its method says why."""

    @property
    def colour(self) -> str:
        """green, amber, red or grey; empty when it was never measured."""
        if self.health is None:
            return ""
        return self.health.value if isinstance(self.health.value, str) else "grey"

    @property
    def margin_shown(self) -> Sequence[Figure]:
        """The margin; where it is not known the most it can be, which says more than that it is unknown."""
        known = any(not isinstance(figure.value, Unknown) for figure in self.margin)
        return self.margin if known else self.margin_at_most or self.margin

    @property
    def gap(self) -> Decimal | Unknown | None:
        """Percentage points done more (positive) or less than planned; None when either was never measured."""
        if self.planned is None or self.done is None:
            return None
        for value in (self.planned.value, self.done.value):
            if isinstance(value, Unknown):
                return value
        if isinstance(self.planned.value, Decimal) and isinstance(self.done.value, Decimal):
            return self.done.value - self.planned.value
        return None


@dataclasses.dataclass(frozen=True, slots=True)
class Portfolio:
    """All projects at one moment."""

    name: str
    as_of: dt.datetime
    rows: tuple[ProjectRow, ...]
    sources: tuple[SourceState, ...]
    unmatched: tuple[tuple[str, str, int, Decimal], ...]
    """Documents that no project's rules took: (kind, currency, number, total with tax)."""
    unmatched_people: int
    leftover_seconds: int
    """Time that belongs to no project."""
    alerts: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """How many stand open by severity, the worst first."""


def portfolio_row(
    project: Project, client: Client | None, figures: Mapping[str, Sequence[Figure]], sources: Sequence[SourceState]
) -> ProjectRow:
    """One row from the project's stored figures by name."""

    def one(name: str) -> Figure | None:
        return next(iter(figures.get(name, ())), None)

    lacking = tuple(f"{s.source}: {s.reason or s.status}" for s in sources if s.status != "complete")
    agreement = project.agreement
    budget = Decimal(agreement.budget_seconds) / 3600 if agreement and agreement.budget_seconds else None
    names = ("progress", "progress_by_estimate", "progress_by_count")
    progress = [figure for figure in map(one, names) if figure]
    # By estimate where there are estimates; by count where that is all there is. The method goes with the figure.
    done = next((figure for figure in progress if not isinstance(figure.value, Unknown)), next(iter(progress), None))
    reads = [s.last_complete for s in sources]
    return ProjectRow(
        id=project.id,
        client=client.name if client else None,
        client_id=client.id if client else None,
        name=project.name,
        due=project.due,
        planned=one("planned_percent"),
        done=done,
        hours=one("hours"),
        budget_hours=budget,
        invoiced=figures.get("invoiced", ()),
        paid=figures.get("paid", ()),
        overdue=figures.get("overdue", ()),
        unbilled=figures.get("unbilled", ()),
        margin=figures.get("margin", ()),
        margin_at_most=figures.get("margin_at_most", ()),
        oldest=min((r for r in reads if r), default=None) if all(reads) else None,
        lacking=lacking,
        finish=one("finish_85"),
        health=one("health"),
    )
