"""What is tied to what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.model.facts import Sourced
from sightline.model.portfolio import LinkRule
from sightline.model.records import Activity, Document, Line, Link, Task, TimeEntry
from sightline.model.refs import Ref
from sightline.unify.links import (
    Homes,
    Names,
    Tie,
    mentions,
    tie_activities,
    tie_lines,
    tie_links,
    tie_time,
)

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def task(key, source="jira", url=None):
    fields = {"scope": "WEB", "title": "t", "kind": "task", "status": "Open", "state": "todo"}
    return Sourced(source, Task(id=f"id-{key}", key=key, url=url, **fields))


def commit(number, *keys, source="git", task=None):
    return Sourced(source, Activity(id=str(number), scope="r", kind="commit", at=NOW, title="c", keys=keys, task=task))


def origin(number, source="git"):
    return Ref(source, "activity", str(number))


def target(key, source="jira"):
    return Ref(source, "tasks", f"id-{key}")


def test_a_commit_is_tied_to_every_task_it_names_once():
    found = tie_activities([commit(1, "WEB-1", "web-2", "WEB-1", "NOPE-9")], [task("WEB-1"), task("WEB-2")])

    assert found.ties == [Tie(origin(1), target("WEB-1"), "key"), Tie(origin(1), target("WEB-2"), "key")]
    assert found.ambiguous == []


def test_a_key_that_two_sites_have_ties_to_neither_and_is_told():
    found = tie_activities([commit(1, "WEB-1")], [task("WEB-1"), task("WEB-1", "other")])

    assert found.ties == []
    assert found.ambiguous == [(origin(1), "WEB-1", (target("WEB-1"), target("WEB-1", "other")))]


def test_a_comments_own_source_decides_between_two_sites():
    found = tie_activities([commit(1, "WEB-1", source="other")], [task("WEB-1"), task("WEB-1", "other")])

    assert found.ties == [Tie(origin(1, "other"), target("WEB-1", "other"), "key")]


def test_an_activity_on_a_task_is_tied_by_its_id():
    found = tie_activities([commit(1, source="jira", task="id-WEB-1")], [task("WEB-1")])

    assert found.ties == [Tie(origin(1, "jira"), target("WEB-1"), "id")]


def test_links_tie_by_id_address_or_key_and_other_addresses_are_no_tie():
    tasks = [task("WEB-1"), task("WEB-2", url="https://x.example/2"), task("#34", "github")]
    links = [
        Link(id="1", from_task="id-WEB-1", to="id-WEB-2", kind="blocks"),
        Link(id="2", from_task="id-WEB-1", to="https://x.example/2/", kind="url"),
        Link(id="3", from_task="id-WEB-1", to="#34", kind="closes"),
        Link(id="4", from_task="id-WEB-1", to="https://elsewhere.example", kind="url"),
    ]
    found = tie_links([Sourced("jira", link) for link in links], tasks)

    assert found.ties == [
        Tie(target("WEB-1"), target("WEB-2"), "id", "blocks"),
        Tie(target("WEB-1"), target("WEB-2"), "address", "url"),
        Tie(target("WEB-1"), target("#34", "github"), "key", "closes"),
    ]


def test_a_text_names_tasks_by_address_by_key_and_by_repository_number():
    text = "See https://x.example/c/9, northgate/site#34 and WEB-12; not #5, not a-b-1, not UTF-8x"

    assert mentions(text) == ["https://x.example/c/9,", "northgate/site#34", "WEB-12"]
    assert mentions(None) == []


def test_a_key_of_two_sites_is_decided_by_the_project_the_repository_belongs_to():
    tasks = [task("WEB-1"), task("WEB-1", "other")]
    homes = Homes(lambda _source, scope: "web" if scope == "r" else None, {target("WEB-1", "other"): "web"})

    assert tie_activities([commit(1, "WEB-1")], Names(tasks), homes=homes).ties == [
        Tie(origin(1), target("WEB-1", "other"), "key")
    ]


def test_a_key_from_before_a_move_still_names_the_task_unless_another_has_it_now():
    old = {("jira", "OLD-7"): "id-WEB-1", ("jira", "WEB-2"): "id-WEB-1"}
    names = Names([task("WEB-1"), task("WEB-2")], (), old)

    assert tie_activities([commit(1, "OLD-7")], names).ties == [Tie(origin(1), target("WEB-1"), "key")]
    assert names.by_key("WEB-2", "git") == (target("WEB-2"),)


def test_time_is_tied_by_the_tools_key_by_its_note_and_by_rule():
    def entry(number, **more):
        return Sourced("toggl", TimeEntry(id=str(number), scope="s", seconds=60, **more))

    entries = [entry(1, task_key="WEB-1"), entry(2, note="fix web-2"), entry(3, note="Homepage talk"), entry(4)]
    rules = [LinkRule(source="toggl", text="homepage*", task="jira:WEB-1")]
    found = tie_time(entries, [task("WEB-1"), task("WEB-2")], rules)

    assert [(tie.origin.id, tie.task.id, tie.how) for tie in found.ties] == [
        ("1", "id-WEB-1", "key"),
        ("2", "id-WEB-2", "key"),
        ("3", "id-WEB-1", "rule"),
    ]


def test_invoice_lines_are_tied_to_the_tasks_they_name():
    lines = (
        Line(id="l1", amount=Decimal(100), description="WEB-1: homepage, https://x.example/2."),
        Line(id="l2", amount=Decimal(50), description="Travel"),
    )
    fields = {"scope": "o", "kind": "invoice", "status": "PAID", "currency": "GBP"}
    invoice = Sourced("xero", Document(id="d", reference="WEB-2", lines=lines, **fields))
    found = tie_lines([invoice], [task("WEB-1"), task("WEB-2", url="https://x.example/2")])

    assert [(tie.part, tie.task.id, tie.how) for tie in found.ties] == [
        ("", "id-WEB-2", "key"),
        ("l1", "id-WEB-1", "key"),
        ("l1", "id-WEB-2", "address"),
    ]
