"""Every value of the hand-made project files, as we read it and as mpxj reads it (`make mspdi`)."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from sightline.app.plan_files import project_json
from sightline.planfiles.calendars import Working
from sightline.planfiles.mspdi import read_mspdi

FILES = Path(__file__).parent / "files"
THEIRS = os.environ.get("SIGHTLINE_MPXJ", "")

pytestmark = pytest.mark.skipif(not THEIRS, reason="needs Java and mpxj: `make mspdi`")


def _money(text):
    return None if text is None else f"{Decimal(text):.2f}"


def _seconds(found, predecessor):
    """mpxj keeps a percentage as such."""
    return int(predecessor * found["percent"] / 100) if isinstance(found, dict) else found


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("*.xml")))
def test_both_readers_read_the_same(name):
    theirs = json.loads(Path(THEIRS).read_text("utf-8"))[name]
    file = read_mspdi((FILES / name).read_bytes(), where=name)
    ours = project_json(file)
    parents = {task.uid: task.parent for task in file.tasks}
    durations = {task["uid"]: task["duration_seconds"] for task in ours["tasks"]}

    for task in theirs["tasks"]:
        for one in task["predecessors"]:
            one["lag_seconds"] = _seconds(one["lag_seconds"], durations[one["uid"]])
    mine = [{**task, "parent": parents[task["uid"]]} for task in ours["tasks"]]
    for task in mine:
        task["baselines"] = [{**one, "cost": _money(one["cost"])} for one in task["baselines"]]
    assert mine == theirs["tasks"]
    assert [
        (one["task_uid"], one["resource_uid"], float(one["units"]) * 100, one["work_seconds"])
        for one in ours["assignments"]
    ] == [(one["task_uid"], one["resource_uid"], one["units"], one["work_seconds"]) for one in theirs["assignments"]]
    assert [(one["uid"], one["name"], one["type"]) for one in ours["resources"]] == [
        (one["uid"], one["name"], one["type"]) for one in theirs["resources"]
    ]
    rates = {one["uid"]: one["standard_rate"] for one in theirs["resources"]}
    for one in ours["resources"]:
        if one["standard_rate"]:
            assert f"{one['standard_rate']:.4f}" == rates[one["uid"]]
    working = Working(file.calendars)
    week, days = working.week(file.calendar_uid), working.exceptions(file.calendar_uid)
    for when, open_ in theirs["working"].items():
        import datetime as dt

        day = dt.date.fromisoformat(when)
        assert bool(days.get(day, week[day.weekday()])) is open_, when
