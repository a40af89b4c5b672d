"""Earned value and earned schedule of a small plan, worked by hand: two weeks from Monday 9 November 2026, today is Friday 20."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measure.made import HOUR, NOW, cost_rate, entry, facts_of, one, task
from sightline.measure.earned_schedule import earned_schedule
from sightline.measure.earning import credit_of
from sightline.measure.figures import (
    EarnedSchedule,
    EarnedValue,
    EarnedValueMoney,
    Progress,
    ProgressByChecklist,
    ProgressEarned,
    ScopeChanged,
)
from sightline.measure.phasing import phased
from sightline.measure.schedule import earned_days
from sightline.model.facts import Sourced
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.notes import Note
from sightline.model.plan import Baseline, PlanItem
from sightline.model.portfolio import Calendar, ProgressRule
from sightline.model.records import ChecklistItem
from sightline.model.refs import Ref


def day(number, month=11):
    return dt.date(2026, month, number)


def item(number, starts, due, hours, **more):
    ref = Ref("jira", "tasks", str(number))
    fields = {"task": ref, "sized": "hours", "owner": "Maria Lind", **more}
    return PlanItem(
        uid=str(ref), name=f"Task {number}", starts_on=starts, due_on=due, work_seconds=int(hours * HOUR), **fields
    )


#: 10 h in the first week, 10 h in the second, 20 h in the two after today.
PLAN = Baseline(
    id="web/1", project="web", name="signed", frozen_at=NOW - dt.timedelta(days=20), approved_by="J. Hale",
    items=(item(1, day(9), day(13), 10), item(2, day(16), day(20), 10), item(3, day(23), day(4, 12), 20)),
)  # fmt: skip


def tasks(*states, **more):
    return [task(n, state, estimate_seconds=10 * HOUR, **more) for n, state in enumerate(states, 1)]


def facts(*states, baselines=(PLAN,), **more):
    made = more.pop("tasks", None) or tasks(*states)
    return facts_of(tasks=made, baselines=baselines, **more)


def values(metric, found):
    return {figure.name: figure.value for figure in metric().measure(found)}


def test_earned_value_in_hours_is_what_the_textbook_says_of_the_four_sums():
    # BAC 40, PV 20 (two weeks), EV 10 (one item), AC 12.
    found = values(EarnedValue, facts("done", "in_progress", "todo", time=[entry(1, 12, task="1")]))

    assert {name: found[name] for name in ("bac", "pv", "ev", "ac", "sv", "cv")} == {
        "bac": 40, "pv": 20, "ev": 10, "ac": 12, "sv": -10, "cv": -2,
    }  # fmt: skip
    assert (found["spi"], found["cpi"]) == (Decimal("0.5"), Decimal(10) / 12)
    assert found["etc"].quantize(Decimal("0.01")) == 36
    assert found["vac"] == -8
    assert found["tcpi"] == Decimal(30) / 28
    # AC + (BAC - EV) / (CPI x SPI) = 12 + 30 / (0.8333 x 0.5)
    assert found["eac_combined"].quantize(Decimal("0.01")) == 84


def test_the_receipt_of_an_earned_value_recomputes_to_it():
    figure = one(EarnedValue, facts("done", "todo", "todo", time=[entry(1, 12, task="1")]), "spi")

    assert [(line.label.split(",")[0], line.value) for line in figure.receipt.lines] == [
        ("BAC", "40 h"), ("PV", "20 h"), ("EV", "10 h"), ("AC", "12 h"),
    ]  # fmt: skip
    assert figure.receipt.lines[2].refs == (Ref("jira", "tasks", "1"),)
    assert figure.method == 'baseline "signed" of 2026-10-31, credit rule 0/100, in hours'


def test_earned_value_in_money_is_planned_work_at_the_owners_cost_rate():
    found = values(
        EarnedValueMoney,
        facts("done", "todo", "todo", time=[entry(1, 12, task="1")], rates=(cost_rate("50", person="Maria Lind"),)),
    )

    def gbp(amount):
        return Money.of(amount, "GBP")

    assert [found[f"{name}_cost"] for name in ("bac", "pv", "ev", "ac", "cv")] == [
        gbp(2000), gbp(1000), gbp(500), gbp(600), gbp(-100),
    ]  # fmt: skip
    assert found["ev_eac_typical_cost"] == gbp(2400)
    assert found["cpi_cost"] == Decimal(500) / 600


def test_an_item_with_a_planned_cost_of_its_own_needs_no_rate():
    plan = Baseline(
        id="web/1", project="web", name="p", frozen_at=NOW,
        items=(item(1, day(9), day(13), 10, owner=None, cost=Money.of(700, "GBP")),),
    )  # fmt: skip

    rates = (cost_rate("50", person="Maria Lind"),)
    found = values(EarnedValueMoney, facts("done", baselines=(plan,), time=[entry(1, 2)], rates=rates))

    assert found["bac_cost"] == Money.of(700, "GBP")


def test_money_is_unknown_while_a_planned_item_has_no_cost_rate():
    plan = Baseline(
        id="web/1", project="web", name="p", frozen_at=NOW,
        items=(item(1, day(9), day(13), 10), item(2, day(9), day(13), 10, owner="Somebody Else")),
    )  # fmt: skip
    rates = (cost_rate("50", person="Maria Lind"),)
    found = values(EarnedValueMoney, facts("done", "todo", baselines=(plan,), time=[entry(1, 2)], rates=rates))

    assert found["ev_cost"] == Unknown(why="1 of 2 planned items have no cost rate in GBP")


def test_without_a_baseline_nothing_is_compared_with_a_plan():
    found = values(EarnedValue, facts("done", baselines=()))

    assert set(map(type, found.values())) == {Unknown}
    assert one(ProgressEarned, facts("done", baselines=())).value.why.startswith("there is no baseline")


def test_a_plan_that_no_task_is_tied_to_has_earned_nobody_knows_what():
    plan = Baseline(
        id="web/1", project="web", name="file", frozen_at=NOW, items=(item(1, day(9), day(13), 10, task=None),)
    )

    assert one(ProgressEarned, facts("done", baselines=(plan,))).value == Unknown(
        why='no item of the baseline "file" is tied to a task'
    )


def test_what_is_done_is_weighed_as_it_was_planned_and_cancelled_work_earns_nothing():
    assert one(ProgressEarned, facts("done", "cancelled", "todo")).value == 25


# ---- earned schedule


def test_earned_schedule_in_working_days():
    # EV 10 h was planned for the end of day 5; ten days have passed; the plan has twenty.
    found = values(EarnedSchedule, facts("done", "todo", "todo"))

    assert (found["earned_schedule"], found["sv_t"], found["spi_t"], found["ieac_t"]) == (5, -5, Decimal("0.5"), 40)
    # The fortieth working day from Monday 9 November.
    assert found["ieac_t_on"] == dt.date(2027, 1, 1)


def test_before_the_plan_begins_there_is_no_earned_schedule():
    later = Baseline(id="web/1", project="web", name="p", frozen_at=NOW, items=(item(1, day(23), day(27), 10),))

    assert values(EarnedSchedule, facts("todo", baselines=(later,)))["sv_t"] == Unknown(
        why="the plan begins on 2026-11-23"
    )


SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 15), st.integers(1, 40)), min_size=1, max_size=6
)  # fmt: skip


@given(SPANS, st.integers(0, 120))
def test_halving_finds_the_same_earned_schedule_as_the_published_formula_over_the_curve(spans, percent):
    first = day(2)
    items = tuple(
        item(n, first + dt.timedelta(days=a), first + dt.timedelta(days=a + b), h) for n, (a, b, h) in enumerate(spans)
    )
    found = phased(Baseline(id="", project="web", name="", frozen_at=NOW, items=items), Calendar())
    calendar = Calendar(working_days=tuple(range(7)))
    days = [found.first + dt.timedelta(days=n) for n in range((found.last - found.first).days + 1)]
    ev = found.seconds * percent / 100

    by_halving = earned_days(found, ev, found.first, found.last, calendar)
    by_curve = earned_schedule([found.planned(on) for on in days], ev)

    assert abs(by_halving - by_curve) < Decimal("1e-15")


# ---- methods of progress


@pytest.mark.parametrize(
    ("rule", "state", "lines", "more", "share"),
    [
        ("0/100", "in_progress", [], {}, "0"),
        ("50/50", "in_progress", [], {}, "0.5"),
        ("50/50", "todo", [], {}, "0"),
        ("50/50", "todo", [], {"started_at": NOW}, "0.5"),
        ("checklist", "in_progress", [True, False, False, True], {}, "0.5"),
        ("checklist", "todo", [], {}, "0"),
        ("remaining", "todo", [], {"estimate_seconds": 36000, "remaining_seconds": 9000}, "0.75"),
        ("remaining", "todo", [], {"estimate_seconds": 36000, "remaining_seconds": 72000}, "0"),
        ("0/100", "done", [], {}, "1"),
        ("50/50", "cancelled", [], {"started_at": NOW}, "0"),
    ],
)
def test_what_an_item_earns_by_each_credit_rule(rule, state, lines, more, share):
    assert credit_of(task(1, state, **more).record, rule, lines) == Decimal(share)


def ruled(method, *states, **more):
    rule = ProgressRule(method=method, **more.pop("rule", {}))
    return one(Progress, facts(*states, project={"progress": rule}, **more))


def test_progress_without_an_agreed_method_is_by_estimate_with_its_confidence():
    figure = one(Progress, facts("done", "todo", "todo"))

    assert figure.value == Decimal(100) / 3
    assert figure.method == "by estimate, 0 until done; confidence high"


def test_progress_by_half_when_begun():
    assert ruled("50/50", "done", "in_progress", "todo", "todo").value == Decimal("37.5")


def test_progress_by_earned_value_weighs_as_planned():
    figure = ruled("earned_value", "done", "todo", "todo")

    assert figure.value == 25
    assert figure.method.startswith("earned value of the baseline, 0/100")


def test_progress_by_weights_of_milestones_counts_a_milestone_when_all_its_items_are_done():
    items = (
        item(1, day(9), day(13), 10, under="m1"), item(2, day(16), day(20), 10, under="m2"),
        item(3, day(16), day(20), 10, under="m2"),
        PlanItem(uid="m1", name="Design", milestone=True), PlanItem(uid="m2", name="Launch", milestone=True),
    )  # fmt: skip
    plan = Baseline(id="web/1", project="web", name="p", frozen_at=NOW, items=items)
    rule = {"weights": (("Design", Decimal(20)), ("Launch", Decimal(60)))}

    assert ruled("milestones", "done", "done", "todo", baselines=(plan,), rule=rule).value == 25
    assert isinstance(ruled("milestones", "done", rule=rule).value, Unknown)


def test_progress_stated_by_hand_grows_old():
    fresh = {"percent": Decimal(40), "stated_on": day(16)}
    old = {"percent": Decimal(40), "stated_on": day(2)}

    assert (ruled("manual", "done", rule=fresh).value, ruled("manual", "done", rule=fresh).method) == (
        40, "as stated by hand on 2026-11-16; confidence medium",
    )  # fmt: skip
    assert ruled("manual", "done", rule=old).method.endswith("confidence low")
    assert ruled("manual", "done").value == Unknown(why="nobody has stated a percentage")


def test_progress_by_checklists_counts_ticked_lines_of_open_items():
    lines = [
        Sourced("jira", ChecklistItem(id=str(n), task="2", list="l", title="t", state=state))
        for n, state in enumerate(("done", "open", "open", "open"))
    ]
    found = facts("done", "todo", "todo", "todo", items=tuple(lines))

    assert one(ProgressByChecklist, found).value == Decimal("31.25")
    assert one(ProgressByChecklist, found).coverage == Decimal("0.5")
    assert one(ProgressByChecklist, facts("done")).value == Unknown(why="no task has a checklist")


# ---- scope


def test_the_scope_log_tells_what_was_added_removed_re_estimated_and_moved_and_what_nobody_approved():
    present = [
        task(1, "done", estimate_seconds=10 * HOUR, due_on=day(13)),
        task(2, estimate_seconds=14 * HOUR, due_on=day(27)),
        task(4, estimate_seconds=6 * HOUR, key="WEB-4", title="Banner"),
    ]
    approved = Note(id="1", project="web", kind="approval", text="Banner: yes", at=NOW, by="Maria",
                    answered_at=NOW, answered_by="J. Hale", outcome="approved", task_key="WEB-4")  # fmt: skip
    found = facts(tasks=present, notes=(approved,))
    figure = one(ScopeChanged, found)

    # + 6 added, + 4 re-estimated, - 20 removed.
    assert figure.value == -10
    assert one(ScopeChanged, found, "scope_unapproved").value == 24
    assert [(line.label, line.value) for line in figure.receipt.lines] == [
        ("re-estimated WEB-2 Task 2, not approved", "4 h"),
        ("moved WEB-2 Task 2, due 2026-11-20 > 2026-11-27, not approved", "0 h"),
        ("added WEB-4 Banner, approved by J. Hale", "6 h"),
        ("removed 3 Task 3, not approved", "-20 h"),
    ]


def test_an_approval_that_was_refused_approves_nothing():
    present = [*tasks("todo", "todo", "todo"), task(4, estimate_seconds=HOUR)]
    refused = Note(id="1", project="web", kind="approval", text="?", at=NOW, outcome="refused", task_key="jira:WEB-4")
    found = facts(tasks=present, notes=(refused,))

    labels = [line.label for line in one(ScopeChanged, found).receipt.lines]
    assert "added WEB-4 Task 4, not approved" in labels
