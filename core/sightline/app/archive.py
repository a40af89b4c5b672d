"""The archive of raw pages, read again: what `map` needs beside a row is in the store, so no network is asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from sightline.app.session import Session
from sightline.collect.connector import Access, Connector, Context, Lookup, Stream
from sightline.collect.decode import decode_json
from sightline.collect.mapper import map_rows
from sightline.collect.redact import REDACTOR
from sightline.config.workspace import SourceConfig
from sightline.errors import ConfigError
from sightline.model.facts import TABLES
from sightline.model.records import Record, Scope
from sightline.model.time import iso, zone

__all__ = ["Archive", "payload"]


@dataclasses.dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One page: its stream, its context, its rows."""

    stream: Stream
    scope: str
    context: Context
    rows: Sequence[Any]
    learnt_at: str


class Archive:
    """The pages of one source, newest first, each with the context in which its rows are mapped."""

    def __init__(self, session: Session, source: SourceConfig) -> None:
        self.source = source.name
        self._store = session.store
        self._zone = zone(session.workspace.calendar.timezone)
        self.connector: Connector = session.connector(source)
        REDACTOR.learn(self.connector.config, source.name)
        kept = self._store.checkpoint(self.source, "@access", "")
        if kept is None:
            raise ConfigError(
                "nothing is archived of it", where=self.source, mend=f"Run `sightline sync {self.source}` once."
            )
        access = Access(kept["who"], tuple(kept["missing"]), tuple(kept["notes"]), kept["facts"])
        self.streams: Sequence[Stream] = list(self.connector.streams(access))
        self._facts = access.facts
        self._lookups: Sequence[Lookup] = self.connector.lookups(access)
        self._scopes = {row.record.id: row.record for row in self._store.load(Scope, self.source, removed=True)}
        self._contexts: dict[str, Context] = {}

    def pages(self) -> Iterator[ArchivedPage]:
        """Every page of a stream that the connector still has."""
        # Two streams may share a name and be told apart by whether they are read for each scope.
        known = {(stream.name, stream.per_scope): stream for stream in self.streams}
        for page in self._store.raw_pages(self.source, newest_first=True):
            stream = known.get((page.stream, bool(page.scope)))
            if stream is not None and (not page.scope or page.scope in self._scopes):
                rows = decode_json(page.body, f"{self.source} archive")
                yield ArchivedPage(stream, page.scope, self._context(page.scope), rows, str(iso(page.learnt_at)))

    def _context(self, scope: str) -> Context:
        if scope not in self._contexts:
            lookups = {
                lookup.name: self._rows(lookup, scope if lookup.per_scope else "")
                for lookup in self._lookups
                if scope or not lookup.per_scope
            }
            self._contexts[scope] = Context(
                self.source, self._scopes.get(scope), self.connector.config, self._facts, lookups, self._zone
            )
        return self._contexts[scope]

    def _rows(self, lookup: Lookup, scope: str) -> Sequence[Any]:
        kept = self._store.checkpoint(self.source, f"@lookup:{lookup.name}", scope) or {}
        rows: Sequence[Any] = kept.get("rows", ())
        return rows


def payload(session: Session, ref: str) -> dict[str, Any]:
    """The newest archived row behind a record, as its tool sent it. `ref` is as receipts write it: SOURCE/TABLE/ID."""
    source, _, rest = ref.partition("/")
    table, _, id_ = rest.partition("/")
    kinds = {name: kind for kind, name in TABLES.items()}
    if table not in kinds or not id_:
        raise ConfigError(
            f"{ref[:80]!r} is no reference to a record",
            where="raw",
            mend=f"Write SOURCE/TABLE/ID, as `sightline explain` does; tables: {', '.join(sorted(kinds))}.",
        )
    (config,) = session.sources((source,))
    for page in Archive(session, config).pages():
        row = _row_of(page, kinds[table], id_)
        if row is not None:
            place = {"source": source, "stream": page.stream.name, "scope": page.scope, "read_at": page.learnt_at}
            return {**place, "row": row}
    raise ConfigError(
        f"no archived page holds {table} {id_[:60]!r}",
        where=source,
        mend=f"It may be older than `archive_days`; `sightline sync {source} --full` reads everything again.",
    )


def _row_of(page: ArchivedPage, kind: type[Record], id_: str) -> Any:
    if kind not in page.stream.delivers:
        return None
    for row in page.rows:
        if any(type(found) is kind and found.id == id_ for found in map_rows(page.stream, [row], page.context).records):
            return row
    return None
