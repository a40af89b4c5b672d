"""The second run: what it asks for, what it finds, and what it must not lose."""

from __future__ import annotations

import datetime as dt

import pytest

from plugins.jira import expected
from plugins.jira.worlds import log, site
from sightline.collect.passes import Rules
from sightline.sandbox.edits import Edits
from sightline.sandbox.schedule import Schedule
from sightline.sandbox.vendor import json_reply
from sightline.sdk import Activity, Change, Milestone, Task, TimeEntry
from sightline.testing import collect
from sightline_jira.connector import Jira

HOUR = dt.timedelta(hours=1)


def paths(vendor, since=0):
    return [call.path.rsplit("/rest/", 1)[1] for call in vendor.calls[since:]]


def again(vendor, first, **more):
    """A run after `first`; the made-up time moves ten minutes, so that the feeds show what was hidden."""
    vendor.world.now += dt.timedelta(minutes=10)
    return collect(Jira, vendor, keeper=first.keeper, **more)


def task_of(vendor, title):
    return next(task for task in vendor.world.tasks if task.title.startswith(title))


def of_living_tasks(found, kind):
    """Changes, comments and time entries; what hung on a deleted issue is the store's to hide."""
    return {id_: record for id_, record in found.records(kind).items() if record.task in found.records(Task)}


def test_a_run_without_changes_makes_three_requests_and_reads_nothing(vendor):
    first = collect(Jira, vendor)
    second = collect(Jira, vendor, keeper=first.keeper)

    assert second.requests == 3
    assert (second.outcome.status, second.outcome.counts.read) == ("complete", 0)


def test_an_edit_is_found_and_only_it_and_the_newest_of_the_last_run_are_fetched(cloud):
    first = collect(Jira, cloud)
    before, crash, newest = len(cloud.calls), task_of(cloud, "Crash"), task_of(cloud, "Guests")
    Edits(cloud.world, by="ann").retitle(crash, "Crash on start")

    second = again(cloud, first)

    fetched = [call.json()["issueIdsOrKeys"] for call in cloud.calls[before:] if call.path.endswith("issue/bulkfetch")]
    assert fetched == [[str(newest.number), str(crash.number)]]
    assert second.outcome.counts.changed == 1
    assert second.records(Task)[str(crash.number)].title == "Crash on start"


def test_a_cleared_assignee_is_cleared(vendor):
    first = collect(Jira, vendor)
    Edits(vendor.world, by="ann").set(task_of(vendor, "Crash"), "assignee", None)

    second = again(vendor, first)

    assert second.records(Task)[str(task_of(vendor, "Crash").number)].assignees == ()


def test_an_edit_in_the_last_minute_of_the_first_run_is_not_lost(vendor):
    first = collect(Jira, vendor)
    crash = task_of(vendor, "Crash")
    crash.title, crash.updated_at = "Edited in the same second", max(t.updated_at for t in vendor.world.tasks)

    second = again(vendor, first)

    assert second.records(Task)[str(crash.number)].title == "Edited in the same second"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo", "Asia/Kathmandu", "Pacific/Kiritimati"])
def test_the_zone_of_the_profile_neither_hides_an_edit_nor_reads_all_again(zone):
    vendor = site("cloud")
    vendor.source.timezone = zone
    first = collect(Jira, vendor)
    crash = task_of(vendor, "Crash")
    Edits(vendor.world, by="ann").retitle(crash, "seen")

    second = again(vendor, first)

    assert second.records(Task)[str(crash.number)].title == "seen"
    assert second.outcome.counts.changed == 1
    assert second.outcome.counts.read <= 2


def test_an_edit_in_the_hour_that_autumn_repeats_is_not_lost():
    vendor = site("cloud")
    vendor.source.timezone = "Europe/London"
    first_pass = dt.datetime(2026, 10, 25, 0, 20, tzinfo=dt.UTC)  # 01:20 summer time; an hour later it is 01:20 again
    for task in vendor.world.tasks:
        task.updated_at = min(task.updated_at, first_pass - HOUR)
    vendor.world.times.clear()
    task_of(vendor, "Fax").updated_at = first_pass
    vendor.world.now = first_pass + dt.timedelta(minutes=1)
    first = collect(Jira, vendor)
    crash = task_of(vendor, "Crash")
    Edits(vendor.world, by="ann").retitle(crash, "between the two")

    second = again(vendor, first)

    assert second.records(Task)[str(crash.number)].title == "between the two"


