"""Working days, shares of a span, and who has too much to do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.measure.calendar import add_working_days, behind_schedule, passed_share, working_days
from sightline.measure.workload import Assignment, allocated, capacity, overallocated, spread
from sightline.model.figures import Unknown
from sightline.model.portfolio import Calendar

WEEK = Calendar(holidays=(dt.date(2026, 11, 18),), hours_per_day=Decimal("7.5"))
MON, TUE, WED, THU, FRI, SAT, SUN = (dt.date(2026, 11, day) for day in range(16, 23))


def test_holidays_and_weekends_are_no_working_days():
    assert working_days(MON, MON + dt.timedelta(days=7), WEEK) == 4
    assert working_days(FRI, MON, WEEK) == -3


@pytest.mark.parametrize(
    ("start", "days", "end"), [(TUE, 1, THU), (FRI, 1, dt.date(2026, 11, 23)), (SAT, 0, SAT), (THU, -1, TUE)]
)
def test_the_nth_working_day_skips_what_is_none(start, days, end):
    assert add_working_days(start, days, WEEK) == end


def test_a_calendar_that_never_works_has_no_next_working_day():
    assert add_working_days(MON, 1, Calendar(working_days=())) == Unknown(why="the calendar has no working days")


@pytest.mark.parametrize(
    ("today", "share"), [(SUN - dt.timedelta(days=7), 0), (MON, "0.25"), (WED, "0.5"), (THU, "0.75"), (SUN, 1)]
)
def test_the_share_of_a_span_that_is_over_counts_working_days_to_the_end_of_today(today, share):
    assert passed_share(MON, FRI, today, WEEK) == Decimal(share)


def test_a_span_without_working_days_is_due_in_one_step():
    assert [passed_share(SAT, SUN, day, WEEK) for day in (FRI, SAT, SUN)] == [0, 0, 1]


def test_due_before_start_is_an_input_error():
    assert passed_share(FRI, MON, TUE, WEEK) == Unknown(why="due before its start")


def test_without_a_start_or_due_day_nothing_is_behind():
    assert not behind_schedule(None, FRI, Decimal(0), SUN)
    assert behind_schedule(MON, FRI, Decimal(0), MON)


def test_nobody_works_on_a_day_of_absence():
    assert [capacity(day, WEEK, [(THU, FRI)]) for day in (TUE, WED, THU, FRI)] == [Decimal("7.5"), 0, 0, 0]


def test_remaining_work_is_spread_over_the_working_days_left():
    assert spread(Assignment(Decimal(9), MON, FRI), TUE, WEEK) == {TUE: 3, THU: 3, FRI: 3}
    assert spread(Assignment(Decimal(9), MON, TUE), FRI, WEEK) == {FRI: 9}
    assert spread(Assignment(Decimal(9), SAT, SUN), FRI, WEEK) == {SUN: 9}
    assert spread(Assignment(Decimal(9), MON, None), FRI, WEEK) == Unknown(why="no due day")


def test_one_day_above_capacity_is_enough_and_a_week_on_average_is_no_excuse():
    load = allocated(
        [Assignment(Decimal(6), TUE, TUE), Assignment(Decimal(8), TUE, THU), Assignment(Decimal(2), None, None)],
        MON,
        WEEK,
    )
    capacities = {day: capacity(day, WEEK) for day in load.by_day}

    assert load.by_day == {TUE: 10, THU: 4}
    assert load.unscheduled == 2
    assert overallocated(load.by_day, capacities) == {TUE: Decimal("2.5")}


def test_three_parts_that_make_exactly_the_maximum_are_not_too_much():
    parts = sum((Decimal(each) for each in ("0.4", "0.2", "0.1")), Decimal(0))

    assert overallocated({MON: parts}, {MON: Decimal("0.7")}, tolerance=Decimal(0)) == {}
