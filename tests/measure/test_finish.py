"""When the work will be done: percentiles in order, teams jointly, leave and breaks passed over, Unknown when thin."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from measure.made import NOW, TODAY, entry, facts_of, one, task
from sightline.measure import forecast
from sightline.measure.calibration import calibration, verdict
from sightline.measure.figures.finish import FinishByEffort, FinishByThroughput, ForecastHeld, PromiseLikelihood
from sightline.measure.outlook import by_throughput
from sightline.measure.project import measure_project
from sightline.model.facts import Sourced
from sightline.model.figures import Unknown
from sightline.model.team import Blackout, Leave, Team

DAY = dt.timedelta(days=1)


def past_of(seed):
    """Ten to sixteen days of a past, at least one of them with something finished."""
    draw = random.Random(seed)
    return [*draw.choices((0, 0, 1, 2, 4), k=draw.randint(9, 15)), 1]


PAST = st.integers(0, 999).map(past_of)


def moment(day, hour=10):
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


def weekdays(count, before=TODAY):
    """That many Mondays to Fridays before a day, earliest first."""
    found, day = [], before
    while len(found) < count:
        day -= DAY
        if day.weekday() < 5:
            found.append(day)
    return found[::-1]


def steady(days=20, left=4, per_day=1, **more):
    """One task (or so many) finished on each of the last working days, and some left."""
    made = moment(TODAY - 100 * DAY)
    done = [
        task(f"{n}-{day}", "done", created_at=made, completed_at=moment(day), assignees=("a1",))
        for day in weekdays(days)
        for n in range(per_day)
    ]
    rest = [task(f"left {n}", created_at=made) for n in range(left)]
    return facts_of(tasks=[*done, *rest], project={"starts": weekdays(days)[0], **more.pop("project", {})}, **more)


def finish(facts, share=85):
    return one(FinishByThroughput, facts, f"finish_{share}").value


def test_one_task_a_day_and_four_left_are_done_on_the_fourth_working_day():
    assert {finish(steady(), share) for share in (50, 70, 85, 95)} == {dt.date(2026, 11, 25)}


def test_leave_of_the_only_one_who_works_moves_the_finish_by_as_many_working_days():
    away = Team(leave=(Leave(person="maria", starts=TODAY, ends=TODAY + 3 * DAY),))

    assert finish(steady(team=away)) == dt.date(2026, 11, 27)


def test_half_days_of_leave_count_half():
    away = Team(leave=(Leave(person="maria", starts=TODAY, ends=TODAY + 5 * DAY, hours=Decimal(4)),))

    assert finish(steady(team=away)) == dt.date(2026, 11, 27)


def test_a_stated_break_moves_the_finish_of_its_project_only():
    def shut(project):
        return Team(blackouts=(Blackout(starts=TODAY, ends=TODAY, project=project),))

    assert [finish(steady(team=shut(project))) for project in ("web", "other")] == [
        dt.date(2026, 11, 26),
        dt.date(2026, 11, 25),
    ]


def test_days_of_a_break_are_no_history():
    thin = steady(days=12, team=Team(blackouts=(Blackout(starts=TODAY - 7 * DAY, ends=TODAY - 3 * DAY),)))

    assert finish(thin) == Unknown(why="9 working days of history are too few, 10 are needed")


def test_a_history_too_thin_or_empty_gives_no_date():
    idle = facts_of(tasks=[task(1)], project={"starts": TODAY - 60 * DAY})

    assert finish(steady(days=9)) == Unknown(why="9 working days of history are too few, 10 are needed")
    assert finish(idle) == Unknown(why="nothing was finished in the history")
    assert finish(steady(left=0)) == Unknown(why="nothing is left to do")


def test_two_teams_are_done_when_the_slower_is():
    whole = steady(left=8, project={"teams": "scope"})
    tasks = [
        Sourced(source, structs.replace(record, scope="OPS" if int(record.id[-1]) % 4 == 0 else "WEB"))
        for source, record in whole.tasks
    ]
    both = facts_of(tasks=tasks, project={"starts": whole.project.starts, "teams": "scope"})
    labels = [line.label for line in one(FinishByThroughput, both, "finish_50").receipt.lines]

    assert finish(both, 95) > finish(whole, 95)
    assert {"jira:OPS: tasks left", "jira:WEB: tasks left"} <= set(labels)
    assert sum(by_throughput(both).histogram.values()) == pytest.approx(1, abs=Decimal("1e-20"))


def test_the_seed_repeats_the_forecast_and_is_shown():
    figure = one(FinishByThroughput, steady(), "finish_85")

    assert figure.method == "Monte Carlo on throughput, 10000 trials, seed 20261, 85 %"
    assert figure.value == one(FinishByThroughput, steady(), "finish_85").value


def test_effort_needs_estimates_and_hours():
    bare = steady()

    assert one(FinishByEffort, bare, "effort_finish_85").value == Unknown(why="no task has an estimate")


def test_eight_hours_left_at_two_hours_a_day_take_four_days():
    days = weekdays(20)
    made = facts_of(
        tasks=[task(1, estimate_seconds=8 * 3600, created_at=moment(days[0]))],
        time=[entry(n, 2, day=day) for n, day in enumerate(days)],
        project={"starts": days[0]},
    )

    assert one(FinishByEffort, made, "effort_finish_85").value == dt.date(2026, 11, 25)


def test_effort_draws_what_finished_tasks_really_took():
    days = weekdays(20)
    done = [
        task(n, "done", estimate_seconds=3600, completed_at=moment(day), created_at=moment(days[0]))
        for n, day in enumerate(days[:10])
    ]
    made = facts_of(
        tasks=[*done, task(99, estimate_seconds=8 * 3600, created_at=moment(days[0]))],
        time=[entry(n, 2, day=day, task=str(n) if n < 10 else None) for n, day in enumerate(days)],
        project={"starts": days[0]},
    )

    assert one(FinishByEffort, made, "effort_finish_50").value == dt.date(2026, 12, 1)


def test_the_promised_day_has_a_likelihood():
    due = {"due": dt.date(2026, 11, 24)}

    assert one(PromiseLikelihood, steady(project=due)).value == 0
    assert one(PromiseLikelihood, steady(project={"due": dt.date(2026, 11, 25)})).value == 100
    assert one(PromiseLikelihood, steady()).value == Unknown(why="no day is promised")


def test_a_steady_project_has_forecasts_that_held():
    figure = one(ForecastHeld, steady(days=60, left=30), "forecast_held_85")

    assert figure.value == 100
    assert figure.method == "85 % date held in 9 of 9 past weeks; fits"
    assert len(figure.receipt.lines) == 9


def test_a_project_that_stopped_shows_that_its_forecasts_did_not_hold():
    days = weekdays(90)
    made = moment(days[0])
    done = [task(n, "done", created_at=made, completed_at=moment(day)) for n, day in enumerate(days[:40])]
    rest = [task(f"left {n}", created_at=made) for n in range(30)]
    figure = one(ForecastHeld, facts_of(tasks=[*done, *rest], project={"starts": days[0]}), "forecast_held_85")

    assert figure.value < 60
    assert figure.method.endswith("too early: it held less often than it says")


def test_a_test_of_the_past_knows_nothing_of_tasks_made_later():
    facts = steady(days=60, left=0)
    later = [task("later", created_at=NOW - 2 * DAY)]
    known = calibration(facts_of(tasks=[*facts.tasks, *later], project={"starts": facts.project.starts}))

    assert known == calibration(facts)


@pytest.mark.parametrize(
    ("held", "tests", "share", "said"),
    [
        (11, 13, 85, "fits"),
        (6, 13, 85, "too early: it held less often than it says"),
        (13, 13, 50, "too late: it held more often than it says"),
        (3, 4, 85, "too few tests to judge (4, 5 are needed)"),
    ],
)
def test_how_often_it_held_is_judged_by_the_binomial(held, tests, share, said):
    assert verdict(held, tests, share) == said


@given(PAST, st.integers(1, 30), st.integers(0, 99))
def test_more_certainty_is_never_earlier(past, items, seed):
    found = forecast.when(past, items, seed=seed).histogram
    days = [forecast.percentile_when(found, Decimal(share)) for share in (50, 70, 85, 95)]

    assert days == sorted(days)
    assert sum(found.values()) == 10_000


@given(PAST, PAST, st.integers(1, 12), st.integers(1, 12))
def test_teams_together_are_never_done_before_the_worst_of_them(first, second, here, there):
    teams = [forecast.days_until(first, here), forecast.days_until(second, there)]
    together = forecast.joint(teams)

    for share in (Decimal(50), Decimal(85)):
        worst = max(forecast.percentile_when(team, share) for team in teams)
        assert forecast.percentile_when(together, share) >= worst


def test_the_distribution_is_that_of_drawing_day_after_day():
    past, draw = [0, 0, 3, 1, 0, 2, 0, 0, 1, 0, 0, 4], random.Random(5)
    seen = Counter()
    for _ in range(4000):
        days, left = 0, 25
        while left > 0:
            left -= past[draw.randrange(len(past))]
            days += 1
        seen[days] += 1
    worked_out = forecast.when(past, 25, seed=1).histogram

    for share in (10, 50, 85):
        drawn = forecast.percentile_when(seen, Decimal(share))
        assert abs(forecast.percentile_when(worked_out, Decimal(share)) - drawn) <= 1


def test_very_much_work_is_close_to_going_through_all_ways():
    past = [0, 2, 5, 1, 0, 3, 4, 0, 1, 2]
    below, above = (forecast.days_until(past, items) for items in (250, 251))

    for share in (50, 85):
        days = [forecast.percentile_when(found, Decimal(share)) for found in (below, above)]
        assert abs(days[1] - days[0]) <= 2


def test_the_forecast_is_among_the_figures_of_every_project():
    names = {figure.name for figure in measure_project(steady())}

    assert {"finish_85", "effort_finish_85", "promise_likelihood", "forecast_held_85"} <= names
