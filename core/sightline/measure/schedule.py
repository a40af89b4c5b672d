"""Earned schedule of a project, in working days of its plan: when what is earned should have been earned.

Source: Lipke, earned schedule; a period is a working day of the plan's calendar. See `earned_schedule` for the formulas.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.baseline import plan_of
from sightline.measure.calendar import add_working_days
from sightline.measure.earned_schedule import forecast_duration, schedule_index
from sightline.measure.earning import earning_of
from sightline.measure.exact import ZERO
from sightline.measure.remembered import remembered
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from sightline.measure.phasing import Phasing
    from sightline.model.facts import Facts
    from sightline.model.portfolio import Calendar

__all__ = ["Schedule", "earned_days", "schedule_of"]

_DAY = dt.timedelta(days=1)


class Schedule(NamedTuple):
    """In working days: earned schedule, actual time, planned duration; and the plan's first day and calendar."""

    es: Decimal
    at: Decimal
    pd: Decimal
    first: dt.date
    calendar: Calendar

    @property
    def sv(self) -> Decimal:
        """SV(t) = ES - AT: working days ahead (positive) or behind."""
        return self.es - self.at

    @property
    def spi(self) -> Decimal | Unknown:
        """SPI(t) = ES / AT."""
        return schedule_index(self.es, self.at)

    @property
    def ieac(self) -> Decimal | Unknown:
        """IEAC(t) = PD / SPI(t): working days the whole will take, if it goes on as it went."""
        return forecast_duration(self.pd, self.es, self.at, self.spi)

    @property
    def ends(self) -> dt.date | Unknown:
        """The last day by IEAC(t): a day begun is a whole day."""
        days = self.ieac
        if isinstance(days, Unknown):
            return days
        whole = int(days.to_integral_value(rounding="ROUND_CEILING"))
        return add_working_days(self.first - _DAY, whole, self.calendar)


@remembered
def schedule_of(facts: Facts) -> Schedule | Unknown:
    """Unknown without earned value, and before the plan's first day."""
    plan, earning = plan_of(facts), earning_of(facts)
    if plan is None or isinstance(earning, Unknown):
        return earning if isinstance(earning, Unknown) else Unknown(why="there is no baseline")
    first, last = plan.phasing.first, plan.phasing.last
    assert first is not None
    assert last is not None
    calendar = plan.baseline.calendar or facts.calendar
    if facts.today < first:
        return Unknown(why=f"the plan begins on {first}")
    passed = Decimal(calendar.working_days_between(first, facts.today + _DAY))
    whole = Decimal(calendar.working_days_between(first, last + _DAY))
    es = earned_days(plan.phasing, earning.earned.ev * 3600, first, last, calendar)
    return Schedule(es, passed, whole, first, calendar)


def earned_days(phasing: Phasing, ev: Decimal, first: dt.date, last: dt.date, calendar: Calendar) -> Decimal:
    """Working days after which the plan had earned `ev` seconds, in proportion within a day; the earliest such time.

    The same as `earned_schedule` over the plan's curve by working days, found by halving instead of day by day.
    """
    bac = phasing.seconds
    if ev <= 0 or not bac:
        return ZERO
    day = phasing.day_of(min(Decimal(1), ev / bac)) or last
    while phasing.planned(day) < min(ev, bac) and day < last:
        day += _DAY
    before, due = phasing.planned(day - _DAY), phasing.planned(day)
    periods = Decimal(calendar.working_days_between(first, day + _DAY))
    if not calendar.is_working(day) or due <= before:
        return periods
    return periods - 1 + (min(ev, due) - before) / (due - before)
