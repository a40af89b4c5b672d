"""Records as they were delivered, read back by source, scope, id or what they hang on; streamed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Select, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from sightline.errors import ContractError
from sightline.model.facts import TABLES, Known, Sourced
from sightline.model.records import Document, Line, Record, Task
from sightline.model.refs import Ref
from sightline.store.codec import decoder, line_decoder
from sightline.store.engine import Database
from sightline.store.statements import select_among
from sightline.store.tables import LINES, Kind, kind_of, line_fields
from sightline.store.tables_own import EXISTENCE, OLD_KEYS
from sightline.store.tombstones import within

__all__ = ["Presence", "Records"]

RecordT = TypeVar("RecordT", bound=Record)
_AT_A_TIME = 1000


class Presence(NamedTuple):
    """Since `at` the record was there, or not."""

    present: bool
    at: dt.datetime
    learnt_at: dt.datetime


class Records(Database):
    """What is kept of the tools."""

    def load(
        self,
        kind: type[RecordT],
        source: str | None = None,
        *,
        scope: str = "",
        ids: Collection[str] | None = None,
        parents: Collection[str] | None = None,
        removed: bool = False,
    ) -> Iterator[Sourced[RecordT]]:
        """Records of one kind with their source, in the order of source and id.

        Of one `scope` (its id; what has no scope of its own goes by its task's), of some `ids`, or of some `parents`
        (tasks; documents for payments). Removed ones only when asked for. Nothing is held in memory but a few rows.
        """
        held = kind_of(kind)
        if scope and source is None:
            raise ContractError("a scope without its source", where="store.load", mend="Name the source, too.")
        found = [] if source is None else [held.table.c.source == source]
        if scope and source is not None:
            found.append(within(held, source, scope))
        if not removed:
            found.append(held.table.c.removed_at.is_(None))
        with self.reading() as connection:
            for chosen in _batches(held, ids, parents):
                yield from _stream(connection, held, [*found, *chosen])

    def known(self, kind: type[Record], source: str, ids: Collection[str]) -> dict[Ref, Known]:
        """When each of these records was learnt and, if it is gone, since when and since when that is known."""
        columns = kind_of(kind).table.c
        query = select(columns.id, columns.first_learnt_at, columns.removed_at, columns.removed_learnt_at)
        found: dict[Ref, Known] = {}
        with self.reading() as connection:
            for chosen in _batches(kind_of(kind), ids, None):
                rows = connection.execute(query.where(columns.source == source, *chosen))
                found |= {Ref(source, TABLES[kind], row[0]): Known(*row[1:]) for row in rows}
        return found

    def tasks_named(self, source: str, keys: Collection[str], addresses: Collection[str] = ()) -> list[Sourced[Task]]:
        """The live tasks of a source with one of these keys, as written, or with one of these web addresses.

        Keys are found by an index; for addresses all tasks of the source are gone through.
        """
        held = kind_of(Task)
        columns = held.table.c
        live = (columns.source == source, columns.removed_at.is_(None))
        found: list[Sourced[Task]] = []
        with self.reading() as connection:
            for column, wanted in ((columns.key, keys), (columns.url, addresses)):
                rest = iter(sorted(set(wanted)))
                while batch := list(islice(rest, _AT_A_TIME)):
                    found += _stream(connection, held, (*live, column.in_(batch)))
        return found

    def existence(self, source: str, kind: type[Record], key: str) -> list[Presence]:
        """When the record with that id vanished and came back, as it was learnt; empty if it never did."""
        columns = EXISTENCE.c
        query = select(columns.present, columns.at, columns.learnt_at).order_by(columns.id)
        query = query.where(columns.source == source, columns.kind == kind_of(kind).table.name, columns.record == key)
        with self.reading() as connection:
            return [Presence(*row) for row in connection.execute(query)]

    def old_keys(self, source: str) -> dict[str, str]:
        """Key that a task had before it was moved → the task's id."""
        query = select(OLD_KEYS.c.key, OLD_KEYS.c.task).where(OLD_KEYS.c.source == source)
        with self.reading() as connection:
            return {row.key: row.task for row in connection.execute(query)}


def _batches(
    kind: Kind, ids: Collection[str] | None, parents: Collection[str] | None
) -> Iterator[Sequence[ColumnElement[bool]]]:
    """Conditions for the ids or parents, some hundred at a time; one empty condition when neither is asked for."""
    if ids is None and parents is None:
        yield ()
        return
    if ids is not None and parents is not None:
        raise ContractError("ids and parents at once", where="store.load", mend="Ask for one of them.")
    name = "id" if ids is not None else kind.parent
    if name is None:
        raise ContractError(
            f"{kind.record.__name__} hangs on nothing", where="store.load", mend="Ask by scope or by id."
        )
    rest = iter(sorted(set(ids if ids is not None else parents or ())))
    while batch := list(islice(rest, _AT_A_TIME)):
        yield (kind.table.c[name].in_(batch),)


def _plain(kind: Kind) -> Select[*tuple[Any, ...]]:
    # The compiled decoder wants the driver's own values; SQLAlchemy's would be converted twice.
    columns = kind.table.c
    wanted = [type_coerce(columns[name], NullType()) for name in ("source", *kind.fields)]
    return select(*wanted).order_by(columns.source, columns.id)


def _stream(connection: Connection, kind: Kind, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Sourced[Any]]:
    decode = decoder(kind.record, connection.dialect.name)
    statement = _plain(kind).where(*conditions)
    for rows in connection.execution_options(yield_per=_AT_A_TIME).execute(statement).partitions():
        records = [Sourced(row[0], decode(row)) for row in rows]
        yield from _with_lines(connection, records) if kind.record is Document else records


def _with_lines(connection: Connection, documents: list[Sourced[Any]]) -> Iterator[Sourced[Any]]:
    """The same documents, each with its lines in the vendor's order."""
    decode = line_decoder(connection.dialect.name)
    lines: dict[tuple[str, str], list[tuple[int, Line]]] = {}
    for source in {document.source for document in documents}:
        ids = [document.record.id for document in documents if document.source == source]
        columns = (*line_fields(), "document", "position")
        for row in select_among(connection, LINES, columns, source=source, by="document", ids=ids):
            lines.setdefault((source, row[-2]), []).append((row[-1], decode(row)))
    for document in documents:
        own = sorted(lines.get((document.source, document.record.id), ()), key=lambda placed: placed[0])
        yield Sourced(document.source, msgspec.structs.replace(document.record, lines=tuple(line for _, line in own)))
