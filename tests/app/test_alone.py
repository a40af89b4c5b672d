"""A project that stands alone is measured from its own scopes, and its figures are those of the whole join."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from msgspec import structs

import sightline.app.measuring as measuring
from sightline.app.alone import Alone
from sightline.app.session import Session
from sightline.app.status import portfolio
from sightline.config.workspace import SourceConfig, load_workspace
from sightline.model.collected import Landing
from sightline.model.portfolio import Include, MoneyRule
from sightline.model.records import Activity, Link, Task, TimeEntry
from sightline.plugins.registry import load
from sightline.sandbox.bulk import Bulk
from sightline.store.runs import SourceRun

BULK = Bulk(projects=4, tasks=40, times=90, documents=20, people=5)
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@dataclasses.dataclass
class Stopped:
    """A clock that stands still."""

    moment: dt.datetime = NOW

    def now(self) -> dt.datetime:
        return self.moment


@pytest.fixture
def session(tmp_path: Path):
    (tmp_path / "sightline.toml").write_text('[workspace]\ncurrency = "GBP"\n', "utf-8")
    workspace = dataclasses.replace(
        load_workspace(tmp_path),
        sources={"bulk": SourceConfig("bulk", "bulk", {})},
        projects={project.id: project for project in BULK.portfolio()},
        rates=tuple(BULK.rates()),
    )
    with Session(workspace, load(), Stopped()) as made:
        for landing in BULK.landings():
            made.store.land(landing)
        run = made.store.begin_run(NOW)
        made.store.log_source(run, SourceRun(source="bulk", status="complete", started_at=NOW, finished_at=NOW))
        made.store.end_run(run, "complete", NOW)
        yield made


def figures(session):
    return {id_: session.store.figures(id_) for id_ in session.workspace.projects}


def land(session, *records):
    session.store.land(Landing(source="bulk", stream="more", scope="*", learnt_at=NOW, records=records))


def test_one_project_measured_alone_has_the_figures_of_the_whole_join(session):
    measuring.measure_workspace(session)
    before = figures(session)

    assert measuring.measure_projects(session, ["p2"]) == 1
    assert figures(session) == before


def test_many_projects_measured_one_by_one_have_the_figures_of_the_whole_join(session, monkeypatch):
    measuring.measure_workspace(session)
    joined, rows = figures(session), list(session.store.export("documents")[1])
    monkeypatch.setattr(measuring, "MANY", 1)
    monkeypatch.setattr(measuring, "join_workspace", None)
    measuring.measure_workspace(session)

    assert figures(session) == joined
    assert list(session.store.export("documents")[1]) == rows


def test_new_time_in_its_scope_is_in_the_figures(session):
    measuring.measure_workspace(session)
    (before,) = session.store.figures("p2", name="hours")
    land(session, TimeEntry(id="new", scope="2", seconds=7200, day=NOW.date(), task="2", account="u1"))
    measuring.measure_projects(session, ["p2"])
    (after,) = session.store.figures("p2", name="hours")

    assert after.value - before.value == 2


@pytest.mark.parametrize(
    "record",
    [
        TimeEntry(id="stray", scope="3", seconds=60, day=NOW.date(), task="2"),
        Activity(id="stray", scope="3", kind="commit", at=NOW, title="c", task="2"),
    ],
)
def test_a_project_whose_time_or_traces_stand_in_another_scope_does_not_stand_alone(session, record):
    land(session, record)
    alone = Alone(session)

    assert alone.facts(session.workspace.projects["p2"], ()) is None
    assert alone.facts(session.workspace.projects["p3"], ()) is None
    assert alone.facts(session.workspace.projects["p1"], ()) is not None


@pytest.mark.parametrize(
    "more",
    [
        {"include": (Include(source="bulk", scope="P2", label="late"),)},
        {"include": (Include(source="bulk", scope="P*"),)},
        {"money": (MoneyRule(source="bulk", project="Apollo"),)},
    ],
)
def test_a_project_that_shares_a_scope_narrows_it_or_asks_for_ledger_work_does_not_stand_alone(session, more):
    projects = session.workspace.projects
    projects["p2"] = structs.replace(projects["p2"], **more)

    assert not Alone(session).stands(projects["p2"])


def test_work_in_a_scope_that_nobody_claims_keeps_everything_from_standing_alone(session):
    projects = session.workspace.projects
    del projects["p3"]

    assert not Alone(session).stands(projects["p2"])


@pytest.fixture
def without_money(session):
    """Documents go to projects by what stands in them; without rules for them a scope's change feeds its project only."""
    for id_, project in session.workspace.projects.items():
        session.workspace.projects[id_] = structs.replace(project, money=())
    measuring.measure_workspace(session)
    return session


