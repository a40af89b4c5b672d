"""The burn-up and the budget over time, and the charts made of them."""

from __future__ import annotations

import datetime as dt
import json

from measure.made import HOUR, NOW, entry, facts_of, task
from measure.test_earning import PLAN
from sightline.measure.series import budget_curve, burn_up
from sightline.model.facts import Sourced
from sightline.model.records import Change
from sightline.present.charts.progress import budget_burn, hours_burn_up

TODAY = dt.date(2026, 11, 20)


def day(number):
    return dt.date(2026, 11, number)


def project(**more):
    """Two tasks from the start and one added on the 18th; the first was done on the 12th and re-estimated on the 17th."""
    first = NOW.replace(day=2)
    change = Change(id="1", task="1", field="status", from_value="Open", to_value="Done", from_state="todo",
                    to_state="done", at=NOW.replace(day=12))  # fmt: skip
    estimate = Change(id="2", task="2", field="estimate", from_value="36000", to_value="72000", at=NOW.replace(day=17))
    tasks = [
        task(1, "done", estimate_seconds=10 * HOUR, created_at=first, completed_at=NOW.replace(day=12)),
        task(2, estimate_seconds=20 * HOUR, created_at=first),
        task(3, estimate_seconds=5 * HOUR, created_at=NOW.replace(day=18)),
    ]
    return facts_of(
        tasks=tasks, changes=(Sourced("jira", change), Sourced("jira", estimate)), baselines=(PLAN,),
        project={"starts": day(2)}, **more,
    )  # fmt: skip


def test_scope_and_done_are_as_they_were_at_the_end_of_each_week():
    found = burn_up(project())

    assert [(point.day, point.hours) for point in found.scope] == [(day(6), 20), (day(13), 20), (day(20), 35)]
    assert [point.hours for point in found.done] == [0, 10, 10]


def test_the_plans_curve_goes_from_nothing_to_all_of_it():
    plan = burn_up(project()).plan

    assert (plan[0].hours, plan[-1].hours) == (0, 40)
    assert dict(plan)[day(20)] == 20
    assert [point.hours for point in plan] == sorted(point.hours for point in plan)


def test_without_a_baseline_there_is_no_plan_to_draw():
    assert burn_up(facts_of(tasks=[task(1)])).plan == ()


def test_the_budget_is_used_entry_by_entry_and_compared_with_the_plan_brought_to_the_agreed_hours():
    time = [entry(1, 3, day=day(9)), entry(2, 4, day=day(12)), entry(3, 1, day=day(12))]
    found = budget_curve(project(time=time))

    assert [(point.day, point.hours) for point in found.used] == [(day(1), 0), (day(9), 3), (day(12), 8), (TODAY, 8)]
    # The agreement has 20 h, the plan 40: half of each of its hours.
    assert (found.budget, dict(found.plan)[TODAY]) == (20, 10)


def test_a_chart_is_plain_data_with_a_sentence_for_who_cannot_see_it():
    made = hours_burn_up("Website", burn_up(project()), today=TODAY, due=day(30))

    assert json.loads(json.dumps(made)) == made
    assert made["description"] == "10 of 35 h are done; 20 h were planned by 20 Nov."
    names = dict.fromkeys(row["series"] for row in made["data"]["values"])
    assert [name for name in names if not name.startswith("end of")] == ["plan", "scope", "done", "today", "promised"]


def test_the_budgets_chart_says_how_much_is_used_of_what_was_agreed():
    made = budget_burn("Website", budget_curve(project(time=[entry(1, 3, day=day(9))])), today=TODAY)

    assert made["description"] == "3 h are used of 20 h agreed."
    assert [row["hours"] for row in made["data"]["values"] if row["series"] == "agreed"] == [20]
