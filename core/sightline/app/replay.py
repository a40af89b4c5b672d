"""Replay: map the archived pages again, without the network, after a mapping or a setting changed.

Pages are read newest first, and of every row and every record only the newest version counts. What is removed stays
removed, and what the mapping does not give for its row any more is removed, with a note. No history of fields is made: it
was the reading that changed, not the work.
"""

from __future__ import annotations

import typing
from collections import defaultdict

from sightline.app.archive import Archive, ArchivedPage
from sightline.app.measuring import measure_workspace
from sightline.app.session import Session
from sightline.app.sync import SyncResult, status_of
from sightline.collect.connector import Stream
from sightline.collect.gone import GONE_ROWS, GONE_SHARE, hanging_on
from sightline.collect.guard import without_secrets
from sightline.collect.mapper import UNKNOWN_ID, MappedPage, map_rows, row_id
from sightline.collect.outcome import SourceOutcome
from sightline.collect.redact import clean_output
from sightline.config.workspace import SourceConfig
from sightline.errors import SightlineError
from sightline.model.collected import Gone, Landing, Whole
from sightline.model.records import Account, Change, Record, TrackedField
from sightline.store.lock import workspace_lock

__all__ = ["replay"]

#: What stays known although no row tells of it any more: what happened, and who left.
_STAYING = (Account, Change)
_NO_HISTORY = frozenset(typing.get_args(TrackedField))


def replay(session: Session, names: tuple[str, ...] = ()) -> SyncResult:
    """Map the archive of the named sources (all when none is named) again. Raises `LockedError` while a sync runs."""
    chosen = session.sources(names)
    with workspace_lock(session.workspace.data, now=session.clock.now()):
        started = session.clock.now()
        with clean_output():
            outcomes = [_one(session, source) for source in chosen]
        touched = {o.source for o in outcomes if o.counts.new or o.counts.changed or o.counts.gone}
        measured = measure_workspace(session, touched=touched)
        return SyncResult(status_of(outcomes), outcomes, started, session.clock.now(), measured)


def _one(session: Session, source: SourceConfig) -> SourceOutcome:
    outcome = SourceOutcome(source.name, session.clock.now())
    try:
        _Replay(session, Archive(session, source), outcome).run()
    except SightlineError as error:
        outcome.reasons.insert(0, f"{error.what}. {error.mend}".strip())
        outcome.status = "failed"
    except Exception as error:  # noqa: BLE001 - a broken plug-in takes only its own source out
        outcome.reasons.insert(
            0, f"the plug-in of {source.name} failed ({type(error).__name__}). Report it to its author."
        )
        outcome.status = "failed"
    outcome.finished_at = session.clock.now()
    return outcome.without_secrets()


