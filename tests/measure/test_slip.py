"""The slip ledger: a worked example, what each record explains, and parts that always sum to the gap."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from measure.made import HOUR, NOW, TODAY, entry, facts_of, one, task
from sightline.measure.figures.work import PlannedPercent, ProgressByEstimate
from sightline.measure.network import Node, apportioned, finishes
from sightline.measure.remedies import remedies
from sightline.measure.slip import days_of, points_of
from sightline.model.facts import Sourced
from sightline.model.figures import Unknown
from sightline.model.plan import Baseline, PlanItem
from sightline.model.portfolio import StatusRule
from sightline.model.records import Change, Link
from sightline.model.refs import Ref
from sightline.model.team import Leave, Team

RULES = (StatusRule(source="jira", status="With client", state="in_progress", waiting_on="client"),)


def day(text):
    return dt.date.fromisoformat(f"2026-{text}")


def at(text, hour=12):
    return dt.datetime.combine(day(text), dt.time(hour), dt.UTC)


def blocks(first, second):
    return Sourced("jira", Link(id=f"{first}-{second}", from_task=str(first), to=str(second), kind="blocks"))


def moved(number, on, before, after, **more):
    return Sourced(
        "jira",
        Change(id=f"{number}-{on}", task=str(number), field="status", at=at(on), from_value=before, to_value=after, **more),
    )  # fmt: skip


#: number, title, planned from, to, hours, who
PLAN = [
    (1, "Homepage design", "11-02", "11-12", 12, "a1"),
    (2, "Style guide", "11-09", "11-16", 6, "a1"),
    (3, "Homepage build", "11-23", "12-03", 24, "a2"),
    (4, "Templates", "12-04", "12-18", 30, "a3"),
    (5, "Search", "12-07", "12-18", 14, "a2"),
    (6, "Launch", "12-21", "12-22", 8, "a3"),
]


def planned(*rows):
    items = tuple(
        PlanItem(
            uid=str(number), name=title, task=Ref("jira", "tasks", str(number)), starts_on=day(starts), due_on=day(due),
            work_seconds=hours * HOUR,
        )
        for number, title, starts, due, hours, _ in rows
    )  # fmt: skip
    return Baseline(id="b", project="web", name="signed", frozen_at=at("10-30"), items=items)


def story(**changes):
    """Approval asked on the 12th and open; Maria away on the 9th and 10th; a cookie banner of 12 hours came on the 17th."""
    states = {1: ("in_progress", "With client"), 2: ("in_progress", "Doing")}
    tasks = []
    for number, title, _, _, hours, who in PLAN:
        state, status = states.get(number, ("todo", "To do"))
        more = {"waiting_on": "client"} if number == 1 else {"started_at": at("11-11")} if number == 2 else {}
        tasks.append(
            task(
                number, state, status=status, title=title, assignees=(who,), estimate_seconds=hours * HOUR,
                created_at=at("10-20"), **more,
            )
        )  # fmt: skip
    banner = task(
        7, title="Cookie banner", assignees=("a2",), estimate_seconds=12 * HOUR, created_at=at("11-17"), due_on=day("12-04")
    )  # fmt: skip
    held = {
        "tasks": [*tasks, banner],
        "time": [entry(1, 2, task="2", day=day("11-11"))],
        "changes": (moved(1, "11-12", "Doing", "With client", from_state="in_progress", to_state="in_progress"),),
        "links": (blocks(1, 2), blocks(2, 3), blocks(3, 4), blocks(4, 6), blocks(5, 6)),
        "statuses": RULES,
        "team": Team(leave=(Leave(person="maria", starts=day("11-09"), ends=day("11-10")),)),
        "baselines": (planned(*PLAN),),
        "project": {"due": day("12-22"), "starts": day("11-02")},
        **changes,
    }
    return facts_of(**held)


def reasons(facts):
    found = days_of(facts)
    return {part.cause: int(part.shown) for part in found.parts}


def test_four_days_of_approval_two_of_leave_and_one_of_scope_are_seven():
    # Approval is taken to come on Tuesday 24 November, 8 working days late. The style guide needs 4 more days of its 6,
    # 2 of them planned after the approval, 2 lost to leave: it ends on the 30th, and the build begins 6 days late
    # instead of on the 23rd: between its plan's end on the 16th and the 23rd there were 4 days of slack, which the
    # approval used up. The banner takes 12 hours = 1.5 days before the search, which had 1 day of slack: 6.5 days,
    # so the launch ends on the seventh working day after 22 December: 31 December, no holidays.
    found = days_of(story())

    assert reasons(story()) == {"client": 4, "person_short": 2, "scope": 1}
    assert (found.gap, found.forecast) == (7, day("12-31"))
    assert [part.exact for part in found.parts] == [4, 2, Fraction(1, 2)]
    assert found.parts[0].evidence[0].recorded == 8


def with_task(number, facts, **fields):
    return tuple(
        row._replace(record=structs.replace(row.record, **fields)) if row.record.id == str(number) else row
        for row in facts.tasks
    )


def test_an_approval_given_in_time_leaves_the_slack_to_the_others():
    # With 4 days of work left from today the style guide ends on the 25th, 7 days late, and the build 3 days late:
    # 2 days of leave and the 4 of slack come first, so 3 days of the 5 nobody recorded anything about are left.
    tasks = with_task(1, story(), state="done", status="Done", waiting_on=None, completed_at=at("11-12"))

    assert reasons(story(tasks=tasks, changes=())) == {"unexplained": 3, "scope": 1}


def test_the_gap_in_points_is_that_of_the_figures_and_has_the_same_reasons():
    # Planned 18 of 94 hours, done none. The homepage design's 12 h wait for the client; of the style guide's lateness
    # of 10 days 8 follow from the approval and 2 from the leave: 4.8 h and 1.2 h of its 6.
    facts = story()
    found = points_of(facts)
    planned, done = one(PlannedPercent, facts).value, one(ProgressByEstimate, facts).value

    assert (Decimal(found.planned.numerator) / found.planned.denominator, found.done) == (planned, done)
    assert [(part.cause, part.shown) for part in found.parts] == [
        ("client", Decimal("16.8")),
        ("person_short", Decimal("1.2")),
    ]


def test_each_record_explains_its_days_and_nothing_else():
    base = {
        "changes": (),
        "links": (),
        "time": (),
        "team": Team(),
        "project": {"due": day("11-18"), "starts": day("11-02")},
    }
    plan = (planned((1, "Form", "11-09", "11-18", 16, "a1")),)

    def of(row, **more):
        return reasons(story(tasks=[row], baselines=plan, **{**base, **more}))

    made = {"assignees": ("a1",), "estimate_seconds": 16 * HOUR, "created_at": at("10-20")}
    late = task(1, "done", completed_at=at("11-24"), started_at=at("11-12"), **made)
    over = task(1, "done", completed_at=at("11-20"), started_at=at("11-09"), **made)

    assert of(task(1, **made)) == {"not_started": 9}
    assert of(late) == {"not_started": 3, "unexplained": 1}
    assert of(late, team=Team(leave=(Leave(person="maria", starts=day("11-09"), ends=day("11-10")),))) == {
        "person_short": 2, "not_started": 1, "unexplained": 1,
    }  # fmt: skip
    assert of(over, time=[entry(1, 20, task="1", day=day("11-20"))]) == {"estimate": 2}
    assert of(task(1, "done", completed_at=at("11-16"), started_at=at("11-09"), **made)) == {"gained": -2}
    assert of(task(1, "in_progress", status="Done?", started_at=at("11-09"), **made)) == {"unmapped": 2}


def test_work_that_was_done_again_is_rework():
    again = (
        moved(1, "11-13", "Doing", "Done", from_state="in_progress", to_state="done"),
        moved(1, "11-17", "Done", "Doing", from_state="done", to_state="in_progress"),
        moved(1, "11-20", "Doing", "Done", from_state="in_progress", to_state="done"),
    )
    row = task(1, "done", status="Done", started_at=at("11-09"), completed_at=at("11-20"), created_at=at("10-20"))
    facts = story(
        tasks=[row], changes=again, links=(), team=Team(), baselines=(planned((1, "Form", "11-09", "11-18", 16, "a1")),),
        project={"due": day("11-18")},
    )  # fmt: skip

    assert reasons(facts) == {"rework": 2}


def test_a_project_without_a_promise_or_without_days_says_so():
    assert days_of(story(project={})) == Unknown(why="no day is promised: the project has no `due`")
    assert days_of(story(tasks=[task(1)], baselines=(), project={"due": TODAY})) == Unknown(why="no task has a due day")


def test_remedies_come_from_the_same_model():
    told = {(one.kind, one.piece.task.record.title if one.piece else None): one.days for one in remedies(story())}

    assert told[("answer", "Homepage design")] == 2
    assert told[("later", "Homepage design")] == -1
    assert told[("drop", "Cookie banner")] == 1
    assert told[("help", "Style guide")] == 2
    assert told[("move", None)] == 7


STATES = st.sampled_from(["todo", "in_progress", "done", "unknown", "cancelled"])
DAYS = st.integers(min_value=-40, max_value=60)


@st.composite
def histories(draw):
    """Any tasks with any plan, waits, leave, links and hours around today."""
    count = draw(st.integers(min_value=1, max_value=7))
    tasks, items, changes, time = [], [], [], []
    for number in range(1, count + 1):
        starts = TODAY + dt.timedelta(days=draw(DAYS))
        due = starts + dt.timedelta(days=draw(st.integers(min_value=0, max_value=20)))
        state, hours = draw(STATES), draw(st.integers(min_value=0, max_value=60))
        over = NOW - dt.timedelta(days=draw(st.integers(min_value=0, max_value=30)))
        waits = draw(st.booleans())
        tasks.append(
            task(
                number, state, status="With client" if waits and state == "in_progress" else state,
                waiting_on="client" if waits and state == "in_progress" else None,
                estimate_seconds=draw(st.sampled_from([None, hours * HOUR, 2 * hours * HOUR])),
                assignees=draw(st.sampled_from([(), ("a1",), ("a2",)])), created_at=over - dt.timedelta(days=30),
                started_at=over - dt.timedelta(days=3) if state != "todo" else None,
                completed_at=over if state == "done" else None, start_on=starts, due_on=due,
            )
        )  # fmt: skip
        if draw(st.booleans()):
            items.append((number, f"T{number}", starts, due, hours, ""))
        if waits:
            changes.append(
                Sourced(
                    "jira",
                    Change(
                        id=f"c{number}", task=str(number), field="status", at=over, from_value="With client",
                        to_value=state, from_state="in_progress", to_state=state,
                    ),
                )
            )  # fmt: skip
        if draw(st.booleans()):
            time.append(entry(number, draw(st.integers(min_value=1, max_value=40)), task=str(number), day=over.date()))
    pairs = draw(st.lists(st.tuples(st.integers(1, count), st.integers(1, count)), max_size=5))
    plan = tuple(
        PlanItem(
            uid=str(number), name=title, task=Ref("jira", "tasks", str(number)), starts_on=starts, due_on=due,
            work_seconds=hours * HOUR or None,
        )
        for number, title, starts, due, hours, _ in items
    )  # fmt: skip
    baseline = Baseline(id="b", project="web", name="any", frozen_at=NOW - dt.timedelta(days=35), items=plan)
    away = TODAY + dt.timedelta(days=draw(DAYS))
    return facts_of(
        tasks=tasks, time=time, changes=tuple(changes), statuses=RULES, links=tuple(blocks(a, b) for a, b in pairs),
        baselines=(baseline,) if plan and draw(st.booleans()) else (),
        team=Team(leave=(Leave(person="maria", starts=away, ends=away + dt.timedelta(days=4)),)),
        project={"due": TODAY + dt.timedelta(days=draw(DAYS))},
    )  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_the_parts_sum_exactly_to_both_gaps_for_any_history(facts):
    days, points = days_of(facts), points_of(facts)

    if not isinstance(days, Unknown):
        assert sum(part.exact for part in days.parts) == days.exact
        assert sum(part.shown for part in days.parts) == days.gap
        assert all(abs(part.shown - Decimal(part.exact.numerator) / part.exact.denominator) < 1 for part in days.parts)
        for piece in days.schedule.pieces:
            assert all(taken > 0 or cause == "gained" for cause, taken in piece.delays)
        for part in days.parts:
            recorded = sum(
                taken for piece in days.schedule.pieces for cause, taken in piece.delays if cause == part.cause
            )
            assert part.cause in ("plan", "slack") or abs(part.exact) <= abs(recorded)
    if not isinstance(points, Unknown):
        whole = sum((part.exact for part in points.parts), Fraction(0))
        assert whole == points.amount
        assert abs(sum(part.shown for part in points.parts) - Decimal(whole.numerator) / whole.denominator) <= Decimal(
            "0.05"
        )


def test_estimates_below_zero_that_leave_no_work_are_unknown_and_nothing_breaks():
    days = {"start_on": day("11-02"), "due_on": day("11-12")}
    facts = facts_of(tasks=[task(1, estimate_seconds=2 * HOUR, **days), task(2, estimate_seconds=-2 * HOUR)])

    assert points_of(facts) == Unknown(why="the estimates in scope sum to nothing: one of them is below zero")


def test_rounded_parts_take_the_largest_remainders_and_keep_the_sum():
    assert apportioned([Fraction(4), Fraction(2), Fraction(3, 5)], 7) == [4, 2, 1]
    assert apportioned([Fraction(-3, 2), Fraction(5, 2)], 1) == [-1, 2]
    with pytest.raises(ValueError, match="not the rounded sum"):
        apportioned([Fraction(1)], 3)


def test_a_piece_ends_after_its_plan_after_what_it_waits_for_and_its_own_delay():
    first = Node(Fraction(10), delays=(("client", Fraction(4)),))
    then = Node(Fraction(13), after=((0, Fraction(2)),), delays=(("scope", Fraction(1)),))

    assert finishes([first, then], ()) == [10, 13]
    assert finishes([first, then], ("client",)) == [14, 16]
    assert finishes([first, then]) == [14, 17]
