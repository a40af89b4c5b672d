"""A plan made of tasks: whose days, whose hours, what is compared with what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measure.made import HOUR, MARIA, entry, facts_of, task
from sightline.measure.comparing import compared
from sightline.measure.drafting import drafted, frozen_calendar
from sightline.measure.sizing import Part, sized
from sightline.model.facts import Sourced
from sightline.model.plan import Dependency, PlanItem
from sightline.model.portfolio import Calendar, MilestoneRule
from sightline.model.records import Link, Milestone
from sightline.model.refs import Ref
from sightline.model.team import Blackout, Member, Team


def day(number, month=11):
    return dt.date(2026, month, number)


def target(id_, kind, starts, due, name=None):
    return Sourced(
        "jira", Milestone(id=id_, scope="WEB", kind=kind, name=name or id_, state="open", starts_on=starts, due_on=due)
    )


def part(number, hours=None, points=None, lines=0, spent=0, finished=False):
    estimate = None if hours is None else Decimal(hours) * HOUR
    points = None if points is None else Decimal(points)
    return Part(Ref("jira", "tasks", str(number)), estimate, points, lines, spent * HOUR, finished)


def days_of(found, number):
    (item,) = [one for one in found.items if one.uid == f"jira/tasks/{number}"]
    return item.starts_on, item.due_on


# ---- sizes


def test_hours_count_as_they_are_points_by_own_history_and_none_as_the_median():
    # Two finished items of 2 and 3 points took 10 and 15 hours: a point is five hours.
    parts = [
        part(1, points=2, spent=10, finished=True), part(2, points=3, spent=15, finished=True),
        part(3, hours=8), part(4, hours=12), part(5, points=1), part(6),
    ]  # fmt: skip
    found = sized(parts)

    assert [found.seconds[one.ref] / HOUR for one in parts] == [10, 15, 8, 12, 5, 10]
    assert found.text == (
        "6 items: 2 by hours, 3 by points (1 pt = 5.0 h from own history), 1 without estimate (counted as median, 10.0 h)"
    )
    assert found.confidence == "medium"


def test_points_without_history_are_worth_what_both_estimates_say_else_an_assumption_with_low_confidence():
    both = [part(1, hours=6, points=2), part(2, points=4)]
    bare = [part(1, hours=8), part(2, points=2), part(3, points=4), part(4, points=3)]

    assert sized(both).seconds[both[1].ref] == 12 * HOUR
    # The usual item has 8 hours and 3 points.
    assert sized(bare).seconds[bare[3].ref] == 8 * HOUR
    assert (sized(both).confidence, sized(bare).confidence) == ("medium", "low")


def test_a_checklist_counts_by_its_lines_where_estimated_tasks_have_one():
    parts = [part(1, hours=6, lines=3), part(2, lines=5)]

    assert sized(parts).seconds[parts[1].ref] == 10 * HOUR
    assert "1 by checklist (1 line = 2.0 h" in sized(parts).text


@pytest.mark.parametrize(
    ("parts", "confidence"),
    [
        ([part(n, hours=4) for n in range(9)] + [part(9)], "high"),
        ([part(n, hours=4) for n in range(6)] + [part(n) for n in range(6, 10)], "medium"),
        ([part(n, hours=4) for n in range(5)] + [part(n) for n in range(5, 10)], "low"),
        ([part(1), part(2)], "low"),
        ([], "low"),
    ],
)
def test_the_confidence_follows_from_how_much_was_stated(parts, confidence):
    assert sized(parts).confidence == confidence


# ---- days


def test_a_task_with_a_due_day_alone_begins_as_many_working_days_before_as_its_hours_need():
    # 20 hours are three days of eight: Thursday, Friday, Monday.
    found = drafted(facts_of(tasks=[task(1, due_on=day(16), estimate_seconds=20 * HOUR)]))

    assert days_of(found, 1) == (day(12), day(16))


def test_a_task_with_a_start_alone_ends_as_many_working_days_later_as_its_hours_need():
    found = drafted(facts_of(tasks=[task(1, start_on=day(13), estimate_seconds=9 * HOUR)]))

    assert days_of(found, 1) == (day(13), day(16))


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("issues", (None, None)),
        ("sprints", (day(16), day(27))),
        ("versions", (day(2), day(20))),
        ("epics", (day(3), day(6))),
        ("dates", (day(16), day(27))),
    ],
)
def test_a_rule_says_whose_days_a_task_without_any_takes(rule, days):
    tasks = [
        task(1, kind="epic", start_on=day(3), due_on=day(6)),
        task(2, parent="1", sprints=("s1", "s2"), milestones=("v",), estimate_seconds=HOUR),
    ]
    facts = facts_of(
        tasks=tasks,
        milestones=(
            target("s1", "sprint", day(2), day(13)), target("s2", "sprint", day(16), day(27)),
            target("v", "version", day(2), day(20)),
        ),
    )  # fmt: skip

    assert days_of(drafted(facts, {"jira": rule}), 2) == days


def test_a_task_keeps_its_own_days_whatever_holds_it():
    facts = facts_of(
        tasks=[task(1, start_on=day(4), due_on=day(5), sprints=("s",))],
        milestones=(target("s", "sprint", day(2), day(13)),),
    )

    assert days_of(drafted(facts, {"jira": "sprints"}), 1) == (day(4), day(5))


def test_a_plan_takes_the_owner_of_a_milestone_and_who_sees_it_from_the_file():
    facts = facts_of(
        tasks=[task(1, milestones=("v",))],
        milestones=(target("v", "version", None, day(20), "Dry run"),),
        project={"milestones": (MilestoneRule(name="Dry run", owner="Maria", client_visible=False),)},
    )
    (mark,) = [one for one in drafted(facts).items if one.milestone]

    assert (mark.owner, mark.client_visible) == ("Maria", False)


def test_an_item_carries_owner_milestone_parent_dependency_and_points():
    tasks = [
        task(1, kind="epic"),
        task(2, parent="1", due_on=day(6), assignees=("a1",), milestones=("v",), points=Decimal(3)),
        task(3, due_on=day(13)),
    ]
    links = (Sourced("jira", Link(id="l", from_task="3", to="2", kind="blocks")),)
    facts = facts_of(tasks=tasks, links=links, milestones=(target("v", "version", None, day(20), "Launch"),))
    found = {item.uid: item for item in drafted(facts).items}

    made = found["jira/tasks/2"]
    assert (made.owner, made.points, made.parent) == ("Maria Lind", Decimal(3), "jira/tasks/1")
    assert made.depends_on == (Dependency(predecessor="jira/tasks/3"),)
    launch = found[made.under]
    assert (launch.name, launch.due_on, launch.milestone, launch.client_visible) == ("Launch", day(20), True, True)


def test_a_part_time_owners_week_and_the_breaks_of_the_project_are_frozen_with_the_plan():
    team = Team(
        members=(Member(person=MARIA.id, hours_a_week=Decimal(20), working_days=(0, 1, 2)),),
        blackouts=(Blackout(starts=day(10), ends=day(11), project="web"), Blackout(starts=day(4), ends=day(4), project="x")),
    )  # fmt: skip
    facts = facts_of(tasks=[task(1, due_on=day(6), assignees=("a1",))], team=team)
    (item,) = drafted(facts).items

    assert item.week[:4] == (Decimal(20) / 3, Decimal(20) / 3, Decimal(20) / 3, 0)
    assert frozen_calendar(facts).holidays == (day(10), day(11))


def test_time_on_a_task_counts_by_its_id_or_its_key():
    tasks = [task(1, "done", points=Decimal(2)), task(2, points=Decimal(3), due_on=day(20))]
    facts = facts_of(tasks=tasks, time=[entry(1, 4, task="1"), entry(2, 2, task=None, task_key="WEB-1")])

    assert [item.work_seconds for item in drafted(facts).items] == [6 * HOUR, 9 * HOUR]


# ---- two plans

PLAN = [
    PlanItem(uid="epic", name="Epic"),
    PlanItem(uid="a", name="a", parent="epic", starts_on=day(2), due_on=day(6), work_seconds=8 * HOUR),
    PlanItem(uid="b", name="b", due_on=day(13), work_seconds=4 * HOUR),
    PlanItem(uid="m", name="m", milestone=True, due_on=day(13)),
]


def test_a_comparison_tells_what_was_added_removed_moved_and_re_estimated_with_hours_and_working_days():
    second = [
        PlanItem(uid="a", name="renamed", starts_on=day(2), due_on=day(10), work_seconds=12 * HOUR),
        PlanItem(uid="c", name="c", due_on=day(20), work_seconds=3 * HOUR),
        PlanItem(uid="m", name="m", milestone=True, due_on=day(12)),
    ]
    found = compared(PLAN, second, Calendar())

    assert [item.uid for item in found.added] == ["c"]
    assert [item.uid for item in found.removed] == ["b"]
    # Friday 6 to Tuesday 10 are two working days.
    assert [(one.after.uid, one.days) for one in found.moved] == [("a", 2), ("m", -1)]
    assert [(one.after.uid, one.seconds) for one in found.resized] == [("a", 4 * HOUR)]
    assert (found.seconds, found.same) == (3 * HOUR, 0)
    assert found.last_day(Calendar(), PLAN, second) == 5


DAYS = st.none() | st.dates(dt.date(2026, 10, 1), dt.date(2027, 3, 1))
PLANS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(DAYS, DAYS, st.none() | st.integers(0, 50)), max_size=6)


def plan_of(rows):
    return [
        PlanItem(uid=uid, name=uid, starts_on=a, due_on=b, work_seconds=None if h is None else h * HOUR)
        for uid, (a, b, h) in rows.items()
    ]


@given(PLANS, PLANS)
def test_comparing_b_with_a_is_the_mirror_of_comparing_a_with_b(first, second):
    calendar = Calendar(holidays=(dt.date(2026, 12, 25),))
    there, back = (
        compared(one, other, calendar)
        for one, other in ((plan_of(first), plan_of(second)), (plan_of(second), plan_of(first)))
    )

    def uids(items):
        return {item.uid for item in items}

    assert uids(there.added) == uids(back.removed)
    assert uids(there.removed) == uids(back.added)
    assert {(m.after.uid, m.days) for m in there.moved} == {
        (m.after.uid, None if m.days is None else -m.days) for m in back.moved
    }
    assert {(r.after.uid, r.seconds) for r in there.resized} == {(r.after.uid, -r.seconds) for r in back.resized}
    assert (there.seconds, there.same) == (-back.seconds, back.same)


@given(PLANS)
def test_a_plan_compared_with_itself_has_no_difference(rows):
    plan = plan_of(rows)
    found = compared(plan, plan, Calendar())

    assert (found.added, found.removed, found.moved, found.resized, found.seconds) == ((), (), (), (), 0)
    assert found.same == len(rows)
