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
from sightline.config.workspace import SourceConfig, load_workspace
from sightline.model.collected import Landing
from sightline.model.portfolio import Include, MoneyRule
from sightline.model.records import Activity, TimeEntry
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
