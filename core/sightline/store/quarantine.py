"""Rows that could not be read: kept with the reason until they can be read or somebody accepts them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, func, select, update

from sightline.model.collected import Landing, Skipped
from sightline.store.engine import Database
from sightline.store.statements import execute_many, select_among, upsert
from sightline.store.tables_own import QUARANTINE
from sightline.store.types import Instant, clean

__all__ = ["Quarantine", "Quarantined", "settle"]

_Q = QUARANTINE.c
_LONGEST_REASON = 500


@dataclasses.dataclass(frozen=True)
class Quarantined:
    """One row that cannot be read, since when, and when somebody accepted that."""

    source: str
    stream: str
    id: str
    reason: str
    since: dt.datetime
    accepted_at: dt.datetime | None = None


class Quarantine(Database):
    """What could not be read."""

    def quarantined(self, source: str | None = None, *, accepted: bool = False) -> list[Quarantined]:
        """Rows in quarantine, oldest first; those that somebody accepted only if asked for."""
        query = select(QUARANTINE).order_by(_Q.since, _Q.source, _Q.stream, _Q.id)
        if source is not None:
            query = query.where(_Q.source == source)
        if not accepted:
            query = query.where(_Q.accepted_at.is_(None))
        with self.reading() as connection:
            return [Quarantined(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name for a row as mapping

    def unreadable(self, source: str) -> int:
        """How many rows of the source are in quarantine and not accepted."""
        query = select(func.count()).select_from(QUARANTINE).where(_Q.source == source, _Q.accepted_at.is_(None))
        with self.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def accept_quarantined(self, source: str | None = None, *, at: dt.datetime) -> int:
        """Somebody says: never mind these. Returns how many there were; rows that fail later are new ones."""
        query = update(QUARANTINE).where(_Q.accepted_at.is_(None)).values(accepted_at=at)
        if source is not None:
            query = query.where(_Q.source == source)
        with self.writing() as connection:
            return connection.execute(query).rowcount


def settle(connection: Connection, landing: Landing, skipped: Iterable[Skipped], readable: Collection[str]) -> None:
    """Put the skipped rows of a page into quarantine and let those out that could be read."""
    unreadable = {(clean(one.stream), clean(one.id)): one for one in skipped}
    held = select_among(connection, QUARANTINE, ("id",), source=landing.source, by="stream", ids=[landing.stream])
    lifted = {row[0] for row in held if row[0] in readable}
    for key in lifted - {key for _, key in unreadable}:
        connection.execute(
            delete(QUARANTINE).where(_Q.source == landing.source, _Q.stream == landing.stream, _Q.id == key)
        )
    since = Instant().encoder(connection.dialect.name)(landing.learnt_at)
    rows = [
        (landing.source, stream, key, clean(one.reason)[:_LONGEST_REASON], since)
        for (stream, key), one in unreadable.items()
    ]
    columns = ("source", "stream", "id", "reason", "since")
    execute_many(connection, upsert(connection, QUARANTINE, columns, keep=("since",)), rows)
