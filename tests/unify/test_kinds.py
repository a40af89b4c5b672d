"""What a type of item is taken for."""

from __future__ import annotations

from sightline.model.facts import Sourced
from sightline.model.portfolio import KindRule
from sightline.model.records import Task
from sightline.unify.kinds import KindRow, kind_table, kinds_in_force


def task(number, kind, source="jira"):
    fields = {"scope": "WEB", "key": f"WEB-{number}", "title": "t", "status": "Open", "state": "todo"}
    return Sourced(source, Task(id=str(number), kind=kind, **fields))


TASKS = [task(1, "Feedback"), task(2, "bug"), task(3, "Feedback", "other")]
RULES = [KindRule(source="jira", word="feedback", kind="story"), KindRule(source="jira", word="feedback", kind="task")]


def test_a_type_keeps_its_own_word_without_a_rule_and_in_other_sources():
    assert kinds_in_force(TASKS, []) == TASKS
    assert [one.record.kind for one in kinds_in_force(TASKS, RULES)] == ["task", "bug", "Feedback"]


def test_the_table_in_force_tells_the_tools_word_what_it_is_taken_for_and_by_whom():
    assert kind_table(TASKS, RULES) == [
        KindRow("jira", "Feedback", "task", True, 1),
        KindRow("jira", "bug", "bug", False, 1),
        KindRow("other", "Feedback", "Feedback", False, 1),
    ]
