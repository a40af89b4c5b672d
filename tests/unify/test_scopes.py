"""What belongs to which project."""

from __future__ import annotations

import datetime as dt

import pytest

from sightline.errors import ConfigError
from sightline.model.facts import Sourced
from sightline.model.portfolio import Include, MoneyRule, Project
from sightline.model.records import Activity, Milestone, Scope, Task, TimeEntry
from sightline.model.refs import Ref
from sightline.unify.links import tie_activities
from sightline.unify.scopes import Overlap, Places

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
WEB = Sourced("jira", Scope(id="10", key="WEB", name="Acme website"))
APP = Sourced("jira", Scope(id="11", key="APP", name="[Birch] app?"))
REPO = Sourced("git", Scope(id="r1", key="site", name="site", kind="repository"))


def project(name, *include, money=()):
    return Project(id=name, name=name, include=include, money=money)


def task(number, scope="10", **more):
    fields = {"key": f"WEB-{number}", "title": "t", "kind": "task", "status": "Open", "state": "todo", **more}
    return Sourced("jira", Task(id=str(number), scope=scope, **fields))


def of(*projects, tasks, milestones=()):
    found = Places(projects, [WEB, APP, REPO], milestones).tasks(tasks)
    return {ref.id: name for ref, name in found.of.items()}


@pytest.mark.parametrize("scope", ["WEB", "web", "Acme website", "10", "*", "Acme*", "W*B"])
def test_a_scope_is_named_by_key_name_or_id_with_stars(scope):
    assert of(project("acme", Include(source="jira", scope=scope)), tasks=[task(1)]) == {"1": "acme"}


def test_brackets_and_question_marks_in_a_name_are_only_letters():
    include = Include(source="jira", scope="[Birch] app?")

    assert of(project("birch", include), tasks=[task(1, "11"), task(2)]) == {"1": "birch"}


def test_another_source_of_the_same_kind_is_not_meant():
    assert of(project("acme", Include(source="other_jira")), tasks=[task(1)]) == {}


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ({"label": "website"}, {"labels": ("Website", "x")}),
        ({"component": "web*"}, {"components": ("Webshop",)}),
        ({"status": "with client"}, {"status": "With client"}),
        ({"milestone": "Launch"}, {"milestones": ("m1",)}),
        ({"milestone": "Sprint 4"}, {"sprints": ("s4",)}),
        ({"parent": "WEB-9"}, {"parent_key": "WEB-9"}),
        ({"parent": "9"}, {"parent": "9"}),
    ],
)
def test_a_rule_narrows_by_label_component_status_milestone_or_parent(rule, fields):
    milestones = [
        Sourced("jira", Milestone(id="m1", scope="10", kind="version", name="Launch", state="open")),
        Sourced("jira", Milestone(id="s4", scope="10", kind="sprint", name="Sprint 4", state="active")),
    ]
    acme = project("acme", Include(source="jira", **rule))

    assert of(acme, tasks=[task(1, **fields), task(2)], milestones=milestones) == {"1": "acme"}


def test_a_parent_rule_takes_the_parent_and_everything_below_it():
    tasks = [task(1), task(2, parent="1"), task(3, parent_key="WEB-2"), task(4), task(5, parent="5")]

    assert of(project("acme", Include(source="jira", parent="WEB-1")), tasks=tasks) == {
        "1": "acme",
        "2": "acme",
        "3": "acme",
    }


def test_a_task_that_two_projects_ask_for_counts_once_and_is_told():
    acme, birch = project("acme", Include(source="jira")), project("birch", Include(source="jira", label="birch"))
    found = Places([acme, birch], [WEB], []).tasks([task(1, labels=("birch",)), task(2)])

    assert list(found.of.values()) == ["birch", "acme"]
    assert found.overlaps == [Overlap(Ref("jira", "tasks", "1"), "birch", ("acme",))]


def test_of_two_equal_rules_the_project_that_is_configured_first_wins():
    first, second = project("first", Include(source="jira", scope="WEB")), project("second", Include(source="jira"))

    assert of(first, second, tasks=[task(1)]) == {"1": "first"}
    assert of(second, first, tasks=[task(1)]) == {"1": "second"}


