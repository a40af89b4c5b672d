"""History has two times: when it was so at the source, and when we learnt it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.model.records import Account, Change, Milestone, Scope
from store.examples import MONDAY, TUESDAY, WEDNESDAY, exported, page, task


def told(store):
    return {row["field"]: (row["from"], row["to"]) for row in exported(store, "changes")}


def test_a_status_step_carries_both_states_and_both_times(store):
    store.land(page(task()))

    store.land(page(task(status="Done", state="done", updated_at=TUESDAY), learnt_at=WEDNESDAY))

    assert exported(store, "changes") == [
        {
            "source": "jira",
            "task": "WEB-1",
            "field": "status",
            "from": "Open",
            "to": "Done",
            "from_state": "todo",
            "to_state": "done",
            "at": "2026-11-03T09:00:00Z",
            "by": None,
            "learnt_at": "2026-11-04T09:00:00Z",
            "removed_at": None,
        }
    ]


def test_without_an_update_time_a_step_is_dated_when_it_was_learnt(store):
    store.land(page(task()))
    store.land(page(task(points=Decimal(5)), learnt_at=WEDNESDAY))

    assert [(row["field"], row["at"]) for row in exported(store, "changes")] == [("points", "2026-11-04T09:00:00Z")]


def test_every_tracked_field_makes_a_step_told_in_words(store):
    store.land(
        page(
            Scope(id="s1", key="WEB", name="Website"),
            Scope(id="s2", key="APP", name="App"),
            Account(id="a1", name="Maria"),
            Milestone(id="m1", scope="s1", kind="version", name="1.0", state="open"),
            Milestone(id="m2", scope="s1", kind="sprint", name="Sprint 1", state="active"),
            task("9", key="WEB-9"),
            task("1"),
        )
    )

    store.land(
        page(
            task(
                scope="s2",
                due_on=dt.date(2026, 12, 1),
                assignees=("a1", "a2"),
                estimate_seconds=7200,
                points=Decimal("0.5"),
                sprints=("m2",),
                parent="9",
                milestones=("m1",),
                archived=True,
            )
        )
    )

    assert told(store) == {
        "scope": ("WEB", "APP"),
        "due_on": (None, "2026-12-01"),
        "assignee": (None, "Maria, a2"),
        "estimate": (None, "7200"),
        "points": (None, "0.5"),
        "sprint": (None, "Sprint 1"),
        "parent": (None, "WEB-9"),
        "milestone": (None, "1.0"),
        "archived": ("false", "true"),
    }


def test_steps_that_the_vendor_records_are_not_derived(store):
    by_vendor = frozenset({"status"})
    store.land(page(task(), history_by_vendor=by_vendor))

    store.land(page(task(status="Done", state="done", points=Decimal(1)), history_by_vendor=by_vendor))

    assert told(store) == {"points": (None, "1")}


def test_a_vendors_step_is_kept_once_with_the_moment_it_was_first_learnt(store):
    step = Change(id="h1", task="1", field="status", at=MONDAY, from_value="A", to_value="B")
    store.land(page(step, learnt_at=TUESDAY))

    store.land(page(step, learnt_at=WEDNESDAY))

    assert [(row["to"], row["learnt_at"]) for row in exported(store, "changes")] == [("B", "2026-11-03T09:00:00Z")]


def test_points_written_with_another_number_of_zeros_are_no_step(store):
    store.land(page(task(points=Decimal("2.0"))))
    store.land(page(task(points=Decimal(2))))

    assert told(store) == {}


def test_a_new_key_leaves_the_old_one_as_another_name(store):
    store.land(page(task(key="OLD-500")))

    store.land(page(task(key="NEW-1")))

    assert store.old_keys("jira") == {"OLD-500": "1"}
