"""When will it be done, how much will be done: past throughput drawn again, many times.

A histogram maps an outcome (days, or items) to the number of trials that ended there. Sampling is seeded and the seed
is shown, so a forecast can be made again. Conventions as in Lighthouse (Forecast models): "when" at 85 % is the day by
which 85 % of the trials are done, "how many" at 85 % the number that 85 % of the trials reach.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from sightline.measure.exact import HUNDRED, ZERO, percent
from sightline.model.figures import Unknown

__all__ = [
    "MIN_HISTORY",
    "Trials",
    "days_until",
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
#: Weights are whole numbers of this; below `_NOTHING` of it a way is no longer followed.
_ONE, _NOTHING = 1 << 52, 1 << 14
#: A number of productive days that is as seldom as this (one in four million) is left out.
_SELDOM = 1 << 30
#: A chance that is no longer followed.
_HARDLY = Decimal("1e-7")
#: Bits of a random place within a stratum.
_BITS = 64
#: From so many items on, the normal limit is as good as going through all ways.
_MANY = 250

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


def when(throughput: Sequence[int], items: int | Histogram, *, seed: int, trials: int = 10_000) -> Trials | Unknown:
    """Days until `items` more items are finished, drawn from the daily throughput of the past.

    `items` may be a histogram, where how much is left is itself uncertain. The trials are drawn from the distribution
    that drawing day after day has (`days_until`), one in each of as many strata, so ten thousand cost a millisecond.
    """
    if (thin := _thin(throughput)) is not None:
        return thin
    ends = days_until(throughput, items)
    found = _drawn(ends, seed, trials)
    unfinished = sum(found.pop(day) for day in [day for day in found if day >= _HORIZON])
    return Trials(dict(found), seed, trials, unfinished)


def _drawn(ends: Mapping[int, int], seed: int, trials: int) -> Counter[int]:
    """Stratified sampling: trial n falls somewhere into the n-th of `trials` equal parts of the distribution.

    Where a part lies wholly within one outcome there is nothing to draw.
    """
    draw = random.Random(seed)  # noqa: S311 - a forecast must be repeatable, not secret
    whole, passed, before, part, place = sum(ends.values()), 0, 0, -1, 0
    found: Counter[int] = Counter()
    for outcome, weight in ends.items():
        passed += weight
        here, rest = divmod(passed * trials, whole)
        if here != part:
            part, place = here, draw.randrange(1 << _BITS)
        upto = here + (place * whole < rest << _BITS)
        found[outcome], before = upto - before, upto
    return +found


def _thin(throughput: Sequence[int]) -> Unknown | None:
    if len(throughput) < MIN_HISTORY:
        return Unknown(why=f"{len(throughput)} days of history are too few, {MIN_HISTORY} are needed")
    return None if any(throughput) else Unknown(why="nothing was finished in the history")


def days_until(throughput: Sequence[int], items: int | Histogram) -> dict[int, int]:
    """Days → weight (whole numbers): the distribution of drawing days with replacement until `items` are finished.

    Exact up to 250 items, by going through all ways the work can shrink; above that by the normal limit of renewal
    theory, mean N / m and variance N s^2 / m^3 (m, s: mean and deviation of a day). At least one busy day is needed.
    """
    left = {items: 1} if isinstance(items, int) else {n: int(share) for n, share in items.items() if share}
    whole = sum(left.values())
    weights = {max(n, 0): _ONE * share // whole for n, share in left.items()}
    if max(weights) > _MANY:
        return _by_renewal(throughput, weights)
    found: Counter[int] = Counter()
    idle = sum(not n for n in throughput)
    for busy, weight in _busy_days(throughput, weights).items():
        if weight > _SELDOM:
            for days, share in _with_idle(busy, len(throughput), idle).items():
                found[days] += weight * share // _ONE
    return {days: weight for days, weight in sorted(found.items()) if weight}


def _busy_days(throughput: Sequence[int], left: Mapping[int, int]) -> dict[int, int]:
    """Productive days → weight: what is left shrinks by one of the day's numbers, until nothing is left."""
    steps = Counter(n for n in throughput if n)
    each = sum(steps.values())
    now, ended, days = dict(left), Counter[int](), 0
    while now:
        ended[days] += now.pop(0, 0)
        following: defaultdict[int, int] = defaultdict(int)
        for rest, weight in now.items():
            for step, count in steps.items():
                following[max(rest - step, 0)] += weight * count // each
        now, days = {rest: weight for rest, weight in following.items() if weight > _NOTHING}, days + 1
    return ended


@functools.lru_cache(maxsize=2048)
def _with_idle(busy: int, every: int, idle: int) -> dict[int, int]:
    """Days → weight for `busy` productive days, when `idle` of `every` days bring nothing (negative binomial)."""
    if not idle or not busy:
        return {busy: _ONE}
    rest = Decimal(idle) / every
    middle, reach = busy / (1 - rest), 6 * (busy * rest).sqrt() / (1 - rest)
    days = max(busy, int(middle - reach))
    chance = math.comb(days - 1, busy - 1) * (1 - rest) ** busy * rest ** (days - busy)
    found: dict[int, int] = {}
    while days < _HORIZON and (days < middle or chance > _HARDLY):
        found[days] = int(chance * _ONE)
        chance = chance * days * rest / (days - busy + 1)
        days += 1
    return found


def _by_renewal(throughput: Sequence[int], left: Mapping[int, int]) -> dict[int, int]:
    """The same for very much work: a bell curve in steps of a twentieth of its deviation."""
    count, whole = Decimal(len(throughput)), Decimal(sum(left.values()))
    mean = sum(throughput) / count
    spread = sum((n - mean) ** 2 for n in throughput) / count
    items = sum((n * weight for n, weight in left.items()), ZERO) / whole
    doubt = sum(((n - items) ** 2 * weight for n, weight in left.items()), ZERO) / whole
    middle, deviation = items / mean, (items * spread / mean**3 + doubt / mean**2).sqrt()
    found: Counter[int] = Counter()
    for step in range(-80, 81):
        z = Decimal(step) / 20
        day = max(1, int((middle + z * deviation).to_integral_value(ROUND_CEILING)))
        found[min(day, _HORIZON)] += int((-(z * z) / 2).exp() * _ONE)
    return dict(sorted(found.items()))


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
    passed = [_cumulative(histogram) for histogram in histograms]
    found: dict[int, Decimal] = {}
    before = ZERO
    for day in sorted({day for histogram in histograms for day in histogram}):
        together = Decimal(1)
        for days, shares in passed:
            place = bisect.bisect_right(days, day)
            together *= shares[place - 1] if place else ZERO
        found[day], before = together - before, together
    return {day: share for day, share in found.items() if share}


def _cumulative(histogram: Histogram) -> tuple[list[int], list[Decimal]]:
    """The outcomes in order, and the share (0-1) of the trials up to each."""
    days = sorted(histogram)
    sums = list(itertools.accumulate(Decimal(histogram[day]) for day in days))
    return days, [each / sums[-1] for each in sums]
