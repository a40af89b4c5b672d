"""The pages as the vendors sent them, compressed, so that they can be mapped again without the network."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zlib
from collections.abc import Iterator

from sqlalchemy import Connection, delete, select

from sightline.model.collected import Landing
from sightline.store.engine import Database
from sightline.store.statements import execute_many, insert
from sightline.store.tables_own import RAW_PAGES
from sightline.store.types import Instant

__all__ = ["RawPage", "RawPages", "write_raw"]

_R = RAW_PAGES.c


@dataclasses.dataclass(frozen=True)
class RawPage:
    """One page as the vendor sent it: JSON."""

    stream: str
    scope: str
    body: bytes
    learnt_at: dt.datetime


class RawPages(Database):
    """The archive of raw pages."""

    def raw_pages(
        self, source: str, *, stream: str | None = None, run: int | None = None, newest_first: bool = False
    ) -> Iterator[RawPage]:
        """Pages in the order in which they came, or backwards, unpacked one by one."""
        order = _R.id.desc() if newest_first else _R.id
        query = select(_R.stream, _R.scope, _R.body, _R.learnt_at).where(_R.source == source).order_by(order)
        if stream is not None:
            query = query.where(_R.stream == stream)
        if run is not None:
            query = query.where(_R.run == run)
        with self.reading() as connection:
            for row in connection.execution_options(yield_per=20).execute(query):
                yield RawPage(row.stream, row.scope, zlib.decompress(row.body), row.learnt_at)

    def drop_raw_before(self, moment: dt.datetime) -> int:
        """Forget the pages that were read before the moment; returns how many went."""
        with self.writing() as connection:
            return connection.execute(delete(RAW_PAGES).where(_R.learnt_at < moment)).rowcount

    def drop_raw(self, source: str, *, keep_runs: int) -> int:
        """Forget the pages of all runs of the source but the newest `keep_runs`; returns how many pages went."""
        runs = select(_R.run).where(_R.source == source, _R.run.is_not(None)).distinct().order_by(_R.run.desc())
        with self.writing() as connection:
            kept = connection.execute(runs.limit(keep_runs)).scalars().all()
            old = delete(RAW_PAGES).where(_R.source == source, _R.run.is_(None) | _R.run.not_in(kept))
            return connection.execute(old).rowcount


def write_raw(connection: Connection, landing: Landing, body: bytes, run: int | None) -> None:
    """Keep the compressed `body` of a page."""
    learnt = Instant().encoder(connection.dialect.name)(landing.learnt_at)
    columns = ("source", "stream", "scope", "run", "learnt_at", "body")
    row = (landing.source, landing.stream, landing.scope, run, learnt, body)
    execute_many(connection, insert(connection, RAW_PAGES, columns), [row])
