"""`sightline plugins new`, `check` and `record`: from nothing to a plug-in that passes, without any network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sightline.app.plugins_check import PluginCheck
from sightline.app.plugins_new import new_plugin
from sightline.app.plugins_record import record
from sightline.app.session import Session
from sightline.cli.plugins import _show
from sightline.errors import ConfigError
from sightline.sandbox.server import Sandbox
from sightline.testing import collect
from sightline.testing.kit.check import Result
from sightline.testing.kit.runner import CHECKS
from sightline.testing.kit.world import TOKEN, contract_world
from sightline.testing.recorded import RecordedVendor
from sightline_redmine.connector import RedmineConnector

PIP = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A new plug-in, and beside it `site`, where it is installed."""
    folder = tmp_path_factory.mktemp("author")
    new_plugin("acme_desk", folder)
    made = folder / "sightline-acme-desk"
    command = [sys.executable, "-m", "pip", "install", *PIP, "--target", str(folder / "site"), str(made)]
    subprocess.run(command, check=True, timeout=120)
    return folder


def sightline(written: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return python(written, written, "-c", "from sightline.cli import main; main()", *args)


def python(written: Path, where: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(written / "site"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def test_a_new_plugin_passes_its_own_tests_at_once(written):
    tests = python(
        written, written / "sightline-acme-desk", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"
    )

    assert tests.returncode == 0, tests.stdout[-3000:]
    assert " passed, 2 skipped" in tests.stdout


def test_check_tells_every_promise_and_fails_with_the_place_to_look_at(written):
    mapping = written / "site" / "sightline_acme_desk" / "mapping.py"
    sound = mapping.read_text("utf-8")
    mapping.write_text(sound.replace('seconds_of_hours(needed(row, "hours"))', '3600 * int(needed(row, "hours"))'))
    try:
        told = sightline(written, "plugins", "check", "acme_desk", "--json")
    finally:
        mapping.write_text(sound)

    assert told.returncode == 2, told.stderr
    assert "retry" not in told.stderr
    result = json.loads(told.stdout)
    assert len(result["checks"]) >= 40
    broken = {one["check"]: one for one in result["checks"] if one["state"] == "broken"}
    assert "totals_of_time_agree" in broken
    assert broken["time_is_exact_seconds"]["look_at"] == "`seconds_of_hours` in `map`"
    assert broken["time_is_exact_seconds"]["doc"] == "plugins/README.md#map"


def test_the_table_shows_each_promise_and_below_it_what_to_mend(capsys):
    one, other = CHECKS[0], CHECKS[-1]
    _show(PluginCheck("acme", (Result(one, "done"), Result(other, "broken", "it imports the sandbox"))))

    shown = " ".join(capsys.readouterr().out.split())
    assert "contract of acme" in shown
    assert "1 of 2 kept, 0 exempt" in shown
    assert f"2 {other.name}" in shown
    assert f"plugins/README.md#{other.doc}" in shown


def test_a_name_that_is_taken_or_odd_is_refused(tmp_path):
    for name, why in (("redmine", "already"), ("Acme Desk", "a-z"), ("../x", "a-z")):
        with pytest.raises(ConfigError) as refused:
            new_plugin(name, tmp_path)
        assert why in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_every_template_is_filled_and_none_is_left_out(written):
    made = written / "sightline-acme-desk"
    texts = {str(path.relative_to(made)): path.read_text("utf-8") for path in made.rglob("*.*") if path.is_file()}

    assert {"pyproject.toml", "README.md", "sightline_acme_desk/sandbox.py", "tests/test_contract.py"} <= set(texts)
    assert [name for name, text in texts.items() if "@name@" in text or "@Class@" in text or "@title@" in text] == []


# --- record -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path):
    """A served Redmine and the workspace that reads it."""
    sandbox = Sandbox(contract_world("redmine"), {"redmine": RedmineConnector})
    with sandbox:
        (tmp_path / "token").write_text(TOKEN)
        (tmp_path / "token").chmod(0o600)
        (tmp_path / "sightline.toml").write_text(
            '[workspace]\nname = "T"\ncurrency = "GBP"\ntimezone = "Europe/London"\n\n'
            f'[sources.desk]\nconnector = "redmine"\nsite = "{sandbox.vendors["desk"].base}"\ntoken = "file:token"\n'
        )
        yield sandbox, tmp_path


def test_a_recording_holds_neither_people_nor_keys_and_can_be_played(desk):
    _, folder = desk
    with Session.open(folder) as session:
        made = record(session, "desk", folder / "answers", rows=20, scopes=3)

    text = "".join(path.read_text("utf-8") for path in made.folder.iterdir())
    people = ["Maria", "Lind", "Owen", "Brandt", "maria@", "priya@", TOKEN, "127.0.0.1"]
    assert [word for word in people if word in text] == []
    assert "Website task 1" in text
    table = {"connector": "redmine", "token": TOKEN}
    played = collect(
        RedmineConnector,
        RecordedVendor(made.folder, table, moving=frozenset({"from", "to", "updated_on"})),
        scopes=("old",),
    )
    assert (played.outcome.status, played.outcome.counts.skipped) == ("complete", 0)
    assert len(played.keeper.live(type(next(iter(played.keeper.rows.values()))))) > 0


def test_a_recording_that_would_hold_a_secret_is_refused_whole(desk):
    sandbox, folder = desk
    sandbox.world.tasks[0].description = f"the key is {TOKEN}, keep it"

    with Session.open(folder) as session, pytest.raises(ConfigError) as refused:
        record(session, "desk", folder / "answers")
    assert "would hold a secret" in str(refused.value)
    assert TOKEN not in str(refused.value)
    assert not (folder / "answers").exists()


def test_a_recording_never_overwrites(desk):
    _, folder = desk
    (folder / "answers").mkdir()
    (folder / "answers" / "mine.json").write_text("{}")

    with Session.open(folder) as session, pytest.raises(ConfigError, match="is not empty"):
        record(session, "desk", folder / "answers")
    assert [path.name for path in (folder / "answers").iterdir()] == ["mine.json"]