def test_a_change_in_one_scope_measures_its_project_and_joins_nothing(without_money, monkeypatch):
    session = without_money
    land(session, TimeEntry(id="new", scope="2", seconds=7200, day=NOW.date(), task="2", account="u1"))
    with monkeypatch.context() as patched:
        patched.setattr(measuring, "join_workspace", None)
        measured = measuring.measure_workspace(session, touched={"bulk"}, scopes={"bulk": {"2"}})
    quick = figures(session)
    measuring.measure_workspace(session)

    assert (measured, figures(session)) == (1, quick)


@pytest.mark.parametrize("changed", [{""}, {"unknown"}])
def test_a_change_without_a_scope_of_a_project_measures_whatever_its_source_feeds(without_money, changed):
    assert measuring.measure_workspace(without_money, touched={"bulk"}, scopes={"bulk": changed}) == 4


def test_the_portfolio_is_read_without_joining_and_says_what_is_left_over(session, monkeypatch):
    del session.workspace.projects["p3"]
    measuring.measure_workspace(session)
    monkeypatch.setattr(measuring, "join_workspace", None)
    shown = portfolio(session)

    loose = [entry for entry in session.store.load(TimeEntry) if entry.record.scope == "3"]
    assert shown.leftover_seconds == sum(entry.record.seconds for entry in loose) > 0
    assert [(kind, currency, number) for kind, currency, number, _ in shown.unmatched] == [("invoice", "GBP", 5)]
    assert {row.id: row.hours.value for row in shown.rows} == {
        id_: session.store.figures(id_, name="hours")[0].value for id_ in ("p0", "p1", "p2")
    }


def test_what_new_time_commits_and_links_concern_is_found_without_reading_every_task(session, monkeypatch):
    measuring.measure_workspace(session)
    land(
        session,
        Activity(id="c1", scope="2", kind="commit", at=NOW, title="p3-2 and P2-1", keys=("p3-2", "P2-1")),
        TimeEntry(id="noted", scope="2", seconds=60, day=NOW.date(), account="u1", note="call about P1-3, P9-9"),
        Link(id="l1", from_task="2", to="P3-1", kind="blocks"),
    )
    tasks = [task.ref for task in session.store.load(Task)]
    with monkeypatch.context() as patched:
        patched.setattr(measuring, "join_workspace", None)
        assert measuring.measure_projects(session, ["p2"]) == 1
    alone = session.store.ties_of(tasks)
    measuring.measure_workspace(session)

    assert {(tie.origin.id, tie.task.id) for tie in alone} == {("c1", "7"), ("c1", "2"), ("noted", "9"), ("2", "3")}
    assert session.store.ties_of(tasks) == alone


def test_a_tie_is_gone_when_the_note_no_longer_names_the_task(session):
    noted = TimeEntry(id="noted", scope="2", seconds=60, day=NOW.date(), account="u1", note="P1-3")
    land(session, noted)
    measuring.measure_workspace(session)
    tasks = [task.ref for task in session.store.load(Task)]
    assert [tie.origin.id for tie in session.store.ties_of(tasks)] == ["noted"]
    land(session, structs.replace(noted, note="lunch"))
    measuring.measure_projects(session, ["p2"])

    assert session.store.ties_of(tasks) == []
