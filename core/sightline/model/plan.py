"""What was promised: a baseline is a frozen, named, dated copy of the plan; several are kept, none is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.money import Money
from sightline.model.portfolio import Calendar
from sightline.model.refs import Ref

__all__ = ["Baseline", "Confidence", "Dependency", "PlanItem", "Sized", "current_baseline"]

Confidence = Literal["high", "medium", "low"]
Sized = Literal["hours", "points", "checklist", "duration", "median"]


class Dependency(Checked, frozen=True, kw_only=True):
    """This item waits for `predecessor` (its uid). `lag_seconds` is working time, negative for a lead."""

    predecessor: str
    type: Literal["FS", "SS", "FF", "SF"] = "FS"
    lag_seconds: int = 0


class PlanItem(Checked, frozen=True, kw_only=True):
    """One planned piece of work. Both days are included."""

    uid: str
    name: str
    task: Ref | None = None
    parent: str | None = None
    """The uid of the item it is a part of; only items without parts weigh."""
    wbs: str | None = None
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    work_seconds: int | None = None
    points: Decimal | None = None
    sized: Sized | None = None
    """How `work_seconds` came about: stated in hours, or made comparable from points, checklist lines, a duration or the median."""
    cost: Money | None = None
    milestone: bool = False
    under: str | None = None
    """The uid of the milestone it has to be done for."""
    client_visible: bool = True
    owner: str | None = None
    week: tuple[Decimal, ...] | None = None
    """Hours its owner works from Monday to Sunday, for part-time; None = as the baseline's calendar."""
    away: tuple[dt.date, ...] = ()
    """Days its owner is away, as known when the plan was frozen."""
    depends_on: tuple[Dependency, ...] = ()


class Baseline(Checked, frozen=True, kw_only=True):
    """A frozen plan. `name` and `frozen_at` identify it; `approved_by` is None until somebody approved it."""

    id: str
    project: str
    name: str
    frozen_at: dt.datetime
    items: tuple[PlanItem, ...] = ()
    reason: str | None = None
    approved_by: str | None = None
    approved_at: dt.datetime | None = None
    source: str | None = None
    """Where it came from: names of sources, or of a file."""
    calendar: Calendar | None = None
    """The work calendar as it was; None = the workspace's."""
    sizing: str | None = None
    """How estimates of several kinds were made comparable, in words."""
    confidence: Confidence | None = None


def current_baseline(baselines: Sequence[Baseline]) -> Baseline | None:
    """The one that planned figures are taken from: the latest approved, else the latest; None without any."""
    return max(baselines, key=lambda b: (b.approved_by is not None, b.frozen_at, b.id), default=None)
