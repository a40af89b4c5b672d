"""Every command explains itself, and every one that prints data has `--json`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from docs.pages import ROOT
from sightline.cli.main import COMMANDS, cli

#: Print no data of their own: they make something, show a page, or gather other commands.
WITHOUT_JSON = {
    "demo", "init", "connect", "map correct", "alerts", "templates", "templates preview", "note", "report", "report show", "plan", "plugins", "sandbox",
    "serve", "users", "users add", "users disable", "users token", "share", "share new", "share revoke",
}  # fmt: skip


def leaves(name: str) -> Iterator[tuple[str, click.Command]]:
    command = cli.get_command(click.Context(cli), name)
    yield name, command
    if isinstance(command, click.Group):
        yield from ((f"{name} {child}", held) for child, held in command.commands.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_what_each_option_means(name):
    for _, command in leaves(name):
        silent = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
        names = [
            p.make_metavar(click.Context(command)).strip("[].") for p in command.params if isinstance(p, click.Argument)
        ]

        assert len(command.help or "") > 15
        assert silent == []
        assert [argument for argument in names if argument not in command.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_prints_data_prints_it_as_json_too(name):
    for place, command in leaves(name):
        flags = {flag for p in command.params for flag in p.opts}

        assert "--json" in flags or place in WITHOUT_JSON, place


def test_every_command_that_is_written_can_be_asked_for():
    """A module of `sightline.cli` that holds a command stands in the table of commands."""
    folder = ROOT / "core" / "sightline" / "cli"
    written = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^@click\.(command|group)\(\)", path.read_text("utf-8"), re.MULTILINE)
    }
    reached = {place.partition(":")[0].rpartition(".")[2] for place, _ in COMMANDS.values()}

    assert len(written) > 10
    assert written - reached == set()
