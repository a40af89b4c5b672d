"""Every command is there, explains itself, and prints one JSON document where it promises to."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sightline.cli.main import COMMANDS, cli

PROMISED = (
    "week demo init connect check sync map status explain report export plugins sandbox doctor backup restore schema"
)


def test_the_promised_commands_exist():
    assert set(PROMISED.split()) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_in_a_narrow_terminal(name):
    told = CliRunner().invoke(cli, [name, "--help"], obj={}, terminal_width=80)

    assert told.exit_code == 0, told.output
    assert told.output.startswith(f"Usage: cli {name}")
    assert max(len(line) for line in told.output.splitlines()) <= 80
    assert len(told.output.splitlines()) > 4


@pytest.mark.parametrize(
    "args",
    [
        ["status"],
        ["status", "acme_website"],
        ["explain", "acme_website", "invoiced"],
        ["map"],
        ["check", "site_git"],
        ["plugins", "list"],
        ["doctor"],
        ["schema"],
    ],
)
def test_with_json_there_is_one_document_on_stdout_and_nothing_else(whole, args):
    told = whole.run(*args, "--json")

    assert told.code in (0, 2)
    assert json.loads(told.out)
    assert "\x1b" not in told.out


def test_a_new_workspace_says_what_to_do_next(tmp_path, capsys):
    from sightline.cli.main import _run

    assert _run(["init", str(tmp_path / "mine")]) == 0
    assert "sightline connect" in capsys.readouterr().out
    assert _run(["--workspace", str(tmp_path / "mine"), "status"]) == 0
    assert "add one with `sightline connect`" in capsys.readouterr().out
    assert _run(["--workspace", str(tmp_path / "mine"), "sync"]) == 1
    assert "Add one with `sightline connect`" in capsys.readouterr().err
    assert _run(["init", str(tmp_path / "mine")]) == 1


def test_the_options_of_every_command_may_stand_behind_it(whole, capsys):
    from sightline.cli.main import _run

    assert _run(["status", "--json", "--workspace", str(whole.folder)]) == 0
    assert json.loads(capsys.readouterr().out)["projects"]


def test_no_workspace_is_said_with_the_two_ways_on(tmp_path, monkeypatch, capsys):
    from sightline.cli.main import _run

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIGHTLINE_WORKSPACE", raising=False)

    assert _run(["status"]) == 1
    told = capsys.readouterr()
    assert (told.out, "sightline init" in told.err, "sightline demo" in told.err) == ("", True, True)


def test_the_demo_ends_well_and_writes_a_report_for_every_client(tmp_path, capsys):
    from sightline.cli.main import _run

    code = _run(["demo", "--dir", str(tmp_path / "demo"), "--size", "0"])
    told = capsys.readouterr()
    reports = sorted(path.name.split("-")[0] for path in (tmp_path / "demo/reports").glob("*.html"))

    assert code == 0, told.err
    assert "PORTFOLIO" in told.out
    assert reports == ["acme", "birch", "cedar", "dune", "elm", "fjord", "gorse", "heron"]
