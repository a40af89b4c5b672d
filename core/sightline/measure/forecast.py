"""When will it be done, how much will be done: past throughput drawn again, many times.

A histogram maps an outcome (days, or items) to the number of trials that ended there. Sampling is seeded and the seed
is shown, so a forecast can be made again. Conventions as in Lighthouse (Forecast models): "when" at 85 % is the day by
which 85 % of the trials are done, "how many" at 85 % the number that 85 % of the trials reach.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sightline.measure.exact import HUNDRED, ZERO, percent
from sightline.model.figures import Unknown

__all__ = [
    "MIN_HISTORY",
    "Trials",
    "how_many",
    "joint",
    "likelihood_at_least",
    "likelihood_by",
    "percentile_how_many",
    "percentile_when",
    "when",
]

#: Fewer days of history say nothing (metrics: "fewer than about 10 days").
MIN_HISTORY = 10
#: A trial that takes more days than this counts as never done: about forty years.
_HORIZON = 14_600

Histogram = Mapping[int, int] | Mapping[int, Decimal]


class Trials(NamedTuple):
    """The outcome of a simulation, with what it takes to repeat it. `unfinished` trials never ended."""

    histogram: dict[int, int]
    seed: int
    trials: int
    unfinished: int = 0


def how_many(throughput: Sequence[int], days: int, *, seed: int, trials: int = 10_000) -> Trials | Unknown:
    """Items finished in `days` days, drawn from the daily throughput of the past, days without any included."""
    if (thin := _thin(throughput)) is not None:
        return thin
    draw = random.Random(seed)  # noqa: S311 - a forecast must be repeatable, not secret
    return Trials(dict(Counter(sum(draw.choices(throughput, k=days)) for _ in range(trials))), seed, trials)


def when(throughput: Sequence[int], items: int, *, seed: int, trials: int = 10_000) -> Trials | Unknown:
    """Days until `items` more items are finished, drawn from the daily throughput of the past."""
    if (thin := _thin(throughput)) is not None:
        return thin
    draw = random.Random(seed)  # noqa: S311 - a forecast must be repeatable, not secret
    ends = Counter(_days_until(items, throughput, draw) for _ in range(trials))
    unfinished = ends.pop(_HORIZON, 0)
    return Trials(dict(ends), seed, trials, unfinished)


def _thin(throughput: Sequence[int]) -> Unknown | None:
    if len(throughput) < MIN_HISTORY:
        return Unknown(why=f"{len(throughput)} days of history are too few, {MIN_HISTORY} are needed")
    return None if any(throughput) else Unknown(why="nothing was finished in the history")


def _days_until(items: int, throughput: Sequence[int], draw: random.Random) -> int:
    days, left = 0, items
    while left > 0 and days < _HORIZON:
        left -= throughput[draw.randrange(len(throughput))]
        days += 1
    return days


def percentile_when(histogram: Histogram, share_percent: Decimal) -> int | Unknown:
    """The earliest day by which at least `share_percent` of the trials are done; more certainty is later."""
    return _reached(sorted(histogram), histogram, share_percent)


def percentile_how_many(histogram: Histogram, share_percent: Decimal) -> int | Unknown:
    """The largest number that at least `share_percent` of the trials reach; more certainty is fewer."""
    return _reached(sorted(histogram, reverse=True), histogram, share_percent)


def _reached(outcomes: Iterable[int], histogram: Histogram, share_percent: Decimal) -> int | Unknown:
    whole = sum((Decimal(count) for count in histogram.values()), ZERO)
    passed = ZERO
    for outcome in outcomes:
        passed += histogram[outcome]
        if whole and HUNDRED * passed >= share_percent * whole:
            return outcome
    return Unknown(why="there are no trials")


def likelihood_by(histogram: Histogram, day: int) -> Decimal | Unknown:
    """Percent of the trials that are done by `day`, that day included."""
    return _share(histogram, [outcome for outcome in histogram if outcome <= day])


def likelihood_at_least(histogram: Histogram, items: int) -> Decimal | Unknown:
    """Percent of the trials that reach at least `items`."""
    return _share(histogram, [outcome for outcome in histogram if outcome >= items])


def _share(histogram: Histogram, outcomes: Iterable[int]) -> Decimal | Unknown:
    whole = sum((Decimal(count) for count in histogram.values()), ZERO)
    part = sum((Decimal(histogram[outcome]) for outcome in outcomes), ZERO)
    return percent(part, whole, why="there are no trials")


def joint(histograms: Sequence[Histogram]) -> dict[int, Decimal] | Unknown:
    """Shares (sum 1) of the day on which the last of several independent teams is done.

    The product of their distributions; the worst team alone would be too early.
    """
    if not histograms or not all(histograms):
        return Unknown(why="a team has no trials")
    days = sorted({day for histogram in histograms for day in histogram})
    found: dict[int, Decimal] = {}
    before = ZERO
    for day in days:
        together = Decimal(1)
        for histogram in histograms:
            done = likelihood_by(histogram, day)
            together *= done / HUNDRED if isinstance(done, Decimal) else ZERO
        found[day], before = together - before, together
    return {day: share for day, share in found.items() if share}
