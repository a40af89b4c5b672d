"""What `doctor` finds, each from a small cause."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sightline.app.doctor import doctor
from sightline.app.init import init
from sightline.model.time import zone
from sightline.store import SourceRun, Store

GIT = '\n[sources.site]\nconnector = "git"\npath = "."\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init(tmp_path)
    return tmp_path


def _add(folder: Path, text: str) -> None:
    with (folder / "sightline.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def _found(folder: Path, about: str) -> list[tuple[str, str]]:
    return [(one.level, one.says) for one in doctor(folder) if one.about == about]


def _ran(folder: Path, status: str, ended: dt.datetime, reason: str | None = None) -> None:
    with Store.open(f"sqlite:///{folder}/.sightline/sightline.db", workspace_zone=zone("UTC")) as store:
        run = store.begin_run(ended)
        store.log_source(
            run, SourceRun(source="site", status=status, started_at=ended, finished_at=ended, reason=reason)
        )
        store.end_run(run, "complete", ended)


def test_a_new_workspace_is_in_order(folder):
    assert {one.level for one in doctor(folder)} == {"ok"}


def test_a_file_that_is_wrong_is_one_problem_among_the_other_findings(folder):
    _add(folder, "\n[workspce]\n")

    found = list(doctor(folder))

    assert [one.level for one in found if one.about == "workspace"] == ["problem"]
    assert any(one.about == "git" for one in found)


def test_no_workspace_at_all_is_a_problem_with_the_way_on(tmp_path):
    (problem,) = [one for one in doctor(tmp_path) if one.level == "problem"]

    assert "sightline init" in problem.mend


def test_a_source_that_was_never_read_is_a_warning(folder):
    _add(folder, GIT)
    _ran(folder, "complete", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    _add(folder, GIT.replace("site", "other"))

    assert _found(folder, "source other") == [("warning", "never read")]


@pytest.mark.parametrize(("status", "level"), [("failed", "problem"), ("incomplete", "warning")])
def test_a_last_attempt_that_went_wrong_is_told_with_its_reason(folder, status, level):
    _add(folder, GIT)
    _ran(folder, status, dt.datetime.now(dt.UTC), "the disk of the server burns")

    ((found, says),) = _found(folder, "source site")

    assert found == level
    assert says.startswith("never read completely; last attempt 0 min ago")
    assert says.endswith("the disk of the server burns")


def test_data_older_than_a_day_is_a_warning(folder):
    _add(folder, GIT)
    _ran(folder, "complete", dt.datetime.now(dt.UTC) - dt.timedelta(days=3))

    assert _found(folder, "source site") == [("warning", "last complete 3 d ago")]


def test_a_run_that_ended_in_the_future_means_the_clock_is_wrong(folder):
    _add(folder, GIT)
    _ran(folder, "complete", dt.datetime.now(dt.UTC) + dt.timedelta(hours=2))

    assert [level for level, _ in _found(folder, "clock")] == ["problem"]


def test_a_file_that_others_can_read_is_named_with_the_command_that_closes_it(folder):
    _ran(folder, "complete", dt.datetime.now(dt.UTC))
    file = folder / ".sightline/sightline.db"
    file.chmod(0o644)

    (found,) = [one for one in doctor(folder) if one.about == "file modes"]

    assert (found.level, found.mend) == ("warning", f"Run `chmod 600 {file}`.")


def test_a_damaged_database_is_a_problem(folder):
    _ran(folder, "complete", dt.datetime.now(dt.UTC))
    file = folder / ".sightline/sightline.db"
    file.write_bytes(b"x" * 8192)

    assert [level for level, _ in _found(folder, "database")] == ["problem"]


def test_settings_that_cannot_be_used_are_a_problem_of_their_source(folder):
    _add(folder, '\n[sources.site]\nconnector = "gti"\n')

    assert [level for level, _ in _found(folder, "source site")][:1] == ["problem"]


def test_a_milestone_that_the_file_names_and_no_tool_has_is_a_warning(folder):
    _add(folder, f'{GIT}[projects.web]\nname = "Web"\ninclude = ["site:*"]\n[projects.web.milestones.Beta]\n')
    _ran(folder, "complete", dt.datetime.now(dt.UTC))

    assert _found(folder, "milestones") == [
        ("warning", "projects.web.milestones: there is no milestone 'Beta'"),
    ]


def test_git_that_is_missing_is_a_problem_only_where_a_source_needs_it(folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    before = _found(folder, "git")
    _add(folder, GIT)

    assert [level for level, _ in before + _found(folder, "git")] == ["warning", "problem"]
