"""Baselines through the command line, against what is true in the made-up world."""

from __future__ import annotations

import datetime as dt
import importlib.util
from decimal import Decimal
from pathlib import Path

import pytest

from sightline.model.portfolio import Calendar
from sightline.sandbox.build import build_world
from sightline.sandbox.promises import PROMISES
from sightline.sandbox.truth import done_percent, planned_percent

FILES = Path(__file__).parents[1] / "planfiles/files"
NOW = "2026-11-20"
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The demo, with what was signed in it; made once, looked at by all."""
    from sightline.app.demo import demo

    folder = tmp_path_factory.mktemp("demo")
    demo(folder, size=0)
    return folder


@pytest.fixture
def run(planned, capsys):
    import json

    from sightline.cli.main import _run

    def run(*args):
        capsys.readouterr()
        code = _run(["--workspace", str(planned), *args])
        told = capsys.readouterr()
        return code, told.out if "--json" not in args or code else json.loads(told.out), told.err

    return run


@pytest.mark.parametrize("project", sorted({one.project for one in PROMISES}))
def test_the_planned_share_of_the_baseline_is_the_truth_of_the_world(planned, project):
    from sightline.app.session import Session
    from sightline.measure.phasing import planned_share
    from sightline.model.plan import current_baseline

    world, day = build_world(7, 0), dt.date.fromisoformat(NOW)
    with Session.open(planned) as session:
        baseline = current_baseline(session.store.baselines(project))
        share = planned_share(baseline, day, session.workspace.calendar)

    assert abs(100 * share - planned_percent(world, project, day)) < Decimal("0.000001")


def test_acme_is_32_percent_planned_and_26_percent_done_of_the_work_signed(planned):
    from sightline.app.session import Session

    with Session.open(planned) as session:
        held = {one.name: one.value for one in session.store.figures("acme_website")}

    assert (held["planned_percent"], held["progress_earned"]) == (32, 26)
    assert held["progress"] == done_percent(build_world(7, 0), "acme_website")
    assert [held[name] for name in ("bac", "pv", "ev", "ac", "sv")] == [400, 128, 104, 131, -24]
    assert held["spi"] == Decimal("0.8125")


def test_the_list_marks_the_approved_one_though_there_are_several(run):
    code, told, _ = run("plan", "list", "acme_website", "--json")

    assert code == 0
    assert [(one["name"], one["approved_by"], one["work_seconds"]) for one in told["baselines"]] == [
        ("first offer", None, 1440000), ("signed 2 Nov", "J. Hale", 1440000),
    ]  # fmt: skip


def test_milestones_have_the_owners_of_the_file_and_a_name_that_is_none_is_told(planned, run):
    file = planned / "sightline.toml"
    written = file.read_text(encoding="utf-8")
    stated = (
        '[projects.acme_website.milestones."design approved"]\nowner = "Priya Raman"\nclient_visible = false\n'
        '[projects.acme_website.milestones.Lanch]\nowner = "Priya Raman"\n'
    )
    file.write_text(f"{written}\n{stated}", encoding="utf-8")
    try:
        code, told, said = run("plan", "show", "acme_website", "--json")
    finally:
        file.write_text(written, encoding="utf-8")

    assert code == 0
    assert [(one["name"], one["owner"], one["client_visible"]) for one in told["plan"] if one["milestone"]] == [
        ("Design approved", "Priya Raman", False), ("Build", None, True), ("Launch", None, True),
    ]  # fmt: skip
    assert "there is no milestone 'Lanch'; did you mean 'Launch'?" in " ".join(said.split())


def test_what_changed_since_the_baseline_is_told_item_by_item(run):
    code, told, _ = run("plan", "show", "acme_website", "--json")
    changes = told["changes"]

    assert code == 0
    assert [one["name"] for one in changes["added"]] == ["Cookie banner"]
    assert [(one["seconds"], one["work_seconds"]) for one in changes["resized"]] == [(-43200, [86400, 43200])]
    (guide,) = [task for task in build_world(7, 0).tasks if task.title == "Style guide"]
    later = Calendar().working_days_between(guide.planned_due + DAY, guide.due_on + DAY)
    assert [(one["name"], one["working_days"]) for one in changes["moved"]] == [("Style guide", later)]
    assert changes["seconds"] == 0


def test_two_baselines_compared_and_a_plan_as_text(run):
    code, told, _ = run("plan", "show", "acme_website", "--compare", "1", "signed 2 Nov")
    _, shown, _ = run("plan", "show", "acme_website")

    assert code == 0
    assert "0 added (+0 h), 0 removed (-0 h), 0 re-estimated (+0 h), 0 moved, 43 as they were" in " ".join(told.split())
    assert "40 items: 40 by hours; confidence: high" in shown
    assert "Homepage build" in shown


def test_a_plan_is_made_by_rules_from_several_tools_under_a_new_name_only(run):
    code, told, _ = run(
        "plan", "baseline", "acme_app", "--from", "jira:sprints", "--name", "trial", "--reason", "why not", "--json"
    )
    again, _, said = run("plan", "baseline", "acme_app", "--name", "TRIAL")

    assert code == 0
    assert (told["source"], told["reason"], told["approved_by"]) == ("jira:sprints", "why not", None)
    assert told["sizing"].startswith("7 items: 7 by points (1 pt = ")
    assert again == 1
    assert "Baselines are never changed" in said


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("acme_website", "--from", "jira:epic"), "did you mean"),
        (("acme_website", "--from", "github:issues"), "is no source of Website rebuild"),
        (("acme_website", "--on", "2027-01-01"), "that day is not over yet"),
        (("gorse_advice",), "has no task to plan"),
        (("acme_website", "--from", "missing.xml"), "cannot be read"),
    ],
)
def test_what_cannot_be_planned_is_said_in_one_sentence(run, args, told):
    code, _, said = run("plan", "baseline", *args)

    assert code == 1
    assert told in said


def test_an_imported_file_is_printed_in_the_promised_shape_and_kept_as_a_baseline(run):
    code, told, said = run("plan", "import", str(FILES / "project-2003.xml"), "--project", "dune_training", "--json")
    _, kept, _ = run("plan", "show", "dune_training", "--json")

    assert code == 0
    assert set(told) == {"tasks", "resources", "assignments"}
    assert told["tasks"][3] == {
        "uid": 3, "id": 3, "wbs": "1.2", "name": "Texts", "outline_level": 2, "summary": False, "milestone": False,
        "start": "2026-11-09T08:00:00", "finish": "2026-11-13T17:00:00", "duration_seconds": 115200,
        "work_seconds": 59400, "percent_complete": 0,
        "predecessors": [{"uid": 2, "type": "FS", "lag_seconds": 28800}], "baselines": [],
    }  # fmt: skip
    assert told["resources"][1] == {
        "uid": 1, "name": "Renée", "type": "work", "standard_rate": "50", "overtime_rate": "75",
    }  # fmt: skip
    assert told["assignments"][0] == {
        "task_uid": 2, "resource_uid": 1, "units": "0.6", "work_seconds": 86400, "actual_work_seconds": 21600,
        "cost": "1200",
    }  # fmt: skip
    assert "left out: 1 blank rows" in said
    assert (kept["source"], kept["items"]) == ("project-2003.xml", 2)


def test_a_table_ties_its_rows_to_tasks_by_key_or_title(run, tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(
        "name,start,due,hours,task\nFirst,2026-11-02,2026-11-06,8,WEB-5\nSitemap,2026-11-09,2026-11-10,4,\n"
    )
    code, told, said = run("plan", "import", str(table), "--project", "acme_website", "--name", "table", "--json")

    assert code == 0
    assert [task["work_seconds"] for task in told["tasks"]] == [28800, 14400]
    assert "2 of 2 items stand for a task" in said


def test_an_mpp_file_without_its_extra_says_what_to_do(run, tmp_path):
    if importlib.util.find_spec("mpxj") is not None:
        pytest.skip("the extra is installed here")
    (tmp_path / "plan.mpp").write_bytes(b"\xd0\xcf\x11\xe0")

    code, _, said = run("plan", "import", str(tmp_path / "plan.mpp"), "--project", "acme_website")

    assert code == 1
    assert "needs the extra `mpp`" in said
    assert "Save As, XML Format" in said


def test_approving_another_baseline_puts_it_in_force(run):
    code, told, _ = run("plan", "approve", "own_website", "--by", "Priya Raman", "--json")

    assert code == 0
    assert (told["name"], told["approved_by"]) == ("review 16 Nov", "Priya Raman")


def test_a_chart_of_hours_is_data_or_a_picture(run, tmp_path):
    code, told, _ = run("chart", "burn-up-hours", "acme_website", "--json")
    written, _, _ = run("chart", "budget", "birch_booking", "--out", str(tmp_path / "b.json"))

    assert (code, written) == (0, 0)
    assert told["description"].startswith("104 of 400 h are done")
    assert "372 h are used of 588 h agreed" in (tmp_path / "b.json").read_text("utf-8")
