"""Every command explains itself, and every one that prints data has `--json`."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from sightline.cli.main import COMMANDS, cli

#: Print no data of their own: they make something, or show a page.
WITHOUT_JSON = {"demo", "init", "connect", "report", "report show", "plugins", "sandbox"}


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

        assert ("--json" in flags) != (place in WITHOUT_JSON), place
