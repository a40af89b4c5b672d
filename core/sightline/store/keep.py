"""How the records of one kind on one page meet what is stored: what is new, changed, the same, or back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection

from sightline.model.collected import Counts, Landing
from sightline.model.records import Change, Document, Record, Task
from sightline.store.codec import Encode, decoder, encoder, line_encoder
from sightline.store.history import TRACKED, steps
from sightline.store.statements import execute_many, insert, mark, select_among, upsert
from sightline.store.tables import LINES, Kind, kind_of, line_fields
from sightline.store.tables_own import OLD_KEYS
from sightline.store.tombstones import remember
from sightline.store.types import Instant

__all__ = ["Page", "keep"]

_LEARNT = ("stream", "first_learnt_at", "learnt_at", "removed_at", "removed_learnt_at")
Row = tuple[Any, ...]


@dataclasses.dataclass
class Page:
    """The records of one kind on a page and, beside each, its row."""

    kind: Kind
    encode: Encode
    records: list[Record] = dataclasses.field(default_factory=list)
    rows: list[Row] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True)
class _Version:
    """A record as it is stored: its row, the stream that delivered it last, whether it is removed."""

    row: Row
    stream: str
    removed: bool = False


@dataclasses.dataclass
class _Outcome:
    """What a page does to what is stored."""

    write: dict[str, int] = dataclasses.field(default_factory=dict)
    """Id of what is to be written → where on the page its last version stands."""
    versions: list[tuple[Row, Row]] = dataclasses.field(default_factory=list)
    """Before and after of every change."""
    returned: list[str] = dataclasses.field(default_factory=list)
    counts: Counts = dataclasses.field(default_factory=Counts)


def keep(connection: Connection, landing: Landing, page: Page) -> Counts:
    """Write what is new or changed, with the history it makes; rows that are the same are not touched."""
    outcome = _compare(page, _stored(connection, landing.source, page), landing.stream)
    kept = Instant().encoder(connection.dialect.name)
    learnt = kept(landing.learnt_at)
    end = (landing.stream, learnt, learnt, None, None)
    rows = [page.rows[at] + end for at in outcome.write.values()]
    columns = (*page.kind.content, *_LEARNT)
    execute_many(connection, upsert(connection, page.kind.table, columns, keep=("first_learnt_at",)), rows)
    remember(connection, landing.source, page.kind, dict.fromkeys(outcome.returned, learnt), learnt, present=True)
    if page.kind.record is Task:
        _keep_steps(connection, landing, outcome.versions, learnt)
    if page.kind.record is Document:
        _keep_lines(connection, landing.source, [page.records[at] for at in outcome.write.values()])
    return outcome.counts


def _stored(connection: Connection, source: str, page: Page) -> dict[str, _Version]:
    """What is stored of the page's records."""
    ids = {row[1] for row in page.rows}
    columns = (*page.kind.content, "removed_at", "stream")
    found = select_among(connection, page.kind.table, columns, source=source, by="id", ids=ids)
    return {row[1]: _Version(tuple(row[:-2]), row[-1], removed=row[-2] is not None) for row in found}


def _compare(page: Page, current: dict[str, _Version], stream: str) -> _Outcome:
    outcome = _Outcome()
    counts = outcome.counts
    for at, row in enumerate(page.rows):
        old = current.get(row[1])
        if old is None:
            counts.new += 1
        elif old.row == row and not old.removed:
            counts.same += 1
            if old.stream == stream:
                continue
        else:
            counts.changed += 1
            outcome.versions.append((old.row, row))
            if old.removed:
                outcome.returned.append(row[1])
        # A page may hold two versions of a record: each is compared with the one before it.
        current[row[1]] = _Version(row, stream)
        outcome.write[row[1]] = at
    return outcome


def _keep_steps(connection: Connection, landing: Landing, versions: list[tuple[Row, Row]], learnt: Any) -> None:
    """The history that the vendor does not record, and the keys that tasks had before."""
    decode = decoder(Task, connection.dialect.name)
    encode = encoder(Change, connection.dialect.name)
    changes: dict[str, Row] = {}
    old_keys: dict[str, Row] = {}
    for before, after in versions:
        if _told_by_history(before) == _told_by_history(after):
            continue
        old, new = cast("Task", decode(before)), cast("Task", decode(after))
        for step in steps(old, new, learnt_at=landing.learnt_at, by_vendor=landing.history_by_vendor):
            # The last column says that the step is derived.
            changes[step.id] = (
                *encode(step, landing.source, dt.UTC)[:-1],
                True,
                landing.stream,
                learnt,
                learnt,
                None,
                None,
            )
        if old.key != new.key:
            old_keys[old.key] = (landing.source, old.key, new.id, learnt)
    table = kind_of(Change)
    columns = (*table.content, *_LEARNT)
    keep = ("first_learnt_at",)
    execute_many(connection, upsert(connection, table.table, columns, keep=keep), list(changes.values()))
    columns = ("source", "key", "task", "learnt_at")
    execute_many(connection, upsert(connection, OLD_KEYS, columns), list(old_keys.values()))


_told_by_history = itemgetter(*(kind_of(Task).content.index(name) for name in ("key", "parent_key", *TRACKED)))


def _keep_lines(connection: Connection, source: str, documents: list[Any]) -> None:
    """Replace the lines of documents that are new or changed."""
    encode = line_encoder(connection.dialect.name)
    place = mark(connection)
    statement = f"DELETE FROM {LINES.name} WHERE source = {place} AND document = {place}"  # noqa: S608 - names are ours
    execute_many(connection, statement, [(source, document.id) for document in documents])
    columns = ("source", "document", "position", *line_fields())
    rows = [encode(line, source, document.id, at) for document in documents for at, line in enumerate(document.lines)]
    execute_many(connection, insert(connection, LINES, columns), rows)
