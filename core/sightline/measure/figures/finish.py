"""When the project will be done, as a range with its assumptions, and how often such forecasts of it have held."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.calibration import SHARES, calibration, verdict
from sightline.measure.exact import HUNDRED
from sightline.measure.outlook import PERCENTILES, Outlook, by_effort, by_throughput
from sightline.measure.receipts import Measure, line
from sightline.model.figures import Figure, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["FinishByEffort", "FinishByThroughput", "ForecastHeld", "PromiseLikelihood"]

_SOURCE = "Monte Carlo on past throughput (Magennis; Vacanti): resampled with replacement, percentiles of the trials"


_HELD = "100 x weeks whose tasks were done by the day told / weeks tested"


def _figures(measure: Measure, facts: Facts, found: Outlook | Unknown, names: str, method: str) -> Iterable[Figure]:
    formula = (
        "day after day a day of the history is drawn until nothing is left; the days are counted from today over "
        "working days, leave and breaks passed over; the figure is the day by which {} % of the trials are done"
    )
    lines = [] if isinstance(found, Unknown) else found.lines
    rules = facts.forecast
    for share in PERCENTILES:
        value = found if isinstance(found, Unknown) else found.on(share)
        yield measure.figure(
            facts,
            value,
            name=names.format(share),
            method=f"{method}, {rules.trials} trials, seed {rules.seed}, {share} %",
            formula=formula.format(share),
            lines=lines,
        )


class FinishByThroughput(Measure):
    """The days by which half, 70, 85 and 95 % of the trials are done, from tasks finished a day. Needs no estimates."""

    name = "finish_50"
    title = "Forecast finish, by tasks finished a day"
    unit = "date"
    source = _SOURCE

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown when nothing is left to do, or the history is too thin to draw from."""
        by = {"project": "", "source": ", each source by itself", "scope": ", each scope by itself"}
        method = f"Monte Carlo on throughput{by[facts.project.teams]}"
        yield from _figures(self, facts, by_throughput(facts), "finish_{}", method)


class FinishByEffort(Measure):
    """The same from hours left, with the overruns of finished tasks, and hours worked a day."""

    name = "effort_finish_50"
    title = "Forecast finish, by hours left"
    unit = "date"
    source = _SOURCE + "; overruns drawn from the project's own finished tasks (reference class, Flyvbjerg 2006)"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown without estimates, without recorded time, or when the history is too thin."""
        yield from _figures(self, facts, by_effort(facts), "effort_finish_{}", "Monte Carlo on effort")


class PromiseLikelihood(Measure):
    """How likely it is, by throughput, that the project is done by its promised day."""

    name = "promise_likelihood"
    title = "Likelihood of the promised day"
    unit = "percent"
    source = _SOURCE

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown without a promised day or a forecast."""
        found, due = by_throughput(facts), facts.project.due
        value: Decimal | Unknown = Unknown(why="no day is promised")
        lines = []
        if due is not None:
            value = found if isinstance(found, Unknown) else found.likelihood(due)
            lines = [line("promised day", due.isoformat())] + ([] if isinstance(found, Unknown) else found.lines)
        yield self.figure(
            facts,
            value,
            method="share of the trials that are done by the promised day",
            formula="100 x trials done by the promised day / trials",
            lines=lines,
        )


class ForecastHeld(Measure):
    """In how many percent of the past weeks the forecast's day at 85 % (and at 50 %) has held."""

    name = "forecast_held_85"
    title = "Past forecasts that held"
    unit = "percent"
    source = "Definition of ours: a back-test over the project's own past weeks"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown below five tests. Near 85 (and 50) the forecast says what it does; the method tells when it does not."""
        found = calibration(facts)
        for share in sorted(SHARES, reverse=True):
            name = f"forecast_held_{share}"
            if isinstance(found, Unknown):
                yield self.figure(facts, found, name=name, method="back-test of past weeks", formula=_HELD)
                continue
            held, tests = found.held(share), len(found.tests)
            lines = [
                line(
                    f"week of {test.day}: {test.items} task{'s' if test.items > 1 else ''} by {test.told[share]}",
                    ("held" if test.held(share) else "missed")
                    + (f", done on {test.done_on}" if test.done_on is not None else ", not done yet"),
                )
                for test in found.tests
            ]
            yield self.figure(
                facts,
                HUNDRED * held / Decimal(tests),
                name=name,
                method=f"{share} % date held in {held} of {tests} past weeks; {verdict(held, tests, share)}",
                formula=_HELD,
                lines=lines,
            )
