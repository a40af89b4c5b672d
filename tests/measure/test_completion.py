"""Revenue and margin when the project is done, worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from measure.made import HOUR, bill_rate, cost_rate, entry, facts_of, one, task
from sightline.measure.figures.completion import MarginAtCompletion, RevenueAtCompletion
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.portfolio import Agreement

RATES = (bill_rate("100"), cost_rate("50"))


def half_done(agreement):
    """20 h are estimated, half of them done, for which 12 h were worked: 24 h at completion, at 50 an hour 1,200."""
    tasks = [task(1, "done", estimate_seconds=10 * HOUR), task(2, estimate_seconds=10 * HOUR)]
    return facts_of(agreement=agreement, tasks=tasks, time=[entry(1, 12, billable=True)], rates=RATES)


def agreed(kind, **more):
    return Agreement(kind=kind, budget=Money.of(2000, "GBP"), **more)


@pytest.mark.parametrize(
    ("agreement", "revenue", "margin"),
    [
        (agreed("fixed_price"), 2000, "40"),
        (agreed("time_and_materials"), 2400, "50"),
        (agreed("capped", cap=Money.of(1500, "GBP")), 1500, "20"),
    ],
)
def test_revenue_follows_the_agreement_and_cost_the_hours(agreement, revenue, margin):
    facts = half_done(agreement)

    assert one(RevenueAtCompletion, facts).value == Money.of(revenue, "GBP")
    assert one(MarginAtCompletion, facts).value == Decimal(margin)
    assert one(MarginAtCompletion, facts, "profit_at_completion").value == Money.of(revenue - 1200, "GBP")


def test_a_retainer_has_no_revenue_at_completion():
    facts = half_done(agreed("retainer", allowance_seconds=20 * HOUR))

    assert one(MarginAtCompletion, facts).value == Unknown(why="a retainer goes on, period by period")


def test_no_figure_at_completion_is_for_a_client():
    figures = [
        *RevenueAtCompletion().measure(half_done(agreed("fixed_price"))),
        *MarginAtCompletion().measure(half_done(agreed("fixed_price"))),
    ]

    assert [figure.internal for figure in figures] == [True, True, True]
