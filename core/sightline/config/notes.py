"""Notes kept as files: `notes/*.md`, each with TOML between two lines of `+++`, then the text.

+++
project = "acme_website"
kind = "decision"
at = 2026-11-17
by = "J. Hale"
client_visible = true
+++
Keep the present font: the licence runs until 2029.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sightline.config.problems import nearest, refuse, told
from sightline.model.notes import Note

__all__ = ["read_notes"]

_MARK = "+++"
#: A note is a note; a longer file is something else.
_MOST_BYTES = 64 * 1024


class _Front(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    project: str
    kind: Literal["decision", "question", "approval", "note", "agreement"]
    at: dt.datetime | dt.date
    by: str | None = None
    asked_of: str | None = None
    due: dt.date | None = None
    task: str | None = None
    answered_at: dt.datetime | dt.date | None = None
    answer: str | None = None
    answered_by: str | None = None
    outcome: Literal["approved", "refused", "answered", "withdrawn"] | None = None
    client_visible: bool = False


def read_notes(folder: Path, projects: Collection[str], zone: dt.tzinfo) -> list[Note]:
    """The notes of a folder by file name; none where there is no folder. All problems in one `ConfigError`.

    A day is taken as that day's beginning in `zone`, for answers as its end.
    """
    found: list[Note] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        try:
            note = _note(path, zone)
        except ValueError as error:
            problems.append(f"{path.name}: {error}")
            continue
        if note.project not in projects:
            problems.append(f"{path.name}: there is no project {note.project[:60]!r}{nearest(note.project, projects)}")
        found.append(note)
    if problems:
        raise refuse(problems, where=str(folder))
    return found


def _note(path: Path, zone: dt.tzinfo) -> Note:
    """One file; a `ValueError` says in words what is wrong with it."""
    front, text = _parts(path)
    try:
        said = _Front(**front)
    except ValidationError as error:
        raise ValueError("; ".join(told(error, _Front))) from None
    return Note(
        id=f"file:{path.stem}",
        project=said.project,
        kind=said.kind,
        text=text,
        at=_instant(said.at, zone, dt.time.min),
        by=said.by,
        asked_of=said.asked_of,
        due=said.due,
        answered_at=_instant(said.answered_at, zone, dt.time(23, 59)) if said.answered_at else None,
        answer=said.answer,
        answered_by=said.answered_by,
        outcome=said.outcome,
        task_key=said.task,
        client_visible=said.client_visible,
    )


def _parts(path: Path) -> tuple[dict[str, Any], str]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("is longer than 64 KB")
        whole = path.read_text("utf-8")
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    lines = whole.splitlines()
    marks = [number for number, line in enumerate(lines) if line.strip() == _MARK][:2]
    if len(marks) != len((_MARK, _MARK)) or marks[0] != 0:
        raise ValueError(f"must begin with TOML between two lines of {_MARK}")
    try:
        front = tomllib.loads("\n".join(lines[1 : marks[1]]))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not valid TOML: {error}") from None
    text = "\n".join(lines[marks[1] + 1 :]).strip()
    if not text:
        raise ValueError("has no text")
    return front, text


def _instant(value: dt.datetime | dt.date, zone: dt.tzinfo, at: dt.time) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, at)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(dt.UTC)
