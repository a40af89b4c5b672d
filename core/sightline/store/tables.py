"""The tables of what was collected: one per record class, its columns made from the class's own fields.

A new field of a record is a column here by itself; it only needs a migration. Every table also knows the source, when
which stream delivered it last, when
it was learnt first and last, and whether (since when) it is removed at the source.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from sightline.errors import ContractError
from sightline.model.records import (
    Account,
    Activity,
    Change,
    ChecklistItem,
    Contact,
    Document,
    Line,
    Link,
    Milestone,
    Payment,
    Record,
    Scope,
    Task,
    TimeEntry,
)
from sightline.model.time import day_in
from sightline.store.types import Day, Exact, Instant, Json, Scaled

__all__ = ["KINDS", "LINES", "METADATA", "Kind", "kind_of", "line_fields"]

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Decimals that are no money and keep any number of digits.
_EXACT = frozenset({"points", "quantity", "discount_rate", "rate_to_base"})
_PLAIN: dict[type, type[TypeEngine[Any]]] = {
    str: Text,
    int: BigInteger,
    bool: Boolean,
    dt.datetime: Instant,
    dt.date: Day,
}

Derive = Callable[[Any, dt.tzinfo], Any]


@dataclasses.dataclass(frozen=True)
class Kind:
    """One record class and how it is kept."""

    record: type[Record]
    table: Table
    fields: tuple[str, ...]
    """Fields of the record that are columns of the same name."""
    parent: str | None
    """The column that names what a record of this kind hangs on, for `Whole`."""
    derived: dict[str, Derive]
    """Columns computed from the record and the workspace's zone; they stand in for a field of the same name."""

    @property
    def content(self) -> tuple[str, ...]:
        """Columns that make two versions of a record differ, `source` and `id` first."""
        return ("source", *self.fields, *(name for name in self.derived if name not in self.fields))


def _column(name: str, hint: Any, *, primary: bool = False) -> Column[Any]:
    args = [arg for arg in typing.get_args(hint) if arg is not type(None)]
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    kind = args[0] if union else hint
    return Column(name, _type(name, kind), primary_key=primary, nullable=union)


def _type(name: str, kind: Any) -> TypeEngine[Any]:
    if typing.get_origin(kind) is typing.Literal:
        return Text()
    if typing.get_origin(kind) is tuple:
        return Json(kind)
    if kind is Decimal:
        return Exact() if name in _EXACT else Scaled()
    return _PLAIN[kind]()


def _kind(
    name: str,
    record: type[Record],
    *indexes: tuple[str, ...],
    parent: str | None = None,
    extra: tuple[Column[Any], ...] = (),
    derived: dict[str, Derive] | None = None,
) -> Kind:
    hints = typing.get_type_hints(record)
    names = tuple(field for field in record.__struct_fields__ if field != "lines")
    fields = ("id", *(field for field in names if field != "id"))
    table = Table(
        name,
        METADATA,
        Column("source", Text, primary_key=True),
        *(_column(field, hints[field], primary=field == "id") for field in fields),
        *extra,
        Column("stream", Text, nullable=False),
        Column("first_learnt_at", Instant, nullable=False),
        Column("learnt_at", Instant, nullable=False),
        Column("removed_at", Instant),
        Column("removed_learnt_at", Instant),
        *(Index(None, "source", *columns) for columns in indexes),
    )
    return Kind(record, table, fields, parent, derived or {})


def _effective_day(entry: TimeEntry, zone: dt.tzinfo) -> dt.date | None:
    if entry.day is not None or entry.started_at is None:
        return entry.day
    return day_in(entry.started_at, zone)


def _lines_digest(document: Document, _zone: dt.tzinfo) -> str:
    rows = [tuple(getattr(line, name) for name in line_fields()) for line in document.lines]
    return blake2b(repr(rows).encode(), digest_size=16).hexdigest()


def line_fields() -> tuple[str, ...]:
    """The fields of a document line, in the order of its columns."""
    return Line.__struct_fields__


#: Records of one scope are read in the order of their ids. Without the id in the index SQLite goes through the whole
#: source by id instead, to save itself the sorting.
_OF_SCOPE = ("scope", "id")

KINDS: dict[type[Record], Kind] = {
    kind.record: kind
    for kind in (
        _kind("scopes", Scope),
        _kind("accounts", Account),
        _kind("milestones", Milestone, ("scope",)),
        _kind("tasks", Task, _OF_SCOPE, ("key",)),
        _kind(
            "changes",
            Change,
            ("task",),
            parent="task",
            extra=(Column("derived", Boolean, nullable=False),),
            derived={"derived": lambda _change, _zone: False},
        ),
        _kind("checklist_items", ChecklistItem, ("task",), parent="task"),
        _kind("links", Link, ("from_task",), ("to",), parent="from_task"),
        _kind(
            "time_entries",
            TimeEntry,
            _OF_SCOPE,
            ("task", "scope"),
            parent="task",
            extra=(Column("day_by_vendor", Boolean, nullable=False),),
            derived={"day": _effective_day, "day_by_vendor": lambda entry, _zone: entry.day is not None},
        ),
        _kind(
            "documents",
            Document,
            _OF_SCOPE,
            extra=(Column("lines_digest", Text, nullable=False),),
            derived={"lines_digest": _lines_digest},
        ),
        _kind("payments", Payment, ("scope",), ("document",), parent="document"),
        _kind("contacts", Contact, ("scope",)),
        _kind("activity", Activity, _OF_SCOPE, ("task", "scope"), parent="task"),
    )
}

#: Lines of documents, replaced together with their document.
LINES = Table(
    "document_lines",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    *(_column(name, typing.get_type_hints(Line)[name]) for name in line_fields()),
)


def kind_of(record: type) -> Kind:
    """How records of that class are kept; a `ContractError` for any other class."""
    try:
        return KINDS[record]
    except KeyError:
        raise ContractError(
            f"{record.__name__} is no kind of record", where="store", mend="Use a class of sightline.model.records."
        ) from None
