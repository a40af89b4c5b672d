"""Nothing overlooked, nothing twice: states of entries, tracked against billed, leaks, odd entries, age, pace."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from measure.made import HOUR, MARIA, NOW, TODAY, bill_rate, cost_rate, entry, facts_of, one, part, task
from sightline.measure.billed import bridges, states_of
from sightline.measure.figures import (
    Ageing,
    BilledDifference,
    BudgetHours,
    BudgetMoney,
    CostAtCompletion,
    DaysSalesOutstanding,
    HoursAtCompletion,
    Leakage,
    Outstanding,
    Realisation,
    TimeFindings,
    WorkInProgress,
)
from sightline.measure.hygiene import missing_days
from sightline.measure.leaks import leaks
from sightline.model.facts import Sourced
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.portfolio import Agreement, Calendar, RoundingRule, TimeRules
from sightline.model.records import Activity, Line

RATE = (bill_rate("100"),)


def gbp(amount):
    return Money.of(amount, "GBP")


def ago(days):
    return TODAY - dt.timedelta(days=days)


def invoice(number, hours, day, price="100", **more):
    line = Line(id="1", amount=Decimal(hours) * Decimal(price), quantity=Decimal(hours), unit_price=Decimal(price))
    made = part(number, net=str(line.amount), tax="0", issued_on=day, **more)
    return structs.replace(made, lines=(line,))


def by_name(metric, facts):
    return {figure.name: figure.value for figure in metric().measure(facts)}


def stood(facts):
    return [(row.state, row.document.id if row.document else None, row.seconds // HOUR) for row in states_of(facts)]


def test_an_invoice_takes_the_oldest_hours_up_to_its_day_each_once():
    time = [entry(1, 4, day=ago(9)), entry(2, 4, day=ago(8)), entry(3, 4, day=ago(2)), entry(4, 1, billable=False)]
    facts = facts_of(time=time, rates=RATE, documents=[invoice(7, 6, ago(5)), invoice(8, 3, ago(1))])

    assert stood(facts) == [
        ("invoiced", "7", 0),
        ("invoiced", "7", 0),
        ("bill_ready", "8", 3),
        ("not_billable", None, 0),
    ]
    assert by_name(WorkInProgress, facts) == {"wip": gbp(300), "bill_ready": gbp(300), "wip_age_days": 2}


def test_a_voided_invoice_and_one_credited_whole_release_their_hours():
    time = [entry(1, 4, day=ago(9))]
    voided = facts_of(time=time, rates=RATE, documents=[invoice(7, 4, ago(5), status="VOIDED")])
    credited = facts_of(time=time, rates=RATE, documents=[invoice(7, 4, ago(5), credited="400")])

    assert stood(voided) == stood(credited) == [("bill_ready", None, 4)]


def test_where_the_tool_says_what_is_invoiced_its_word_counts():
    time = [entry(1, 4, day=ago(9), status="open"), entry(2, 4, day=ago(8), status="invoiced")]
    facts = facts_of(time=time, rates=RATE, documents=[invoice(7, 8, ago(5))])

    assert stood(facts) == [("bill_ready", None, 4), ("invoiced", "7", 0)]


def test_hours_of_a_fixed_price_are_covered_and_are_no_work_in_progress():
    fixed = Agreement(kind="fixed_price", budget=gbp(900))
    facts = facts_of(agreement=fixed, time=[entry(1, 4)], rates=RATE)

    assert stood(facts) == [("covered", None, 0)]
    assert by_name(WorkInProgress, facts)["wip"] == Unknown(
        why="a fixed price is not billed by the hour: see `accrued`"
    )


def test_an_hour_without_a_rate_is_open_and_says_why():
    facts = facts_of(time=[entry(1, 1), entry(2, 2, account="stranger")], rates=(bill_rate(person="maria"),))

    assert [(row.state, row.why) for row in states_of(facts)] == [("bill_ready", ""), ("open", "no billing rate")]
    assert by_name(WorkInProgress, facts)["bill_ready"] == gbp(85)
    assert isinstance(by_name(WorkInProgress, facts)["wip"], Unknown)


def test_tracked_against_billed_is_explained_to_the_second():
    time = [entry(1, 4, day=ago(9)), entry(2, "3.9", day=ago(8)), entry(3, 4, day=ago(3))]
    rules = TimeRules(rounding=(RoundingRule(minutes=60),))
    facts = facts_of(time=time, rates=RATE, rules=rules, documents=[invoice(7, 6, ago(5)), invoice(8, 9, ago(1))])
    rows = [tuple(value // HOUR for value in row[3:]) for row in bridges(facts)]

    assert rows == [(7, 2, 0, 0, 0, 6), (4, 0, 2, 0, 3, 9)]
    assert bridges(facts)[0].rounding == 360
    assert one(BilledDifference, facts).value == Decimal("3.1")


@given(
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 30)), max_size=8),
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 30)), max_size=4),
    st.sampled_from([0, 6, 15]),
)
def test_the_bridge_always_adds_up_and_no_second_is_billed_twice(entries, bills, step):
    time = [entry(n, Decimal(seconds) / HOUR, day=ago(days)) for n, (seconds, days) in enumerate(entries)]
    rules = TimeRules(rounding=(RoundingRule(minutes=step),) if step else ())
    documents = [invoice(n, hours, ago(days)) for n, (hours, days) in enumerate(bills)]
    facts = facts_of(time=time, rates=RATE, rules=rules, documents=documents)

    for row in bridges(facts):
        assert row.tracked - row.left_open + row.earlier + row.rounding + row.untracked == row.billed
        assert row.untracked >= 0
    assert all(row.seconds >= 0 for row in states_of(facts))


def commit(number, moment, account="a1"):
    return Sourced("jira", Activity(id=str(number), scope="WEB", kind="commit", at=moment, title="c", account=account))


def test_a_day_with_commits_and_no_time_is_told_with_its_evidence():
    days = [NOW - dt.timedelta(days=1), NOW - dt.timedelta(days=1, hours=1), NOW]
    closed = task(1, "done", assignees=("a1",), completed_at=NOW - dt.timedelta(days=1))
    facts = facts_of(
        tasks=[closed],
        time=[entry(1, 1)],
        activities=tuple(commit(n, at) for n, at in enumerate(days)),
        rates=(cost_rate(),),
    )
    (leak,) = leaks(facts)

    assert (leak.person, leak.day, leak.what) == ("Maria Lind", ago(1), "2 commits, 1 task closed")
    assert [ref.id for ref in leak.evidence] == ["0", "1", "1"]
    assert one(Leakage, facts).value == 1


def test_the_clients_own_people_leave_no_leaks():
    facts = facts_of(activities=(commit(1, NOW),), persons=(MARIA,))
    ours = structs.replace(facts, rates=(cost_rate(person="Maria Lind"),))

    assert leaks(facts) == []
    assert len(leaks(ours)) == 1


def test_odd_entries_are_told_by_what_is_odd():
    began = dt.datetime(2026, 11, 19, 9, tzinfo=dt.UTC)
    time = [
        entry(1, -1, day=ago(1)), entry(2, 0, day=ago(2)), entry(3, 17, day=ago(3)), entry(4, 1, day=TODAY + dt.timedelta(days=1)),
        entry(5, 1, day=ago(4), account=None), entry(6, 1, day=ago(30), updated_at=NOW),
        entry(7, 2, day=ago(1), started_at=began), entry(8, 1, day=ago(1), started_at=began + dt.timedelta(hours=1)),
    ]  # fmt: skip
    facts = facts_of(time=time, project={"ended": ago(1)})

    assert [line.label.partition(":")[0] for line in one(TimeFindings, facts).receipt.lines] == [
        "late", "nobody's", "too long", "running", "negative", "overlap", "after the end", "future",
    ]  # fmt: skip


def test_missing_days_are_working_days_without_time_or_absence():
    calendar = Calendar(holidays=(ago(2),))

    assert [row.day for row in missing_days("Maria", [ago(1)], ago(6), TODAY, calendar, [ago(3)])] == [ago(4), TODAY]


def test_what_is_owed_by_age_sums_to_what_is_outstanding():
    documents = [
        part(n, net=str(100 + n), tax="0", due_on=ago(days)) for n, days in enumerate((-5, 0, 30, 31, 60, 61, 91, 121))
    ]
    credit = part(9, "overpayment", net="50", tax="0", direction="in", issued_on=ago(40))
    facts = facts_of(documents=[*documents, credit])

    assert [money.amount for money in by_name(Ageing, facts).values()] == [303, 157, 105, 106, 107]
    assert sum(by_name(Ageing, facts).values(), gbp(0)) == one(Outstanding, facts).value


def test_dso_is_what_is_owed_in_days_of_recent_sales():
    documents = [
        part(1, issued_on=ago(10)),
        part(2, paid="120", issued_on=ago(20)),
        part(3, paid="120", issued_on=ago(100)),
    ]

    assert one(DaysSalesOutstanding, facts_of(documents=documents)).value == 45
    assert one(DaysSalesOutstanding, facts_of()).value == Unknown(why="there were no credit sales")


def test_both_realisations_have_their_own_name():
    facts = facts_of(
        time=[entry(1, 3), entry(2, 1, billable=False)], rates=RATE, documents=[part(1, net="150", tax="0")]
    )

    assert by_name(Realisation, facts) == {"realisation_value": 50, "realisation_hours": 75}


def test_the_budget_ends_on_the_working_day_on_which_the_pace_uses_it_up():
    # 20 h agreed, 10 h used in the last 28 days of 20 working days: half an hour a day, 20 working days are left.
    facts = facts_of(time=[entry(1, 10, day=ago(3))], rates=RATE)
    hours, money = by_name(BudgetHours, facts), by_name(BudgetMoney, facts)

    assert hours == {"budget_left_hours": 10, "burn_hours": Decimal("0.5"), "budget_ends_hours": dt.date(2026, 12, 18)}
    assert money["budget_left_money"] == gbp(0)
    assert money["budget_ends_money"] == TODAY


def test_hours_at_completion_go_by_three_names_and_the_cost_follows_the_typical_one():
    tasks = [task(1, "done", estimate_seconds=5 * HOUR), task(2, estimate_seconds=5 * HOUR)]
    facts = facts_of(tasks=tasks, time=[entry(1, 12)], rates=(cost_rate("50"),))

    assert by_name(HoursAtCompletion, facts) == {"eac_typical": 24, "eac_atypical": 22, "eac_bottom_up": 17}
    assert one(CostAtCompletion, facts).value == gbp(1200)
