"""How a local program is read: no shell, a clean environment, bounded memory, its rows as text."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

from sightline.collect.request import Command
from sightline.errors import SourceChanged

__all__ = ["read_command"]

_CHUNK = 1 << 16
#: A row longer than this is cut: a commit message of 10 MB is no reason to fail.
MAX_ROW = 1 << 20


def read_command(command: Command, *, where: str) -> Iterator[str]:
    """The output's pieces between separators, decoded as UTF-8 with replacement. It ends with the iterator.

    Raises `SourceChanged` when it cannot be started or exits with a code that is not in `ok_codes`.
    """
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": os.devnull, **command.env}
    name = command.args[0]
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the arguments are the plug-in's, paths come after `--`
            command.args,
            cwd=command.cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise SourceChanged(
            f"cannot run {name} ({error.strerror})",
            where=where,
            mend=f"Install {name}, and check the path in the settings.",
        ) from None
    try:
        yield from _pieces(process, command.separator)
        code = process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
    if code not in command.ok_codes:
        raise SourceChanged(
            f"{name} {_verb(command)} ended with code {code}",
            where=where,
            mend="Check the path in the settings, and that it can be read.",
        )


def _verb(command: Command) -> str:
    return next((arg for arg in command.args[1:] if arg.isalpha() and arg.islower()), "")


def _pieces(process: subprocess.Popen[bytes], separator: bytes) -> Iterator[str]:
    assert process.stdout is not None
    rest = b""
    while chunk := process.stdout.read(_CHUNK):
        *pieces, rest = (rest + chunk).split(separator) if len(rest) < MAX_ROW else _cut(rest, chunk, separator)
        for piece in pieces:
            yield piece.decode("utf-8", "replace")
    if rest.strip():
        yield rest.decode("utf-8", "replace")


def _cut(rest: bytes, chunk: bytes, separator: bytes) -> list[bytes]:
    """Past the bound, drop what comes until the next separator."""
    head, found, tail = chunk.partition(separator)
    del head
    return [rest[:MAX_ROW], *tail.split(separator)] if found else [rest[:MAX_ROW]]
