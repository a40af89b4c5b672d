"""How one page is kept: records, tombstones, history, quarantine, raw page and checkpoint in one transaction."""

from __future__ import annotations

import zlib
from typing import Any

from sightline.errors import RowError
from sightline.model.collected import Counts, Landing, Skipped
from sightline.model.records import Record
from sightline.store.checkpoints import write_checkpoint
from sightline.store.codec import encoder
from sightline.store.engine import Database
from sightline.store.keep import Page, keep
from sightline.store.quarantine import settle
from sightline.store.raw import write_raw
from sightline.store.tables import kind_of
from sightline.store.tombstones import bury, bury_gone, orphans_of

__all__ = ["Landings"]


class Landings(Database):
    """Takes pages in."""

    def land(self, landing: Landing) -> Counts:
        """Commit everything the page brings, or nothing of it. Landing a page again changes nothing.

        A record that no database can hold (an amount with five decimals, a number beyond 64 bits) is quarantined; the
        rest of the page is kept. What the vendor says is gone, is gone, even when the same page also holds it.
        """
        # Encoding and compressing need no turn at the database; another source may write meanwhile.
        pages, unkept = self._encoded(landing)
        skipped = [*landing.skipped, *unkept]
        body = zlib.compress(landing.raw, 1) if landing.raw is not None else None
        delivered = {kind: {row[1] for row in page.rows} for kind, page in pages.items()}
        readable = {*landing.read, *(key for ids in delivered.values() for key in ids)}
        counts = Counts(read=len(landing.read) + len(landing.skipped), skipped=len(skipped))
        with self.writing() as connection:
            # Looked for before the page's own children join those that are stored.
            orphans = orphans_of(connection, landing.source, landing.whole, delivered)
            for page in pages.values():
                counts += keep(connection, landing, page)
            for kind, missing in orphans:
                gone = dict.fromkeys(missing)
                counts.gone += bury(connection, landing.source, kind_of(kind), gone, landing.learnt_at)
            counts.gone += bury_gone(connection, landing.source, landing.gone, landing.learnt_at)
            settle(connection, landing, skipped, readable)
            if body is not None:
                write_raw(connection, landing, body, self.run)
            if landing.checkpoint is not None:
                write_checkpoint(connection, landing.source, landing.stream, landing.scope, landing.checkpoint)
        return counts

    def _encoded(self, landing: Landing) -> tuple[dict[type[Record], Page], list[Skipped]]:
        """The records as rows by kind, in the order in which they came, and those that cannot be kept.

        A record that stands on the page several times, the very same object, is taken once.
        """
        pages: dict[type[Record], Page] = {}
        unkept: list[Skipped] = []
        seen: set[int] = set()
        for record in landing.records:
            if id(record) in seen:
                continue
            seen.add(id(record))
            kind: Any = record.__class__
            page = pages.get(kind)
            if page is None:
                page = pages[kind] = Page(kind_of(kind), encoder(kind, self.dialect))
            try:
                page.rows.append(page.encode(record, landing.source, self.zone))
            except RowError as error:
                unkept.append(Skipped(stream=landing.stream, id=record.id, reason=f"{kind.__name__}: {error.what}"))
            else:
                page.records.append(record)
        return pages, unkept
