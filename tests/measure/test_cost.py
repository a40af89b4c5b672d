"""Cost and margin where something is missing, in two currencies, with overhead and overtime."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from msgspec import structs

from measure.made import HOUR, TODAY, bill_rate, cost_rate, entry, facts_of, one, part, state, task
from sightline.measure.figures import BillableValue, BillingHours, Cost, EffectiveRate, HoursBillable, Margin, Purchases
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.portfolio import BillableRule, Overhead, Overtime, RoundingRule, TimeRules
from sightline.model.refs import Ref

SATURDAY = dt.date(2026, 11, 21)
BOOKS = {("xero", "org"): "GBP"}


def gbp(amount):
    return Money.of(amount, "GBP")


def named(metric, facts):
    return {figure.name: figure.value for figure in metric().measure(facts)}


def test_a_project_whose_sources_record_no_time_has_no_cost_and_no_margin():
    silent = structs.replace(state(), delivers=("tasks",))
    facts = facts_of(sources=(silent,), documents=[part(1)])

    assert named(Cost, facts) == {"cost": Unknown(why="no source records time")}
    assert named(Margin, facts) == {name: Unknown(why="no source records time") for name in ("margin", "profit")}


def test_work_without_any_time_entry_has_no_cost_even_where_time_could_be_recorded():
    facts = facts_of(tasks=[task(1, "done"), task(2)], documents=[part(1)])
    why = Unknown(why="no time is recorded, though 1 tasks are begun or done")

    assert named(Cost, facts) == {"cost": why}
    assert named(Margin, facts) == {"margin": why, "profit": why}


def test_what_is_known_of_a_partly_unknown_cost_is_a_lower_bound_and_bounds_the_margin_from_above():
    time = [entry(1, 1), entry(2, 1, account="stranger")]
    facts = facts_of(time=time, rates=(cost_rate("40", person="Maria Lind"),), documents=[part(1)])
    why = Unknown(why="1 h have no cost rate (stranger); the other hours come to GBP 40.00")

    assert named(Cost, facts) == {"cost": why, "cost_at_least": gbp(40)}
    assert named(Margin, facts) == {"margin": why, "profit": why, "margin_at_most": 60, "profit_at_most": gbp(60)}


def test_bounds_say_that_they_are_bounds():
    facts = facts_of(time=[entry(1, 1)], documents=[part(1), part(2, "bill", net="10", tax="0")])

    assert one(Cost, facts, "cost_at_least").method.startswith("lower bound")
    assert one(Margin, facts, "margin_at_most").method.startswith("upper bound")


def test_revenue_in_euro_and_cost_in_pounds_meet_at_the_documents_own_rate():
    invoice = part(1, net="116.32", tax="0", currency="EUR", rate_to_base=Decimal(1) / Decimal("1.1632"))
    facts = facts_of(time=[entry(1, 1)], rates=(cost_rate("40"),), documents=[invoice], books=BOOKS)

    assert named(Margin, facts)["profit"] == gbp(60)
    assert [row.label for row in one(Margin, facts).receipt.lines] == ["revenue", "cost", "converted"]


def test_without_any_rate_between_them_they_stay_apart():
    invoice = part(1, currency="EUR", issued_on=TODAY)
    facts = facts_of(time=[entry(1, 1)], rates=(cost_rate("40"),), documents=[invoice])
    why = "revenue and cost are in several currencies: no rate from EUR to GBP on 2026-11-20"

    assert named(Margin, facts)["margin"] == Unknown(why=why)


def test_a_stated_rate_of_the_documents_day_serves_where_the_document_has_none():
    invoice = part(1, net="100", tax="0", currency="EUR", issued_on=dt.date(2026, 11, 10))
    rates = ((dt.date(2026, 11, 9), Decimal("0.8")), (dt.date(2026, 11, 11), Decimal("0.9")))
    facts = facts_of(
        time=[entry(1, 1)], rates=(cost_rate("40"),), documents=[invoice], exchange={("EUR", "GBP"): rates}
    )

    assert named(Margin, facts)["profit"] == gbp(40)


def test_overhead_multiplies_every_cost_rate_from_its_day_on_and_no_billing_rate():
    rules = TimeRules(overhead=(Overhead(factor=Decimal("1.25"), starts=TODAY),))
    time = [entry(1, 1), entry(2, 1, day=TODAY - dt.timedelta(days=1))]
    facts = facts_of(time=time, rates=(cost_rate("40"), bill_rate("85")), rules=rules)

    assert one(Cost, facts).value == gbp(90)
    assert one(BillableValue, facts).value == gbp(170)
    assert one(Cost, facts).receipt.lines[0].label == "Maria Lind: 1 h at GBP 50 an hour = 40 x 1.25 overhead"


def test_weekend_work_costs_more():
    rules = TimeRules(overtime=(Overtime(factor=Decimal("1.5"), weekdays=(5, 6)),))
    facts = facts_of(time=[entry(1, 1), entry(2, 1, day=SATURDAY)], rates=(cost_rate("40"),), rules=rules)

    assert one(Cost, facts).value == gbp(100)


def test_hours_beyond_the_eighth_of_a_day_cost_more_wherever_the_first_were_worked():
    rules = TimeRules(overtime=(Overtime(factor=Decimal(2), beyond_seconds=8 * HOUR, sides=("cost", "bill")),))
    before = {Ref("jira", "time", "1"): 6 * HOUR}
    rates = (cost_rate("40"), bill_rate("100"))
    facts = facts_of(time=[entry(1, 3)], rates=rates, rules=rules, before=before)

    assert one(Cost, facts).value == gbp(160)
    assert one(BillableValue, facts).value == gbp(400)


def test_matching_factors_multiply_or_add_as_the_workspace_says():
    two = (
        Overtime(factor=Decimal("1.5"), weekdays=(5,)),
        Overtime(factor=Decimal(2), holidays=True),
    )
    facts = facts_of(time=[entry(1, 1, day=SATURDAY)], rates=(cost_rate("40"),), rules=TimeRules(overtime=two))
    festive = structs.replace(facts, calendar=structs.replace(facts.calendar, holidays=(SATURDAY,)))
    added = structs.replace(festive, rules=structs.replace(festive.rules, combine="add"))

    assert one(Cost, facts).value == gbp(60)
    assert one(Cost, festive).value == gbp(120)
    assert one(Cost, added).value == gbp(140)


def test_a_rate_for_one_entry_beats_one_for_its_task():
    rates = (cost_rate("40"), cost_rate("50", task="WEB-1"), cost_rate("60", entry="2"))
    time = [entry(1, 1, task="1"), entry(2, 1, task="1")]

    assert one(Cost, facts_of(tasks=[task(1)], time=time, rates=rates)).value == gbp(110)


def test_billable_rules_are_asked_entry_then_own_word_then_task_label_kind_project_client():
    rules = TimeRules(
        billable=(
            BillableRule(client="acme", share=Decimal("0.1")),
            BillableRule(project="web", share=Decimal("0.2")),
            BillableRule(kind="bug", share=Decimal("0.3")),
            BillableRule(label="ops", share=Decimal("0.4")),
            BillableRule(task="WEB-4", share=Decimal("0.5")),
            BillableRule(entry="6", share=Decimal("0.6")),
        )
    )
    tasks = [task(2, kind="bug"), task(3, kind="bug", labels=("Ops",)), task(4, kind="bug", labels=("ops",))]
    time = [
        entry(1, 1),
        *(entry(n, 1, task=str(n)) for n in (2, 3, 4)),
        entry(5, 1, billable=True),
        entry(6, 1, billable=True),
    ]
    hours = [one(HoursBillable, facts_of(tasks=tasks, time=[one_], rules=rules)).value for one_ in time]

    assert hours == [Decimal(h) for h in ("0.2", "0.3", "0.4", "0.5", "1", "0.6")]


def test_rounding_changes_what_is_billed_and_never_what_was_recorded():
    rules = TimeRules(rounding=(RoundingRule(minutes=15), RoundingRule(minutes=6, client="acme", mode="nearest")))
    facts = facts_of(time=[entry(1, "0.27"), entry(2, 0)], rules=rules)

    assert one(HoursBillable, facts).value == Decimal("0.27")
    assert one(BillingHours, facts).value == Decimal("0.3")
    assert one(BillingHours, structs.replace(facts, rules=TimeRules())).value == Decimal("0.27")


def test_purchases_are_the_bought_part_of_the_cost():
    documents = [
        part(1, "bill", net="30", tax="6"),
        part(2, "bill", status="DRAFT"),
        part(3, "bill_credit_note", net="10"),
    ]

    assert one(Purchases, facts_of(documents=documents)).value == gbp(20)


def test_the_effective_rate_spreads_the_revenue_over_all_hours():
    facts = facts_of(time=[entry(1, 3), entry(2, 1, billable=False)], documents=[part(1, net="300")])

    assert one(EffectiveRate, facts).value == gbp(75)
    assert one(EffectiveRate, facts_of(documents=[part(1)])).value == Unknown(why="no hours were worked")
