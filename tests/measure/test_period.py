"""A period's flows, and what was owed at its end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measure.made import bill_rate, cost_rate, entry, facts_of, part, payment, task
from sightline.errors import ConfigError
from sightline.measure.agreements import Period
from sightline.measure.period import parse_period, period_figures
from sightline.measure.sums import Part, added, client_figures
from sightline.model.figures import Unknown
from sightline.model.money import Money

OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def gbp(amount):
    return Money.of(amount, "GBP")


def on(day, month=10):
    return dt.date(2026, month, day)


def flowed(facts, period=OCTOBER):
    return {figure.name: figure.value for figure in period_figures(facts, period)}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-10-05..2026-10-06", "2026-10-05", "2026-10-06"),
        ("2026-10-05", "2026-10-05", "2026-10-05"),
    ],
)
def test_a_period_is_a_month_quarter_year_day_or_two_days(text, first, last):
    assert parse_period(text) == Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "october", "2026-13", "2026-Q5", "2026-10-06..2026-10-05", "2026-10-05..", "99999"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ConfigError, match="no period"):
        parse_period(text)


def test_time_counts_by_its_day_documents_by_theirs_and_money_by_the_payments():
    documents = [part(1, issued_on=on(30, 9), paid="120"), part(2, issued_on=on(31)), part(3, issued_on=on(1, 11))]
    facts = facts_of(
        time=[entry(1, 1, day=on(1)), entry(2, 2, day=on(31)), entry(3, 4, day=on(1, 11))],
        rates=(bill_rate("100"), cost_rate("20")), documents=documents,
        payments=(payment(1, 1, "70", on(5)), payment(2, 1, "50", on(2, 11)), payment(3, 1, "9", on(6), status="DELETED")),
    )  # fmt: skip
    found = flowed(facts)

    assert (found["hours"], found["billable_value"], found["cost"]) == (3, gbp(300), gbp(60))
    assert (found["invoiced"], found["revenue"], found["margin"]) == (gbp(120), gbp(100), 40)
    assert found["received"] == gbp(70)
    assert found["outstanding_at_end"] == gbp(120 + 50)


def test_a_quiet_month_of_a_project_with_time_has_no_hours_and_no_good_looking_margin():
    facts = facts_of(
        tasks=[task(1, "done")], time=[entry(1, 1)], rates=(cost_rate(),), documents=[part(1, issued_on=on(5))]
    )
    found = flowed(facts)

    assert (found["hours"], found["cost"]) == (0, gbp(0))
    assert isinstance(found["margin"], Unknown)


def test_a_prepayment_is_received_on_its_day_and_owed_back_until_it_is_used():
    ahead = part(1, "prepayment", net="100", tax="0", direction="in", issued_on=on(1))
    invoice = part(2, net="80", tax="0", issued_on=on(2))
    used = payment(1, 2, "60", on(3, 11), kind="prepayment", credit="1")
    facts = facts_of(documents=[ahead, invoice], payments=(used,))

    assert flowed(facts)["received"] == gbp(100)
    assert flowed(facts)["outstanding_at_end"] == gbp(-20)
    assert flowed(facts, Period(on(1), on(30, 11)))["outstanding_at_end"] == gbp(-20)


AMOUNTS = st.lists(st.tuples(st.sampled_from(["payment", "credit"]), st.integers(1, 50)), max_size=6)


@given(AMOUNTS, st.randoms())
def test_payments_and_credits_in_any_order_leave_the_same_outstanding(rows, shuffle):
    documents = [
        part(1, net="400", tax="0", issued_on=on(1)),
        part(2, "credit_note", net="300", tax="0", issued_on=on(1)),
    ]
    payments = [
        payment(n, 1, amount, on(10), kind=kind, credit="2" if kind == "credit" else None)
        for n, (kind, amount) in enumerate(rows)
    ]
    shuffled = list(payments)
    shuffle.shuffle(shuffled)
    owed = [
        flowed(facts_of(documents=documents, payments=tuple(one)))["outstanding_at_end"] for one in (payments, shuffled)
    ]
    cash = sum(amount for kind, amount in rows if kind == "payment")

    assert owed == [gbp(400 - 300 - cash)] * 2


VALUES = st.one_of(
    st.decimals("-9999", "9999", places=2).map(lambda amount: Money.of(amount, "GBP")),
    st.decimals("-9999", "9999", places=3).map(lambda amount: Money.of(amount, "KWD")),
    st.integers(-9999, 9999).map(lambda amount: Money.of(amount, "JPY")),
)


@given(st.lists(VALUES, max_size=12))
def test_parts_always_sum_to_the_shown_total_of_each_currency(values):
    parts = [Part(f"p{n}", "revenue", value, "money", None) for n, value in enumerate(values)]
    found = {one.currency: one for one in client_figures("acme", parts, NOW, {}) if one.name == "revenue"}

    for currency in {value.currency for value in values}:
        lines = [Decimal(row.value.split()[1]) for row in found[currency].receipt.lines]
        assert sum(lines, Decimal(0)) == found[currency].value.amount
        assert found[currency].value.amount == sum(v.amount for v in values if v.currency == currency)


def test_an_unknown_project_makes_the_clients_sum_unknown_and_says_what_the_rest_comes_to():
    parts = [Part("a", "cost", gbp(10), "money", None), Part("b", "cost", Unknown(why="no rate"), "money", None)]
    (figure,) = [one for one in client_figures("acme", parts, NOW, {"b": "Beta"}) if one.name == "cost"]

    assert figure.value == Unknown(why="not known for 1 projects; the known projects come to GBP 10.00")
    assert figure.coverage == Decimal("0.5")
    assert figure.receipt.lines[-1].label == "Beta: not known"


def test_what_does_not_apply_to_a_project_is_no_gap_in_the_sum():
    why = Unknown(why="a fixed price is not billed by the hour: see `accrued`")
    found = added("wip", [Part("a", "wip", gbp(5), "money", None), Part("b", "wip", why, "money", None)])

    assert (found.sums, found.unknown) == ({"GBP": Decimal(5)}, [])
