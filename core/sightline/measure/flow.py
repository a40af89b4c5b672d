"""How work flows: how much is begun, how long it takes, how much arrives and leaves. Days and counts.

Sources: jira-agile-metrics (calculators wip, netflow, cfd, scatterplot, ageingwip, percentiles); Kanban Pocket Guide.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from sightline.measure.exact import divided, percent
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "PercentileMethod",
    "age_days",
    "arrivals",
    "average_cycle_time",
    "cumulative_flow",
    "cycle_time_days",
    "flow_efficiency",
    "net_flow",
    "percentile",
    "throughput",
    "wip",
]

PercentileMethod = Literal["nearest_rank", "linear", "index_floor"]
_DAY = dt.timedelta(days=1)


def wip(entered: Sequence[int], left: Sequence[int]) -> list[int]:
    """Items begun and not finished on each day, from the running totals of both."""
    return [begun - done for begun, done in zip(entered, left, strict=True)]


def arrivals(cumulative: Sequence[int]) -> list[int]:
    """Items per day from a running total; the first day brings the whole first value."""
    return [later - earlier for earlier, later in pairwise([0, *cumulative])]


def net_flow(entered: Sequence[int], left: Sequence[int]) -> list[int]:
    """Arrivals less departures on each day; above 0 the work in progress grows."""
    return wip(arrivals(entered), arrivals(left))


def throughput(finished: Iterable[dt.date], start: dt.date, end: dt.date) -> list[int]:
    """Items finished on each day from `start` to `end`, both included; a day without any counts 0."""
    counts = [0] * max(0, (end - start).days + 1)
    for day in finished:
        if start <= day <= end:
            counts[(day - start).days] += 1
    return counts


def cycle_time_days(started: dt.date, finished: dt.date, *, inclusive: bool = False) -> int:
    """Days from start to finish: finish - start. `inclusive` counts both ends, as many tools do (one day more)."""
    return (finished - started).days + inclusive


def age_days(started: dt.date, today: dt.date) -> int:
    """Days an unfinished item has been in progress."""
    return (today - started).days


def average_cycle_time(in_progress: Decimal, per_day: Decimal) -> Decimal | Unknown:
    """Little's law: work in progress / throughput, in days. Holds only while the system is stable."""
    return divided(in_progress, per_day, why="nothing is being finished")


def percentile(
    values: Sequence[Decimal], share: Decimal, method: PercentileMethod = "nearest_rank"
) -> Decimal | Unknown:
    """The value below or at which `share` (0-1) of the values lie.

    Default: the smallest value with at least that share at or below it. `linear` interpolates between neighbours
    (pandas); `index_floor` takes the value at floor(share x n), counted from 1.
    """
    if not values:
        return Unknown(why="there are no values")
    ordered, last = sorted(values), len(values) - 1
    if method == "linear":
        place = share * last
        below = int(place)
        above = min(below + 1, last)
        return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
    rounding = ROUND_CEILING if method == "nearest_rank" else ROUND_FLOOR
    rank = int((share * len(values)).to_integral_value(rounding=rounding))
    return ordered[min(max(rank - 1, 0), last)]


def cumulative_flow(
    items: Sequence[Mapping[str, dt.date]], states: Sequence[str], start: dt.date, end: dt.date
) -> dict[str, list[int]]:
    """Items that have reached each state (in workflow order) at the end of each day, both bounds included.

    A state that was skipped counts as entered with the next one, so the lines never fall and never cross.
    """
    days = [start + n * _DAY for n in range((end - start).days + 1)]
    counts: dict[str, list[int]] = {}
    for place, state in enumerate(states):
        later = states[place:]
        entered = [min((item[s] for s in later if s in item), default=None) for item in items]
        counts[state] = [sum(day is not None and day <= today for day in entered) for today in days]
    return counts


def flow_efficiency(active: Decimal, waiting: Decimal, wait_states: Sequence[str]) -> Decimal | Unknown:
    """Active time as percent of active and waiting time. Unknown, never 100, while no wait state is configured."""
    if not wait_states:
        return Unknown(why="no wait states are configured")
    return percent(active, active + waiting, why="no item has spent any time yet")
