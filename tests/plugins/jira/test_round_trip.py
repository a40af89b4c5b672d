"""World → what Jira shows → connector → records: they say what the world says, on Cloud and on Data Center."""

from __future__ import annotations

import pytest

from plugins.jira import expected
from plugins.jira.worlds import site
from sightline.sandbox.build import build_world
from sightline.sdk import Account, Activity, Change, Link, Milestone, Scope, Task, TimeEntry
from sightline.testing import collect
from sightline_jira.connector import Jira
from sightline_jira.sandbox import JiraSandbox


def _story(source):
    world = build_world(7, 0.3)
    return JiraSandbox(world, world.sources[source])


SITES = {
    "small, Cloud": lambda: site("cloud"),
    "small, Data Center": lambda: site("datacenter"),
    "the story, Cloud": lambda: _story("acme_jira"),
    "the story, Data Center": lambda: _story("dune_jira"),
}


@pytest.fixture(scope="module", params=SITES)
def run(request):
    vendor = SITES[request.param]()
    return vendor, collect(Jira, vendor)


def test_the_run_is_complete_and_skips_nothing(run):
    _, found = run

    assert (found.outcome.status, found.outcome.skipped) == ("complete", [])


def test_every_project_becomes_a_scope(run):
    vendor, found = run

    assert found.records(Scope) == expected.scopes(vendor.world, vendor.source.name, vendor.base)


def test_every_issue_becomes_a_task_with_all_its_fields(run):
    vendor, found = run
    wanted = expected.tasks(vendor.world, vendor.source.name, vendor.base)
    if not vendor.cloud:
        # Data Center keeps archived projects out of its index.
        wanted = {id_: task for id_, task in wanted.items() if not task.key.startswith("OLD-")}

    assert found.records(Task) == wanted


def test_every_step_of_a_history_becomes_a_change(run):
    vendor, found = run

    assert expected.told_changes(found.records(Change)) == expected.changes(vendor.world, vendor.source.name)


def test_every_worklog_becomes_a_time_entry(run):
    vendor, found = run

    assert found.records(TimeEntry) == expected.times(vendor.world, vendor.source.name)


def test_every_comment_becomes_an_activity(run):
    vendor, found = run

    assert found.records(Activity) == expected.comments(vendor.world, vendor.source.name, vendor.base)


def test_every_link_is_told_once(run):
    vendor, found = run

    assert expected.link_ends(found.records(Link)) == expected.links(vendor.world, vendor.source.name)
    assert len(found.records(Link)) == len(expected.links(vendor.world, vendor.source.name))


def test_every_version_and_sprint_becomes_a_milestone(run):
    vendor, found = run

    assert found.records(Milestone) == expected.milestones(vendor.world, vendor.source.name, vendor.base)


def test_everybody_met_becomes_an_account_as_jira_shows_them(run):
    vendor, found = run
    seen = found.records(Account)

    assert seen == expected.accounts(vendor.world, vendor.source.name, seen)
    assert {t.reporter for t in found.records(Task).values()} - {None} <= set(seen)


def test_no_hour_is_lost_and_none_is_doubled(run):
    vendor, found = run

    hours = sum(entry.seconds for entry in found.records(TimeEntry).values())

    assert hours == sum(entry.seconds for entry in vendor.world.times_of(vendor.source.name))
    assert hours == sum(task.spent_seconds or 0 for task in found.records(Task).values())
