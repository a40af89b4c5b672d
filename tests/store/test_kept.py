"""What Sightline keeps of its own: the run log, plans, the journal, checkpoints, the lock."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal

import pytest

from sightline.errors import ContractError, LockedError
from sightline.model.facts import Person
from sightline.model.plan import Baseline, Dependency, PlanItem
from sightline.model.refs import Ref
from sightline.model.time import zone
from sightline.store import SourceRun, Store, workspace_lock
from store.examples import LONDON, MONDAY, TUESDAY, WEDNESDAY, entry, exported, page


def test_the_run_log_tells_the_last_attempt_and_the_last_success(store):
    good = SourceRun(
        source="jira",
        status="complete",
        started_at=MONDAY,
        finished_at=MONDAY,
        read=10,
        checks=({"what": "hours", "store": "3.5", "source": "3.5"},),
        notes=("no worklogs",),
    )
    bad = SourceRun(
        source="jira",
        status="incomplete",
        started_at=TUESDAY,
        finished_at=TUESDAY,
        reason="1 row could not be read",
        unreadable=({"stream": "issues", "id": "7", "reason": "status is missing"},),
    )
    first, second = store.begin_run(MONDAY), store.begin_run(TUESDAY)
    store.log_source(first, good)
    store.log_source(second, bad)
    store.end_run(second, "partial", TUESDAY)

    assert store.last_attempts() == {"jira": bad}
    assert store.last_complete() == {"jira": good}
    assert store.run_sources(second) == [bad]


def test_baselines_come_back_item_by_item_oldest_first(store):
    item = PlanItem(
        uid="1",
        name="Design",
        task=Ref("jira", "tasks", "1"),
        starts_on=dt.date(2026, 11, 2),
        points=Decimal("2.5"),
        depends_on=(Dependency(predecessor="0", lag_seconds=-3600),),
    )
    later = Baseline(id="b2", project="web", name="Second", frozen_at=TUESDAY)
    first = Baseline(
        id="b1", project="web", name="First", frozen_at=MONDAY, items=(item, PlanItem(uid="2", name="Build"))
    )
    store.add_baseline(later)
    store.add_baseline(first)

    store.approve_baseline("b2", by="J. Hale")

    assert [baseline.id for baseline in store.baselines("web")] == ["b1", "b2"]
    assert store.baselines("web")[0] == first
    assert store.baselines("web")[1].approved_by == "J. Hale"


def test_persons_come_back_with_their_accounts_in_order(store):
    accounts = (Ref("trello", "people", "9"), Ref("jira", "people", "1"))
    maria = Person(id="maria", name="Maria Lind", emails=("m@x.example",), role="designer", accounts=accounts)
    store.replace_persons([Person(id="old", name="Gone")])

    store.replace_persons([maria])

    assert store.persons() == [maria]


def test_entries_of_the_journal_are_added_replaced_and_found(store):
    report = {"id": "acme/1", "client": "acme", "edition": "client", "status": "draft", "drafted_at": MONDAY}
    store.write("reports", **report)
    store.write("reports", **{**report, "status": "sent"}, sent_at=TUESDAY)
    store.write("notes", project="web", kind="decision", text="Go", at=MONDAY, client_visible=False)

    assert [(row["id"], row["sent_at"]) for row in store.entries("reports", client="acme")] == [("acme/1", TUESDAY)]
    assert store.entries("reports", sent_at=None) == []
    assert [row["text"] for row in store.entries("notes", kind="decision")] == ["Go"]
    assert [row["id"] for row in exported(store, "reports")] == ["acme/1"]
    with pytest.raises(ContractError):
        store.entries("reports", colour="red")


def test_forgotten_checkpoints_make_the_next_run_read_from_the_beginning(store):
    for source, stream in (("jira", "issues"), ("jira", "worklogs"), ("trello", "cards")):
        store.put_checkpoint(source, stream, "", {"newest": "x"})

    store.forget_checkpoints("jira", stream="issues")
    assert store.checkpoint("jira", "issues", "") is None
    assert store.checkpoint("jira", "worklogs", "") == {"newest": "x"}

    store.forget_checkpoints("jira")
    assert store.checkpoint("jira", "worklogs", "") is None
    assert store.checkpoint("trello", "cards", "") == {"newest": "x"}


def test_days_follow_the_workspaces_zone_where_the_vendor_states_none(address):
    night = dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.UTC)
    with Store.open(address, workspace_zone=LONDON) as store:
        store.land(page(entry("1", started_at=night), entry("2", started_at=night, day=night.date())))

    with Store.open(address, workspace_zone=zone("Asia/Kathmandu")) as store:
        assert [row["day"] for row in exported(store, "time")] == ["2026-11-03", "2026-11-02"]
        assert store.land(page(entry("1", started_at=night))).same == 1


def test_a_second_run_is_told_who_holds_the_workspace(tmp_path):
    with workspace_lock(tmp_path, now=MONDAY):
        with (
            pytest.raises(LockedError, match=f"process {os.getpid()} since 2026-11-02 09:00:00 UTC"),
            workspace_lock(tmp_path, now=TUESDAY),
        ):
            pytest.fail("two runs at once")

    with workspace_lock(tmp_path, now=WEDNESDAY):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_the_lock_dies_with_its_process(tmp_path):
    script = (
        "import datetime as dt, os, pathlib, sys\n"
        "from sightline.store import workspace_lock\n"
        "with workspace_lock(pathlib.Path(sys.argv[1]), now=dt.datetime.now(dt.UTC)):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)

    assert killed.returncode == -9
    with workspace_lock(tmp_path, now=MONDAY):
        assert "2026-11-02" in (tmp_path / "lock").read_text()