def test_another_profile_zone_reads_everything_again(cloud):
    first = collect(Jira, cloud)
    cloud.source.timezone = "Asia/Tokyo"
    cloud.world.now += HOUR
    crash = task_of(cloud, "Crash")
    crash.title, crash.updated_at = "missed while nobody knew", cloud.world.now - 2 * HOUR

    second = again(cloud, first)

    assert second.records(Task)[str(crash.number)].title == "missed while nobody knew"


def test_a_project_chosen_later_brings_its_old_issues(vendor):
    first = collect(Jira, vendor, scopes=("WEB",))
    assert not [t for t in first.records(Task).values() if t.key.startswith("AND-")]

    second = again(vendor, first, scopes=("WEB", "AND"))

    assert [t.key for t in second.records(Task).values() if t.key.startswith("AND-")] == ["AND-1"]
    assert "800" in second.records(TimeEntry)


def test_time_written_edited_and_deleted_since_is_told_by_the_feeds(vendor):
    first = collect(Jira, vendor)
    edits, crash = Edits(vendor.world, by="ann"), task_of(vendor, "Crash")
    new = edits.add_time(crash, 600, note="new")
    edits.edit_time(next(e for e in vendor.world.times if e.number == 701), 60)
    edits.delete_time(next(e for e in vendor.world.times if e.number == 702))

    second = again(vendor, first)

    found = second.records(TimeEntry)
    assert found[str(new.number)].seconds == 600
    assert found["701"].seconds == 60
    assert "702" not in found
    assert found == expected.times(vendor.world, "jira")


def test_time_on_an_issue_that_was_not_read_yet_counts_at_once(cloud):
    first = collect(Jira, cloud)
    edits = Edits(cloud.world, by="ann")
    fresh = edits.add_task(cloud.world.places[0], "Brand new")
    entry = edits.add_time(fresh, 900)
    cloud.world.now += dt.timedelta(minutes=5)
    # The index does not know the issue yet, so only the feed tells of it.
    cloud.source.options["lag_s"] = 3600

    second = collect(Jira, cloud, keeper=first.keeper)

    assert str(fresh.number) not in second.records(Task)
    assert second.records(TimeEntry)[str(entry.number)].scope == "10001"
    cloud.source.options["lag_s"] = 0
    assert str(fresh.number) in again(cloud, second).records(Task)


def test_time_in_projects_that_were_not_chosen_is_left_out(vendor):
    first = collect(Jira, vendor, scopes=("AND",))
    entry = Edits(vendor.world, by="ann").add_time(task_of(vendor, "Guests"), 900)

    second = again(vendor, first, scopes=("AND",))

    assert set(second.records(TimeEntry)) == {"800"}
    assert str(entry.number) not in second.records(TimeEntry)


def test_the_feeds_go_on_page_by_page_and_do_not_follow_the_next_page_of_the_last_one(vendor):
    vendor.source.options["feed_page"] = 2
    first = collect(Jira, vendor)
    edits, crash = Edits(vendor.world, by="ann"), task_of(vendor, "Crash")
    made = [edits.add_time(crash, 60 * n) for n in range(1, 6)]

    second = again(vendor, first)
    before = len(vendor.calls)
    third = again(vendor, second)

    assert {str(e.number) for e in made} <= set(second.records(TimeEntry))
    assert third.requests == 3 + len([p for p in paths(vendor, before) if "/status" in p])


def test_a_thousand_worklogs_of_one_moment_are_told_not_lost(cloud):
    first = collect(Jira, cloud)
    cloud.source.options["feed_page"] = 1000
    crash, moment = task_of(cloud, "Crash"), cloud.world.now
    for n in range(1001):
        log(cloud.world, crash, 20_000 + n, "11-12 09:00", 60).updated_at = moment

    second = again(cloud, first)

    assert second.outcome.status == "incomplete"
    assert any("1000 worklogs carry one and the same change time" in reason for reason in second.outcome.reasons)
    assert len([e for e in second.records(TimeEntry).values() if e.seconds == 60]) == 0


