"""From records to rows and back, compiled once per kind and database from the columns.

A task has some forty columns and a large workspace a million tasks, so a loop over columns per record is too slow. The
compiled functions are plain tuples of expressions: about 4 µs for a task.
"""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, Column, Text

from sightline.model.records import Line, Record
from sightline.store.tables import LINES, Kind, kind_of, line_fields
from sightline.store.types import LARGEST, Json, Stored, clean, whole

__all__ = ["Decode", "Encode", "decoder", "encoder", "line_decoder", "line_encoder"]

Row = tuple[Any, ...]
Encode = Callable[[Any, str, dt.tzinfo], Row]
"""(record, source, zone of the workspace) → the values of `Kind.content`; raises `RowError` if one cannot be kept."""
Decode = Callable[[Row], Any]
"""The values of `source` and `Kind.fields` → the record."""


def _kept(value: str, column: Column[Any], dialect: str, env: dict[str, Any]) -> str:
    """Python source that turns the source `value` into what the driver is given."""
    kind = column.type
    if isinstance(kind, Stored):
        name = f"_{column.name}"
        env[name] = kind.encoder(dialect)
        body = f"{name}(_v)"
    elif isinstance(kind, BigInteger):
        body = f"_v if -{LARGEST} <= _v <= {LARGEST} else _whole(_v)"
    elif isinstance(kind, Text):
        body = '_v if _v.isascii() and "\\0" not in _v else _clean(_v)'
    else:
        return value
    return f"(None if (_v := {value}) is None else {body})"


def _told(value: str, column: Column[Any], dialect: str, env: dict[str, Any]) -> str:
    """Python source that turns the source `value`, as the driver returned it, into a field's value."""
    kind = column.type
    if isinstance(kind, Stored):
        name = f"_{column.name}"
        env[name] = kind.decoder(dialect)
        # Most lists are empty, and an empty one needs no reading.
        empty = isinstance(kind, Json) and typing.get_origin(kind.of) is tuple and dialect == "sqlite"
        body = f'(() if _v == "[]" else {name}(_v))' if empty else f"{name}(_v)"
    elif kind.python_type is bool:
        body = "_v == 1"
    else:
        return value
    return f"(None if (_v := {value}) is None else {body})"


def _compiled(source: str, env: dict[str, Any]) -> Callable[..., Any]:
    return cast("Callable[..., Any]", eval(source, env))  # noqa: S307 - source is ours, made of column names


@cache
def encoder(record: type[Record], dialect: str) -> Encode:
    """Turns a record of that class into a row."""
    kind = kind_of(record)
    env: dict[str, Any] = {"_whole": whole, "_clean": clean}
    parts = []
    for name in kind.content[1:]:
        column = kind.table.c[name]
        value = f"_r.{name}"
        if name in kind.derived:
            env[f"_derive_{name}"] = kind.derived[name]
            value = f"_derive_{name}(_r, _zone)"
        parts.append(_kept(value, column, dialect, env))
    return _compiled(f"lambda _r, _source, _zone: (_source, {', '.join(parts)})", env)


@cache
def decoder(record: type[Record], dialect: str) -> Decode:
    """Turns a row (`source`, then `Kind.fields`) back into the record; a document comes without its lines."""
    kind: Kind = kind_of(record)
    env: dict[str, Any] = {"_record": record}
    parts = [
        f"{name}={_told(f'_row[{at}]', kind.table.c[name], dialect, env)}" for at, name in enumerate(kind.fields, 1)
    ]
    return _compiled(f"lambda _row: _record({', '.join(parts)})", env)


@cache
def line_encoder(dialect: str) -> Callable[[Line, str, str, int], Row]:
    """Turns (line, source, document id, position) into a row of `document_lines`."""
    env: dict[str, Any] = {"_whole": whole, "_clean": clean}
    parts = [_kept(f"_r.{name}", LINES.c[name], dialect, env) for name in line_fields()]
    return _compiled(f"lambda _r, _source, _document, _at: (_source, _document, _at, {', '.join(parts)})", env)


@cache
def line_decoder(dialect: str) -> Callable[[Row], Line]:
    """Turns the values of `line_fields()` back into a line."""
    env: dict[str, Any] = {"_record": Line}
    parts = [f"{name}={_told(f'_row[{at}]', LINES.c[name], dialect, env)}" for at, name in enumerate(line_fields())]
    return _compiled(f"lambda _row: _record({', '.join(parts)})", env)
