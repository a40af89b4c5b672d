"""Where work stands still, from the tasks' own histories."""

from __future__ import annotations

import datetime as dt

from measure.made import NOW, facts_of, task
from sightline.measure.diagnosis import diagnosis, spells
from sightline.model.facts import Sourced
from sightline.model.figures import Unknown
from sightline.model.portfolio import StatusRule
from sightline.model.records import Change

DAY = dt.timedelta(days=1)
STATES = {"Backlog": "todo", "Doing": "in_progress", "Review": "in_progress", "Done": "done"}


def at(days_ago):
    return NOW - days_ago * DAY


def moved(number, *steps):
    """A task's way: (days ago, from, to)."""
    return [
        Sourced(
            "jira",
            Change(
                id=f"{number}-{n}", task=str(number), field="status", at=at(ago), from_value=before, to_value=after,
                from_state=STATES[before], to_state=STATES[after],
            ),
        )
        for n, (ago, before, after) in enumerate(steps)
    ]  # fmt: skip


def board():
    """One task done in 2 days of work and 6 in review, one in review for 9 days, one begun 3 days ago by Maria."""
    tasks = [
        task(1, "done", status="Done", created_at=at(20)),
        task(2, "in_progress", status="Review", created_at=at(20)),
        task(3, "in_progress", status="Doing", created_at=at(20), assignees=("a1",)),
    ]
    changes = [
        *moved(1, (15, "Backlog", "Doing"), (13, "Doing", "Review"), (7, "Review", "Done")),
        *moved(2, (10, "Backlog", "Doing"), (9, "Doing", "Review")),
        *moved(3, (3, "Backlog", "Doing")),
    ]
    return {"tasks": tasks, "changes": tuple(changes)}


def queue(found, name):
    return next(one for one in found.queues if one.status == name)


def test_time_in_each_status_is_from_one_change_to_the_next():
    found = diagnosis(facts_of(**board()))

    assert (queue(found, "Review").days, queue(found, "Review").share.quantize(1)) == (15, 71)
    assert (queue(found, "Doing").days, queue(found, "Doing").now) == (6, 1)
    assert queue(found, "Backlog").days == 5 + 10 + 17


def test_the_bottleneck_takes_most_of_the_time_and_grows():
    found = diagnosis(facts_of(**board()))

    assert (found.bottleneck, queue(found, "Review").growth) == ("Review", 1)


def test_what_takes_most_of_the_time_but_does_not_grow_is_no_bottleneck():
    one = {"tasks": board()["tasks"][:1], "changes": board()["changes"][:3]}

    assert diagnosis(facts_of(**one)).bottleneck == Unknown(
        why="most time passes in Review (75 %), but no more arrives there than leaves"
    )


def test_the_oldest_work_in_progress_stands_first_with_whose_it_is():
    found = diagnosis(facts_of(**board()))

    assert [(one.title, one.days, one.person) for one in found.oldest] == [
        ("WEB-2 Task 2", 10, None),
        ("WEB-3 Task 3", 3, "Maria Lind"),
    ]
    assert found.by_person == {"": 1, "Maria Lind": 1}


def test_active_time_is_known_only_where_a_status_is_said_to_wait():
    waits = StatusRule(source="jira", status="review", waiting_on="client")
    bare, told = (diagnosis(facts_of(**board(), statuses=rules)) for rules in ((), (waits,)))

    assert bare.efficiency == Unknown(why="no wait states are configured")
    assert told.efficiency.quantize(1) == 29


def test_a_task_without_a_history_stands_where_it_is_since_it_was_made():
    (spell,) = spells(facts_of(tasks=[task(1, status="Backlog", created_at=at(4))]))

    assert (spell.status, spell.state, spell.began, spell.ended) == ("Backlog", "todo", at(4), None)


def test_without_tasks_there_is_nothing_to_say():
    assert diagnosis(facts_of()) == Unknown(why="no task is in scope")
