"""Progress and plan of a project."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from measure.made import HOUR, NOW, facts_of, one, state, task
from sightline.measure.figures import PlannedPercent, ProgressByCount, ProgressByEstimate
from sightline.model.facts import SourceState
from sightline.model.figures import Unknown
from sightline.model.plan import Baseline, PlanItem


def test_one_of_four_tasks_done_is_25_percent():
    figure = one(ProgressByCount, facts_of(tasks=[task(1, "done"), task(2), task(3), task(4, "in_progress")]))

    assert figure.value == Decimal(25)
    assert [(line.label, line.value) for line in figure.receipt.lines] == [("tasks done", "1"), ("tasks not done", "3")]


def test_cancelled_tasks_pull_requests_and_unfinished_archived_ones_do_not_weigh():
    tasks = [
        task(1, "done"), task(2), task(3, "cancelled"), task(4, "done", kind="pull_request"), task(5, archived=True),
        task(6, "done", archived=True),
    ]  # fmt: skip
    figure = one(ProgressByCount, facts_of(tasks=tasks))

    assert figure.value == Decimal(200) / 3
    assert {(line.label, line.value) for line in figure.receipt.lines[2:]} == {
        ("not weighed: cancelled", "1"),
        ("not weighed: pull request", "1"),
        ("not weighed: archived before it was done", "1"),
    }


def test_leaves_weigh_and_their_parents_do_not():
    tasks = [
        task(1, "in_progress", estimate_seconds=99 * HOUR),
        task(2, "done", parent="1", estimate_seconds=1 * HOUR),
        task(3, parent_key="WEB-1", estimate_seconds=3 * HOUR),
    ]
    facts = facts_of(tasks=tasks)

    assert one(ProgressByEstimate, facts).value == Decimal(25)
    assert one(ProgressByCount, facts).value == Decimal(50)


def test_an_estimate_that_only_the_parent_has_is_divided_among_its_leaves():
    tasks = [
        task(1, estimate_seconds=8 * HOUR),
        task(2, "done", parent="1"),
        task(3, parent="1"),
        task(4, estimate_seconds=12 * HOUR),
    ]
    figure = one(ProgressByEstimate, facts_of(tasks=tasks))

    assert figure.value == Decimal(20)
    assert figure.coverage == 1


def test_a_task_without_an_estimate_weighs_the_average_and_lowers_the_coverage():
    tasks = [task(1, "done", estimate_seconds=2 * HOUR), task(2, estimate_seconds=4 * HOUR), task(3)]
    figure = one(ProgressByEstimate, facts_of(tasks=tasks))

    assert figure.value.quantize(Decimal("0.01")) == Decimal("22.22")
    assert figure.coverage == Decimal(2) / 3


def test_without_any_estimate_progress_by_estimate_is_unknown_not_zero():
    assert one(ProgressByEstimate, facts_of(tasks=[task(1, "done")])).value == Unknown(
        why="none of 1 tasks has an estimate"
    )


def test_a_task_with_an_unmapped_status_is_not_done_and_is_told():
    figure = one(ProgressByCount, facts_of(tasks=[task(1, "done"), task(2, "unknown")]))

    assert figure.value == Decimal(50)
    assert figure.coverage == Decimal("0.5")


def test_two_tasks_that_name_each_other_as_parent_still_weigh():
    figure = one(ProgressByCount, facts_of(tasks=[task(1, "done", parent="2"), task(2, parent="1"), task(3)]))

    assert figure.value in (Decimal(0), Decimal(50))


def test_nothing_in_scope_is_unknown_with_what_was_left_out():
    assert one(ProgressByCount, facts_of(tasks=[task(1, "cancelled")])).value == Unknown(
        why="no task is in scope (1 cancelled)"
    )


def test_a_source_that_was_never_read_makes_the_figure_unknown():
    never = SourceState(source="jira", last_complete=None, status="failed", reason="the token was refused")
    figure = one(ProgressByCount, facts_of(tasks=[task(1, "done")], sources=(never,)))

    assert figure.value == Unknown(why="jira was never read completely: the token was refused")


def test_the_oldest_source_behind_a_figure_is_told():
    figure = one(ProgressByCount, facts_of(tasks=[task(1)], sources=(state(hours_ago=3), state("xero", hours_ago=9))))

    assert figure.oldest_input == NOW - dt.timedelta(hours=3)


def test_planned_percent_spreads_each_item_over_its_own_working_days():
    items = (
        # Monday 16 to Friday 27 November: ten working days, five of them over at the end of the 20th.
        PlanItem(
            uid="1", name="a", starts_on=dt.date(2026, 11, 16), due_on=dt.date(2026, 11, 27), work_seconds=30 * HOUR
        ),
        PlanItem(
            uid="2", name="b", starts_on=dt.date(2026, 11, 2), due_on=dt.date(2026, 11, 6), work_seconds=10 * HOUR
        ),
        PlanItem(uid="3", name="no dates", work_seconds=5 * HOUR),
        PlanItem(uid="4", name="launch", milestone=True, due_on=dt.date(2026, 11, 27)),
    )
    plan = Baseline(id="b", project="web", name="signed", frozen_at=NOW, items=items)
    figure = one(PlannedPercent, facts_of(baselines=(plan,)))

    assert figure.value == Decimal("62.5")
    assert figure.coverage == Decimal(2) / 3
    assert figure.method == 'baseline "signed" of 2026-11-20, spread over working days'


def test_without_a_baseline_the_tasks_own_dates_are_the_plan():
    dated = task(1, start_on=dt.date(2026, 11, 16), due_on=dt.date(2026, 11, 27))
    figure = one(PlannedPercent, facts_of(tasks=[dated, task(2)]))

    assert figure.value == Decimal(50)
    assert figure.method.startswith("no baseline")


def test_without_dates_planned_percent_is_unknown():
    assert isinstance(one(PlannedPercent, facts_of(tasks=[task(1)])).value, Unknown)


def test_an_item_due_before_its_start_is_left_out_and_counted():
    wrong = task(1, start_on=dt.date(2026, 11, 20), due_on=dt.date(2026, 11, 2))
    right = task(2, start_on=dt.date(2026, 11, 2), due_on=dt.date(2026, 11, 2))
    figure = one(PlannedPercent, facts_of(tasks=[wrong, right]))

    assert figure.value == Decimal(100)
    assert figure.receipt.lines[-1].value == "1"
