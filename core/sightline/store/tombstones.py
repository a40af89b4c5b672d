"""How records disappear and come back: marked with when, never deleted, and each step kept as history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, false, func, select
from sqlalchemy.sql.elements import ColumnElement

from sightline.errors import ContractError
from sightline.model.collected import Gone, Whole
from sightline.model.records import Record, Task
from sightline.store.engine import Database
from sightline.store.statements import execute_many, insert, mark, select_among
from sightline.store.tables import Kind, kind_of
from sightline.store.tables_own import EXISTENCE
from sightline.store.types import Instant, clean

__all__ = ["Census", "bury", "bury_gone", "orphans_of", "remember", "within"]


class Census(Database):
    """What is live in a scope, and how to mark what is not there any more."""

    def live_ids(self, source: str, kind: type[Record], scope: str = "", stream: str | None = None) -> set[str]:
        """Ids of the records of that kind that are not removed, of one scope (its id) or, with "", of the source.

        With `stream`, only those that it delivered last. Accounts and scopes belong to no scope: asked for one, there
        are none, so that nobody takes them for missing there.
        """
        held = kind_of(kind)
        with self.reading() as connection:
            statement = select(held.table.c.id).where(_live(held, source, scope, stream))
            return set(connection.execute(statement).scalars().all())

    def ids_under(self, source: str, kind: type[Record], *, parents: Collection[str], by: str = "") -> set[str]:
        """Ids of live records of that kind that hang on one of those parents, or that name one in the field `by`."""
        with self.reading() as connection:
            return _children(connection, source, kind_of(kind), [clean(parent) for parent in parents], by)

    def count_live(self, source: str, kind: type[Record], scope: str = "", stream: str | None = None) -> int:
        """How many `live_ids` would give."""
        held = kind_of(kind)
        with self.reading() as connection:
            statement = select(func.count()).select_from(held.table).where(_live(held, source, scope, stream))
            return connection.execute(statement).scalar_one()

    def total(
        self,
        source: str,
        kind: type[Record],
        scope: str,
        *,
        kinds: Collection[str] = (),
        sum_of: str | None = None,
    ) -> int:
        """Number of live records of that kind in that scope (of some `kinds`), or the sum of one of their fields."""
        held = kind_of(kind)
        told = func.coalesce(func.sum(held.table.c[sum_of]), 0) if sum_of else func.count()
        query = select(told).select_from(held.table).where(_live(held, source, scope, None))
        if kinds:
            query = query.where(held.table.c.kind.in_(sorted(kinds)))
        with self.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def tombstone(
        self,
        source: str,
        kind: type[Record],
        ids: Collection[str],
        *,
        learnt_at: dt.datetime,
        at: dt.datetime | None = None,
    ) -> int:
        """Mark records as removed `at` (by default: when it was learnt); returns how many were live before."""
        with self.writing() as connection:
            return bury(connection, source, kind_of(kind), dict.fromkeys(ids, at), learnt_at)


def _live(kind: Kind, source: str, scope: str, stream: str | None) -> ColumnElement[bool]:
    columns = kind.table.c
    found = and_(columns.source == source, columns.removed_at.is_(None))
    if "derived" in columns:
        found = and_(found, columns.derived.is_(False))
    if stream is not None:
        found = and_(found, columns.stream == stream)
    return and_(found, within(kind, source, scope)) if scope else found


def within(kind: Kind, source: str, scope: str) -> ColumnElement[bool]:
    """The condition for records of a scope: by their own, else by that of the task they hang on, else none."""
    if "scope" in kind.table.c:
        return kind.table.c.scope == scope
    if kind.parent is None:
        return false()
    tasks = kind_of(Task).table.c
    return kind.table.c[kind.parent].in_(select(tasks.id).where(tasks.source == source, tasks.scope == scope))


def bury(
    connection: Connection, source: str, kind: Kind, gone: Mapping[str, dt.datetime | None], learnt_at: dt.datetime
) -> int:
    """Mark the live ones among `gone` (id → the vendor's moment, if it tells) as removed; returns how many."""
    if not gone:
        return 0
    found = select_among(connection, kind.table, ("id", "removed_at"), source=source, by="id", ids=gone)
    live = [row[0] for row in found if row[1] is None]
    kept = Instant().encoder(connection.dialect.name)
    learnt = kept(learnt_at)
    moments = {key: kept(at) if (at := gone[key]) else learnt for key in live}
    place = mark(connection)
    statement = (
        f"UPDATE {kind.table.name} SET removed_at = {place}, removed_learnt_at = {place}"  # noqa: S608 - names are ours
        f" WHERE source = {place} AND id = {place}"
    )
    execute_many(connection, statement, [(at, learnt, source, key) for key, at in moments.items()])
    remember(connection, source, kind, moments, learnt, present=False)
    return len(live)


def remember(
    connection: Connection, source: str, kind: Kind, moments: Mapping[str, Any], learnt: Any, *, present: bool
) -> None:
    """Keep that records vanished or came back; `moments` and `learnt` are in the database's own form."""
    columns = ("source", "kind", "record", "present", "at", "learnt_at")
    rows = [(source, kind.table.name, key, present, at, learnt) for key, at in moments.items()]
    execute_many(connection, insert(connection, EXISTENCE, columns), rows)


def bury_gone(connection: Connection, source: str, gone: Iterable[Gone], learnt_at: dt.datetime) -> int:
    """Mark what the vendor says was deleted."""
    by_kind: dict[type, dict[str, dt.datetime | None]] = {}
    for one in gone:
        by_kind.setdefault(one.kind, {})[clean(one.id)] = one.at
    return sum(bury(connection, source, kind_of(kind), ids, learnt_at) for kind, ids in by_kind.items())


def orphans_of(
    connection: Connection, source: str, whole: Iterable[Whole], delivered: Mapping[type[Record], Collection[str]]
) -> list[tuple[type[Record], set[str]]]:
    """By kind: the live children of `Whole` parents that are not among the `delivered` ids."""
    parents: dict[tuple[type[Record], str], list[str]] = {}
    for one in whole:
        parents.setdefault((one.kind, one.by), []).append(one.of if one.of.isascii() else clean(one.of))
    return [
        (kind, missing)
        for (kind, by), of in parents.items()
        if (missing := _children(connection, source, kind_of(kind), of, by).difference(delivered.get(kind, ())))
    ]


def _children(connection: Connection, source: str, kind: Kind, parents: list[str], by: str = "") -> set[str]:
    if kind.parent is None or (by and by not in kind.fields):
        raise ContractError(
            f"{kind.record.__name__} hangs on nothing" + " by that name" * bool(by),
            where="Whole",
            mend="Name a kind of record that has a parent, and a field of it.",
        )
    columns = ("id", "removed_at", *(("derived",) if "derived" in kind.table.c else ()))
    rows = select_among(connection, kind.table, columns, source=source, by=by or kind.parent, ids=parents)
    return {row[0] for row in rows if row[1] is None and not (len(row) > 2 and row[2])}
