"""Each warning on the smallest project that calls for it, and on the one beside it that does not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from msgspec import structs

from measure.made import HOUR, MARIA, NOW, TM, TODAY, bill_rate, cost_rate, entry, facts_of, part, state, task
from sightline.measure import turns
from sightline.measure.alerts import BUILT_IN
from sightline.measure.alerts.budget import BudgetEnds, BurnAhead, RetainerNearlyUsed, Thresholds
from sightline.measure.alerts.dates import AtRisk, BehindPlan, MilestonesLate, Overdue, PromisePassed
from sightline.measure.alerts.flow import QueueGrows, StuckInState
from sightline.measure.alerts.lacking import NoDueDate, NoEstimate, NoOwner, NoRate
from sightline.measure.alerts.money import InvoiceOverdue, UnbilledAgeing
from sightline.measure.alerts.people import MissingDays, OverCommitted, TooMuchAtOnce, UnmappedPeople
from sightline.measure.alerts.quality import ClosedProject, LateEntries, OddTime, UnknownStatus
from sightline.measure.alerts.silence import SilentItems, SilentProject
from sightline.measure.alerts.sources import SourceIncomplete, SourceStale
from sightline.measure.alerts.waiting import Unanswered, Waiting
from sightline.model.alerts import Finding, Unsure
from sightline.model.facts import Sourced
from sightline.model.figures import Figure, Receipt, Unknown
from sightline.model.money import Money
from sightline.model.notes import Note
from sightline.model.portfolio import Agreement, Calendar, MilestoneRule, TimeRules
from sightline.model.practice import Practice, Work
from sightline.model.records import Account, Change, Milestone
from sightline.model.refs import Ref
from sightline.model.team import Leave, Team

DUE = dt.date(2026, 12, 18)


def figures(**values):
    """Figures of these values by name; a text is the reason why there is none."""
    units = {Decimal: "percent", dt.date: "date", Money: "money"}
    made = {}
    for name, value in values.items():
        known = Unknown(why=value) if isinstance(value, str) else Decimal(value) if isinstance(value, int) else value
        made[name] = Figure(
            name=name, value=known, unit=units.get(type(known), "count"), as_of=NOW, method="", receipt=Receipt(formula="")
        )  # fmt: skip
    return made


def asked(rule, facts, limits=None, **values):
    made = rule()
    made.given = limits or {}
    return list(made.check(facts, figures(**values)))


def firing(said):
    return [one for one in said if isinstance(one, Finding) and one.level > 0]


def at(day, hour=9):
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def due_project(**more):
    return facts_of(project={"starts": dt.date(2026, 11, 2), "due": DUE, **more})


def test_a_budget_that_ends_before_the_promised_day_is_told_with_both_days():
    (found,) = firing(asked(BudgetEnds, due_project(), budget_ends_hours=dt.date(2026, 12, 4), budget_ends_money="?"))

    assert "gone on 2026-12-04" in found.text
    assert "10 working days before the promised 2026-12-18" in found.text
    assert found.subject == "hours"


def test_a_budget_whose_end_nobody_knows_leaves_what_stands():
    said = asked(BudgetEnds, due_project(), budget_ends_hours="no pace", budget_ends_money=dt.date(2026, 12, 18))

    assert [type(one) for one in said] == [Unsure, Finding]
    assert firing(said) == []


def test_spent_ahead_of_progress_is_measured_in_points_with_a_margin():
    hit = asked(BurnAhead, facts_of(), budget_used_hours=50, progress_by_estimate=29)
    near = asked(BurnAhead, facts_of(), budget_used_hours=50, progress_by_estimate=41)

    assert [(one.level, one.severity) for one in hit] == [(Decimal(20), "critical")]
    assert [(one.level, one.held) for one in near] == [(Decimal(0), Decimal(10))]


def test_thresholds_are_steps_of_hours_money_and_time():
    said = firing(asked(Thresholds, due_project(), budget_used_hours=76, budget_used_money=100))

    # 15 of the 35 working days from 2 November to 18 December are over: below half.
    assert [(one.subject, one.level, one.severity) for one in said] == [
        ("hours", Decimal(75), None),
        ("money", Decimal(100), "critical"),
    ]


def test_the_steps_are_the_workspaces_to_set():
    said = firing(
        asked(Thresholds, due_project(), {"percent": (Decimal(40),)}, budget_used_hours=39, budget_used_money=1)
    )

    assert [(one.subject, one.level) for one in said] == [("time", Decimal(40))]


def test_a_retainer_is_told_only_while_it_is_ahead_of_its_period():
    agreement = Agreement(kind="retainer", allowance_seconds=20 * HOUR, starts=dt.date(2026, 10, 1))

    ahead = firing(asked(RetainerNearlyUsed, facts_of(agreement=agreement), budget_used_hours=83))
    even = firing(
        asked(RetainerNearlyUsed, facts_of(agreement=agreement), {"percent": (Decimal(60),)}, budget_used_hours=65)
    )

    # 15 of November's 21 working days are over: 71.4 %.
    assert [one.text for one in ahead] == ["83 % of the retainer's hours are used and 71.4 % of the month has passed"]
    assert even == []


def test_a_forecast_after_the_promise_is_told_in_working_days():
    facts = facts_of(tasks=[task(1)], project={"due": DUE})

    (found,) = firing(asked(PromisePassed, facts, finish_85=dt.date(2026, 12, 29), promise_likelihood=12))
    (maybe,) = firing(asked(PromisePassed, facts, finish_85=dt.date(2026, 12, 29), promise_likelihood=60))
    unknown = asked(PromisePassed, facts, finish_85="the history is too thin")

    assert found.text == (
        "At the pace so far it ends by 2026-12-29, 7 working days after the promised 2026-12-18, which is kept in 12 % of "
        "the trials"
    )
    assert (found.level, found.severity, maybe.severity) == (Decimal(5), None, "warning")
    assert [type(one) for one in unknown] == [Unsure]


def test_a_promised_day_that_has_passed_needs_no_forecast():
    facts = facts_of(tasks=[task(1)], project={"due": dt.date(2026, 11, 13)})

    (found,) = firing(asked(PromisePassed, facts, finish_85="?"))

    assert found.text.startswith("The promised 2026-11-13 has passed with 1 item open")


def test_behind_plan_by_so_many_points():
    (found,) = asked(BehindPlan, facts_of(), planned_percent=32, progress_by_estimate=26)

    assert (found.level, found.text) == (Decimal(5), "26 % is done where the plan says 32 % for today")


def test_overdue_items_are_told_to_whose_they_are():
    facts = facts_of(
        tasks=[
            task(1, due_on=TODAY - dt.timedelta(days=1), assignees=("a1",)),
            task(2, due_on=TODAY - dt.timedelta(days=16), assignees=("a1",)),
            task(3, due_on=TODAY - dt.timedelta(days=1)),
            task(4, due_on=TODAY, assignees=("a1",)),
            task(5, "done", due_on=TODAY - dt.timedelta(days=9)),
        ]
    )

    nobody, maria = asked(Overdue, facts)

    assert (maria.owner, maria.level, maria.severity, maria.since) == (
        "Maria Lind",
        2,
        "critical",
        dt.date(2026, 11, 4),
    )
    assert "WEB-2, WEB-1; the oldest by 16 days" in maria.text
    assert (nobody.owner, nobody.level, nobody.severity) == (None, 1, None)


def test_an_item_is_at_risk_with_more_to_do_than_hours_left_or_not_begun_in_time():
    monday = TODAY + dt.timedelta(days=3)
    facts = facts_of(
        tasks=[
            task(
                1, "in_progress", due_on=monday, estimate_seconds=40 * HOUR, spent_seconds=20 * HOUR, assignees=("a1",)
            ),
            task(2, "todo", due_on=monday, assignees=("a1",)),
            task(3, "in_progress", due_on=monday, estimate_seconds=16 * HOUR, assignees=("a1",)),
            task(4, "todo", due_on=DUE, assignees=("a1",)),
        ]
    )

    (found,) = asked(AtRisk, facts)

    # Friday and Monday have sixteen hours.
    assert [line.value for line in found.inputs] == ["due 2026-11-23 with 20 h to do", "due 2026-11-23 and not begun"]
    assert (found.owner, found.level) == ("Maria Lind", Decimal(2))


def test_a_milestone_near_its_day_with_most_of_it_open_is_a_risk():
    milestone = Sourced(
        "jira", Milestone(id="v1", scope="WEB", kind="version", name="Beta", state="open", due_on=TODAY)
    )
    facts = facts_of(tasks=[task(1, milestones=("v1",)), task(2, "done", milestones=("v1",))], milestones=(milestone,))

    (found,) = asked(MilestonesLate, facts)

    assert found.text == "Beta is due on 2026-11-20; 1 of 2 items are open"


def test_a_late_milestone_is_for_whoever_answers_for_it():
    rows = [
        Milestone(id=name, scope="WEB", kind="version", name=name, state="open", due_on=dt.date(2026, 11, 18))
        for name in ("Beta", "Launch")
    ]
    stated = {"milestones": (MilestoneRule(name="Beta", owner="Maria Petrova"),)}
    facts = facts_of(tasks=[task(1)], milestones=tuple(Sourced("jira", row) for row in rows), project=stated)

    found = asked(MilestonesLate, facts)

    assert [(one.subject, one.owner) for one in found] == [("jira:Beta", "Maria Petrova"), ("jira:Launch", None)]


def test_the_waiting_clock_begins_when_the_item_came_into_its_status():
    waits = task(1, "in_progress", status="With client", waiting_on="client", updated_at=at(19))
    change = Sourced("jira", Change(id="c", task="1", field="status", at=at(6), to_value="With client"))
    facts = facts_of(tasks=[waits], changes=(change,))

    (found,) = asked(Waiting, facts)

    # From Friday 6 to Friday 20 November: ten working days.
    assert (found.level, found.severity, found.since) == (Decimal(10), "critical", dt.date(2026, 11, 6))
    assert "waits for Acme Ltd: 10 working days in 'With client'" in found.text


def test_a_waiting_clock_says_on_a_sunday_what_it_said_on_friday_as_the_slip_ledger_does():
    waits = task(1, "in_progress", status="With client", waiting_on="client", updated_at=at(6))
    change = Sourced("jira", Change(id="c", task="1", field="status", at=at(6), to_value="With client"))
    friday = facts_of(tasks=[waits], changes=(change,))
    sunday = structs.replace(friday, today=dt.date(2026, 11, 22), as_of=at(22))

    for facts in (friday, sunday):
        assert "10 working days in 'With client'" in asked(Waiting, facts)[0].text
        assert [turns.waited(facts, one) for one in turns.waits(facts)] == [10]


def test_an_approval_that_nobody_answers_is_told_instead_of_the_item_that_waits_for_it():
    waits = task(1, "in_progress", status="With client", waiting_on="client", updated_at=at(6))
    asked_for = Note(
        id="1", project="web", kind="approval", text="Homepage design", at=at(6), due=dt.date(2026, 11, 12),
        task=waits.ref, asked_of="client",
    )  # fmt: skip
    facts = facts_of(tasks=[waits], notes=(asked_for,))

    (found,) = asked(Unanswered, facts)

    assert found.text == "Approval asked of Acme Ltd 10 working days ago, due 2026-11-12: Homepage design"
    # From Thursday 12 to Friday 20 November: six working days late.
    assert (found.level, found.severity) == (Decimal(10), "critical")
    assert asked(Waiting, facts) == []


def test_a_question_that_names_nobody_is_our_turn_in_the_alert_as_in_the_slip_ledger():
    facts = facts_of(notes=(Note(id="1", project="web", kind="question", text="Which font?", at=at(6)),))

    (found,) = asked(Unanswered, facts)

    assert found.text == "Question asked of us 10 working days ago: Which font?"
    assert found.action == "It is our turn: do it, or say when."
    assert [wait.on for wait in turns.waits(facts)] == ["us"]


def test_silence_is_counted_from_the_last_trace_of_any_kind():
    facts = facts_of(
        tasks=[task(1, "in_progress", updated_at=at(2))], time=[entry(1, 2, task="1", day=dt.date(2026, 11, 5))]
    )

    (project,) = asked(SilentProject, facts)
    (items,) = asked(SilentItems, facts)

    assert (project.level, project.since) == (Decimal(10), dt.date(2026, 11, 5))
    assert items.text == "1 begun item has shown no trace for 11 working days: WEB-1"


def test_three_items_long_in_one_status_are_a_bottleneck():
    stuck = [task(n, "in_progress", status="Review", updated_at=at(2)) for n in (1, 2, 3)]

    (found,) = asked(StuckInState, facts_of(tasks=stuck))

    assert found.text == "3 items stand in 'Review' for 14 working days or more: WEB-1, WEB-2, WEB-3"
    assert asked(StuckInState, facts_of(tasks=stuck[:2])) == []


def test_a_queue_grows_when_more_arrives_every_week():
    come = [task(n, created_at=at(day)) for n, day in enumerate((1, 2, 3, 8, 9, 15, 16), start=1)]

    (found,) = asked(QueueGrows, facts_of(tasks=come))

    assert found.text == "7 items arrived in 3 weeks and 0 were finished: the queue grew by 7"


def test_what_work_lacks():
    bare = task(1, "in_progress")
    whole = task(2, "in_progress", assignees=("a1",), due_on=DUE, estimate_seconds=HOUR)
    facts = facts_of(tasks=[bare, whole])

    assert [found.text for rule in (NoOwner, NoDueDate, NoEstimate) for found in asked(rule, facts)] == [
        "1 item begun or soon due without an owner: WEB-1",
        "1 item in progress without a due day: WEB-1",
        "1 item without an estimate (50 % of what is open): WEB-1",
    ]
    assert [asked(rule, facts_of(tasks=[whole])) for rule in (NoOwner, NoDueDate, NoEstimate)] == [[], [], []]


def test_time_without_a_rate_is_told_for_each_side():
    time = [entry(1, 2), entry(2, 1, account="zz")]
    priced = facts_of(time=time, rates=(bill_rate(), cost_rate(person="maria")))

    assert [found.text for found in asked(NoRate, priced)] == [
        "1 h of zz have no cost rate, so cost and margin are not known"
    ]
    assert [found.subject for found in asked(NoRate, facts_of(time=time))] == ["bill"]


def test_an_overdue_invoice_says_how_much_and_how_late():
    facts = facts_of(documents=[part(7, due_on=dt.date(2026, 11, 2)), part(8, due_on=TODAY)])

    (found,) = asked(InvoiceOverdue, facts)

    assert (found.text, found.severity) == ("invoice INV-7 is 18 days overdue: GBP 120.00 of the client", "critical")


def test_old_unbilled_work_is_told_with_its_worth():
    (found,) = firing(asked(UnbilledAgeing, facts_of(), wip_age_days=40, wip=Money.of(360, "GBP")))

    assert found.text == "Billable work (GBP 360.00) is not invoiced; the oldest hour is 40 days old"


def test_odd_time_and_time_on_a_closed_project():
    late = entry(1, 2, day=dt.date(2026, 11, 4), updated_at=at(19))
    facts = facts_of(time=[late, entry(2, 17)], project={"ended": dt.date(2026, 11, 18)})

    assert [found.text for rule in (ClosedProject, OddTime, LateEntries) for found in asked(rule, facts)] == [
        "1 time entries are after the project's end on 2026-11-18",
        "Time that cannot be: 1 of Maria Lind; the last on 2026-11-20, 17 h on one day",
        "Time written down late: 1 of Maria Lind; the last on 2026-11-04, written or changed 15 days later",
    ]


def test_a_status_that_nobody_explained():
    (found,) = asked(UnknownStatus, facts_of(tasks=[task(1, "unknown", status="Done?")]))

    assert found.subject == "Done?"


def practice(tasks=(), time=(), unmatched=(), sources=(), team=None):
    work = Work(
        tasks={"web": tuple(tasks)}, time=tuple(time), persons=(MARIA,), of={Ref("jira", "people", "a1"): "maria"},
        unmatched=tuple(unmatched),
    )  # fmt: skip
    return Practice(
        as_of=NOW, today=TODAY, calendar=Calendar(), rules=TimeRules(), projects={"web": facts_of().project},
        sources=tuple(sources), work=work, team=team or Team(),
    )  # fmt: skip


def test_more_promised_than_there_is_time():
    tasks = [
        task(n, "todo", assignees=("a1",), estimate_seconds=60 * HOUR, due_on=dt.date(2026, 11, 27)) for n in (1, 2)
    ]

    (found,) = OverCommitted().check(practice(tasks))

    # 120 h in six days of which each has eight: the ten working days to 3 December have 80.
    assert found.text == "Maria Lind has 120 h to do in 80 h up to 2026-12-03 (150 %), over on 6 days: Website"
    assert found.severity == "critical"


def test_leave_makes_the_same_work_too_much_and_days_without_time_none():
    tasks = [task(1, "todo", assignees=("a1",), estimate_seconds=60 * HOUR, due_on=dt.date(2026, 12, 3))]
    away = Team(leave=(Leave(person="maria", starts=dt.date(2026, 11, 5), ends=dt.date(2026, 11, 27)),))
    days = (dt.date(2026, 10, 20), dt.date(2026, 10, 21))

    (found,) = firing(OverCommitted().check(practice(tasks, team=away)))

    # Away until 27 November: four of the ten working days are left.
    assert "60 h to do in 32 h" in found.text
    assert firing(OverCommitted().check(practice(tasks))) == []
    assert (
        list(MissingDays().check(practice(time=[entry(n, 8, day=day) for n, day in enumerate(days)], team=away))) == []
    )


def test_too_much_at_once_does_not_count_what_waits_for_others():
    mine = [task(n, "in_progress", assignees=("a1",)) for n in range(6)]
    waiting = [task(n, "in_progress", assignees=("a1",), waiting_on="client") for n in range(6, 12)]

    (found,) = firing(TooMuchAtOnce().check(practice([*mine, *waiting])))

    assert found.text == "Maria Lind has 6 items in progress in 1 project"


def test_working_days_without_time_of_somebody_who_records_it():
    days = (dt.date(2026, 10, 20), dt.date(2026, 11, 9), dt.date(2026, 11, 10), dt.date(2026, 11, 18))

    (found,) = MissingDays().check(practice(time=[entry(n, 8, day=day) for n, day in enumerate(days)]))

    assert (found.owner, found.level, found.since) == ("Maria Lind", 7, dt.date(2026, 11, 5))


def test_accounts_with_time_that_are_nobodys():
    account = Sourced("jira", Account(id="zz", name="Z."))

    (found,) = UnmappedPeople().check(practice(time=[entry(1, 2, account="zz")], unmatched=[account]))

    assert found.text == "1 accounts belong to nobody; 2 h are recorded on them"


def test_sources_that_failed_or_are_old():
    sources = [state("jira", hours_ago=40), state("xero", hours_ago=1)]
    failed = practice(sources=[state("git")])
    failed = failed.__class__(**{f: getattr(failed, f) for f in failed.__struct_fields__} | {"sources": (broken(),)})

    (stale,) = firing(SourceStale().check(practice(sources=sources)))
    (all_stale,) = firing(
        SourceStale().check(practice(sources=[state("jira", hours_ago=40), state("git", hours_ago=50)]))
    )
    (incomplete,) = SourceIncomplete().check(failed)

    assert stale.text == "jira was read completely 40 hours ago; it feeds Website"
    assert all_stale.text == "No source has been read completely for 40 hours"
    assert (incomplete.text, incomplete.severity) == ("git is failed: HTTP 401", "critical")


def broken():
    from sightline.model.facts import SourceState

    return SourceState(source="git", last_complete=None, status="failed", reason="HTTP 401")


@pytest.mark.parametrize("rule", BUILT_IN, ids=lambda rule: rule.name)
def test_a_project_without_anything_calls_for_nothing(rule):
    said = rule().check(practice()) if rule.__name__ in PRACTICE else rule().check(facts_of(agreement=TM), {})

    assert firing(said) == []


PRACTICE = {"OverCommitted", "TooMuchAtOnce", "MissingDays", "UnmappedPeople", "SourceIncomplete", "SourceStale"}
