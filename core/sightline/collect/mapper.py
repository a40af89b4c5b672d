"""How rows become records: `map` is third-party code, so what it yields is checked and what it raises is kept apart."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Sequence
from typing import Any

import msgspec

from sightline.collect.connector import Context, Stream
from sightline.collect.request import at_path
from sightline.errors import SightlineError
from sightline.model.collected import Gone, Skipped, Whole
from sightline.model.records import Record, Task

__all__ = ["UNKNOWN_ID", "MappedPage", "map_rows", "row_id"]

#: The id of a row that has none.
UNKNOWN_ID = "?"
_ESTIMATES = ("estimate_seconds", "remaining_seconds", "points")
_SEEN_ID = 80


@dataclasses.dataclass(slots=True)
class MappedPage:
    """What one page's rows gave."""

    records: list[Record] = dataclasses.field(default_factory=list)
    gone: list[Gone] = dataclasses.field(default_factory=list)
    whole: list[Whole] = dataclasses.field(default_factory=list)
    skipped: list[Skipped] = dataclasses.field(default_factory=list)
    read: list[str] = dataclasses.field(default_factory=list)
    impossible: set[str] = dataclasses.field(default_factory=set)
    """Ids of tasks with a negative estimate, which is taken for none."""


def map_rows(stream: Stream, rows: Sequence[Any], context: Context) -> MappedPage:
    """All records of the page. A row that cannot be read is skipped with its reason; the others are kept."""
    page = MappedPage()
    for row in rows:
        try:
            found = list(stream.map(row, context))
            _sort_in(found, stream, page)
        except SightlineError as error:
            page.skipped.append(Skipped(stream=stream.name, id=row_id(stream, row), reason=error.what))
        except Exception as error:  # noqa: BLE001 - whatever a plug-in raises concerns this row only
            page.skipped.append(Skipped(stream=stream.name, id=row_id(stream, row), reason=_told(error)))
        else:
            page.read.append(row_id(stream, row))
    return page


def _sort_in(found: list[Any], stream: Stream, page: MappedPage) -> None:
    """All of a row or nothing of it: what it found is looked at before any of it is kept."""
    records: list[Record] = []
    gone: list[Gone] = []
    whole: list[Whole] = []
    heaps: dict[type, list[Any]] = {Gone: gone, Whole: whole, **dict.fromkeys(stream.delivers, records)}
    for item in found:
        heap = heaps.get(item.__class__)
        if heap is None:
            undeclared = f", which {stream.name} does not declare in `delivers`" if isinstance(item, Record) else ""
            raise TypeError(f"map returned {type(item).__name__}{undeclared}")
        heap.append(_believed(item, page) if item.__class__ is Task else item)
    page.records += records
    page.gone += gone
    page.whole += whole


def _believed(task: Task, page: MappedPage) -> Task:
    """The task without estimates below nothing: no work takes less than no time, and sums would be wrong in silence."""
    below = [name for name in _ESTIMATES if (found := getattr(task, name)) is not None and found < 0]
    if not below:
        return task
    page.impossible.add(task.id)
    return msgspec.structs.replace(task, **dict.fromkeys(below))


def row_id(stream: Stream, row: Any) -> str:
    """The row's id as the stream says where to find it; `?` when it has none."""
    if isinstance(row, str):
        # A program's output has no fields: its first line tells the row.
        return row.lstrip().split("\n", 1)[0][:_SEEN_ID] or UNKNOWN_ID
    value = at_path(row, stream.id) if isinstance(row, dict) else None
    return str(value)[:_SEEN_ID] if isinstance(value, (str, int)) else UNKNOWN_ID


def _told(error: Exception) -> str:
    """What went wrong and where in the plug-in; never the exception's text, which may hold the row's values."""
    if isinstance(error, TypeError) and str(error).startswith("map returned"):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    frame = frames[-1] if frames else None
    place = f" in {frame.name} (line {frame.lineno} of {frame.filename.rsplit('/', 1)[-1]})" if frame else ""
    return f"{type(error).__name__}{place}"
