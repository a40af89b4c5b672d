"""How an error reaches a user: what, where, how to mend; never a traceback. `--debug` keeps one in a private file."""

from __future__ import annotations

import contextlib
import logging
import os
import traceback
from pathlib import Path

import click

from sightline._version import __version__
from sightline.cli.output import plain
from sightline.collect.redact import REDACTOR, RedactingFilter
from sightline.errors import SightlineError

__all__ = ["keep_logs", "show"]

#: Further lines of an error stand under its first: none of them can pass for a line of ours.
_UNDER = " " * len("error: ")


def show(error: Exception, *, debug: bool, workspace: str | None = None) -> int:
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
        for at, part in enumerate(REDACTOR.clean(line).split("\n")):
            click.echo(f"{_UNDER if at else ''}{plain(part)}", err=True)
    if debug:
        click.echo(f"trace: {_keep(error, workspace)}", err=True)
    return 1


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "sightline"


def keep_logs(workspace: str | None, *, debug: bool) -> None:
    """Where log records of libraries go: with `debug` into the redacted log, otherwise nowhere, never to the terminal."""
    root = logging.getLogger()
    if not debug:
        if not root.handlers:
            root.addHandler(logging.NullHandler())
        return
    handler = _DebugLog(workspace)
    handler.addFilter(RedactingFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    log = logging.getLogger("sightline")
    log.setLevel(logging.DEBUG)
    log.info("sightline %s", __version__)


class _DebugLog(logging.Handler):
    """Appends each record to the debug log."""

    def __init__(self, workspace: str | None) -> None:
        super().__init__()
        self._workspace = workspace

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            _append(self.format(record), self._workspace)


def _keep(error: Exception, workspace: str | None) -> str:
    """The redacted trace, appended to the debug log; where that is, or why there is none."""
    try:
        return str(_append("".join(traceback.format_exception(error)), workspace))
    except OSError as refused:
        return f"cannot be written ({refused.strerror})"


def _append(text: str, workspace: str | None) -> Path:
    """Append to `.sightline/debug.log` (0600) of the workspace, or of the current folder where there is none."""
    from sightline.config.workspace import DATA, find_workspace

    try:
        folder = find_workspace(workspace) / DATA
    except SightlineError:
        folder = Path(DATA)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "debug.log"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(REDACTOR.clean(text).encode("utf-8", "backslashreplace").decode() + "\n")
    return path
