"""What is odd about Redmine, on the made-up one: rights, modules, windows of time, hours, states, journals."""

from __future__ import annotations

import datetime as dt

import pytest

from sightline.sandbox.edits import Edits
from sightline.sandbox.world import World
from sightline.sdk import Account, Activity, Change, Link, Task, TimeEntry
from sightline.testing import collect
from sightline.testing.kit.world import contract_world
from sightline_redmine.config import RedmineSettings
from sightline_redmine.connector import RedmineConnector
from sightline_redmine.sandbox import RedmineSandbox


@pytest.fixture
def world() -> World:
    return contract_world("redmine")


@pytest.fixture
def vendor(world) -> RedmineSandbox:
    return RedmineSandbox(world, world.sources["desk"])


def later(vendor, **delta):
    vendor.world.now += dt.timedelta(**delta)


def test_without_an_administrator_s_key_people_are_known_by_name(world, vendor):
    world.sources["desk"].options["admin"] = False
    found = collect(RedmineConnector, vendor)

    assert found.outcome.status == "complete"
    assert {a.id: (a.name, a.email) for a in found.records(Account).values()} == {
        "5": ("Maria Lind", None),
        "6": ("Owen Brandt", None),
        "7": ("Priya Nair", None),
        "8": ("Carl Öst", None),
    }


def test_a_project_without_a_module_is_complete_without_it(world, vendor):
    world.sources["desk"].options["modules_off"] = {"app": ["issue_tracking"], "web": ["time_tracking"]}
    found = collect(RedmineConnector, vendor)

    assert (found.outcome.status, found.outcome.reasons) == ("complete", [])
    assert {task.scope for task in found.records(Task).values()} == {"1", "3"}
    assert {entry.scope for entry in found.records(TimeEntry).values()} == {"2", "3"}


def test_a_lost_right_is_not_a_switched_off_module(world, vendor):
    first = collect(RedmineConnector, vendor)
    before = first.records(Task)
    vendor._in_project = _refusing(vendor._in_project)
    second = collect(RedmineConnector, vendor, keeper=first.keeper)

    assert second.outcome.status == "incomplete"
    assert "issues of app" in second.outcome.reason
    assert second.records(Task) == before


def _refusing(real):
    from sightline.sandbox.vendor import Reply

    return lambda call, module: Reply(403) if call.query.get("project_id") == "2" else real(call, module)


def test_time_logged_long_after_the_day_is_found_by_the_count_of_old_entries(world, vendor):
    first = collect(RedmineConnector, vendor)
    task = world.tasks[3]
    touched = task.updated_at
    Edits(world).add_time(task, 1800, started_at=dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC))
    task.updated_at = touched  # Redmine does not touch the issue
    second = collect(RedmineConnector, vendor, keeper=first.keeper)

    assert sum(e.seconds for e in second.records(TimeEntry).values()) == sum(e.seconds for e in world.times)
    assert second.outcome.counts.new == 1


def test_a_run_without_old_news_reads_the_window_only(world, vendor):
    first = collect(RedmineConnector, vendor, time_window_days=10)
    asked = len(vendor.calls)
    collect(RedmineConnector, vendor, keeper=first.keeper, time_window_days=10)

    listed = [c.query for c in vendor.calls[asked:] if c.path == "/time_entries.json" and "sort" in c.query]
    assert {query.get("from") for query in listed} == {"2026-11-10"}


def test_an_edited_old_entry_is_found_within_a_day(world, vendor):
    first = collect(RedmineConnector, vendor)
    Edits(world).edit_time(world.times[0], 36)
    later(vendor, hours=25)
    second = collect(RedmineConnector, vendor, keeper=first.keeper)

    assert second.records(TimeEntry)[str(world.times[0].number)].seconds == 36


def test_hours_are_exact_to_the_hundredth(world, vendor):
    Edits(world).add_time(world.tasks[0], 4788)  # 1.33 h
    entries = collect(RedmineConnector, vendor).records(TimeEntry)

    assert entries[str(world.times[-1].number)].seconds == 4788


def test_a_deleted_note_goes(world, vendor):
    first = collect(RedmineConnector, vendor)
    before = len(first.records(Activity))
    task = next(task for task in world.tasks if task.comments)
    Edits(world).unsay(task, task.comments[0])
    second = collect(RedmineConnector, vendor, keeper=first.keeper)

    assert before - len(second.records(Activity)) == 1


def test_issues_edited_while_the_list_is_read_push_none_over_the_edge(world, vendor):
    vendor.page_cap = 4
    edits = Edits(world)

    def edit(_vendor, call):
        # Each page of the list makes the oldest issue the newest one.
        if call.path == "/issues.json" and call.query.get("project_id") == "1":
            edits.retitle(min(world.tasks[:18], key=lambda t: t.updated_at), f"edited {world.now:%H:%M}")

    vendor.script.append(edit)
    first = collect(RedmineConnector, vendor)
    read = len(first.records(Task))
    vendor.script.clear()
    second = collect(RedmineConnector, vendor, keeper=first.keeper)

    assert read == 32
    assert second.records(Task) == collect(RedmineConnector, vendor).records(Task)


def test_the_history_off_switch_spares_the_calls(world, vendor):
    found = collect(RedmineConnector, vendor, history=False)

    assert found.records(Change) == {}
    assert [call.path for call in vendor.calls if call.path.startswith("/issues/")] == []
    assert len(found.records(Link)) == 7


def test_a_status_that_redmine_does_not_list_is_unknown(world, vendor):
    world.places[0].statuses.append(("Validating", "unknown"))
    Edits(world).set(world.tasks[0], "status", "Validating")
    task = collect(RedmineConnector, vendor).records(Task)["1"]

    assert (task.status, task.state, task.completed_at) == ("Validating", "unknown", None)


@pytest.mark.parametrize("token", ["with space", "with\nline", "schlüssel", ""])
def test_a_key_that_could_break_the_header_is_refused_unseen(token):
    with pytest.raises(ValueError) as refused:
        RedmineSettings(site="https://redmine.example.com", token=token)

    assert "letters and digits" in str(refused.value)
    assert not token or token not in str(refused.value)