def test_what_nobody_asked_for_is_left_over():
    places = Places([project("acme", Include(source="jira", scope="WEB"))], [WEB, APP, REPO], [])

    assert places.tasks([task(1), task(2, "11")]).left == [Ref("jira", "tasks", "2")]
    assert places.unclaimed_scopes() == [Ref("git", "scopes", "r1"), Ref("jira", "scopes", "11")]


def test_time_follows_its_task_else_its_scope():
    acme = project("acme", Include(source="jira", scope="WEB"))
    birch = project("birch", Include(source="jira", scope="APP", label="birch"))
    places = Places([acme, birch], [WEB, APP], [])
    tasks = [task(1, "11", labels=("birch",)), task(2, "11")]
    entries = [
        Sourced("jira", TimeEntry(id="on birch task", scope="11", seconds=60, task="1")),
        Sourced("jira", TimeEntry(id="no task", scope="10", seconds=60)),
        Sourced("jira", TimeEntry(id="task of nobody", scope="11", seconds=60, task="2")),
        Sourced("jira", TimeEntry(id="task not held", scope="10", seconds=60, task="77")),
    ]
    found = places.time(entries, places.tasks(tasks).of)

    assert {ref.id: name for ref, name in found.of.items()} == {
        "on birch task": "birch", "no task": "acme", "task not held": "acme",
    }  # fmt: skip
    assert [ref.id for ref in found.left] == ["task of nobody"]


def commit(number, *keys, scope="r1"):
    return Sourced("git", Activity(id=str(number), scope=scope, kind="commit", at=NOW, title="c", keys=keys))


def test_a_commit_belongs_where_its_repository_is_included_else_where_its_keys_point():
    whole = project("acme", Include(source="git", scope="site"), Include(source="jira", scope="WEB"))
    other = project("birch", Include(source="jira", scope="APP"))
    tasks = [task(1), task(2, "11", key="APP-2")]
    commits = [commit(1, "APP-2"), commit(2, "APP-2", scope="r2"), commit(3, scope="r2")]
    places = Places([whole, other], [WEB, APP, REPO], [])
    found = places.activities(commits, places.tasks(tasks).of, tie_activities(commits, tasks))

    assert {ref.id: name for ref, name in found.of.items()} == {"1": "acme", "2": "birch"}
    assert [ref.id for ref in found.left] == ["3"]


def test_in_a_repository_that_two_projects_share_the_named_task_decides():
    first = project("acme", Include(source="git"), Include(source="jira", scope="WEB"))
    second = project("birch", Include(source="git"), Include(source="jira", scope="APP"))
    tasks = [task(1), task(2, "11", key="APP-2")]
    commits = [commit(1, "APP-2"), commit(2)]
    places = Places([first, second], [WEB, APP, REPO], [])
    found = places.activities(commits, places.tasks(tasks).of, tie_activities(commits, tasks))

    assert [found.of[one.ref] for one in commits] == ["birch", "acme"]


def test_a_milestone_belongs_to_the_projects_whose_tasks_point_at_it():
    version = Sourced("jira", Milestone(id="m1", scope="11", kind="version", name="Launch", state="open"))
    own = Sourced("jira", Milestone(id="m2", scope="10", kind="version", name="Design", state="open"))
    acme = project("acme", Include(source="jira", scope="WEB"))
    places = Places([acme], [WEB, APP], [version, own])
    tasks = [task(1, milestones=("m1",))]

    assert places.milestones(tasks, places.tasks(tasks).of) == {
        Ref("jira", "milestones", "m2"): ("acme",),
        Ref("jira", "milestones", "m1"): ("acme",),
    }


def test_a_query_that_makes_no_sense_is_refused_with_the_right_fields():
    with pytest.raises(ConfigError, match=r"projects\.acme\.include.*no field at character 1.*key, title"):
        Places([project("acme", Include(source="jira", query="project = WEB"))], [], [])


def test_the_sources_of_a_project_are_those_it_includes_and_those_it_takes_money_from():
    acme = project("acme", Include(source="jira"), Include(source="git"), money=(MoneyRule(source="xero"),))

    assert Places([acme], [], []).sources_of(acme) == ["jira", "git", "xero"]
