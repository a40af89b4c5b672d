"""Why a project is where it is: the slip ledger, what would get it back, and whose turn it is; now or on a past day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from sightline.app.asof import Past, end_of
from sightline.app.measuring import facts_of, join_workspace, measure_workspace
from sightline.app.session import Session
from sightline.app.status import figures_of, project_of
from sightline.measure.past import Clock
from sightline.measure.remedies import Remedy, remedies
from sightline.measure.slip import Days, Points, days_of, points_of
from sightline.measure.turns import Wait, waited, waits
from sightline.model.facts import Facts
from sightline.model.figures import Unknown

__all__ = ["Why", "why"]


@dataclasses.dataclass(frozen=True)
class Why:
    """The ledger of one project."""

    facts: Facts
    points: Points | Unknown
    days: Days | Unknown
    remedies: Sequence[Remedy]
    waits: Sequence[tuple[Wait, int]]
    """Open waits with the working days they have lasted, longest first."""
    likely: Sequence[tuple[int, dt.date]] = ()
    """Percent and day of the forecast by past throughput, as measured last; empty for a past day."""


def why(session: Session, name: str, *, as_of: dt.date | None = None, clock: Clock = "source") -> Why:
    """The ledger, from the facts of now or of the end of a past day."""
    project = project_of(session, name)
    if as_of is None:
        facts = facts_of(session, join_workspace(session), project)
    else:
        facts = Past(session, clock).facts(project, end_of(session, as_of))
    open_waits = [(wait, waited(facts, wait)) for wait in waits(facts) if wait.until is None]
    return Why(
        facts=facts,
        points=points_of(facts),
        days=days_of(facts),
        remedies=remedies(facts),
        waits=sorted(open_waits, key=lambda one: (-one[1], one[0].since)),
        likely=_likely(session, project.id) if as_of is None else (),
    )


def _likely(session: Session, project: str) -> list[tuple[int, dt.date]]:
    measure_workspace(session, touched=())
    figures = figures_of(session, project)
    found = ((share, figures.get(f"finish_{share}", ())) for share in (50, 85))
    return [(share, one.value) for share, held in found for one in held if isinstance(one.value, dt.date)]
