"""How an error reaches a user: what, where, how to mend; never a traceback. `--debug` keeps one in a private file."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import click

from sightline.cli.output import plain
from sightline.collect.redact import REDACTOR
from sightline.errors import SightlineError

__all__ = ["show"]


def show(error: Exception, *, debug: bool) -> int:
    """Tell it on stderr; the exit code."""
    if isinstance(error, SightlineError):
        lines = [f"error: {error.what}", f"where: {error.where}", f"mend:  {error.mend}"]
    else:
        lines = [
            f"error: an internal error ({type(error).__name__})",
            f"where: {_place(error)}",
            "mend:  Run it again with `sightline --debug …` and report what it writes.",
        ]
    for line in lines:
        click.echo(plain(REDACTOR.clean(line)), err=True)
    if debug:
        click.echo(f"trace: {_keep(error)}", err=True)
    return 1


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "sightline"


def _keep(error: Exception) -> str:
    """The redacted trace, appended to `.sightline/debug.log` here (0600)."""
    folder = Path(".sightline")
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "debug.log"
    text = "".join(traceback.format_exception(error))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(REDACTOR.clean(text) + "\n")
    return str(path)
