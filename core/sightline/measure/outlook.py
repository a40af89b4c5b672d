"""When a project's open work will be done, from its own past: by counting tasks, and by effort where it is known.

Throughput needs no estimates. Effort draws, for each open task, what similar estimates came to, and the hours that the
team has given the project on a working day. Several teams are each forecast from their own past; the project is done
when the last of them is.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.estimates import MIN_CLASS
from sightline.measure.exact import ZERO
from sightline.measure.flow import percentile
from sightline.measure.forecast import Trials, joint, percentile_when, when
from sightline.measure.pace import Ahead, finished_on, per_day, worked_per_day, working_history
from sightline.measure.receipts import hours_text, line
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import ReceiptLine, Unknown
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sightline.measure.forecast import Histogram
    from sightline.measure.work import Leaf
    from sightline.model.facts import Facts

__all__ = ["PERCENTILES", "Outlook", "by_effort", "by_throughput", "finished_pairs", "spent_on"]

PERCENTILES = (50, 70, 85, 95)
#: Quantiles of the overrun that one task may draw.
_QUANTILES = tuple(Decimal(n) / 14 for n in range(1, 14, 2))
#: More open tasks than this draw their overrun together, in so many groups.
_GROUPS = 48
#: The work is counted in so many pieces at most, of a quarter of an hour at least.
_PIECES, _QUARTER = 100, 900
_DAY = dt.timedelta(days=1)


class Outlook(NamedTuple):
    """Days of work until the end → share of the trials, and what it was drawn from."""

    histogram: Histogram
    ahead: Ahead
    lines: list[ReceiptLine]

    def on(self, share_percent: int) -> dt.date | Unknown:
        """The day by which that percentage of the trials is done."""
        days = percentile_when(self.histogram, Decimal(share_percent))
        return self.ahead.on(days) if isinstance(days, int) else days

    def likelihood(self, day: dt.date) -> Decimal:
        """Percent of the trials that are done by that day, the day included."""
        whole, done = sum((Decimal(n) for n in self.histogram.values()), ZERO), ZERO
        for days in sorted(self.histogram):
            end = self.ahead.on(days)
            if isinstance(end, Unknown) or end > day:
                break
            done += self.histogram[days]
        return 100 * done / whole


def _open(facts: Facts) -> list[Leaf]:
    return [leaf for leaf in work_of(facts).leaves if not leaf.item.closed]


def _nothing_left(facts: Facts) -> Unknown | None:
    leaves = work_of(facts).leaves
    if not leaves:
        return Unknown(why="no task is in scope")
    return None if _open(facts) else Unknown(why="nothing is left to do")


@remembered
def by_throughput(facts: Facts) -> Outlook | Unknown:
    """From tasks finished a day. Unknown when nothing is left, or a team's history is too thin."""
    days = working_history(facts, facts.today)
    if (none := _nothing_left(facts)) is not None:
        return none
    if isinstance(days, Unknown):
        return days
    rules, found, lines = facts.forecast, [], _span(days)
    for team, leaves in _teams(facts).items():
        rest = [leaf for leaf in leaves if not leaf.item.closed]
        done = [(day, leaf) for leaf in leaves if (day := finished_on(facts, leaf)) is not None and day < facts.today]
        if not rest:
            continue
        counts = per_day([(day, 1) for day, _ in done], days)
        trials = when(counts, len(rest), seed=rules.seed, trials=rules.trials)
        if isinstance(trials, Unknown):
            return Unknown(why=f"{team}: {trials.why}" if team else trials.why)
        found.append(trials)
        lines += _told(team, rest, counts, [leaf.ref for day, leaf in done if day >= days[0]])
    return _outlook(facts, found, lines)


def _teams(facts: Facts) -> dict[str, list[Leaf]]:
    """Leaves by team: all together, by source, or by the place in a source where they live."""
    by = facts.project.teams
    found: defaultdict[str, list[Leaf]] = defaultdict(list)
    for leaf in work_of(facts).leaves:
        name = {"project": "", "source": leaf.ref.source, "scope": f"{leaf.ref.source}:{leaf.task.scope}"}[by]
        found[name].append(leaf)
    return found


def _outlook(facts: Facts, found: Sequence[Trials], lines: list[ReceiptLine]) -> Outlook | Unknown:
    histogram: Histogram | Unknown = found[0].histogram if len(found) == 1 else joint([one.histogram for one in found])
    if isinstance(histogram, Unknown) or not histogram:
        return Unknown(why="at this pace it would take more than forty years")
    rules = facts.forecast
    lines.append(line("trials, seed", f"{rules.trials}, {rules.seed}"))
    return Outlook(histogram, Ahead(facts, facts.today), lines)


def _span(days: Sequence[dt.date]) -> list[ReceiptLine]:
    return [line("working days of history", f"{len(days)}, {days[0]} to {days[-1]}")]


def _told(team: str, rest: Sequence[Leaf], counts: Sequence[int], done: Sequence[Ref]) -> list[ReceiptLine]:
    """What one team's trials were drawn from."""
    mark = f"{team}: " if team else ""
    drawn = ", ".join(f"{number} on {days}" for number, days in sorted(Counter(counts).items()))
    return [
        line(f"{mark}tasks left", str(len(rest)), (leaf.ref for leaf in rest), of=len(rest)),
        line(f"{mark}tasks finished a day, and on how many days", drawn, done, of=len(done)),
    ]


