"""What is live, and how what is not there any more is marked."""

from __future__ import annotations

import pytest

from sightline.collect.keeper import Keeper
from sightline.errors import ContractError
from sightline.model.records import Account, ChecklistItem, Record, Scope, Task, TimeEntry
from store.examples import MONDAY, TUESDAY, entry, exported, page, task


def test_the_store_keeps_what_the_collector_needs_kept(store):
    keeper: Keeper = store

    keeper.land(page(task("1"), checkpoint={"newest": "x"}))

    assert keeper.checkpoint("jira", "issues", "s1") == {"newest": "x"}
    assert keeper.live_ids("jira", Task, "s1", "issues") == {"1"}


def test_live_ids_are_those_of_the_scope_and_the_stream(store):
    store.land(page(task("1"), task("2", scope="s2")))
    store.land(page(task("3"), stream="pulls"))

    assert store.live_ids("jira", Task, "s1", "issues") == {"1"}
    assert store.live_ids("jira", Task, "s1") == {"1", "3"}
    assert store.live_ids("jira", Task) == {"1", "2", "3"}
    assert store.count_live("jira", Task, "s1") == 2
    assert store.live_ids("other", Task) == set()


def test_a_record_belongs_to_the_stream_that_delivered_it_last(store):
    store.land(page(task("1"), stream="issues"))

    counts = store.land(page(task("1"), stream="pulls"))

    assert counts.same == 1
    assert store.live_ids("jira", Task, "s1", "issues") == set()
    assert store.live_ids("jira", Task, "s1", "pulls") == {"1"}


def test_what_has_no_scope_of_its_own_goes_by_its_task(store):
    item = ChecklistItem(id="i", task="1", list="L", title="T", state="open")
    store.land(page(task("1"), item, Account(id="a", name="A"), Scope(id="s1", key="WEB", name="W")))

    assert store.live_ids("jira", ChecklistItem, "s1") == {"i"}
    assert store.live_ids("jira", ChecklistItem, "s2") == set()
    assert store.live_ids("jira", Account, "s1") == set()
    assert store.live_ids("jira", Account) == {"a"}


def test_a_tombstone_is_set_once_and_only_on_the_living(store):
    store.land(page(task("1"), task("2")))

    assert store.tombstone("jira", Task, {"1", "nobody"}, learnt_at=MONDAY) == 1
    assert store.tombstone("jira", Task, {"1"}, learnt_at=TUESDAY) == 0
    assert [row["removed_at"] for row in exported(store, "tasks")] == ["2026-11-02T09:00:00Z", None]
    assert store.live_ids("jira", Task) == {"2"}


def test_records_are_loaded_by_scope_id_or_parent(store):
    store.land(page(entry("1", task="a"), entry("2", task="b"), entry("3", scope="s2", task="a")))

    def ids(**which):
        return [found.record.id for found in store.load(TimeEntry, "jira", **which)]

    assert ids() == ["1", "2", "3"]
    assert ids(scope="s1") == ["1", "2"]
    assert ids(ids=["3", "1", "3", "x"]) == ["1", "3"]
    assert ids(parents=["a"]) == ["1", "3"]
    assert ids(scope="s2", parents=["a"]) == ["3"]
    assert ids(ids=[]) == []


def test_removed_records_are_loaded_only_when_asked_for(store):
    store.land(page(task("1"), task("2")))
    store.tombstone("jira", Task, ["1"], learnt_at=MONDAY)

    assert [found.record.id for found in store.load(Task, "jira")] == ["2"]
    assert [found.record.id for found in store.load(Task, "jira", removed=True)] == ["1", "2"]


@pytest.mark.parametrize(
    "which", [{"scope": "s1"}, {"source": "jira", "ids": [], "parents": []}, {"source": "jira", "parents": ["x"]}]
)
def test_a_question_without_an_answer_is_refused(store, which):
    with pytest.raises(ContractError):
        list(store.load(Task, **which))


def test_what_is_no_kind_of_record_is_refused(store):
    with pytest.raises(ContractError, match="Record is no kind of record"):
        store.live_ids("jira", Record)
