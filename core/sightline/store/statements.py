"""The few statements of the fast path, written for the driver at hand: upserts and look-ups by many ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

__all__ = ["among", "execute_many", "id_list", "insert", "mark", "select_among", "upsert"]


def mark(connection: Connection) -> str:
    """How a parameter is written."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


def _quoted(connection: Connection, names: Iterable[str]) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote
    return [quote(name) for name in names]


def insert(connection: Connection, table: Table, columns: Sequence[str]) -> str:
    """`INSERT` of those columns."""
    names = ", ".join(_quoted(connection, columns))
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join([mark(connection)] * len(columns))})"  # noqa: S608 - names are ours


def upsert(connection: Connection, table: Table, columns: Sequence[str], *, keep: Sequence[str] = ()) -> str:
    """`INSERT` that replaces the row with the same primary key, except the columns to `keep`."""
    primary = [column.name for column in table.primary_key]
    updated = _quoted(connection, [name for name in columns if name not in primary and name not in keep])
    target = ", ".join(_quoted(connection, primary))
    sets = ", ".join(f"{name} = excluded.{name}" for name in updated)
    return f"{insert(connection, table, columns)} ON CONFLICT ({target}) DO UPDATE SET {sets}"


def among(connection: Connection, column: str) -> str:
    """A condition with one parameter, made by `id_list`: the column is one of many ids."""
    name = _quoted(connection, [column])[0]
    if connection.dialect.name == "sqlite":
        return f"{name} IN (SELECT value FROM json_each(?))"  # noqa: S608 - the name is ours
    return f"{name} = ANY(%s)"


def id_list(connection: Connection, ids: Iterable[str]) -> Any:
    """The parameter of `among`."""
    return msgspec.json.encode(list(ids)).decode() if connection.dialect.name == "sqlite" else list(ids)


def select_among(
    connection: Connection, table: Table, columns: Sequence[str], *, source: str, by: str, ids: Iterable[str]
) -> list[Any]:
    """Rows of one source whose column `by` is among `ids`, as raw values of the driver."""
    names = ", ".join(_quoted(connection, columns))
    statement = f"SELECT {names} FROM {table.name} WHERE source = {mark(connection)} AND {among(connection, by)}"  # noqa: S608 - names are ours
    return list(connection.exec_driver_sql(statement, (source, id_list(connection, ids))).all())


def execute_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """The statement for every row; nothing for none."""
    if rows:
        connection.exec_driver_sql(statement, list(rows))
