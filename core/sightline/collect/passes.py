"""One pass: one stream of one scope, from its checkpoint to its end. Page by page: map, archive, commit, move on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sightline.collect.clock import Clock
from sightline.collect.connector import Connector, Context, Stream
from sightline.collect.cursor import Cursor, Since, UpdatedAt
from sightline.collect.decode import encode_json
from sightline.collect.deletions import Census, FullList
from sightline.collect.fetch import Fetcher
from sightline.collect.keeper import Keeper
from sightline.collect.mapper import MappedPage, map_rows
from sightline.collect.outcome import Progress
from sightline.collect.pages import Page, read_pages
from sightline.collect.request import Request, at_path
from sightline.errors import NotFound
from sightline.model.collected import Counts, Gone, Landing, Skipped
from sightline.model.records import Record, Scope
from sightline.model.time import instant, iso

__all__ = ["Held", "Pass", "PassResult", "Rules"]

#: More than this share and this many rows vanishing at once is held for a person to confirm.
GONE_SHARE, GONE_ROWS = 0.05, 20


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """What the user asked of this run."""

    full: bool = False
    dry: bool = False
    confirm_gone: bool = False
    archive: bool = True
    floor: dt.datetime | None = None
    """First reads go back to here."""


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """Rows that seem to have vanished, too many to believe without a person's word."""

    kind: str
    missing: int
    live: int


@dataclasses.dataclass(slots=True)
class PassResult:
    """What one pass brought."""

    counts: Counts = dataclasses.field(default_factory=Counts)
    skipped: list[Skipped] = dataclasses.field(default_factory=list)
    held: list[Held] = dataclasses.field(default_factory=list)
    unread: bool = False
    """True when a gate or an unchanged answer made reading needless."""


@dataclasses.dataclass(slots=True)
class _Kept:
    """What a pass knows so far: the state to commit, the cursor's position, whether the list keeps its order."""

    state: dict[str, Any]
    position: dict[str, Any]
    etags: dict[str, str]
    ordered: bool
    newest: dt.datetime | None = None
    rows_seen: int | None = None
    unchanged: bool = False