def test_a_deleted_issue_is_noticed_by_the_daily_census(vendor):
    first = collect(Jira, vendor)
    gone = task_of(vendor, "Fax")
    Edits(vendor.world, by="ann").delete(gone)
    vendor.world.now += 25 * HOUR

    second = again(vendor, first)

    assert str(gone.number) not in second.records(Task)
    assert len(second.records(Task)) == len(first.records(Task))


def test_an_issue_moved_to_another_project_keeps_its_id_and_its_time(vendor):
    first = collect(Jira, vendor)
    moved = task_of(vendor, "Guests")
    moved.kind = "task"
    Edits(vendor.world, by="ann").move(moved, vendor.world.places[1])

    second = again(vendor, first)

    task = second.records(Task)[str(moved.number)]
    assert (task.key, task.scope) == (moved.key, "10002")
    assert {e.scope for e in second.records(TimeEntry).values() if e.task == task.id} == {"10002"}
    assert [c.to_value for c in second.records(Change).values() if c.field == "scope"] == ["10002"]


def test_an_issue_moved_out_of_the_chosen_projects_is_gone_with_its_time(vendor):
    first = collect(Jira, vendor, scopes=("WEB",))
    moved = task_of(vendor, "Guests")
    Edits(vendor.world, by="ann").move(moved, vendor.world.places[1])
    vendor.world.now += 25 * HOUR

    second = again(vendor, first, scopes=("WEB",))

    assert str(moved.number) not in second.records(Task)
    assert not [e for e in second.records(TimeEntry).values() if e.task == str(moved.number)]


def test_a_deleted_comment_vanishes_with_the_next_reading_of_its_issue(vendor):
    first = collect(Jira, vendor)
    crash = task_of(vendor, "Crash")
    Edits(vendor.world, by="ann").unsay(crash, crash.comments[0])

    assert again(vendor, first).records(Activity) == {}


def test_versions_and_sprints_are_read_again_after_an_hour_not_before(vendor):
    first = collect(Jira, vendor)
    version = vendor.world.targets[0]
    version.due_on = dt.date(2027, 1, 31)

    soon = again(vendor, first).records(Milestone)
    vendor.world.now += HOUR
    later = again(vendor, first).records(Milestone)

    assert soon["10101"].due_on == dt.date(2026, 12, 15)
    assert later["10101"].due_on == dt.date(2027, 1, 31)


def test_a_sprint_that_was_deleted_is_gone_and_versions_stay(vendor):
    first = collect(Jira, vendor)
    vendor.world.targets = [t for t in vendor.world.targets if t.number != 103]
    for task in vendor.world.tasks:
        task.sprints = [s for s in task.sprints if s.number != 103]

    second = again(vendor, first, rules=Rules(full=True))

    assert set(second.records(Milestone)) == {"10101", "10102", "sprint-104"}


def test_a_page_that_fails_half_way_keeps_the_cursor_where_it_was(cloud):
    first = collect(Jira, cloud)
    crash = task_of(cloud, "Crash")
    Edits(cloud.world, by="ann").retitle(crash, "after the failure")
    cloud.script.append(lambda _, call: json_reply({}, 500) if call.path.endswith("bulkfetch") else None)
    broken = again(cloud, first)
    cloud.script.clear()

    mended = again(cloud, broken)

    assert broken.outcome.status == "incomplete"
    assert mended.records(Task)[str(crash.number)].title == "after the failure"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("flavour", ["cloud", "datacenter"])
def test_after_any_edits_the_store_is_that_of_a_fresh_run(flavour, seed):
    vendor = site(flavour)
    # Nobody can edit or move anything in an archived project.
    vendor.world.places[2].archived = False
    found = collect(Jira, vendor)
    schedule = Schedule(vendor.world, seed, sources=("jira",))
    schedule.edits.by = "ann"
    for _ in range(4):
        schedule.run(5)
        found = again(vendor, found)
    vendor.world.now += 25 * HOUR

    found = again(vendor, found)
    fresh = collect(Jira, vendor)

    assert found.records(Task) == fresh.records(Task), schedule.done
    assert found.records(TimeEntry) == fresh.records(TimeEntry), schedule.done
    for kind in (Change, Activity):
        assert of_living_tasks(found, kind) == fresh.records(kind), schedule.done
