"""Rates, amounts, taxes, revenue, budgets and receivables beyond the published cases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.measure import billing, budget, receivables
from sightline.measure.profit import collection, effective_rate, gross_margin, realization, utilization
from sightline.model.figures import Unknown
from sightline.model.records import Document

D = Decimal


def test_an_entry_without_a_rate_is_unknown_not_free():
    assert billing.entry_amount(3600, None) == Unknown(why="no rate")
    assert billing.entry_cost(3600, None, D(50)) == Unknown(why="no cost rate")


def test_factors_add_unless_told_to_multiply():
    assert billing.factored(D(10), [D(2), D("1.5")]) == 35
    assert billing.factored(D(10), [D(2), D("1.5")], combine="multiply") == 30


@pytest.mark.parametrize(
    ("mode", "expected"), [("up", [0, 900, 900, 1800]), ("down", [0, 0, 900, 900]), ("nearest", [0, 0, 900, 900])]
)
def test_durations_round_to_whole_steps_and_zero_stays_zero(mode, expected):
    assert [billing.rounded_seconds(s, 15, mode) for s in (0, 450, 900, 1350)] == expected


def test_a_step_of_zero_rounds_nothing():
    assert billing.rounded_seconds(1234, 0, "up") == 1234


def test_tax_on_the_total_is_taken_for_each_rate_once():
    lines = [(D("0.10"), D(25))] * 3 + [(D("10"), D(5))]

    assert billing.taxed(lines).tax == D("0.58")
    assert billing.taxed(lines, on="line").tax == D("0.59")


def test_a_fixed_price_never_earns_more_than_the_price():
    assert [billing.fixed_price_revenue(D(p), D(200)) for p in (0, 50, 130)] == [0, 100, 200]


def test_a_year_of_revenue_is_deferred_by_days_and_sums_exactly():
    periods = [
        (dt.date(2026, 1, 1), dt.date(2026, 1, 31)),
        (dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
    ]
    parts = billing.deferred_by_days(D(100), dt.date(2026, 1, 1), dt.date(2026, 3, 31), periods)

    assert parts == [D("34.44"), D("31.11"), D("34.45")]


def test_the_same_hours_billed_twice_show_as_more_than_all():
    assert billing.billed_percent(D(3), D(2), D(0), D(0)) == 150
    assert billing.billed_percent(D(0), D(0), D(0), D(0)) == Unknown(why="nothing is billable")


def test_an_overrun_budget_is_open_below_zero():
    assert budget.budget(D(100), D(130)) == budget.Budget(D(130), D(-30), D(130))
    assert budget.budget(D(100), D(130), floor_at_zero=True).open == 0
    assert budget.budget(None, D(130)) == Unknown(why="no budget was agreed")


def test_a_burn_over_the_last_four_periods_counts_the_empty_ones():
    assert budget.trailing_burn([D(100), D(8), D(0), D(0), D(4)]) == 3
    assert budget.trailing_burn([]) == Unknown(why="no time has passed")


def test_a_runway_is_not_zero_when_nothing_burns_and_not_negative_when_all_is_gone():
    assert budget.runway(D(10), D(0)) == Unknown(why="nothing is being spent, so the budget lasts without end")
    assert budget.runway(D(-1), D(2)) == Unknown(why="the budget is exhausted")
    assert budget.runway(D(10), budget.burn_rate(D(5), D(0))) == Unknown(why="no time has passed")


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [("2026-11-20", "2026-11-01", "2026-10-01"), ("2026-03-31", "2026-03-01", "2026-01-01")],
)
def test_periods_begin_on_calendar_months_and_quarters(day, month, quarter):
    today = dt.date.fromisoformat(day)

    assert (str(budget.period_start(today, "month")), str(budget.period_start(today, "quarter"))) == (month, quarter)


def test_a_retainer_carries_what_was_left_but_not_what_was_overdrawn():
    assert budget.retainer_allowance(D(20), [D(15), D(30), D(18)], roll_over=True) == 22
    assert budget.retainer_allowance(D(20), [D(15)], roll_over=False) == 20


def test_margin_and_shares_say_why_they_have_no_answer():
    assert gross_margin(D(100), D(40)) == 60
    assert gross_margin(D(0), D(40)) == Unknown(why="there is no revenue")
    assert utilization(D(45), D(40)) == D("112.5")
    assert realization(D(9), D(0)) == Unknown(why="there is no work to bill")
    assert collection(D(90), D(100)) == 90
    assert effective_rate(D(900), D(10)) == 90
    assert effective_rate(D(900), D(0)) == Unknown(why="no hours were worked")


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("invoice", "AUTHORISED", "counts"), ("invoice", "Paid", "counts"), ("invoice", "partially paid", "counts"),
        ("invoice", "DRAFT", "excluded"), ("invoice", "SUBMITTED", "excluded"), ("invoice", "VOIDED", "excluded"),
        ("bill", "DELETED", "excluded"), ("invoice", "FOO", "unknown"), ("quote", "ACCEPTED", "excluded"),
        ("purchase_order", "AUTHORISED", "excluded"),
    ],
)  # fmt: skip
def test_a_status_says_whether_a_document_counts_and_an_unknown_one_is_neither(kind, status, expected):
    document = Document(id="1", scope="org", kind=kind, status=status, currency="GBP")

    assert receivables.standing(document) == expected


def test_ageing_puts_what_is_not_due_into_the_first_bucket():
    today = dt.date(2026, 11, 20)
    rows = [
        (today + dt.timedelta(days=9), D(1)),
        *((today - dt.timedelta(days=n), D(10)) for n in (0, 30, 31, 60, 61, 120, 121, 900)),
    ]

    assert receivables.ageing(rows, today) == [21, 20, 10, 10, 20]


@given(
    st.lists(st.integers(0, 1000).map(D), min_size=1, max_size=6),
    st.lists(st.integers(0, 900).map(D), max_size=5),
    st.randoms(),
)
def test_any_order_of_payments_leaves_the_same_open(due, amounts, order):
    def open_after(payments):
        left, over = due, D(0)
        for payment in payments:
            applied = receivables.allocate(left, payment)
            left, over = applied.open, over + applied.rest
        return left, over

    shuffled = list(amounts)
    order.shuffle(shuffled)

    assert open_after(amounts) == open_after(shuffled)
    assert sum(open_after(amounts)[0]) - open_after(amounts)[1] == sum(due) - sum(amounts)


def test_dso_without_sales_or_with_too_few_of_them_is_unknown():
    assert receivables.dso(D(10), D(0), 30) == Unknown(why="there were no credit sales")
    assert receivables.dso_count_back(D(100), [D(40), D(50)], [31, 30]).dso == Unknown(
        why="the sales given do not reach back far enough"
    )
    assert receivables.dso_count_back(D(90), [D(40), D(50)], [31, 30]).dso == 61