class Pass:
    """One stream in one scope ("" for the whole source)."""

    def __init__(
        self,
        connector: Connector,
        stream: Stream,
        scope: Scope | None,
        context: Context,
        *,
        fetch: Fetcher,
        keeper: Keeper,
        clock: Clock,
        rules: Rules,
        report: Callable[[Progress], None],
    ) -> None:
        self.connector, self.stream, self.scope, self.context = connector, stream, scope, context
        self.fetch, self.keeper, self.clock, self.rules, self.report = fetch, keeper, clock, rules, report
        self.source = context.source
        self.scope_id = scope.id if scope else ""
        self.result = PassResult()
        self._listed: dict[type, set[str]] = {}
        self._listed_all = False
        self._closing: dict[str, Any] | None = None
        self._began: dt.datetime | None = None

    def run(self) -> PassResult:
        """Read what is new, or everything when due, and commit each page. `settle` comes after all passes have run."""
        state = self.keeper.checkpoint(self.source, self.stream.name, self.scope_id) or {}
        full = self._full_is_due(state)
        if not full and (kept := self.stream.skip(self.scope, state.get("gate", {}), self.fetch)) is not None:
            self._commit(MappedPage(), None, {**state, "gate": kept})
            self.result.unread = True
        else:
            self._read(state, full=full)
        return self.result

    def settle(self) -> PassResult:
        """Find out what is gone. Called when every scope was read, so that a row that moved is seen in its new place."""
        self.result = PassResult()
        deletions = self.stream.deletions
        # A row that could not be read may be one of those we would miss: then nothing is settled.
        if isinstance(deletions, FullList) and self._listed_all:
            for kind in deletions.kinds or self.stream.delivers:
                self._remove(kind, self._listed.get(kind, set()))
        elif isinstance(deletions, Census):
            self._take_census(deletions)
        if self._closing is not None and not self.result.held:
            self._commit(MappedPage(), None, self._closing)
        return self.result

    def _full_is_due(self, state: Mapping[str, Any]) -> bool:
        if self.rules.full or self.rules.confirm_gone or not state.get("full_at"):
            return True
        every = self.stream.refresh_every
        return every is not None and _older(state["full_at"], every, self.clock.now())

    def _read(self, state: dict[str, Any], *, full: bool) -> None:
        cursor = self.stream.cursor
        resuming = full and not self.rules.full and bool(state.get("cursor")) and not state.get("full_at")
        known = state.get("cursor") if (not full or resuming) else None
        since = dataclasses.replace(cursor.since(known, self.rules.floor), now=self.clock.now())
        if not full and since.token is None and since.at == self.rules.floor:
            # The cursor has no position: the stream may know one, else this pass lists everything.
            since = dataclasses.replace(since, token=self.stream.resume(self.scope, state.get("gate", {}), self.fetch))
            full = since.token is None
        gate = self.stream.gate(self.scope, self.fetch)
        kept = _Kept(dict(state), dict(known or {}), dict(state.get("etag", {})), cursor.ordered)
        for page in read_pages(self.stream, self.scope, since, self.fetch, etag=self._etag(since, kept.etags)):
            self._take(page, kept, since, known or {})
        if kept.rows_seen is None:
            return
        self.result.unread = kept.unchanged and not kept.rows_seen
        self._listed_all = full and not resuming and not kept.unchanged and not self.result.skipped
        self._close(kept, gate, full=full)

    def _take(self, page: Page, kept: _Kept, since: Since, start: dict[str, Any]) -> None:
        """One page: move the position, commit rows and checkpoint together."""
        self._began = self._began or page.answer.server_time
        kept.unchanged = kept.unchanged or page.answer.not_modified
        if not kept.rows_seen and self.stream.conditional and "etag" in page.answer.headers:
            kept.etags = {self._etag_key(since): page.answer.headers["etag"]}
        kept.position = self._advance(self.stream.cursor, kept.position, page)
        disorder = kept.ordered and _out_of_order(self.stream.cursor, page, kept.newest)
        if disorder:
            # The list is not in the order it promised: what was committed may have passed over rows.
            kept.ordered, kept.state["cursor"] = False, start
        elif kept.ordered and not page.last:
            kept.state["cursor"] = kept.position
        kept.newest = _newest(self.stream.cursor, page, kept.newest)
        kept.rows_seen = (kept.rows_seen or 0) + len(page.rows)
        if page.last:
            kept.state["cursor"] = self._closing_position(kept)
            kept.state["etag"] = kept.etags
        self._land(page, dict(kept.state) if (page.last or kept.ordered or disorder) else None)
        self.report(Progress(self.source, self.stream.name, self.scope_id, kept.rows_seen))

    def _closing_position(self, kept: _Kept) -> dict[str, Any]:
        position = dict(kept.position)
        began = position.pop("run_began", None)
        return {**position, "newest": began} if began and not kept.unchanged else position

    def _close(self, kept: _Kept, gate: dict[str, Any], *, full: bool) -> None:
        """What `settle` commits: only then is the pass over, and a crash before makes the next run look again."""
        now = iso(self.clock.now())
        self._closing = {**kept.state, "gate": gate, "complete_at": now}
        if full:
            self._closing["full_at"] = now

    def _advance(self, cursor: Cursor, position: dict[str, Any], page: Page) -> dict[str, Any]:
        moved = cursor.advance(position, page.rows, page.answer)
        if (
            isinstance(cursor, UpdatedAt)
            and self._began
            and (newest := instant(moved.get("newest")))
            and newest > self._began
        ):
            # A row edited while this pass runs must not carry the cursor past others edited meanwhile.
            moved = {**moved, "newest": iso(max(self._began, instant(position.get("newest")) or self._began))}
        return moved

    def _land(self, page: Page, state: dict[str, Any] | None) -> None:
        mapped = map_rows(self.stream, page.rows, self.context)
        for record in mapped.records:
            self._listed.setdefault(type(record), set()).add(record.id)
        self._commit(mapped, page.rows if self.rules.archive and page.rows else None, state)
        self.result.counts.read += len(page.rows)

    def _commit(self, mapped: MappedPage, rows: list[Any] | None, state: dict[str, Any] | None) -> None:
        self.result.skipped += mapped.skipped
        self.result.counts.skipped += len(mapped.skipped)
        if self.rules.dry:
            return
        landing = Landing(
            source=self.source,
            stream=self.stream.name,
            scope=self.scope_id,
            learnt_at=self.clock.now(),
            records=tuple(mapped.records),
            gone=tuple(mapped.gone),
            whole=tuple(mapped.whole),
            skipped=tuple(mapped.skipped),
            read=tuple(mapped.read),
            raw=encode_json(rows) if rows else None,
            checkpoint=state,
            history_by_vendor=self.stream.history,
        )
        counts = self.keeper.land(landing)
        counts.read = counts.skipped = 0
        self.result.counts += counts

    def _remove(self, kind: type[Record], listed: set[str]) -> None:
        live = self.keeper.live_ids(self.source, kind, self.scope_id, self.stream.name)
        missing = live - listed
        if not missing:
            return
        believable = bool(listed) and (len(missing) <= GONE_ROWS or len(missing) <= GONE_SHARE * len(live))
        if not believable and not self.rules.confirm_gone:
            self.result.held.append(Held(kind.__name__, len(missing), len(live)))
            return
        self._commit(MappedPage(gone=[Gone(kind=kind, id=id_) for id_ in sorted(missing)]), None, None)

    def _take_census(self, census: Census) -> None:
        key = f"{self.stream.name}@census"
        state = self.keeper.checkpoint(self.source, key, self.scope_id) or {}
        if (
            not self.rules.full
            and not self.rules.confirm_gone
            and state.get("at")
            and not _older(state["at"], census.every, self.clock.now())
        ):
            return
        ids = self._census_ids(census)
        missing = self.keeper.live_ids(self.source, census.kind, self.scope_id, self.stream.name) - ids
        if missing and census.confirm is not None and (self._few(missing) or self.rules.confirm_gone):
            ids |= self._still_there(census, sorted(missing))
        before = len(self.result.held)
        self._remove(census.kind, ids)
        if len(self.result.held) == before and not self.rules.dry:
            self.keeper.land(
                Landing(
                    source=self.source,
                    stream=key,
                    scope=self.scope_id,
                    learnt_at=self.clock.now(),
                    checkpoint={"at": iso(self.clock.now())},
                )
            )

    def _census_ids(self, census: Census) -> set[str]:
        if self._listed_all and self.rules.floor is None:
            return set(self._listed.get(census.kind, set()))
        request: Request = census.request(self.scope)
        return {
            str(at_path(row, census.id)) for row in self.fetch.rows(request, rows=census.rows, paging=census.paging)
        }

    def _few(self, missing: set[str]) -> bool:
        return len(missing) <= GONE_ROWS

    def _still_there(self, census: Census, missing: list[str]) -> set[str]:
        """Those of the missing that the source still answers for: moved out of the scope, not deleted."""
        found: set[str] = set()
        for id_ in missing:
            try:
                row = self.fetch.one(census.confirm(self.scope, id_))  # type: ignore[misc]
            except NotFound:
                continue
            if row is None:
                continue
            found.add(id_)
            self._commit(map_rows(self.stream, [row], self.context), None, None)
        return found

    def _etag_key(self, since: Since) -> str:
        request = self.stream.paging.first(self.stream.request(self.scope, since))
        return hashlib.sha256(request.fingerprint().encode()).hexdigest()[:24]

    def _etag(self, since: Since, etags: Mapping[str, str]) -> str | None:
        if not self.stream.conditional or self.rules.full or not etags:
            return None
        return etags.get(self._etag_key(since))


def _older(moment: str, age: dt.timedelta, now: dt.datetime) -> bool:
    then = instant(moment)
    return then is None or now - then >= age


def _values(cursor: Cursor, page: Page) -> list[dt.datetime]:
    if not isinstance(cursor, UpdatedAt):
        return []
    return [moment for row in page.rows if (moment := cursor.quiet(row))]


def _out_of_order(cursor: Cursor, page: Page, newest: dt.datetime | None) -> bool:
    """Whether this page holds a row older than what an earlier page reached."""
    values = _values(cursor, page)
    return bool(values) and newest is not None and min(values) < newest


def _newest(cursor: Cursor, page: Page, newest: dt.datetime | None) -> dt.datetime | None:
    return max([*_values(cursor, page), *([newest] if newest else [])], default=None)
