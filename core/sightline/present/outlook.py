"""The forecast screen as values: when each project will be done, and how often such forecasts have held."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

from sightline.model.figures import Figure

__all__ = ["ForecastRow", "ForecastView", "HeldRow"]


@dataclasses.dataclass(frozen=True, slots=True)
class ForecastRow:
    """One project. The dates are by percentile (50, 70, 85, 95); a figure that is not known says why."""

    id: str
    name: str
    due: dt.date | None
    by_throughput: Mapping[int, Figure | None]
    by_effort: Mapping[int, Figure | None]
    likelihood: Figure | None
    """Of the promised day."""
    held: Mapping[int, Figure | None]
    """By percentile: in how many past weeks its date held. The method tells the count, the receipt each week."""


@dataclasses.dataclass(frozen=True, slots=True)
class HeldRow:
    """In how many of the past weeks of all projects the date at that percentile held, and whether that fits it."""

    share: int
    held: int
    tests: int
    verdict: str


@dataclasses.dataclass(frozen=True, slots=True)
class ForecastView:
    """All projects that were asked for."""

    as_of: dt.datetime
    trials: int
    seed: int
    rows: tuple[ForecastRow, ...]
    held: tuple[HeldRow, ...]
