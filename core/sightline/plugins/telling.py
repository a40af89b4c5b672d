"""Text from a plug-in made fit for one line of a message: no line break, no escape sequence, bounded."""

from __future__ import annotations

import importlib.metadata
import os
import traceback

import pluggy

__all__ = ["place_of", "plain"]

#: Frames of the machinery that loads plug-ins; "<" begins the names of frozen modules.
_OURS = (
    "<",
    *(
        os.path.dirname(str(module)) + os.sep  # noqa: PTH120 - see `kinds`
        for module in (__file__, importlib.__file__, importlib.metadata.__file__, pluggy.__file__)
    ),
)


def plain(text: str, most: int = 240) -> str:
    """`text` in one line of at most `most` characters, without anything a terminal would obey."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def place_of(error: BaseException) -> str:
    """` in FILE, line N` of the innermost frame in a plug-in (file name only); empty when there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(_OURS)]
    if not theirs:
        return ""
    last = theirs[-1]
    return f" in {os.path.basename(last.filename)}, line {last.lineno}"  # noqa: PTH119 - see `kinds`