@remembered
def spent_on(facts: Facts) -> Mapping[Ref, int]:
    """Task → seconds worked on it: recorded time, else the total that its tool states."""
    sums: defaultdict[Ref, int] = defaultdict(int)
    by_key = {(leaf.ref.source, leaf.task.key): leaf.ref for leaf in work_of(facts).leaves}
    for source, entry in facts.time:
        ref = Ref(source, "tasks", entry.task) if entry.task else by_key.get((source, entry.task_key or ""))
        if ref is not None:
            sums[ref] += entry.seconds
    for leaf in work_of(facts).leaves:
        if leaf.ref not in sums and leaf.task.spent_seconds:
            sums[leaf.ref] = leaf.task.spent_seconds
    return sums


@remembered
def finished_pairs(facts: Facts) -> list[tuple[Leaf, Decimal, Decimal]]:
    """(task, actual, estimate) in seconds of every task done that has both above 0."""
    spent = spent_on(facts)
    return [
        (leaf, Decimal(spent[leaf.ref]), leaf.estimate)
        for leaf in work_of(facts).leaves
        if leaf.item.closed and leaf.estimate and spent.get(leaf.ref, 0) > 0
    ]


@remembered
def by_effort(facts: Facts) -> Outlook | Unknown:
    """From hours left and hours worked a day. Unknown without estimates or recorded time."""
    days = working_history(facts, facts.today)
    if (none := _nothing_left(facts)) is not None:
        return none
    if isinstance(days, Unknown):
        return days
    estimated = [leaf.estimate for leaf in work_of(facts).leaves if leaf.estimate]
    if not estimated:
        return Unknown(why="no task has an estimate")
    worked = per_day([one for one in worked_per_day(facts).items() if one[0] < facts.today], days)
    if not any(seconds > 0 for seconds in worked):
        return Unknown(why="no hours were recorded in the history")
    average = sum(estimated, ZERO) / len(estimated)
    rest = [(leaf.estimate or average, spent_on(facts).get(leaf.ref, 0)) for leaf in _open(facts)]
    ratios, told = _ratios(facts)
    whole = sum((estimate for estimate, _ in rest), ZERO) * max(ratios)
    piece = max(Decimal(_QUARTER), (whole / _PIECES).to_integral_value())
    left = _left(rest, ratios, piece)
    trials = when(_pieces(worked, piece), left, seed=facts.forecast.seed, trials=facts.forecast.trials)
    if isinstance(trials, Unknown):
        return trials
    bare = sum(leaf.estimate is None for leaf in _open(facts))
    seconds = int(sum((max(ZERO, estimate - spent) for estimate, spent in rest), ZERO))
    lines = [
        *_span(days),
        line("estimated and not yet worked", hours_text(seconds), (leaf.ref for leaf in _open(facts)), of=len(rest)),
        line("open tasks without estimate, at the average", str(bare)),
        line("actual / estimate, as drawn", told),
        line("hours worked in the history", hours_text(sum(worked))),
    ]
    return _outlook(facts, [trials], lines)


def _ratios(facts: Facts) -> tuple[list[Decimal], str]:
    """Overruns that a task may draw, all as likely; just 1 where too little was finished to say."""
    found = [actual / estimate for _, actual, estimate in finished_pairs(facts)]
    if len(found) < MIN_CLASS:
        return [Decimal(1)], f"1 ({len(found)} finished tasks with both are too few, {MIN_CLASS} are needed)"
    drawn = [value for share in _QUANTILES if isinstance(value := percentile(found, share), Decimal)]
    return drawn, ", ".join(f"{value:.2f}" for value in drawn) + f" (of {len(found)} finished tasks)"


def _left(rest: Sequence[tuple[Decimal, int]], ratios: Sequence[Decimal], piece: Decimal) -> dict[int, int]:
    """Pieces of work left → weight: every task draws its own overrun, less what was spent on it already."""
    found = {0: 1}
    for group in _grouped(rest):
        steps = Counter(
            sum(
                int((max(ZERO, estimate * ratio - spent) / piece).to_integral_value(ROUND_HALF_UP))
                for estimate, spent in group
            )
            for ratio in ratios
        )
        following: defaultdict[int, int] = defaultdict(int)
        for left, weight in found.items():
            for step, count in steps.items():
                following[left + step] += weight * count
        found = _lighter(following)
    return found


def _grouped(rest: Sequence[tuple[Decimal, int]]) -> list[Sequence[tuple[Decimal, int]]]:
    """One task each; many tasks in groups, each of which draws once."""
    size = -(-len(rest) // _GROUPS)
    return [rest[at : at + size] for at in range(0, len(rest), size)]


def _lighter(weights: Mapping[int, int]) -> dict[int, int]:
    """The same weights in fewer digits, without those that do not count."""
    spare = max(0, max(weights.values()).bit_length() - 60)
    return {left: lighter for left, weight in weights.items() if (lighter := weight >> spare)}


def _pieces(worked: Sequence[int], piece: Decimal) -> list[int]:
    """Seconds a day in pieces; what rounding takes from one day it gives to the next, so that the sum stays."""
    passed = [int((Decimal(max(0, sum_)) / piece).to_integral_value()) for sum_ in itertools.accumulate(worked)]
    return [max(0, later - earlier) for earlier, later in itertools.pairwise([0, *passed])]
