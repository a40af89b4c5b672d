"""The connector against a real Redmine: `make redmine` starts one, empty, and says where in SIGHTLINE_REDMINE."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from plugins.redmine.expected import assert_seeded
from plugins.redmine.seed import Desk
from sightline.collect.clock import Clock
from sightline.collect.passes import Rules
from sightline.collect.source import SourceRun
from sightline.sdk import Account, Scope, Task, TimeEntry
from sightline.testing import Collected, MemoryKeeper
from sightline_redmine.config import RedmineSettings
from sightline_redmine.connector import RedmineConnector

WHERE = os.environ.get("SIGHTLINE_REDMINE", "")
pytestmark = pytest.mark.skipif(not WHERE, reason="needs a real Redmine: `make redmine`")


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(*WHERE.split()).seed()


@pytest.fixture(scope="module")
def read(desk, tmp_path_factory):
    keeper = MemoryKeeper()

    def run(*, full: bool = False, hours_on: int = 0, kept: MemoryKeeper = keeper) -> Collected:
        clock = Clock(now=lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours_on))
        source = SourceRun(
            RedmineConnector(RedmineSettings(site=desk.base, token=desk.key)),
            "harbour",
            keeper=kept,
            tokens=tmp_path_factory.mktemp("tokens"),
            timezone=dt.UTC,
            clock=clock,
            rules=Rules(full=full),
        )
        outcome = source.collect()
        return Collected(outcome, kept, outcome.requests)

    return run


def live(keeper: MemoryKeeper) -> dict:
    return {kind: keeper.live(kind) for kind in (Scope, Account, Task, TimeEntry)}


def test_a_real_redmine_is_read_as_the_recording_says(read):
    assert_seeded(read())


def test_a_second_run_finds_edits_late_time_and_moved_issues_and_a_third_nothing(desk, read):
    read()
    _, _, waiting, gate, _, bollards, _ = desk.issues
    desk.edit(gate, subject="Gate repaired", status_id=5)
    desk.edit(bollards, project_id=1)
    # Logging time does not touch the issue, and this day lies far before the window of an incremental run.
    desk.work(waiting, "2026-01-05", "0.25", desk.people[0])

    second = read()
    third = read()

    assert second.outcome.status == "complete"
    assert second.records(Task)[str(gate)].state == "done"
    assert second.records(Task)[str(bollards)].scope == "1"
    assert sum(e.seconds for e in second.records(TimeEntry).values()) == 107_388 + 900
    assert (third.outcome.counts.new, third.outcome.counts.changed, third.outcome.counts.gone) == (0, 0, 0)


def test_a_deleted_issue_takes_its_time_along_and_the_store_equals_a_fresh_read(desk, read):
    read()
    desk.call("DELETE", f"/issues/{desk.issues[3]}.json")

    next_day = read(hours_on=25)
    fresh = read(kept=MemoryKeeper())

    assert str(desk.issues[3]) not in next_day.records(Task)
    assert live(next_day.keeper) == live(fresh.keeper)


def test_a_wrong_key_and_a_lost_project_remove_nothing(desk, read):
    known = read()
    before = live(known.keeper)
    desk.call("PUT", "/projects/quay/archive.json")

    after = read(full=True)

    assert (after.outcome.counts.gone, after.outcome.status) == (0, "complete")
    assert live(after.keeper)[Task] == before[Task]
