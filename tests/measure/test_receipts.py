"""A receipt recomputes to its figure: for any time, rates and documents."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from measure.made import bill_rate, cost_rate, entry, facts_of, one, part, task
from sightline.measure.figures import (
    BillableValue,
    Cost,
    Hours,
    Invoiced,
    Outstanding,
    ProgressByCount,
    ProgressByEstimate,
)
from sightline.measure.receipts import hours_text, line, money_text
from sightline.model.money import Money
from sightline.model.refs import Ref

SECONDS = st.lists(st.integers(-200_000, 200_000), min_size=1, max_size=8)
RATE = st.decimals("0.01", "500", places=2)
AMOUNT = st.decimals("0", "9999.99", places=2)


def seconds_of(text):
    sign = -1 if text.startswith("-") else 1
    units = {"h": 3600, "min": 60, "s": 1}
    return sign * sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (h|min|s)", text))


def total_of(figure):
    return sum((Decimal(row.value.split()[1]) for row in figure.receipt.lines), Decimal(0))


@given(SECONDS)
def test_hours_recompute(seconds):
    figure = one(Hours, facts_of(time=[entry(i, Decimal(s) / 3600) for i, s in enumerate(seconds)]))

    assert Decimal(sum(seconds_of(row.value) for row in figure.receipt.lines)) / 3600 == figure.value


@given(SECONDS, RATE, st.booleans())
def test_value_and_cost_recompute(seconds, rate, own):
    rates = (bill_rate(str(rate)), cost_rate(str(rate)), bill_rate("12.34", task="WEB-1"))
    time = [entry(i, Decimal(s) / 3600, task="1" if own and i else None) for i, s in enumerate(seconds)]
    facts = facts_of(tasks=[task(1)], time=time, rates=rates)

    for figure in (one(BillableValue, facts), one(Cost, facts)):
        assert Money.of(total_of(figure), "GBP").round() == figure.value


@given(st.lists(st.tuples(AMOUNT, AMOUNT, st.sampled_from(["invoice", "credit_note"])), min_size=1, max_size=6))
def test_ledger_sums_recompute(rows):
    facts = facts_of(documents=[part(i, kind, net=str(net), tax=str(tax)) for i, (net, tax, kind) in enumerate(rows)])

    for figure in (one(Invoiced, facts), one(Outstanding, facts)):
        assert total_of(figure) == figure.value.amount


@given(st.lists(st.tuples(st.sampled_from(["done", "todo"]), st.integers(0, 400)), min_size=1, max_size=8))
def test_progress_recomputes(rows):
    tasks = [task(i, state, estimate_seconds=hours * 3600 or None) for i, (state, hours) in enumerate(rows)]
    count, weight = one(ProgressByCount, facts_of(tasks=tasks)), one(ProgressByEstimate, facts_of(tasks=tasks))

    done, todo = (int(row.value) for row in count.receipt.lines)
    assert count.value == Decimal(100 * done) / (done + todo)
    if any(hours for _, hours in rows):
        texts = [row.value for row in weight.receipt.lines]
        average = Decimal(texts[4].split()[0]) * 3600 if "." in texts[4] else Decimal(seconds_of(texts[4]))
        sums = [seconds_of(texts[0]) + int(texts[1]) * average, seconds_of(texts[2]) + int(texts[3]) * average]
        assert abs(100 * sums[0] / sum(sums) - weight.value) < Decimal("0.0001")


def test_hours_are_written_as_people_say_them():
    assert [hours_text(s) for s in (0, 3600, 5400, -90, 3661)] == [
        "0 h",
        "1 h",
        "1 h 30 min",
        "-0 h 1 min 30 s",
        "1 h 1 min 1 s",
    ]


def test_money_shows_two_decimals_or_as_many_as_it_has():
    assert [money_text(Decimal(a), "GBP") for a in ("5", "5.1", "5.125", "1E+3", "0")] == [
        "GBP 5.00", "GBP 5.10", "GBP 5.125", "GBP 1000.00", "GBP 0.00",
    ]  # fmt: skip


def test_a_line_lists_at_most_a_hundred_records_and_says_so():
    row = line("tasks", "250", [Ref("jira", "tasks", str(n)) for n in range(250)])

    assert len(row.refs) == 100
    assert row.label == "tasks (first 100 of 250 records listed)"
