"""The few statements of the fast path, written for the driver at hand: upserts and look-ups by many ids.

A name in them is always one of ours; values are always parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

__all__ = ["execute_many", "insert", "mark", "quoted", "select_among", "upsert"]


def mark(connection: Connection) -> str:
    """How a parameter is written."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


def quoted(names: Iterable[str]) -> list[str]:
    """Names as both databases take them, whatever words they reserve."""
    return [f'"{name}"' for name in names]


def insert(connection: Connection, table: Table, columns: tuple[str, ...]) -> str:
    """`INSERT` of those columns."""
    return _insert(table.name, columns, mark(connection))


@cache
def _insert(table: str, columns: tuple[str, ...], place: str) -> str:
    return f"INSERT INTO {table} ({', '.join(quoted(columns))}) VALUES ({', '.join([place] * len(columns))})"  # noqa: S608 - made of our own table and column names


def upsert(connection: Connection, table: Table, columns: tuple[str, ...], *, keep: tuple[str, ...] = ()) -> str:
    """`INSERT` that replaces the row with the same primary key, except the columns to `keep`."""
    return _upsert(table, columns, keep, mark(connection))


@cache
def _upsert(table: Table, columns: tuple[str, ...], keep: tuple[str, ...], place: str) -> str:
    primary = [column.name for column in table.primary_key]
    updated = quoted(name for name in columns if name not in primary and name not in keep)
    sets = ", ".join(f"{name} = excluded.{name}" for name in updated)
    return f"{_insert(table.name, columns, place)} ON CONFLICT ({', '.join(quoted(primary))}) DO UPDATE SET {sets}"


def select_among(
    connection: Connection, table: Table, columns: tuple[str, ...], *, source: str, by: str, ids: Iterable[str]
) -> Sequence[Any]:
    """Rows of one source whose column `by` is among `ids`, as raw values of the driver."""
    lite = connection.dialect.name == "sqlite"
    # One parameter however many ids there are: the statement stays the same, and no limit is met.
    listed = msgspec.json.encode(list(ids)).decode() if lite else list(ids)
    return connection.exec_driver_sql(_select_among(table.name, columns, by, lite), (source, listed)).all()


@cache
def _select_among(table: str, columns: tuple[str, ...], by: str, lite: bool) -> str:  # noqa: FBT001 - part of a cache key
    place, among = ("?", "IN (SELECT value FROM json_each(?))") if lite else ("%s", "= ANY(%s)")
    return f'SELECT {", ".join(quoted(columns))} FROM {table} WHERE source = {place} AND "{by}" {among}'  # noqa: S608 - made of our own table and column names


def execute_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """The statement for every row; nothing for none."""
    if rows:
        connection.exec_driver_sql(statement, list(rows))
