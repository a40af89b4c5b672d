"""Versions of agreements, retainers with roll-over and expiry, revenue by every method."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from measure.made import HOUR, TODAY, bill_rate, cost_rate, entry, facts_of, one, part, task
from sightline.measure.agreements import RetainerPeriod, in_force, run_retainer, terms
from sightline.measure.figures import Earned, RetainerLeft, RevenueByMethod, Unbilled
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.portfolio import Agreement, Instalment, Project

SEPTEMBER, OCTOBER, NOVEMBER = (dt.date(2026, month, 1) for month in (9, 10, 11))


def gbp(amount):
    return Money.of(amount, "GBP")


def agreed(kind, **more):
    return Agreement(kind=kind, **more)


def by_name(metric, facts):
    return {figure.name: figure.value for figure in metric().measure(facts)}


def test_a_version_holds_from_its_day_until_the_next_one_and_the_first_one_before_its_own():
    first, later = agreed("capped", starts=SEPTEMBER), agreed("capped", starts=NOVEMBER)
    project = Project(id="p", name="P", agreement=later, agreements=(later, first))

    assert in_force(project, dt.date(2026, 1, 1)) == first
    assert in_force(project, dt.date(2026, 10, 31)) == first
    assert in_force(project, NOVEMBER) == later


def test_versions_of_one_kind_are_one_term_and_another_kind_ends_it():
    held = (agreed("capped"), agreed("capped", starts=OCTOBER), agreed("retainer", starts=NOVEMBER))
    found = terms(Project(id="p", name="P", agreement=held[-1], agreements=held), TODAY)

    assert [(term.first, term.last, term.agreement.kind) for term in found] == [
        (None, dt.date(2026, 10, 31), "capped"),
        (NOVEMBER, None, "retainer"),
    ]


def test_a_version_still_to_come_changes_nothing_yet():
    held = (agreed("capped"), agreed("internal", starts=dt.date(2026, 12, 1)))
    project = Project(id="p", name="P", agreement=held[-1], agreements=held)

    assert [term.agreement.kind for term in terms(project, TODAY)] == ["capped"]


def used(**hours):
    return {dt.date(2026, int(month[1:]), 1): int(n * HOUR) for month, n in hours.items()}


def hours_of(periods):
    return [
        tuple(value // HOUR for value in (p.allowance, p.carried, p.expired, p.used, p.left, p.over)) for p in periods
    ]


def test_without_roll_over_what_is_left_is_lost():
    retainer = agreed("retainer", allowance_seconds=10 * HOUR)

    assert hours_of(run_retainer([retainer], used(m9=4, m10=12), SEPTEMBER, TODAY)) == [
        (10, 0, 0, 4, 6, 0),
        (10, 0, 6, 12, 0, 2),
        (10, 0, 0, 0, 10, 0),
    ]


def test_with_roll_over_it_is_used_before_the_new_hours_and_overage_is_not_taken_off_the_next_period():
    retainer = agreed("retainer", allowance_seconds=10 * HOUR, roll_over=True)

    assert hours_of(run_retainer([retainer], used(m9=4, m10=18), SEPTEMBER, TODAY)) == [
        (10, 0, 0, 4, 6, 0),
        (10, 6, 0, 18, 0, 2),
        (10, 0, 0, 0, 10, 0),
    ]


def test_rolled_over_hours_expire_after_the_agreed_periods():
    retainer = agreed("retainer", allowance_seconds=10 * HOUR, roll_over=True, roll_over_periods=1)

    assert hours_of(run_retainer([retainer], used(m10=4), SEPTEMBER, TODAY)) == [
        (10, 0, 0, 0, 10, 0),
        (10, 10, 0, 4, 16, 0),
        (10, 10, 6, 0, 20, 0),
    ]


def test_a_later_version_changes_the_allowance_from_its_period_on():
    held = [
        agreed("retainer", allowance_seconds=10 * HOUR),
        agreed("retainer", allowance_seconds=5 * HOUR, starts=NOVEMBER),
    ]

    assert [period.allowance // HOUR for period in run_retainer(held, {}, OCTOBER, TODAY)] == [10, 5]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=3), st.integers(0, 20), st.booleans(), st.integers(1, 3))
def test_every_hour_granted_is_used_left_or_expired(use, granted, rolls, lasts):
    retainer = agreed("retainer", allowance_seconds=granted * HOUR, roll_over=rolls, roll_over_periods=lasts)
    months = {dt.date(2026, 9 + n, 1): hours * HOUR for n, hours in enumerate(use)}
    periods = run_retainer([retainer], months, SEPTEMBER, TODAY)

    assert len(periods) == 3
    for before, after in itertools.pairwise(periods):
        assert before.left == after.carried + after.expired
    assert all(isinstance(p, RetainerPeriod) and p.used == p.available - p.left + p.over for p in periods)


def test_the_retainers_balance_lists_every_period():
    retainer = agreed("retainer", allowance_seconds=20 * HOUR, roll_over=True, starts=OCTOBER)
    facts = facts_of(agreement=retainer, time=[entry(1, 15, day=dt.date(2026, 10, 5)), entry(2, "12.5")])
    figure = one(RetainerLeft, facts)

    assert figure.value == Decimal("12.5")
    assert [row.value for row in figure.receipt.lines] == ["5 h", "12 h 30 min"]


def test_a_retainer_earns_its_fee_by_days_and_the_hours_beyond_at_the_agreed_rate():
    fee = {"budget": gbp(3000), "allowance_seconds": 10 * HOUR, "overage": gbp(100), "starts": OCTOBER}
    facts = facts_of(agreement=agreed("retainer", **fee), time=[entry(1, 12)], documents=[part(1, net="6000", tax="0")])

    assert by_name(Earned, facts) == {"earned": gbp(3000 + 2000 + 200), "accrued": gbp(0), "deferred": gbp(800)}


def test_overage_without_an_agreed_rate_is_not_guessed():
    facts = facts_of(
        agreement=agreed("retainer", budget=gbp(3000), allowance_seconds=HOUR, starts=NOVEMBER), time=[entry(1, 2)]
    )

    assert by_name(Earned, facts)["earned"] == Unknown(
        why="hours beyond the allowance were worked, and no rate for them was agreed"
    )


def test_revenue_by_every_method_never_passes_the_contract():
    tasks = [task(1, "done", estimate_seconds=3 * HOUR), task(2, estimate_seconds=HOUR)]
    agreement = agreed("fixed_price", budget=gbp(1000))
    facts = facts_of(
        agreement=agreement, tasks=tasks, time=[entry(1, 15)], rates=(bill_rate("100"), cost_rate("50")),
        project={"starts": dt.date(2026, 11, 11), "due": dt.date(2026, 11, 30)},
    )  # fmt: skip

    assert by_name(RevenueByMethod, facts) == {
        "revenue_by_hours": gbp(1000),
        "revenue_by_cost": gbp("937.50"),
        "revenue_by_progress": gbp(750),
        "revenue_by_schedule": gbp(500),
    }


def test_revenue_by_schedule_is_the_instalments_to_date():
    schedule = (Instalment(day=OCTOBER, amount=gbp(400)), Instalment(day=dt.date(2026, 12, 1), amount=gbp(600)))
    agreement = agreed("fixed_price", budget=gbp(1000), revenue="schedule", schedule=schedule)

    assert by_name(Earned, facts_of(agreement=agreement))["earned"] == gbp(400)


def test_purchases_are_passed_on_where_that_was_agreed_and_cost_all_the_same():
    bill = part(1, "bill", net="200", tax="40")
    work = {"time": [entry(1, 1)], "rates": (bill_rate("100"),), "documents": [bill]}
    passed = agreed("time_and_materials", expenses="billed", markup=Decimal("0.1"))

    assert by_name(Earned, facts_of(agreement=passed, **work))["earned"] == gbp(320)
    assert by_name(Earned, facts_of(**work))["earned"] == gbp(100)


def test_terms_of_different_kinds_earn_each_in_its_own_way():
    held = (agreed("time_and_materials", budget=gbp(0)), agreed("fixed_price", budget=gbp(1000), starts=NOVEMBER))
    facts = facts_of(
        agreement=held[-1], project={"agreements": held}, tasks=[task(1, "done"), task(2)],
        time=[entry(1, 2, day=OCTOBER), entry(2, 50)], rates=(bill_rate("100"),),
    )  # fmt: skip

    assert by_name(Earned, facts)["earned"] == gbp(200 + 500)


def test_accrued_and_deferred_are_the_two_sides_of_unbilled():
    facts = facts_of(time=[entry(1, 4)], rates=(bill_rate("100"),), documents=[part(1, net="500", tax="0")])
    found = by_name(Earned, facts)

    assert found == {"earned": gbp(400), "accrued": gbp(0), "deferred": gbp(100)}
    assert one(Unbilled, facts).value == found["accrued"] - found["deferred"]
