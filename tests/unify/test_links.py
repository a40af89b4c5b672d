"""What is tied to what."""

from __future__ import annotations

import datetime as dt

from sightline.model.facts import Sourced
from sightline.model.records import Activity, Link, Task
from sightline.model.refs import Ref
from sightline.unify.links import Tie, tie_activities, tie_links

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
