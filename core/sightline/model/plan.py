"""What was promised: a baseline is a frozen, named, dated copy of the plan; several are kept, none is changed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.refs import Ref

__all__ = ["Baseline", "Dependency", "PlanItem"]


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
    wbs: str | None = None
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    work_seconds: int | None = None
    points: Decimal | None = None
    milestone: bool = False
    client_visible: bool = True
    owner: str | None = None
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
    source: str | None = None
    """Where it came from: `config`, a source's name, a file name."""
