"""The raw archive: kept per page for some days, mapped again without the network, and behind every receipt."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from contextlib import closing

import pytest

from faults_local.contents import contents, differences
from faults_local.small import Office
from sightline.app import archive
from sightline.app.replay import replay
from sightline.model.records import Task, TimeEntry
from sightline.sandbox.edits import Edits
from sightline.sdk import RowError
from sightline_jira.streams import Issues

SOURCES = ["acme_jira", "trello", "github", "site_git", "xero"]


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, ["acme_jira"]) as served:
        served.sync()
        yield served


def replayed(office: Office, *names: str):
    with office.session() as session:
        return replay(session, names)


def edited(office: Office) -> None:
    """Another run brought edits, a deletion and a move."""
    edits = Edits(office.world)
    tasks = [t for t in office.world.tasks if t.place.source == "acme_jira"]
    with office.server.lock:
        edits.retitle(tasks[0], "first title")
    office.sync()
    with office.server.lock:
        edits.retitle(tasks[0], "second title")
        edits.delete(tasks[3])
    office.sync(full=True)


@pytest.mark.parametrize("source", SOURCES)
def test_a_replay_of_every_connector_changes_nothing_and_asks_nobody(source, tmp_path):
    with Office(tmp_path, [source]) as served:
        served.sync()
        before = contents(served.database)
        asked = {name: len(vendor.calls) for name, vendor in served.vendors.items()}
        (outcome,) = replayed(served).sources
        after = {name: len(vendor.calls) for name, vendor in served.vendors.items()}

    assert (outcome.status, outcome.reasons) == ("complete", [])
    assert (outcome.counts.new, outcome.counts.changed, outcome.counts.gone) == (0, 0, 0)
    assert outcome.counts.same > 0
    assert after == asked
    assert differences(contents(served.database), before) == []


def test_a_replay_after_edits_and_deletions_keeps_the_newest_version_and_what_is_gone(office):
    edited(office)
    before = contents(office.database)

    (outcome,) = replayed(office).sources

    assert outcome.status == "complete"
    assert differences(contents(office.database), before) == []


def test_a_mapping_that_changed_reaches_every_stored_row_and_makes_no_history(office, monkeypatch):
    edited(office)
    before = contents(office.database)
    real = Issues.map

    def louder(self, row, context):
        for record in real(self, row, context):
            if isinstance(record, Task):
                fields = {name: getattr(record, name) for name in record.__struct_fields__}
                yield Task(**{**fields, "title": record.title.upper(), "state": "done"})
            else:
                yield record

    monkeypatch.setattr(Issues, "map", louder)
    office.server.stop()
    (outcome,) = replayed(office).sources
    (again,) = replayed(office).sources
    after = contents(office.database)

    with office.session() as session:
        live = [row.record for row in session.store.load(Task, "acme_jira")]
    assert len(live) > 10
    assert {task.state for task in live} == {"done"}
    assert all(task.title == task.title.upper() for task in live)
    assert outcome.counts.changed == len(live)
    assert (again.counts.changed, again.counts.same > 0) == (0, True)
    assert after["changes"] == before["changes"]
    assert after["existence"] == before["existence"]


def test_what_a_new_mapping_does_not_give_any_more_is_removed_with_what_hung_on_it(office, monkeypatch):
    real = Issues.map
    left_out = next(
        t for t in office.world.tasks if t.place.source == "acme_jira" and any(e.task is t for e in office.world.times)
    )

    def choosy(self, row, context):
        return () if row["id"] == str(left_out.number) else real(self, row, context)

    monkeypatch.setattr(Issues, "map", choosy)
    (outcome,) = replayed(office).sources
    with office.session() as session:
        live = {row.record.id for row in session.store.load(Task, "acme_jira")}
        on_it = [row for row in session.store.load(TimeEntry, "acme_jira") if row.record.task == str(left_out.number)]
    monkeypatch.setattr(Issues, "map", real)
    office.sync(full=True)
    with office.session() as session:
        again = {row.record.id for row in session.store.load(Task, "acme_jira")}

    assert str(left_out.number) not in live
    assert on_it == []
    assert outcome.status == "complete"
    assert "1 stored records (Task) that issues does not give for their rows any more were removed" in outcome.notes[0]
    assert again - live == {str(left_out.number)}


def test_a_new_mapping_that_gives_next_to_nothing_removes_nothing(office, monkeypatch):
    real = Issues.map
    monkeypatch.setattr(Issues, "map", lambda self, row, ctx: real(self, row, ctx) if row["id"].endswith("1") else ())
    with office.session() as session:
        before = session.store.live_ids("acme_jira", Task)

    (outcome,) = replayed(office).sources

    with office.session() as session:
        assert session.store.live_ids("acme_jira", Task) == before
    assert outcome.status == "incomplete"
    assert "stay: that many are not removed" in outcome.reason


def test_a_row_that_the_new_mapping_can_read_leaves_quarantine_without_the_network(office, monkeypatch):
    real = Issues.map

    def picky(self, row, context):
        raise RowError("cannot be read by this release")
        yield

    monkeypatch.setattr(Issues, "map", picky)
    before = office.sync(full=True).sources[0]
    monkeypatch.setattr(Issues, "map", real)
    office.server.stop()
    (outcome,) = replayed(office).sources

    with office.session() as session:
        left = session.store.quarantined("acme_jira")
    assert (before.status, len(before.skipped) > 10) == ("incomplete", True)
    assert outcome.status == "complete"
    assert left == []


def test_the_command_replays_and_says_so(office):
    office.server.stop()

    ran = office.cli("sync", "--replay", "--json")
    wrong = office.cli("sync", "--replay", "--full")

    told = json.loads(ran.out)
    assert (ran.code, told["status"], told["sources"][0]["requests"]) == (0, "complete", 0)
    assert wrong.code == 64


def test_a_replay_does_not_make_old_data_look_fresh(office):
    with office.session() as session:
        before = session.store.last_complete()["acme_jira"].finished_at
    office.world.now += dt.timedelta(days=3)
    replayed(office)

    with office.session() as session:
        assert session.store.last_complete()["acme_jira"].finished_at == before


def test_a_source_that_never_synced_is_told_and_the_others_are_replayed(tmp_path):
    with Office(tmp_path, ["acme_jira", "trello"]) as served:
        served.sync("trello")
        result = replayed(served)

    told = {outcome.source: outcome for outcome in result.sources}
    assert result.status == "partial"
    assert "nothing is archived" in told["acme_jira"].reason
    assert told["trello"].status == "complete"


def test_pages_are_compressed_and_go_when_they_are_older_than_the_archive_keeps_them(office):
    def pages() -> tuple[int, int, int]:
        query = "SELECT count(*), coalesce(sum(length(body)), 0), coalesce(min(hex(substr(body, 1, 1))) = '78', 0) FROM raw_pages"
        with closing(sqlite3.connect(office.database)) as connection:
            return connection.execute(query).fetchone()

    first = pages()
    with office.session() as session:
        unpacked = sum(len(page.body) for page in session.store.raw_pages("acme_jira"))
    office.world.now += dt.timedelta(days=89)
    office.sync()
    kept = pages()
    office.world.now += dt.timedelta(days=2)
    office.sync()

    assert first[0] > 2
    assert (first[2], unpacked > 3 * first[1]) == (1, True)
    assert kept[0] >= first[0]
    assert pages()[0] < kept[0]


def test_without_an_archive_nothing_is_kept_and_replay_says_so(tmp_path):
    with Office(tmp_path, ["acme_jira"]) as served:
        toml = served.folder / "sightline.toml"
        toml.write_text(toml.read_text().replace("[workspace]", "[workspace]\narchive_days = 0", 1))
        served.sync()
        (outcome,) = replayed(served).sources
        with closing(sqlite3.connect(served.database)) as connection:
            assert connection.execute("SELECT count(*) FROM raw_pages").fetchone() == (0,)

    assert outcome.status == "incomplete"
    assert "in no archived page" in outcome.reason
    assert "--full" in outcome.reason


def test_a_record_of_a_receipt_leads_to_what_the_tool_sent(office):
    edited(office)
    task = next(t for t in office.world.tasks if t.place.source == "acme_jira" and t.title == "second title")
    with office.session() as session:
        record = next(r.record for r in session.store.load(Task, "acme_jira") if r.record.title == "second title")
    office.server.stop()

    ran = office.cli("raw", f"acme_jira/tasks/{record.id}", "--json")

    told = json.loads(ran.out)
    assert ran.code == 0
    assert told["row"]["id"] == record.id
    assert told["row"]["fields"]["summary"] == "second title" == task.title
    assert (told["source"], told["stream"], told["scope"]) == ("acme_jira", "issues", "")


@pytest.mark.parametrize(
    "ref",
    ["", "x", "acme_jira/tasks", "acme_jira/tasks/", "acme_jira/nothing/1", "acme_jira/tasks/999999", "who/tasks/1"],
)
def test_a_reference_that_leads_nowhere_is_told(ref, office):
    ran = office.cli("raw", ref)

    assert ran.code == 1
    assert "mend:" in ran.err


def test_time_inside_an_issue_leads_to_the_issues_row(office):
    with office.session() as session:
        entry = next(iter(session.store.load(TimeEntry, "acme_jira"))).record
        found = archive.payload(session, f"acme_jira/time/{entry.id}")

    assert entry.id in json.dumps(found["row"], default=str)
