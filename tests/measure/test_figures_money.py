"""Hours, value, budget, ledger sums, cost and margin of a project."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from msgspec import structs

from measure.made import (
    HOUR,
    MARIA,
    TM,
    TODAY,
    bill_rate,
    cost_rate,
    entry,
    facts_of,
    one,
    part,
    state,
    task,
)
from sightline.measure.figures import (
    BillableValue,
    BudgetUsedHours,
    BudgetUsedMoney,
    Cost,
    Freshness,
    Hours,
    HoursBillable,
    Invoiced,
    Margin,
    Outstanding,
    Overdue,
    Paid,
    Revenue,
    Unbilled,
)
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.portfolio import Agreement

GBP = "GBP"


def gbp(amount):
    return Money.of(amount, GBP)


def test_hours_are_the_exact_sum_and_a_counter_entry_subtracts():
    figure = one(Hours, facts_of(time=[entry(1, 2), entry(2, "0.1"), entry(3, -1)]))

    assert figure.value == Decimal("1.1")
    assert [(line.label, line.value) for line in figure.receipt.lines] == [("Maria Lind", "1 h 6 min")]


def test_no_entry_is_zero_hours_only_where_a_source_records_time():
    silent = structs.replace(state(), delivers=("tasks",))

    assert one(Hours, facts_of()).value == 0
    assert one(Hours, facts_of(sources=(silent,))).value == Unknown(
        why="no source of this project is known to record time"
    )


def test_unmarked_entries_bill_for_a_client_and_not_for_ourselves():
    time = [entry(1, 2), entry(2, 3, billable=False), entry(3, 4, billable=True)]

    assert one(HoursBillable, facts_of(time=time)).value == 6
    assert one(HoursBillable, facts_of(time=time, client=None, agreement=None)).value == 4


def test_hours_are_for_the_clients_eyes_only_where_hours_were_sold():
    fixed = Agreement(kind="fixed_price", budget=gbp(9000))

    assert one(Hours, facts_of(time=[entry(1, 2)])).internal is False
    assert one(Hours, facts_of(time=[entry(1, 2)], agreement=fixed)).internal is True


def test_billable_value_is_time_at_the_rate_of_the_day_of_work():
    rates = (bill_rate("80"), bill_rate("90", starts=dt.date(2026, 11, 1)))
    time = [entry(1, 1, day=dt.date(2026, 10, 31)), entry(2, 1, day=dt.date(2026, 11, 1))]
    figure = one(BillableValue, facts_of(time=time, rates=rates))

    assert figure.value == gbp(170)
    assert [line.value for line in figure.receipt.lines] == ["GBP 80.00", "GBP 90.00"]


def test_billable_value_without_a_rate_is_unknown_and_says_how_many_hours_lack_one():
    rates = (bill_rate(person="Maria Lind"),)
    time = [entry(1, 1), entry(2, "3.5", account="stranger")]
    figure = one(BillableValue, facts_of(time=time, rates=rates))

    assert figure.value == Unknown(why="3 h 30 min have no bill rate (stranger); the other hours come to GBP 85.00")
    assert figure.coverage == Decimal(1) / Decimal("4.5")


def test_two_currencies_give_two_figures_and_never_one_sum():
    euro = structs.replace(bill_rate("100", task="WEB-1"), per_hour=Money.of(100, "EUR"))
    facts = facts_of(
        tasks=[task(1), task(2)], time=[entry(1, 1, task="1"), entry(2, 1, task="2")], rates=(bill_rate(), euro)
    )

    assert one(BillableValue, facts, currency="EUR").value == Money.of(100, "EUR")
    assert one(BillableValue, facts, currency=GBP).value == gbp(85)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([{"per_hour": "10"}, {"per_hour": "20", "role": "DEV"}], 20),
        ([{"per_hour": "20", "role": "dev"}, {"per_hour": "30", "person": "M@N.example"}], 30),
        ([{"per_hour": "30", "person": "maria"}, {"per_hour": "40", "project": "Website"}], 40),
        ([{"per_hour": "50", "project": "web", "person": "Maria Lind"}, {"per_hour": "40", "project": "web"}], 50),
        ([{"per_hour": "60", "task": "WEB-1"}, {"per_hour": "50", "project": "web", "person": "Maria Lind"}], 60),
        ([{"per_hour": "10"}, {"per_hour": "20", "role": "tester"}], 10),
        ([{"per_hour": "10"}, {"per_hour": "99", "starts": dt.date(2026, 11, 21)}], 10),
    ],
)
def test_the_most_specific_rate_in_force_wins(rates, expected):
    facts = facts_of(tasks=[task(1)], time=[entry(1, 1, task="1")], rates=tuple(bill_rate(**rate) for rate in rates))

    assert one(BillableValue, facts).value == gbp(expected)


def test_budget_used_in_hours_and_money_by_time_and_materials():
    facts = facts_of(time=[entry(1, 5)], rates=(bill_rate("100"),))

    assert one(BudgetUsedHours, facts).value == 25
    assert one(BudgetUsedMoney, facts).value == 50


def test_a_fixed_price_is_used_by_what_was_invoiced_without_tax():
    facts = facts_of(agreement=Agreement(kind="fixed_price", budget=gbp(400)), documents=[part(1, net="100", tax="20")])

    assert one(BudgetUsedMoney, facts).value == 25


def test_a_retainer_counts_the_hours_of_this_month_against_its_allowance():
    retainer = Agreement(kind="retainer", allowance_seconds=20 * HOUR, starts=dt.date(2026, 9, 1))
    time = [entry(1, 15, day=dt.date(2026, 10, 5)), entry(2, "16.5")]

    assert one(BudgetUsedHours, facts_of(agreement=retainer, time=time)).value == Decimal("82.5")


def test_a_retainer_that_rolls_over_adds_what_was_left():
    retainer = Agreement(kind="retainer", allowance_seconds=20 * HOUR, starts=dt.date(2026, 10, 1), roll_over=True)
    time = [entry(1, 15, day=dt.date(2026, 10, 5)), entry(2, "12.5")]

    assert one(BudgetUsedHours, facts_of(agreement=retainer, time=time)).value == 50


def test_no_budget_is_unknown_not_zero_percent():
    facts = facts_of(agreement=None, time=[entry(1, 5)])

    assert one(BudgetUsedHours, facts).value == Unknown(why="no hours were agreed")
    assert isinstance(one(BudgetUsedMoney, facts).value, Unknown)


def test_drafts_voided_and_deleted_documents_are_out_and_credit_notes_subtract():
    documents = [
        part(1), part(2, status="PAID", paid="120"), part(3, status="DRAFT"), part(4, status="VOIDED"),
        part(5, status="DELETED"), part(6, "credit_note", net="50", tax="10"), part(7, "quote", status="SENT"),
    ]  # fmt: skip
    facts = facts_of(documents=documents)

    assert one(Invoiced, facts).value == gbp(180)
    assert one(Revenue, facts).value == gbp(150)
    assert one(Paid, facts).value == gbp(120)
    assert one(Outstanding, facts).value == gbp(60)


def test_a_document_of_unknown_status_is_not_summed_and_is_told():
    figure = one(Invoiced, facts_of(documents=[part(1), part(2, status="FOO")]))

    assert figure.value == gbp(120)
    assert figure.coverage == Decimal("0.5")
    assert figure.receipt.lines[-1].label == "invoice INV-2, not summed: status 'FOO' is not known"


def test_an_amount_the_ledger_does_not_state_is_unknown_not_zero():
    bare = structs.replace(part(1), total=None)

    assert one(Invoiced, facts_of(documents=[bare])).value == Unknown(why="the ledger states no amount on 1 documents")


def test_a_prepayment_is_paid_and_lowers_what_is_outstanding():
    facts = facts_of(documents=[part(1), part(2, "prepayment", net="1000", tax="0", direction="in")])

    assert one(Paid, facts).value == gbp(1000)
    assert one(Outstanding, facts).value == gbp(-880)


def test_what_another_document_tells_is_not_counted_again():
    twin = part(2, "overpayment", net="20", tax="0", counts_elsewhere=True)

    assert one(Outstanding, facts_of(documents=[part(1), twin])).value == gbp(120)


def test_overdue_begins_on_the_day_after_the_due_day():
    documents = [
        part(1, due_on=TODAY), part(2, due_on=TODAY - dt.timedelta(days=18)), part(3),
        part(4, due_on=dt.date(2026, 1, 1), status="PAID", paid="120"),
    ]  # fmt: skip
    facts = facts_of(documents=documents)

    assert one(Overdue, facts).value == gbp(120)
    assert one(Overdue, facts, "overdue_days").value == 18


def test_nothing_invoiced_is_zero_where_rules_say_what_would_be_ours():
    unruled = facts_of()
    unruled = structs.replace(unruled, project=structs.replace(unruled.project, money=()))

    assert one(Invoiced, facts_of()).value == gbp(0)
    assert one(Invoiced, unruled).value == Unknown(why="no money rule says which documents are this project's")


def test_invoices_in_two_currencies_stay_apart():
    facts = facts_of(documents=[part(1), part(2, currency="EUR")])

    assert one(Invoiced, facts, currency=GBP).value == gbp(120)
    assert one(Invoiced, facts, currency="EUR").value == Money.of(120, "EUR")


def test_unbilled_is_the_value_of_work_less_what_was_invoiced_without_tax():
    facts = facts_of(time=[entry(1, 4)], rates=(bill_rate("100"),), documents=[part(1)])

    assert one(Unbilled, facts).value == gbp(300)


def test_unbilled_under_a_cap_stops_at_the_cap():
    capped = Agreement(kind="capped", budget=gbp(500), cap=gbp(250))
    facts = facts_of(agreement=capped, time=[entry(1, 4)], rates=(bill_rate("100"),), documents=[part(1)])

    assert one(Unbilled, facts).value == gbp(150)


def test_unbilled_of_a_fixed_price_is_what_is_done_less_what_was_invoiced():
    fixed = Agreement(kind="fixed_price", budget=gbp(36000))
    tasks = [task(1, "done", estimate_seconds=26 * HOUR), task(2, estimate_seconds=74 * HOUR)]
    facts = facts_of(agreement=fixed, tasks=tasks, documents=[part(1, net="9000", tax="0")])

    assert one(Unbilled, facts).value == gbp(360)


def test_work_in_one_currency_and_invoices_in_another_are_not_subtracted():
    facts = facts_of(time=[entry(1, 4)], rates=(bill_rate("100"),), documents=[part(1, currency="EUR")])

    assert one(Unbilled, facts).value == Unknown(why="agreed in GBP, but there is work or an invoice in EUR")


def test_cost_is_work_at_cost_rates_and_what_was_bought():
    bought = [part(1, "bill", net="30", tax="6"), part(2, "bank_transaction", net="5", tax="1", direction="out")]
    refunded = part(3, "bill_credit_note", net="10", tax="2")
    facts = facts_of(time=[entry(1, 2, billable=False)], rates=(cost_rate("50"),), documents=[*bought, refunded])

    assert one(Cost, facts).value == gbp(125)


def test_margin_is_revenue_less_cost_without_tax():
    facts = facts_of(time=[entry(1, 1)], rates=(cost_rate("40"),), documents=[part(1)])

    assert one(Margin, facts).value == 60
    assert one(Margin, facts, "profit").value == gbp(60)


def test_margin_is_unknown_without_a_cost_rate_or_without_revenue():
    unpriced = facts_of(time=[entry(1, 1)], documents=[part(1)])
    unbilled = facts_of(time=[entry(1, 1)], rates=(cost_rate("40"),))

    assert one(Margin, unpriced).value == Unknown(why="1 h have no cost rate (Maria Lind)")
    assert one(Margin, unbilled).value == Unknown(why="nothing has been invoiced")


def test_cost_margin_and_profit_are_never_for_a_client():
    facts = facts_of(time=[entry(1, 1)], rates=(cost_rate(),), documents=[part(1)])
    figures = [*Cost().measure(facts), *Margin().measure(facts), *Unbilled().measure(facts)]

    assert len(figures) == 4
    assert all(figure.internal for figure in figures)


def test_freshness_is_the_age_of_the_oldest_source():
    figure = one(Freshness, facts_of(sources=(state(hours_ago=2), state("xero", hours_ago=50, reason="refused"))))

    assert figure.value == 50
    assert [line.label for line in figure.receipt.lines] == ["jira: complete", "xero: complete, refused"]


def test_the_agreement_used_here_is_the_one_the_numbers_were_worked_with():
    assert (TM.budget, TM.budget_seconds, MARIA.role) == (gbp(1000), 20 * HOUR, "dev")
