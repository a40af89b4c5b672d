"""Export tables as JSON Lines and CSV, row by row. A text cell that a spreadsheet would run as a formula is defused."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

__all__ = ["WRITERS", "write_csv", "write_jsonl"]

Rows = Iterable[tuple[Any, ...]]
Columns = tuple[str, ...]

#: Source of the rule: OWASP ASVS 5.0, 1.2.10 (CSV and formula injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_jsonl(columns: Columns, rows: Rows, stream: TextIO) -> int:
    """One JSON object a line, keys as columns; the number of rows."""
    count = 0
    for row in rows:
        stream.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
        count += 1
    return count


def write_csv(columns: Columns, rows: Rows, stream: TextIO) -> int:
    """RFC 4180 with a heading row, lists joined by `; `, nothing for null; the number of rows."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        count += 1
    return count


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list() | tuple():
            return _defused("; ".join(str(item) for item in value))
        case _:
            return _defused(str(value))


def _defused(text: str) -> str:
    """A leading quote before what a spreadsheet would take for a formula; numbers stay numbers."""
    if text.startswith(_FORMULA) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    head, _, tail = text.removeprefix("-").partition(".")
    return head.isascii() and head.isdigit() and (not tail or (tail.isascii() and tail.isdigit()))


#: Format name → writer, for formats that can be streamed.
WRITERS: Mapping[str, Callable[[Columns, Rows, TextIO], int]] = {"jsonl": write_jsonl, "csv": write_csv}
