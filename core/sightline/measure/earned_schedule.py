"""Earned schedule: the time at which what is earned should have been earned, and when the work will end. In periods.

Unlike SPI it stays truthful to the end. Source: Lipke and Henderson, "Earned Schedule Training", and the concept slides
(ES = C + (EV - PV_C) / (PV_C+1 - PV_C)).
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from sightline.measure.exact import ZERO, divided
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["earned_duration", "earned_schedule", "forecast_duration", "schedule_index", "to_complete_schedule_index"]


def earned_schedule(pv_cumulative: Sequence[Decimal], ev: Decimal) -> Decimal | Unknown:
    """Periods after which the plan had earned `ev`, between periods in proportion. PV is 0 at the start.

    Where the plan stands still the earliest time counts; with all (or more) earned, the first period that reaches the
    plan's end. Unknown without a curve, or with one that falls.
    """
    if not pv_cumulative:
        return Unknown(why="there is no baseline curve")
    curve = [ZERO, *pv_cumulative]
    if any(later < earlier for earlier, later in pairwise(curve)):
        return Unknown(why="the planned value falls from one period to the next")
    target = min(max(ev, ZERO), curve[-1])
    after = next(i for i, pv in enumerate(curve) if pv >= target)
    if curve[after] == target:
        return Decimal(after)
    before = after - 1
    return before + (target - curve[before]) / (curve[after] - curve[before])


def schedule_index(es: Decimal, actual_time: Decimal) -> Decimal | Unknown:
    """SPI(t) = ES / AT; below 1 is late. SV(t) is ES - AT."""
    return divided(es, actual_time, why="no time has passed")


def to_complete_schedule_index(planned: Decimal, es: Decimal, actual_time: Decimal) -> Decimal | Unknown:
    """TSPI(t) = (PD - ES) / (PD - AT): the pace the rest needs to end on time. Not available once the time is up."""
    if actual_time >= planned:
        return Unknown(why="the planned time is over")
    return (planned - es) / (planned - actual_time)


def forecast_duration(
    planned: Decimal, es: Decimal, actual_time: Decimal, factor: Decimal | Unknown = Decimal(1)
) -> Decimal | Unknown:
    """IEAC(t) = AT + (PD - ES) / factor: periods the work will take altogether.

    Factor 1: the rest goes as planned; SPI(t): as so far (then it equals PD / SPI(t)); SPI(t) x CPI: worse of both.
    """
    if isinstance(factor, Unknown):
        return factor
    if factor <= 0:
        return Unknown(why="nothing has been earned yet")
    return actual_time + (planned - es) / factor


def earned_duration(planned: Decimal, actual_time: Decimal, spi: Decimal, factor: Decimal = Decimal(1)) -> Decimal:
    """Duration by the earned duration method: AT + (max(PD, AT) - AT x SPI) / factor. Source: Vanhoucke, Vandevoorde."""
    return actual_time + (max(planned, actual_time) - actual_time * spi) / factor
