"""What finished work teaches about estimates: by type, person, client and size; and what the next quote should be.

Actual and estimate are hours of the same task; work whose actual or estimate is 0 is left out. The median and the spread
are what to go by: a mean is ruined by one outlier (Stensrud et al.).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from sightline.measure.estimates import ReferenceClass, corrected, median_mre, pred, reference_class
from sightline.measure.exact import HUNDRED
from sightline.measure.flow import percentile
from sightline.model.figures import Unknown

__all__ = ["BY", "CONFIDENCES", "Finished", "Lesson", "Suggestion", "lesson", "lessons", "size_of", "suggestion"]

#: Upper bounds of the sizes, in hours.
_SIZES = (Decimal(2), Decimal(4), Decimal(8), Decimal(16), Decimal(40))
_QUARTER, _HALF, _REST = Decimal("0.25"), Decimal("0.5"), Decimal("0.75")
#: How sure a suggestion is, in percent.
CONFIDENCES = (50, 80, 90)


class Finished(NamedTuple):
    """A task that is done: what it was estimated at and what it took, in hours."""

    project: str
    client: str
    kind: str
    persons: tuple[str, ...]
    estimate: Decimal
    actual: Decimal

    @property
    def ratio(self) -> Decimal:
        """Actual / estimate: above 1 it took longer."""
        return self.actual / self.estimate


class Lesson(NamedTuple):
    """A group of finished tasks. Ratios are actual / estimate; `low` and `high` hold the middle half."""

    name: str
    items: int
    median: Decimal | Unknown
    low: Decimal | Unknown
    high: Decimal | Unknown
    log_median: Decimal | Unknown
    """ln of the ratio: twice too high weighs as much as twice too low."""
    median_error: Decimal | Unknown
    """Median of |actual - estimate| / actual, in percent."""
    within_quarter: Decimal | Unknown
    """PRED(25): percent of the estimates within 25 % of the actual; 75 and more is good (Conte et al.)."""


class Suggestion(NamedTuple):
    """What a quote of so many hours should be, from similar work: by confidence in percent."""

    quote: Decimal
    similar: ReferenceClass
    hours: dict[int, Decimal | Unknown]


def size_of(estimate: Decimal) -> str:
    """The size class of an estimate in hours: `up to 4 h`."""
    found = next((bound for bound in _SIZES if estimate <= bound), None)
    return f"over {_SIZES[-1]} h" if found is None else f"up to {found} h"


def _size_order(name: str) -> int:
    return [*(f"up to {bound} h" for bound in _SIZES), f"over {_SIZES[-1]} h"].index(name)


#: What finished work is grouped by.
BY: dict[str, Callable[[Finished], Iterable[str]]] = {
    "type": lambda one: (one.kind,),
    "person": lambda one: one.persons,
    "client": lambda one: (one.client,),
    "size": lambda one: (size_of(one.estimate),),
}


def lessons(finished: Sequence[Finished], by: str) -> list[Lesson]:
    """Groups by type, person, client or size, the largest first (sizes in order); few items tell their range only."""
    groups: defaultdict[str, list[Finished]] = defaultdict(list)
    for one in finished:
        for name in BY[by](one):
            groups[name].append(one)
    found = [lesson(name, held) for name, held in groups.items()]
    if by == "size":
        return sorted(found, key=lambda one: _size_order(one.name))
    return sorted(found, key=lambda one: (-one.items, one.name))


def lesson(name: str, held: Sequence[Finished]) -> Lesson:
    """What these teach."""
    ratios = [one.ratio for one in held]
    pairs = [(one.actual, one.estimate) for one in held]
    median = percentile(ratios, _HALF, "linear")
    error, close = median_mre(pairs), pred(pairs)
    return Lesson(
        name=name,
        items=len(held),
        median=median,
        low=percentile(ratios, _QUARTER, "linear"),
        high=percentile(ratios, _REST, "linear"),
        log_median=percentile([ratio.ln() for ratio in ratios], _HALF, "linear"),
        median_error=error if isinstance(error, Unknown) else HUNDRED * error,
        within_quarter=close if isinstance(close, Unknown) else HUNDRED * close,
    )


def suggestion(finished: Sequence[Finished], quote: Decimal) -> Suggestion | Unknown:
    """The quote times what similar work had to be multiplied by; below eight items only the range is known."""
    pairs = [(one.actual, one.estimate) for one in finished]
    hours: dict[int, Decimal | Unknown] = {}
    similar: ReferenceClass | Unknown = Unknown(why="there is no similar work in the past")
    for confidence in CONFIDENCES:
        found = reference_class(pairs, Decimal(confidence) / HUNDRED)
        if isinstance(found, Unknown):
            return found
        similar = found
        hours[confidence] = corrected(quote, found.ratio)
    return similar if isinstance(similar, Unknown) else Suggestion(quote, similar, hours)
