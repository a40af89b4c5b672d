"""The plan over time, by hand: November 2026 begins on a Sunday; the 2nd is a Monday."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measure.made import HOUR, NOW
from sightline.measure.calendar import passed_share
from sightline.measure.phasing import phased, planned_share, shares_by_item
from sightline.model.figures import Unknown
from sightline.model.plan import Baseline, PlanItem, current_baseline
from sightline.model.portfolio import Calendar

PLAIN = Calendar()


def day(number, month=11):
    return dt.date(2026, month, number)


def item(uid, starts, due, hours=None, **more):
    seconds = None if hours is None else int(Decimal(str(hours)) * HOUR)
    return PlanItem(uid=uid, name=uid, starts_on=starts, due_on=due, work_seconds=seconds, **more)


def baseline(*items, **more):
    return Baseline(**{"id": "web/1", "project": "web", "name": "signed", "frozen_at": NOW, "items": items, **more})


def test_work_is_spread_over_each_items_own_days_never_in_a_straight_line_over_the_project():
    # 10 h in the first week and 30 h in the last of four: after two weeks a straight line would say 50 %.
    plan = baseline(item("a", day(2), day(6), 10), item("b", day(23), day(27), 30))

    assert planned_share(plan, day(13), PLAIN) == Decimal("0.25")
    assert planned_share(plan, day(24), PLAIN) == Decimal("0.55")


def test_a_holiday_of_the_frozen_calendar_carries_no_work():
    plan = baseline(item("a", day(2), day(6), 8), calendar=Calendar(holidays=(day(3),)))

    assert [planned_share(plan, day(n), PLAIN) for n in (2, 3, 4, 6)] == [
        Decimal("0.25"), Decimal("0.25"), Decimal("0.5"), Decimal(1),
    ]  # fmt: skip


def test_part_time_counts_by_the_hours_of_each_weekday():
    # Eight hours on Monday, four on Tuesday, nothing else.
    week = (Decimal(8), Decimal(4), *[Decimal(0)] * 5)
    plan = baseline(item("a", day(2), day(6), 12, week=week))

    assert planned_share(plan, day(2), PLAIN) == Decimal(2) / 3
    assert planned_share(plan, day(3), PLAIN) == 1


def test_days_away_known_when_it_was_frozen_carry_no_work():
    plan = baseline(item("a", day(9), day(13), 10, away=(day(9), day(10))))

    assert planned_share(plan, day(11), PLAIN) == Decimal(1) / 3


def test_an_item_on_a_weekend_is_due_in_one_step_on_its_last_day():
    plan = baseline(item("a", day(7), day(8), 3))

    assert [planned_share(plan, day(n), PLAIN) for n in (7, 8)] == [0, 1]


def test_an_item_without_work_weighs_the_median_of_the_others():
    plan = baseline(item("a", day(2), day(2), 2), item("b", day(3), day(3), 4), item("c", day(4), day(4)))

    assert phased(plan, PLAIN).seconds == 9 * HOUR
    assert planned_share(plan, day(2), PLAIN) == Decimal(2) / 9


def test_parents_and_milestones_carry_no_work_and_undated_items_are_counted():
    plan = baseline(
        item("epic", day(2), day(27), 99), item("a", day(2), day(6), 5, parent="epic"),
        item("launch", None, day(27), milestone=True), item("later", None, None, 5),
        item("wrong", day(6), day(2), 5),
    )  # fmt: skip
    found = phased(plan, PLAIN)

    assert [piece.item.uid for piece in found.pieces] == ["a"]
    assert [left.uid for left in found.undated] == ["later", "wrong"]


def test_a_plan_without_any_date_is_unknown_with_the_reason():
    assert planned_share(baseline(item("a", None, None, 5)), day(2), PLAIN) == Unknown(
        why="none of 1 item has a start and a due day"
    )


@pytest.mark.parametrize(("share", "expected"), [("0.1", 2), ("0.2", 2), ("0.21", 3), ("1", 6)])
def test_the_day_by_which_a_share_should_be_done(share, expected):
    found = phased(baseline(item("a", day(2), day(6), 5)), PLAIN)

    assert found.day_of(Decimal(share)) == day(expected)


def test_the_latest_approved_baseline_is_in_force_even_when_a_later_one_is_not_approved():
    signed = baseline(approved_by="J. Hale")
    draft = baseline(id="web/2", frozen_at=NOW + dt.timedelta(days=1))

    assert current_baseline([signed, draft]) is signed
    assert current_baseline([draft]) is draft
    assert current_baseline([]) is None


DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
WEEKS = st.none() | st.lists(st.sampled_from([Decimal(0), Decimal(4), Decimal("7.5")]), min_size=7, max_size=7).map(
    tuple
)
ITEMS = st.lists(
    st.tuples(st.none() | DAYS, st.none() | DAYS, st.none() | st.integers(0, 400), WEEKS, st.lists(DAYS, max_size=3)),
    max_size=8,
)


@given(ITEMS, DAYS, DAYS, st.lists(DAYS, max_size=5))
def test_the_planned_share_is_between_nothing_and_all_and_never_falls(rows, one, other, holidays):
    plan = baseline(
        *[item(str(n), a, b, h, week=week, away=tuple(away)) for n, (a, b, h, week, away) in enumerate(rows)],
        calendar=Calendar(holidays=tuple(holidays)),
    )
    first, second = (planned_share(plan, on, PLAIN) for on in sorted((one, other)))

    if isinstance(first, Unknown):
        assert second == first
        assert not phased(plan, PLAIN).pieces
        return
    assert 0 <= first <= second <= 1
    assert planned_share(plan, phased(plan, PLAIN).last, PLAIN) == 1
    assert planned_share(plan, dt.date(2025, 12, 31), PLAIN) == 0


@given(DAYS, DAYS, DAYS, st.lists(DAYS, max_size=5))
def test_one_item_on_the_plain_calendar_is_the_share_of_working_days_that_have_passed(start, due, today, holidays):
    calendar = Calendar(holidays=tuple(holidays))
    shares = shares_by_item(baseline(item("a", start, due, 5)), today, calendar)

    assert shares.get("a", Unknown(why="due before its start")) == passed_share(start, due, today, calendar)
