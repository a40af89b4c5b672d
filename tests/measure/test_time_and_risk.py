"""Earned value and schedule, flow, forecast, estimates, currency and health beyond the published cases."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.measure import currency, earned_schedule, estimates, flow, forecast, health, progress
from sightline.measure.earned_value import (
    Earned,
    estimate_at_completion,
    performance_index,
    rolled_up,
    to_complete_index,
)
from sightline.model.figures import Unknown
from sightline.model.money import Money

D = Decimal
DAY = dt.date(2026, 11, 20)


def test_eac_variants_go_by_name():
    known = Earned(pv=D(500), ev=D(400), ac=D(500), bac=D(1000))

    assert estimate_at_completion(known) == 1250
    assert estimate_at_completion(known, "atypical") == 1100
    assert estimate_at_completion(known, "combined") == D("1437.5")
    assert estimate_at_completion(known, "bottom_up", etc=D(450)) == 950
    assert estimate_at_completion(known, "bottom_up") == Unknown(why="there is no new estimate of the rest")


def test_nothing_earned_yet_has_no_estimate_at_completion():
    assert estimate_at_completion(Earned(D(5), D(0), D(5), D(9))) == Unknown(why="nothing has been earned, so CPI is 0")
    assert estimate_at_completion(Earned(D(0), D(3), D(5), D(9)), "combined") == Unknown(why="PV must be > 0")


def test_an_index_without_a_base_is_unknown_unless_the_other_convention_is_asked_for():
    assert performance_index(D(10), D(0), "PV") == Unknown(why="PV must be > 0")
    assert performance_index(D(10), D(0), "PV", at_zero=D(1)) == 1


def test_tcpi_to_an_estimate_at_completion():
    assert to_complete_index(D(100), D(40), D(60), eac=D(180)) == D("0.5")
    assert isinstance(to_complete_index(D(100), D(40), D(180), eac=D(180)), Unknown)


def test_no_parts_roll_up_to_nothing():
    assert rolled_up([]) == Earned(D(0), D(0), D(0), D(0))


@pytest.mark.parametrize(("ev", "es"), [(0, 0), (50, "0.5"), (100, 1), (150, 3), (250, 5), (999, 5), (-3, 0)])
def test_earned_schedule_takes_the_earliest_time_where_the_plan_stands_still(ev, es):
    curve = [D(100), D(125), D(150), D(150), D(250)]

    assert earned_schedule.earned_schedule(curve, D(ev)) == D(es)


def test_a_falling_plan_is_refused():
    assert isinstance(earned_schedule.earned_schedule([D(5), D(4)], D(1)), Unknown)


def test_time_indices_say_when_they_have_no_answer():
    assert earned_schedule.schedule_index(D(1), D(0)) == Unknown(why="no time has passed")
    assert earned_schedule.to_complete_schedule_index(D(9), D(6), D(9)) == Unknown(why="the planned time is over")
    assert earned_schedule.to_complete_schedule_index(D(9), D(6), D(7)) == D("1.5")
    assert earned_schedule.forecast_duration(D(9), D(0), D(2), D(0)) == Unknown(why="nothing has been earned yet")


def test_more_work_left_than_there_was_is_an_input_error():
    assert progress.completed_by_work(D(10), D(4)) == 60
    assert progress.completed_by_work(D(10), D(11)) == Unknown(why="more work remains than was estimated")
    assert progress.completed_by_work(D(0), D(0)) == Unknown(why="the work is 0")
    assert progress.remaining_hours([progress.Item(estimate=D(2)), progress.Item()]) == Unknown(
        why="1 of 2 items have no estimate"
    )


def test_days_on_which_nothing_was_finished_count_as_zero():
    days = [DAY, DAY + dt.timedelta(days=2), DAY + dt.timedelta(days=2), DAY + dt.timedelta(days=9)]

    assert flow.throughput(days, DAY, DAY + dt.timedelta(days=3)) == [1, 0, 2, 0]


@pytest.mark.parametrize(("method", "value"), [("nearest_rank", 3), ("linear", "2.5"), ("index_floor", 2)])
def test_percentile_methods_differ_and_have_names(method, value):
    assert flow.percentile([D(4), D(1), D(3), D(2)], D("0.6") if method != "linear" else D("0.5"), method) == D(value)


def test_flow_efficiency_needs_wait_states_and_time():
    assert flow.flow_efficiency(D(1), D(3), ["Blocked"]) == 25
    assert isinstance(flow.flow_efficiency(D(0), D(0), ["Blocked"]), Unknown)
    assert flow.average_cycle_time(D(12), D(3)) == 4


@given(st.lists(st.dictionaries(st.sampled_from("ABC"), st.integers(0, 9), min_size=1), max_size=8))
def test_a_cumulative_flow_never_falls_and_never_crosses(rows):
    items = [{state: DAY + dt.timedelta(days=n) for state, n in row.items()} for row in rows]
    found = flow.cumulative_flow(items, "ABC", DAY, DAY + dt.timedelta(days=9))

    assert all(later >= earlier for line in found.values() for earlier, later in itertools.pairwise(line))
    assert all(a >= b >= c for a, b, c in zip(*found.values(), strict=True))


def test_a_forecast_can_be_made_again_from_its_seed():
    history = [2, 0, 0, 5, 1, 3, 2, 4, 0, 0, 1]
    first, again = (forecast.when(history, 20, seed=7, trials=500) for _ in range(2))

    assert first == again
    assert first != forecast.when(history, 20, seed=8, trials=500)
    assert sum(first.histogram.values()) == 500


@pytest.mark.parametrize(
    ("history", "why"),
    [([3] * 9, "9 days of history are too few, 10 are needed"), ([0] * 30, "nothing was finished in the history")],
)
def test_a_thin_or_empty_history_gives_no_forecast(history, why):
    assert forecast.when(history, 5, seed=1) == Unknown(why=why)
    assert forecast.how_many(history, 5, seed=1) == Unknown(why=why)


def test_nothing_left_to_do_is_done_today():
    assert forecast.when([1] * 10, 0, seed=1, trials=10).histogram == {0: 10}


def test_a_joint_forecast_without_one_teams_trials_is_unknown():
    assert forecast.joint([{1: 5}, {}]) == Unknown(why="a team has no trials")
    assert sum(forecast.joint([{1: 5, 2: 5}, {1: 1, 4: 3}, {3: 2}]).values()) == 1


def test_estimates_are_judged_by_error_median_and_share_within_a_quarter():
    pairs = [(D(100), D(80)), (D(100), D(150)), (D(0), D(5)), (D(10), D(10))]

    assert estimates.mmre(pairs) == D("0.7") / 3
    assert estimates.median_mre(pairs) == D("0.2")
    assert estimates.pred(pairs) == D(2) / 3
    assert estimates.relative_error(D(100), D(80)) == D("0.2")
    assert estimates.log_ratio(D(5), D(5)) == 0
    assert estimates.mre(D(0), D(5)) == Unknown(why="the actual is 0")


def test_a_small_reference_class_shows_its_range_only():
    few = estimates.reference_class([(D(12), D(10)), (D(20), D(10))], D("0.8"))
    many = estimates.reference_class([(D(n), D(10)) for n in range(10, 20)], D("0.8"))

    assert (few.lowest, few.highest, bool(few.ratio)) == (D("1.2"), D(2), False)
    assert estimates.corrected(D(100), many.ratio) == 170
    assert isinstance(estimates.corrected(D(100), few.ratio), Unknown)


def test_tasks_that_go_wrong_together_spread_wider():
    risk = estimates.sum_of_tasks([D(10), D(15)], [D(4), D(9)], {(0, 1): D("0.5")})

    assert (risk.mean, risk.variance) == (25, 19)


def test_conversion_marks_derived_rates_and_refuses_to_guess():
    rates = currency.Rates({("EUR", "GBP"): [(DAY, D("0.8"))], ("EUR", "USD"): [(DAY, D("1.2"))]})

    assert rates.convert(Money.of(10, "EUR"), "GBP", DAY) == currency.Converted(
        Money.of("8", "GBP"), D("0.8"), derived=False
    )
    assert rates.convert(Money.of(8, "GBP"), "EUR", DAY).amount == Money.of("10", "EUR")
    assert rates.convert(Money.of(8, "GBP"), "USD", DAY) == currency.Converted(
        Money.of("12", "USD"), D("1.5"), derived=True
    )
    assert rates.convert(Money.of(1, "EUR"), "EUR", None).derived is False
    assert rates.convert(Money.of(1, "EUR"), "GBP", dt.date(2026, 1, 1)) == Unknown(
        why="no rate from EUR to GBP on 2026-01-01"
    )


def test_a_value_before_the_first_price_is_unknown_from_then_on():
    postings = [(dt.date(2026, 1, 1), D(1), D(5)), (DAY, D(1), D(5))]

    assert (
        currency.running_values(postings, [(DAY, D(3))], "at_posting_date")
        == [Unknown(why="no price on or before 2026-01-01")] * 2
    )


def test_missing_data_is_grey_and_never_green():
    verdicts = health.judged(
        {"slip_days": Unknown(why="no plan"), "cost_over_pct": D(3), "mood": D(1)}, health.RULE_SETS["ssp_pmo"]
    )

    assert verdicts["slip_days"] == health.Verdict("grey", "slip_days: no plan")
    assert verdicts["cost_over_pct"].colour == "green"
    assert health.overall([v.colour for v in verdicts.values()]) == "grey"
    assert health.overall([]) == "grey"
    assert health.overall(["grey", "red"]) == "red"


@pytest.mark.parametrize(("over", "colour"), [(10, "green"), ("10.01", "amber"), ("19.99", "amber"), (20, "red")])
def test_the_bounds_of_a_band_are_as_published(over, colour):
    assert health.RULE_SETS["ssp_pmo"]["cost_over_pct"].colour(D(over)) == colour


@pytest.mark.parametrize(("value", "colour"), [("3.99", "green"), (4, "amber"), (7, "red")])
def test_a_band_may_leave_its_green_bound_out(value, colour):
    assert health.RULE_SETS["variance_4_7"]["variance_pct"].colour(D(value)) == colour


def test_a_better_colour_must_hold_twice_and_a_worse_one_shows_at_once():
    assert health.with_hysteresis("red", "red", "amber") == "red"
    assert health.with_hysteresis("red", "amber", "amber") == "amber"
    assert health.with_hysteresis("green", "green", "amber") == "amber"
    assert health.with_hysteresis("red", "red", "grey") == "grey"
    assert health.with_hysteresis(None, "green", "green") == "green"
