"""Health by dimension: the colour, the input that set it, grey without data, and one status date of hysteresis."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from measure.made import HOUR, NOW, TODAY, entry, facts_of, part, state, task
from sightline.measure.figures.health import health_figures
from sightline.measure.judging import judgements
from sightline.measure.project import measure_project, measure_with_health
from sightline.model.facts import SourceState
from sightline.model.figures import Unknown
from sightline.model.foresight import Bounds, Former, HealthRules
from sightline.model.plan import Baseline, PlanItem
from sightline.model.portfolio import Agreement
from sightline.model.refs import Ref

DAY = dt.timedelta(days=1)


def moment(day):
    return dt.datetime(day.year, day.month, day.day, 10, tzinfo=dt.UTC)


def health(facts):
    return {one.dimension: one for one in judgements(facts, measure_with_health(facts))}


def dated(number, state_, starts, due, **more):
    return task(number, state_, start_on=TODAY + starts * DAY, due_on=TODAY + due * DAY, **more)


def test_without_data_no_dimension_is_green():
    empty = facts_of(project={"due": TODAY}, sources=(state(), state("xero")))
    found = health(empty)

    assert {name: one.shown for name, one in found.items() if one.shown == "green"} == {
        "freshness": "green",
        "payment": "green",
    }
    assert found["schedule"].shown == found["scope"].shown == found[""].shown == "grey"


def test_every_colour_tells_the_input_that_set_it_and_its_bounds():
    late = facts_of(tasks=[dated(1, "todo", -10, -5), dated(2, "done", -10, -5)])

    assert health(late)["schedule"].shown == "red"
    assert health(late)["schedule"].reason == "50 points behind the plan (green to 4, red beyond 7: behind_points)"


def test_a_promised_day_that_has_passed_counts_without_any_forecast():
    late = facts_of(tasks=[task(1)], project={"due": TODAY - 9 * DAY})

    assert health(late)["schedule"].shown == "amber"
    assert health(late)["schedule"].reason.startswith("promised for 2026-11-11, 9 days ago (green to 7, red beyond 30")


def test_old_data_makes_everything_grey_and_says_how_old():
    old = facts_of(tasks=[dated(1, "done", -10, -5)], sources=(state(hours_ago=72),))
    found = health(old)

    assert {one.shown for one in found.values()} == {"grey"}
    assert found[""].reason == "the data is 72 h old, more than 48 h"


def test_a_source_never_read_makes_everything_grey():
    never = SourceState(source="jira", last_complete=None, status="never")

    assert {one.shown for one in health(facts_of(sources=(never,))).values()} == {"grey"}


@pytest.mark.parametrize(("hours", "colour"), [(10, "green"), (12, "amber"), (15, "red")])
def test_budget_is_judged_by_the_hours_at_completion(hours, colour):
    # 20 h agreed, half of the work done: at completion twice the hours so far.
    tasks = [task(1, "done", estimate_seconds=HOUR), task(2, estimate_seconds=HOUR)]
    agreed = Agreement(kind="fixed_price", budget_seconds=20 * HOUR)
    rules = HealthRules(
        over_budget_percent=Bounds(green_to=Decimal(0), red_beyond=Decimal(20)),
        burn_ahead_points=Bounds(green_to=Decimal(100), red_beyond=Decimal(100)),
    )
    facts = facts_of(agreement=agreed, tasks=tasks, time=[entry(1, hours, billable=True)], health=rules)

    assert health(facts)["budget"].shown == colour


def test_scope_is_what_came_after_the_baseline():
    frozen = Baseline(
        id="b", project="web", name="signed", frozen_at=NOW - 30 * DAY,
        items=tuple(PlanItem(uid=str(n), name="x", task=Ref("jira", "tasks", str(n))) for n in range(10)),
    )  # fmt: skip
    facts = facts_of(tasks=[task(n) for n in range(12)], baselines=(frozen,))

    assert health(facts)["scope"].shown == "amber"
    assert health(facts)["scope"].reason.startswith("20 % added by count since 'signed'")


def test_flow_is_red_when_most_work_in_progress_is_older_than_what_was_finished_took():
    done = [
        task(n, "done", started_at=moment(TODAY - (n + 20) * DAY), completed_at=moment(TODAY - 20 * DAY))
        for n in range(1, 6)
    ]
    doing = [task(f"d{n}", "in_progress", started_at=moment(TODAY - n * DAY)) for n in (2, 30, 35, 40)]
    found = health(facts_of(tasks=[*done, *doing]))["flow"]

    assert found.shown == "red"
    assert found.reason.startswith("3 of 4 tasks in progress are older than the 5 days that 85 % took")


def test_a_single_old_task_makes_no_project_red():
    done = [
        task(n, "done", started_at=moment(TODAY - (n + 20) * DAY), completed_at=moment(TODAY - 20 * DAY))
        for n in range(1, 6)
    ]
    old = task("d", "in_progress", started_at=moment(TODAY - 30 * DAY))

    assert health(facts_of(tasks=[*done, old]))["flow"].shown == "green"


def test_payment_goes_by_the_oldest_invoice_and_tells_what_else_is_owed():
    facts = facts_of(
        documents=[part(1, due_on=TODAY - 18 * DAY, issued_on=TODAY - 48 * DAY)],
        sources=(state(), state("xero")),
        tasks=[dated(1, "todo", 3, 7, estimate_seconds=10 * HOUR)],
    )
    found = health(facts)["payment"]

    assert found.shown == "red"
    assert "GBP 120.00 overdue for 18 days; " in found.reason
    assert "10 h planned next week" in found.reason


def test_our_own_work_has_no_payment_and_no_margin():
    own = facts_of(client=None, agreement=Agreement(kind="internal"))

    assert not {"payment", "margin", "budget"} & set(health(own))


def test_a_better_colour_waits_for_a_second_status_date():
    well = {"tasks": [dated(1, "done", -10, -5)]}
    first = {"schedule": Former(day=TODAY - DAY, shown="red", verdict="red")}
    second = {"schedule": Former(day=TODAY - DAY, shown="red", verdict="green")}
    shown = [health(facts_of(**well, former=former))["schedule"] for former in (first, second)]

    assert [(one.shown, one.verdict) for one in shown] == [("red", "green"), ("green", "green")]
    assert shown[0].reason.endswith("green today, red until it holds for a second status date (before: 2026-11-19)")


def test_a_worse_colour_shows_at_once():
    former = {"schedule": Former(day=TODAY - DAY, shown="green", verdict="green")}

    assert health(facts_of(tasks=[dated(1, "todo", -10, -5)], former=former))["schedule"].shown == "red"


def test_grey_is_an_unknown_figure_and_the_margin_is_internal():
    facts = facts_of()
    figures = {one.name: one for one in health_figures(facts, measure_project(facts))}

    assert figures["health_scope"].value == Unknown(why="no baseline says what was planned")
    assert all(one.internal for one in figures.values())
    assert figures["health_schedule"].receipt.lines[-1].label == "verdict of the day"