class _Replay:
    """One source."""

    def __init__(self, session: Session, archive: Archive, outcome: SourceOutcome) -> None:
        self._store, self._clock = session.store, session.clock
        self._archive, self._outcome = archive, outcome
        self._rows: set[tuple[str, str, str]] = set()
        self._seen: defaultdict[type[Record], set[str]] = defaultdict(set)
        self._live: dict[type[Record], set[str]] = {}
        self._whole: defaultdict[str, set[Whole]] = defaultdict(set)
        self._scopes: set[str] = set()
        self._read: defaultdict[str, set[str]] = defaultdict(set)

    def run(self) -> None:
        """Land what the newest rows give, then tombstone the children that they no longer give."""
        for page in self._archive.pages():
            self._scopes.add(page.scope)
            self._land(page)
        for stream, whole in self._whole.items():
            self._bury_orphans(stream, whole)
        for one in self._archive.streams:
            self._bury_unmapped(one)
        self._outcome.scopes = len(self._scopes - {""})
        self._tell_what_is_missing()

    def _land(self, page: ArchivedPage) -> None:
        rows = [row for row in reversed(page.rows) if self._is_newest(page, row)]
        mapped = MappedPage()
        for row in rows:
            self._add(map_rows(page.stream, [row], page.context), mapped, page)
        landing = Landing(
            source=self._outcome.source,
            stream=page.stream.name,
            scope=page.scope,
            learnt_at=self._clock.now(),
            records=tuple(mapped.records),
            skipped=tuple(mapped.skipped),
            read=tuple(mapped.read),
            history_by_vendor=_NO_HISTORY,
        )
        counts = self._store.land(without_secrets(landing))
        counts.read = len(rows)
        self._outcome.counts += counts
        self._outcome.skipped += mapped.skipped

    def _is_newest(self, page: ArchivedPage, row: object) -> bool:
        key = (page.stream.name, page.scope, row_id(page.stream, row))
        if key[-1] == UNKNOWN_ID:
            return True
        known = key in self._rows
        self._rows.add(key)
        return not known

    def _add(self, one: MappedPage, page_so_far: MappedPage, page: ArchivedPage) -> None:
        """Take one row's records, unless newer ones were taken or the vendor removed what it is about."""
        page_so_far.skipped += one.skipped
        page_so_far.read += one.read
        removed = {id(record) for record in one.records if self._is_removed(record)}
        if removed and len(removed) == sum(self._is_stored(record) for record in one.records):
            # Everything known of this row is gone; what a new mapping adds to it is gone as well.
            return
        for record in one.records:
            known = record.id in self._seen[type(record)]
            self._seen[type(record)].add(record.id)
            if not known and id(record) not in removed:
                page_so_far.records.append(record)
        self._whole[page.stream.name] |= set(one.whole)
        self._read[page.stream.name].update(one.read)

    def _is_removed(self, record: Record) -> bool:
        return record.id not in self._live_of(type(record)) and self._is_stored(record)

    def _is_stored(self, record: Record) -> bool:
        if record.id in self._live_of(type(record)):
            return True
        found = self._store.load(type(record), self._outcome.source, ids=[record.id], removed=True)
        return any(True for _ in found)

    def _live_of(self, kind: type[Record]) -> set[str]:
        if kind not in self._live:
            self._live[kind] = self._store.live_ids(self._outcome.source, kind)
        return self._live[kind]

    def _bury_orphans(self, stream: str, whole: set[Whole]) -> None:
        parents: defaultdict[tuple[type[Record], str], set[str]] = defaultdict(set)
        for one in whole:
            parents[one.kind, one.by].add(one.of)
        source = self._outcome.source
        for (kind, by), of in parents.items():
            own = self._store.live_ids(source, kind, "", stream)
            missing = (self._store.ids_under(source, kind, parents=of, by=by) & own) - self._seen[kind]
            gone = tuple(Gone(kind=kind, id=id_) for id_ in sorted(missing))
            if gone:
                self._outcome.counts += self._store.land(
                    Landing(source=source, stream=stream, scope="", learnt_at=self._clock.now(), gone=gone)
                )

    def _bury_unmapped(self, stream: Stream) -> None:
        """Remove what the stream is about (its first kind) where its row was read and gave none; many are held."""
        if not stream.delivers or not self._seen[kind := stream.delivers[0]] <= self._read[stream.name]:
            # Records that do not go by the ids of their rows: which row one came from cannot be told.
            return
        source, outcome = self._outcome.source, self._outcome
        live = self._store.live_ids(source, kind, "", stream.name)
        missing = sorted((live & self._read[stream.name]) - self._seen[kind])
        told = (
            f"{len(missing)} stored records ({kind.__name__}) that {stream.name} does not give for their rows any more"
        )
        if len(missing) > GONE_ROWS and len(missing) > GONE_SHARE * len(live):
            outcome.lack(f"{told} stay: that many are not removed. `sightline sync {source} --full` decides")
        elif missing:
            gone = tuple(Gone(kind=kind, id=id_) for id_ in missing)
            whole = tuple(hanging_on(kind, missing))
            outcome.counts += self._store.land(
                Landing(
                    source=source, stream=stream.name, scope="", learnt_at=self._clock.now(), gone=gone, whole=whole
                )
            )
            outcome.notes.append(f"{told} were removed; `sightline sync {source} --full` brings back what is there")

    def _tell_what_is_missing(self) -> None:
        outcome = self._outcome
        if outcome.skipped:
            outcome.lack(f"{len(outcome.skipped)} rows could not be read: `sightline sync --replay --json --verbose`")
        delivered = {
            (stream.name, kind) for stream in self._archive.streams for kind in stream.delivers if kind not in _STAYING
        }
        unseen = sum(self._unseen(stream, kind) for stream, kind in delivered)
        if unseen:
            outcome.lack(
                f"{unseen} stored records are in no archived page and stay as they were mapped before: "
                f"`sightline sync {outcome.source} --full` reads them again"
            )

    def _unseen(self, stream: str, kind: type[Record]) -> int:
        return len(self._store.live_ids(self._outcome.source, kind, "", stream) - self._seen[kind])
