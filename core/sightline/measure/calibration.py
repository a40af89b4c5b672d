"""How often a project's own forecasts held: what they would have said in each past week, and what came of it.

Each test stands at the start of a past week and knows what was known then: tasks made and not done, and the pace of the
days before. It asks by which day the tasks of about two working weeks would be done (never more than were open), and
looks when so many were. Only tests whose later day, the one at 85 %, has passed are counted, whatever came of them, so
the choice cannot flatter.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.forecast import days_until, percentile_when
from sightline.measure.pace import Ahead, begun_on, day_of, finished_on, per_day, working_history
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.model.facts import Facts

__all__ = ["MIN_TESTS", "SHARES", "Calibration", "PastWeek", "calibration", "verdict"]

#: Fewer tests say nothing about how well a forecast holds.
MIN_TESTS = 5
#: The percentiles that are tested.
SHARES = (50, 85)
#: Working days that one test looks ahead.
_AHEAD = 10
_WEEK = dt.timedelta(days=7)
#: A count of tests held this unlikely, were the percentile right, is called off.
_UNLIKELY = Decimal("0.05")


class PastWeek(NamedTuple):
    """One past week: `items` were asked for on `day`; the days told, and the day they were done (None: not yet)."""

    day: dt.date
    items: int
    told: dict[int, dt.date]
    done_on: dt.date | None

    def held(self, share: int) -> bool:
        """Whether they were done by the day told for that percentile."""
        return self.done_on is not None and self.done_on <= self.told[share]


class Calibration(NamedTuple):
    """All tests of a project, earliest first."""

    tests: tuple[PastWeek, ...]

    def held(self, share: int) -> int:
        """How many held at that percentile."""
        return sum(test.held(share) for test in self.tests)


@remembered
def calibration(facts: Facts) -> Calibration | Unknown:
    """The tests of every past week of the project. Unknown when there are too few to judge by."""
    begun = begun_on(facts)
    if begun is None:
        return Unknown(why="nothing was worked on yet")
    tests, day = list[PastWeek](), facts.today - _WEEK
    while day > begun:
        if (test := _test(facts, day)) is not None:
            tests.append(test)
        day -= _WEEK
    if len(tests) < MIN_TESTS:
        return Unknown(why=f"{len(tests)} past weeks can be tested, {MIN_TESTS} are needed")
    return Calibration(tuple(reversed(tests)))


def _test(facts: Facts, day: dt.date) -> PastWeek | None:
    """The test of that day; None when there was nothing to forecast, or its later day has not passed yet."""
    days = working_history(facts, day)
    if isinstance(days, Unknown):
        return None
    leaves = _lives(facts)
    counts = per_day([(done, 1) for done, _ in leaves if done is not None and done < day], days)
    left = sum((done is None or done >= day) and (made is None or made < day) for done, made in leaves)
    if not left or not any(counts):
        return None
    items = min(left, max(1, round(Decimal(sum(counts) * _AHEAD) / len(counts))))
    told = _told(facts, day, counts, items)
    if told is None or told[max(SHARES)] >= facts.today:
        return None
    later = sorted(done for done, _ in leaves if done is not None and done >= day)
    return PastWeek(day, items, told, later[items - 1] if len(later) >= items else None)


@remembered
def _lives(facts: Facts) -> Sequence[tuple[dt.date | None, dt.date | None]]:
    """Of each task the day it was done and the day it came into being."""
    return [(finished_on(facts, leaf), day_of(facts, leaf.task.created_at)) for leaf in work_of(facts).leaves]


def _told(facts: Facts, day: dt.date, counts: Sequence[int], items: int) -> dict[int, dt.date] | None:
    """What the forecast of that day would have said, by percentile; exact, as if it had endless trials."""
    ends, ahead = days_until(counts, items), Ahead(facts, day)
    told: dict[int, dt.date] = {}
    for share in SHARES:
        at = percentile_when(ends, Decimal(share))
        end = ahead.on(at) if isinstance(at, int) else at
        if isinstance(end, Unknown):
            return None
        told[share] = end
    return told


def verdict(held: int, tests: int, share: int) -> str:
    """Whether so many of the tests holding fits the percentile, in words.

    Off when a count at least as far out has a probability below 5 % under the binomial distribution. Neighbouring weeks
    share most of their past, so it is a hint, no proof.
    """
    if tests < MIN_TESTS:
        return f"too few tests to judge ({tests}, {MIN_TESTS} are needed)"
    chance = Decimal(share) / HUNDRED
    if _at_most(held, tests, chance) < _UNLIKELY:
        return "too early: it held less often than it says"
    if share < HUNDRED and _at_most(tests - held, tests, 1 - chance) < _UNLIKELY:
        return "too late: it held more often than it says"
    return "fits"


def _at_most(count: int, tests: int, chance: Decimal) -> Decimal:
    """Probability of `count` or fewer of so many tests."""
    return sum((math.comb(tests, n) * chance**n * (1 - chance) ** (tests - n) for n in range(count + 1)), ZERO)
