"""A plug-in from outside, installed without network, collects by name; core knows nothing of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sightline.sdk import Account, Milestone, Scope, Task, TimeEntry
from sightline.testing import collect

from .conftest import HERE, KEY, RecordedRedmine

SEEDED = dt.datetime(2026, 11, 22, 7, 39, 58, tzinfo=dt.UTC)


def test_issues_keep_hierarchy_state_people_dates_and_estimates(redmine):
    tasks = collect(redmine, RecordedRedmine()).records(Task)

    assert tasks["2"] == Task(
        id="2",
        scope="1",
        key="#2",
        title="Login",
        kind="feature",
        status="Closed",
        state="done",
        url="https://redmine.test/desk/issues/2",
        created_at=SEEDED,
        updated_at=SEEDED,
        completed_at=SEEDED,
        start_on=dt.date(2026, 11, 2),
        due_on=dt.date(2026, 11, 13),
        assignees=("5",),
        reporter="1",
        parent="1",
        priority="Normal",
        estimate_seconds=16 * 3600,
        milestones=("1",),
    )
    assert {i: (t.parent, t.state) for i, t in tasks.items()} == {
        "1": (None, "in_progress"),
        "2": ("1", "done"),
        "3": ("1", "in_progress"),
        "4": (None, "in_progress"),
        "5": (None, "todo"),
    }
    assert tasks["1"].estimate_seconds is None


def test_all_the_hours_arrive_exactly(redmine):
    entries = collect(redmine, RecordedRedmine()).records(TimeEntry)

    assert len(entries) == 10
    assert sum(entry.seconds for entry in entries.values()) == 150_300  # 41.75 h
    assert entries["9"] == TimeEntry(
        id="9",
        scope="1",
        seconds=1800,
        day=dt.date(2026, 11, 20),
        task="5",
        account="6",
        note="seed 9",
        updated_at=SEEDED + dt.timedelta(seconds=1),
    )


def test_projects_versions_and_people_arrive(redmine):
    found = collect(redmine, RecordedRedmine())

    assert found.outcome.status == "complete"
    assert found.records(Scope)["1"] == Scope(id="1", key="apollo", name="Apollo")
    assert found.records(Milestone)["1"].due_on == dt.date(2026, 12, 18)
    assert {a.id: (a.name, a.email) for a in found.records(Account).values()} == {
        "1": ("Redmine Admin", "admin@example.net"),
        "5": ("Ana Silva", "ana@example.com"),
        "6": ("Ben Okoye", "ben@example.com"),
    }


def test_a_small_page_cap_changes_nothing(redmine):
    assert collect(redmine, RecordedRedmine(most=2)).keeper.rows == collect(redmine, RecordedRedmine()).keeper.rows


def test_a_key_without_administrators_rights_still_reads_the_work(redmine):
    found = collect(redmine, RecordedRedmine(admin=False))

    assert (len(found.records(Task)), len(found.records(Account)), found.outcome.status) == (5, 0, "complete")


def test_a_changed_issue_is_read_again_and_a_deleted_one_takes_its_hours_along(redmine):
    vendor = RecordedRedmine()
    first = collect(redmine, vendor)
    issue = next(row for row in vendor.rows("issues") if row["id"] == 5)
    issue |= {"subject": "Training day", "updated_on": "2026-11-22T09:00:00Z"}
    vendor.lists["issues"]["issues"] = [row for row in vendor.rows("issues") if row["id"] != 4]
    vendor.lists["time_entries"]["time_entries"] = [r for r in vendor.rows("time_entries") if r["issue"]["id"] != 4]
    vendor.clock = lambda: dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)

    second = collect(redmine, vendor, keeper=first.keeper)

    assert second.records(Task)["5"].title == "Training day"
    assert "4" not in second.records(Task)
    assert sum(entry.seconds for entry in second.records(TimeEntry).values()) == 138_600  # 38.5 h


def test_a_wrong_key_is_refused_in_plain_words(redmine):
    found = collect(redmine, RecordedRedmine(), token=redmine.settings(site="https://x.test", token="wrong").token)

    assert found.outcome.status == "failed"
    assert "401" in found.outcome.reasons[0]
    assert KEY not in repr(found.outcome)


def test_the_whole_plugin_is_under_150_lines():
    files = list((HERE / "sightline-redmine-lite").rglob("*.py"))

    assert sum(len(path.read_text().splitlines()) for path in files) < 150


def sightline(plugin_folder: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, with the stranger's folder on its path."""
    return subprocess.run(
        [sys.executable, "-c", "from sightline.cli import main; main()", *args],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(plugin_folder), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def workspace(tmp_path, served):
    (tmp_path / "sightline.toml").write_text(
        f"""
        [workspace]
        name = "Test"
        currency = "GBP"
        timezone = "Europe/London"

        [sources.support]
        connector = "redmine_lite"
        site = "{served.base}"
        token = "env:REDMINE_KEY"
        """
    )
    return tmp_path


def test_the_command_line_syncs_it_by_name_over_real_http(plugin_folder, workspace):
    synced = sightline(plugin_folder, "--workspace", str(workspace), "sync", "support", "--json", REDMINE_KEY=KEY)

    assert synced.returncode == 0, synced.stderr
    told = json.loads(synced.stdout)
    assert (told["status"], told["sources"][0]["source"], told["sources"][0]["skipped"]) == ("complete", "support", 0)
    # 5 issues, 10 time entries, 3 people, 1 version
    assert told["sources"][0]["read"] == 19
    assert KEY not in synced.stdout + synced.stderr


def test_plugins_list_shows_it_beside_the_built_in_ones(plugin_folder):
    shown = sightline(plugin_folder, "plugins", "list", "--json")

    plugins = {plugin["name"]: plugin for plugin in json.loads(shown.stdout)["plugins"]}
    assert plugins["redmine_lite"]["version"] == "0.1.0"
    assert plugins["redmine_lite"]["origin"] == "sightline-redmine-lite: sightline_redmine_lite"
    assert plugins["redmine_lite"]["adds"] == ["connector redmine_lite"]
    assert "git" in plugins
