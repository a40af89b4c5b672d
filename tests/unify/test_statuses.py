"""What a status means."""

from __future__ import annotations

import datetime as dt

from sightline.model.facts import Sourced
from sightline.model.portfolio import StatusRule
from sightline.model.records import Scope, Task
from sightline.unify.statuses import doubtful, in_force, of_scopes, status_table, unmapped

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def task(number, status, state, scope="WEB", **more):
    fields = {"scope": scope, "key": f"WEB-{number}", "title": "t", "kind": "task", **more}
    return Sourced("jira", Task(id=str(number), status=status, state=state, **fields))


def test_the_tools_own_category_stands_without_a_rule():
    tasks = [task(1, "Doing", "in_progress")]

    assert in_force(tasks, []) == tasks


def test_a_rule_says_what_a_status_means_whatever_its_case():
    rule = StatusRule(source="jira", status="with CLIENT", state="in_progress", waiting_on="client")
    ((_, changed),) = in_force([task(1, "With client", "unknown")], [rule])

    assert (changed.state, changed.waiting_on) == ("in_progress", "client")


def test_a_rule_of_another_source_changes_nothing():
    tasks = [task(1, "Done?", "unknown")]

    assert in_force(tasks, [StatusRule(source="trello", status="Done?", state="done")]) == tasks


def test_a_rule_for_the_scope_beats_one_for_the_whole_source():
    rules = [
        StatusRule(source="jira", status="Review", state="in_progress", scope="APP"),
        StatusRule(source="jira", status="Review", state="done"),
    ]
    web, app = in_force([task(1, "Review", "todo"), task(2, "Review", "todo", scope="APP")], rules)

    assert (web.record.state, app.record.state) == ("done", "in_progress")


def test_a_task_that_a_rule_reopens_is_no_longer_complete():
    rule = StatusRule(source="jira", status="Deployed", state="in_progress")
    ((_, changed),) = in_force([task(1, "Deployed", "done", completed_at=NOW)], [rule])

    assert (changed.state, changed.completed_at) == ("in_progress", None)


def test_the_table_shows_origin_and_count_and_what_nobody_mapped():
    tasks = [
        task(1, "Done?", "unknown"),
        task(2, "Done?", "unknown"),
        task(3, "Open", "todo"),
        task(4, "Odd", "unknown"),
    ]
    table = status_table(tasks, [StatusRule(source="jira", status="Open", state="in_progress")])

    assert [(row.status, row.state, row.origin, row.tasks) for row in table] == [
        ("Done?", "unknown", "tool", 2),
        ("Odd", "unknown", "tool", 1),
        ("Open", "in_progress", "rule", 1),
    ]
    assert [row.status for row in unmapped(table)] == ["Done?", "Odd"]


def test_a_rule_names_its_scope_by_key_name_or_id():
    scopes = [
        Sourced("jira", Scope(id="10", key="WEB", name="Website")),
        Sourced("other", Scope(id="9", key="WEB", name="x")),
    ]
    rules = [StatusRule(source="jira", status="Review", scope=name) for name in ("web", "Website", "10", "gone", None)]

    assert [rule.scope for rule in of_scopes(rules, scopes)] == ["10", "10", "10", "gone", None]


def test_a_word_that_says_done_where_the_tool_does_not_is_doubtful_until_a_rule_says():
    tasks = [task(1, "Done?", "in_progress"), task(2, "Done", "done"), task(3, "Doing", "in_progress")]
    table = status_table(tasks, [])

    assert [row.status for row in doubtful(table)] == ["Done?"]
    assert doubtful(status_table(tasks, [StatusRule(source="jira", status="Done?", state="in_progress")])) == []
