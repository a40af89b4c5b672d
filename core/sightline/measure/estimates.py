"""How good estimates were, and what the next one should be: accuracy, reference class, risk of a sum.

Sources: Conte, Dunsmore, Shen (MRE, MMRE, PRED); Stensrud et al. on their bias; Flyvbjerg 2006 (reference class);
Transport Scotland STAG 13.4 (uplifts); the R package PRA (second-moment method).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.flow import percentile
from sightline.model.figures import Unknown

__all__ = [
    "MIN_CLASS",
    "Risk",
    "corrected",
    "log_ratio",
    "median_mre",
    "mmre",
    "mre",
    "pred",
    "reference_class",
    "relative_error",
    "sum_of_tasks",
    "uplifted",
]

#: Below this many past items a reference class shows its range only.
MIN_CLASS = 8
Pairs = Sequence[tuple[Decimal, Decimal]]


def relative_error(actual: Decimal, estimate: Decimal) -> Decimal | Unknown:
    """(actual - estimate) / actual: above 0 it was underestimated."""
    return (actual - estimate) / actual if actual else Unknown(why="the actual is 0")


def mre(actual: Decimal, estimate: Decimal) -> Decimal | Unknown:
    """Magnitude of the relative error."""
    error = relative_error(actual, estimate)
    return error if isinstance(error, Unknown) else abs(error)


def _mres(pairs: Pairs) -> list[Decimal]:
    """Of the (actual, estimate) pairs whose actual is not 0."""
    return [abs(actual - estimate) / actual for actual, estimate in pairs if actual]


def mmre(pairs: Pairs) -> Decimal | Unknown:
    """Mean MRE of (actual, estimate) pairs; one outlier can ruin it, see the median."""
    errors = _mres(pairs)
    return sum(errors, ZERO) / len(errors) if errors else Unknown(why="nothing was finished")


def median_mre(pairs: Pairs) -> Decimal | Unknown:
    """Median MRE, the steadier measure."""
    return percentile(_mres(pairs), Decimal("0.5"), "linear")


def pred(pairs: Pairs, within: Decimal = Decimal("0.25")) -> Decimal | Unknown:
    """Share (0-1) of the pairs whose MRE is at most `within`. Good estimating has PRED(0.25) of 0.75 and more."""
    errors = _mres(pairs)
    if not errors:
        return Unknown(why="nothing was finished")
    return Decimal(sum(error <= within for error in errors)) / len(errors)


def log_ratio(actual: Decimal, estimate: Decimal) -> Decimal | Unknown:
    """ln(actual / estimate): 0 is right, and twice too high weighs as much as twice too low."""
    if actual <= 0 or estimate <= 0:
        return Unknown(why="actual or estimate is not above 0")
    return (actual / estimate).ln()


class ReferenceClass(NamedTuple):
    """Final / estimate of similar past items: how many, their range, and the ratio at the wanted confidence."""

    items: int
    lowest: Decimal
    highest: Decimal
    ratio: Decimal | Unknown


def reference_class(pairs: Pairs, confidence: Decimal) -> ReferenceClass | Unknown:
    """What similar items came to, from (final, estimate) pairs, at `confidence` (0-1); below 8 items the range only."""
    ratios = [final / estimate for final, estimate in pairs if estimate > 0]
    if not ratios:
        return Unknown(why="there is no similar item in the past")
    ratio = percentile(ratios, confidence)
    if len(ratios) < MIN_CLASS:
        ratio = Unknown(why=f"{len(ratios)} similar items are too few, {MIN_CLASS} are needed")
    return ReferenceClass(len(ratios), min(ratios), max(ratios), ratio)


def corrected(estimate: Decimal, ratio: Decimal | Unknown) -> Decimal | Unknown:
    """The estimate times what past estimates had to be multiplied by."""
    return ratio if isinstance(ratio, Unknown) else estimate * ratio


def uplifted(estimate: Decimal, uplift_percent: Decimal | None) -> Decimal | Unknown:
    """The estimate with a published uplift in percent; Unknown where the table has none."""
    if uplift_percent is None:
        return Unknown(why="the table has no uplift for this stage")
    return estimate * (HUNDRED + uplift_percent) / HUNDRED


class Risk(NamedTuple):
    """Mean and spread of a sum of tasks."""

    mean: Decimal
    variance: Decimal

    @property
    def deviation(self) -> Decimal:
        """Standard deviation."""
        return self.variance.sqrt()


def sum_of_tasks(
    means: Sequence[Decimal], variances: Sequence[Decimal], correlation: Mapping[tuple[int, int], Decimal] | None = None
) -> Risk:
    """Means add; variances add, plus twice the covariance of each pair. `correlation` is by pair (i, j), i < j."""
    variance = sum(variances, ZERO)
    for (i, j), shared in (correlation or {}).items():
        variance += 2 * shared * (variances[i] * variances[j]).sqrt()
    return Risk(sum(means, ZERO), variance)
