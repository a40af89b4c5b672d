"""Where a team's time goes: priorities, work that waits, one task that eats the rest, dear hours on cheap work."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.measure.attention import Hourly, Spent, Starving, dear_on_low, eaters, focus, level, starving
from sightline.measure.workload import Assignment, allocated
from sightline.model.money import Money
from sightline.model.portfolio import Calendar
from sightline.model.refs import Ref
from sightline.model.team import Leave, Team

MON = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
CALENDAR = Calendar()


def ref(number):
    return Ref("jira", "tasks", str(number))


def spent(person, number, hours, rank="normal", project="Web"):
    return Spent(person, ref(number), f"task {number}", rank, int(Decimal(hours) * 3600), project)


def waiting(number, rank="high", hours=4, late=0, project="Web"):
    return Starving(ref(number), f"task {number}", project, Decimal(hours), ("maria",), late, rank)


def rate(bill, cost, code="GBP"):
    return Hourly(Money.of(bill, code), Money.of(cost, code))


@pytest.mark.parametrize(
    ("word", "rank"),
    [
        ("Highest", "high"),
        (" P1 ", "high"),
        ("Trivial", "low"),
        ("Medium", "normal"),
        (None, "normal"),
        ("✓", "normal"),
    ],
)
def test_what_a_tools_word_for_a_priority_comes_to(word, rank):
    assert level(word) == rank


def test_time_is_told_by_priority_in_exact_hours():
    assert focus([spent("a", 1, "1.5", "high"), spent("b", 2, "0.5", "low")]) == {
        "high": Decimal("1.5"),
        "normal": 0,
        "low": Decimal("0.5"),
    }


def test_high_priority_work_without_time_is_told_the_longest_overdue_first():
    open_ = [waiting(1), waiting(2, late=5), waiting(3), waiting(4, rank="normal"), waiting(5, hours=0)]

    assert [one.task for one in starving(open_, [spent("a", 3, 1)])] == [ref(2), ref(1)]


def test_one_task_eats_its_project_only_while_others_wait():
    time = [spent("maria", 1, 6), spent("jonas", 1, 2), spent("jonas", 2, 4)]
    rates = {"maria": rate(100, 50), "jonas": rate(80, 40)}

    (found,) = eaters(time, rates, [waiting(3), waiting(4, rank="low", late=2)])
    assert (found.task, found.hours, found.share.quantize(Decimal(1)), found.waiting) == (ref(1), 8, 67, 2)
    assert found.worth == (Money.of(760, "GBP"),)
    assert eaters(time, rates, [waiting(3, project="App")]) == []


def test_dear_hours_on_cheap_work_cost_what_they_are_above_the_usual_rate():
    rates = {"maria": rate(100, 60), "jonas": rate(80, 40), "noor": rate(70, 40), "x": Hourly(None, None)}
    time = [
        spent("maria", 1, 3, "low"),
        spent("jonas", 2, 5, "low"),
        spent("maria", 3, 9, "high"),
        spent("x", 4, 1, "low"),
    ]

    (found,) = dear_on_low(time, rates)
    assert (found.person, found.hours, found.extra) == ("maria", 3, Money.of(60, "GBP"))


def test_work_is_spread_over_the_days_its_person_is_there():
    team = Team(leave=(Leave(person="maria", starts=MON, ends=MON + DAY),))
    load = allocated(
        [Assignment(Decimal(6), MON, MON + 4 * DAY)],
        MON,
        CALENDAR,
        lambda day: team.capacity("maria", day, CALENDAR) > 0,
    )

    assert load.by_day == {MON + n * DAY: 2 for n in (2, 3, 4)}


def test_overdue_work_falls_on_the_first_day_somebody_is_there():
    load = allocated([Assignment(Decimal(6), None, MON - 9 * DAY)], MON - DAY, CALENDAR, lambda day: day > MON)

    assert load.by_day == {MON + DAY: 6}


DAYS = st.none() | st.integers(-20, 40).map(lambda n: MON + n * DAY)


@given(st.lists(st.builds(Assignment, st.integers(0, 400).map(lambda n: Decimal(n) / 4), DAYS, DAYS), max_size=8))
def test_what_is_allocated_and_what_has_no_day_sum_to_what_remains(assignments):
    load = allocated(assignments, MON, CALENDAR)
    whole = sum((one.hours for one in assignments), Decimal(0))

    assert abs(sum(load.by_day.values(), load.unscheduled) - whole) < Decimal("1e-20")
