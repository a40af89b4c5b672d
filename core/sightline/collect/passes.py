"""One pass: one stream of one scope, from its checkpoint to its end. Page by page: map, archive, commit, move on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
import itertools
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sightline.collect.clock import Clock, is_recent
from sightline.collect.connector import Connector, Context, Stream
from sightline.collect.cursor import Cursor, Since, UpdatedAt
from sightline.collect.decode import encode_json
from sightline.collect.deletions import Census, FullList
from sightline.collect.fetch import Fetcher
from sightline.collect.gone import Held, Listed, Missing, Rules
from sightline.collect.keeper import Keeper
from sightline.collect.mapper import UNKNOWN_ID, MappedPage, map_rows, row_id
from sightline.collect.outcome import Progress
from sightline.collect.pages import Page, read_pages
from sightline.model.collected import Counts, Landing, Skipped
from sightline.model.records import Record, Scope
from sightline.model.time import instant, iso

__all__ = ["Held", "Pass", "PassResult", "Rules"]

#: How often a list that changes while it is read is read anew, at once.
_READINGS = 3


@dataclasses.dataclass(slots=True)
class PassResult:
    """What one part of a pass brought."""

    counts: Counts = dataclasses.field(default_factory=Counts)
    skipped: list[Skipped] = dataclasses.field(default_factory=list)
    held: list[Held] = dataclasses.field(default_factory=list)
    unread: bool = False
    """True when a gate or an unchanged answer made reading needless."""
    restless: bool = False
    """True when the list changed each time it was read: it will be read anew by the next run."""
    ahead: set[str] = dataclasses.field(default_factory=set)
    """Ids of records that the source dates later than its own clock, by more than a day."""
    impossible: set[str] = dataclasses.field(default_factory=set)
    """Ids of tasks whose negative estimate is taken for none."""


@dataclasses.dataclass(slots=True)
class _Kept:
    """What one reading of the list knows so far: the state to commit, the cursor's position, the order of the rows."""

    state: dict[str, Any]
    position: dict[str, Any]
    etags: dict[str, str]
    ordered: bool
    newest: dt.datetime | None = None
    rows_seen: int | None = None
    pages: int = 0
    unchanged: bool = False
    totals: list[int] = dataclasses.field(default_factory=list)
    """How many rows there are, as each answer stated."""
    ids: set[str] = dataclasses.field(default_factory=set)

    @property
    def disturbed(self) -> bool:
        """Whether rows went while they were read, so that others may have slipped to a page already behind us."""
        fell = any(later < earlier for earlier, later in itertools.pairwise(self.totals))
        few = bool(self.totals) and UNKNOWN_ID not in self.ids and len(self.ids) < min(self.totals)
        return fell or few


class Pass:
    """One stream in one scope ("" for the whole source)."""

    def __init__(
        self,
        connector: Connector,
        stream: Stream,
        scope: Scope | None,
        context: Context,
        *,
        places: Collection[str],
        began: dt.datetime,
        anew: bool = False,
        take_stock: bool = False,
        fetch: Fetcher,
        keeper: Keeper,
        clock: Clock,
        rules: Rules,
        report: Callable[[Progress], None],
    ) -> None:
        self.connector, self.stream, self.scope, self.context = connector, stream, scope, context
        self.places, self.began, self.anew, self.take_stock = places, began, anew, take_stock
        self.fetch, self.keeper = fetch, keeper
        self.clock, self.rules, self.report = clock, rules, report
        self.source = context.source
        self.scope_id = scope.id if scope else ""
        self.result = PassResult()
        self.listed = Listed.of(stream)
        self._closing: dict[str, Any] | None = None
        self._began: dt.datetime | None = None
        self._restless = False
        self._refused = False

    # --- reading -------------------------------------------------------------------------------------------------

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

    def _full_is_due(self, state: Mapping[str, Any]) -> bool:
        # What came back into reach may have changed in ways that only a look at all of it shows; what was held is held
        # until a person says so, or a list that has it again.
        asked = self.rules.full or self.rules.confirm_gone
        if asked or self.anew or state.get("held") or not state.get("full_at"):
            return True
        every = self.stream.refresh_every
        return every is not None and not is_recent(state["full_at"], every, self.clock.now())

    def _read(self, state: dict[str, Any], *, full: bool) -> None:
        resuming = full and not self.rules.full and bool(state.get("cursor")) and not state.get("full_at")
        known = state.get("cursor") if (not full or resuming) else None
        since = self._since(known)
        if not full and since.token is None and since.at == self.rules.floor:
            # The cursor has no position: the stream may know one, else this pass lists everything.
            since = dataclasses.replace(since, token=self.stream.resume(self.scope, state.get("gate", {}), self.fetch))
            full = since.token is None
        gate = self.stream.gate(self.scope, self.fetch)
        kept = self._read_calmly(state, since, known or {})
        if kept.rows_seen is None:
            return
        self.result.unread = kept.unchanged and not kept.rows_seen
        # A reading that went on where another broke off trusts the order of pages nobody saw: it is checked, too.
        self._restless = kept.disturbed or resuming
        self.result.restless = kept.disturbed and not isinstance(self.stream.deletions, Census)
        self.listed.everything = full and not resuming and not kept.unchanged and not kept.disturbed
        unproven = resuming and isinstance(self.stream.deletions, FullList)
        if unproven:
            kept.state["cursor"] = {}
        self._close(kept, gate, full=full and not unproven and not self.result.restless)

    def _since(self, known: dict[str, Any] | None) -> Since:
        now = self.clock.now() + self._skew()
        return dataclasses.replace(self.stream.cursor.since(known, self.rules.floor), now=now)

    def _skew(self) -> dt.timedelta:
        """How much the source's clock is ahead of ours."""
        return (self.fetch.http.skew if self.fetch.http else None) or dt.timedelta(0)

    def _read_calmly(self, state: dict[str, Any], since: Since, start: dict[str, Any]) -> _Kept:
        """Read the list; again from the start while its own count says that rows went in between.

        A stream with a census is not read again: the census names what slipped through.
        """
        for _ in range(1 if isinstance(self.stream.deletions, Census) else _READINGS):
            self.listed = Listed.of(self.stream)
            kept = _Kept(dict(state), dict(start), dict(state.get("etag", {})), self.stream.cursor.ordered)
            for page in read_pages(self.stream, self.scope, since, self.fetch, etag=self._etag(since, kept.etags)):
                self._take(page, kept, since, start)
            if not kept.disturbed:
                break
        return kept

    def _take(self, page: Page, kept: _Kept, since: Since, start: dict[str, Any]) -> None:
        """One page: move the position, commit rows and checkpoint together."""
        # Where the source tells no time, ours must do: a row dated in the future would carry the cursor away.
        self._began = self._began or page.answer.server_time or since.now
        kept.unchanged = kept.unchanged or page.answer.not_modified
        self._note_answer(page, kept, since)
        kept.position = self._advance(self.stream.cursor, kept.position, page)
        values = _values(self.stream.cursor, page) if kept.ordered else []
        disorder = _out_of_order(values, kept.newest)
        if disorder:
            # The list is not in the order it promised: what was committed may have passed over rows.
            kept.ordered, kept.state["cursor"] = False, start
        elif kept.ordered and not page.last:
            kept.state["cursor"] = kept.position
        kept.newest = max([*values, *([kept.newest] if kept.newest else [])], default=None)
        kept.rows_seen = (kept.rows_seen or 0) + len(page.rows)
        if page.last:
            kept.state["cursor"] = self._closing_position(kept)
            kept.state["etag"] = kept.etags
        self._land(page, dict(kept.state) if (page.last or kept.ordered or disorder) else None)
        self.report(Progress(self.source, self.stream.name, self.scope_id, kept.rows_seen))

    def _note_answer(self, page: Page, kept: _Kept, since: Since) -> None:
        kept.pages += 1
        if self.stream.conditional and "etag" in page.answer.headers:
            # The mark of a first page says nothing about the pages after it.
            mark = {self._etag_key(since): page.answer.headers["etag"]}
            kept.etags = mark if kept.pages == 1 else {}
        total = self.stream.paging.stated(page.answer)
        if total is not None:
            kept.totals.append(total)
            kept.ids.update(row_id(self.stream, row) for row in page.listed)

    def _closing_position(self, kept: _Kept) -> dict[str, Any]:
        position = dict(kept.position)
        began = instant(position.pop("run_began", None))
        if began is None or kept.unchanged:
            return position
        # What rows are mapped with was looked up when the source's run began: the next pass goes back to there.
        return {**position, "newest": iso(min(began, self.began + self._skew()))}

    def _close(self, kept: _Kept, gate: dict[str, Any], *, full: bool) -> None:
        """What `settle` commits: only then is the pass over, and a crash before makes the next run look again."""
        now = iso(self.clock.now())
        self._closing = {**kept.state, "gate": gate, "complete_at": now, "held": False}
        if full:
            self._closing |= {"full_at": now, "floor": iso(self.rules.floor) if self.rules.floor else None}

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

    # --- what is gone --------------------------------------------------------------------------------------------

    def settle(self) -> PassResult:
        """Find out what is gone. Called when every scope was read, so that a row that moved is seen in its new place."""
        self.result = PassResult()
        missing = Missing(
            self.stream, self.context, self.places, self.fetch, self.keeper, self.clock, self.rules, self._bury
        )
        deletions, lacking = self.stream.deletions, False
        if isinstance(deletions, FullList) and self.listed.everything and self._reaches_back():
            missing.settle_list(self.listed, self._list_again)
        elif isinstance(deletions, Census):
            lacking = self._take_census(deletions, missing)
        self.result.held = missing.held
        if self.result.held and isinstance(deletions, FullList):
            self._hold()
        if self._closing is not None and not self.result.held:
            self._commit(MappedPage(), None, {**self._closing, "full_at": None} if lacking else self._closing)
        return self.result

    def _hold(self) -> None:
        """The next run lists everything again, whatever marks of sameness the source sends."""
        state = self.keeper.checkpoint(self.source, self.stream.name, self.scope_id) or {}
        self._commit(MappedPage(), None, {**state, "etag": {}, "held": True})

    @property
    def listed_soundly(self) -> bool:
        """Whether this pass saw everything there is, and the keeper could hold all of it."""
        return self.listed.everything and not self._refused

    def _bury(self, mapped: MappedPage) -> None:
        self._commit(mapped, None, None)

    def _reaches_back(self) -> bool:
        """Whether this list goes as far back as the first one did: a later `since` makes nothing gone."""
        state = self.keeper.checkpoint(self.source, self.stream.name, self.scope_id) or {}
        floor = instant(state.get("floor"))
        first = not state.get("full_at")
        return self.rules.floor is None or first or (floor is not None and self.rules.floor <= floor)

    def _list_again(self) -> Listed:
        """The same list once more, only to see what is in it."""
        listed = Listed.of(self.stream)
        for page in read_pages(self.stream, self.scope, self._since(None), self.fetch, etag=None):
            listed.note(map_rows(self.stream, page.rows, self.context))
        return listed

    def _take_census(self, census: Census, missing: Missing) -> bool:
        """Whether the source has records that are lacking here, so that all must be read anew."""
        key = f"{self.stream.name}@census"
        state = self.keeper.checkpoint(self.source, key, self.scope_id) or {}
        asked = self.rules.full or self.rules.confirm_gone or self._restless or self.take_stock
        if not asked and is_recent(state.get("at"), census.every, self.clock.now()):
            return False
        lacking = missing.take_census(census, self.listed)
        if not missing.held and not self.rules.dry:
            now = self.clock.now()
            self.keeper.land(
                Landing(source=self.source, stream=key, scope=self.scope_id, learnt_at=now, checkpoint={"at": iso(now)})
            )
        return lacking

    # --- landing -------------------------------------------------------------------------------------------------

    def _land(self, page: Page, state: dict[str, Any] | None) -> None:
        mapped = map_rows(self.stream, page.rows, self.context)
        self.listed.note(mapped)
        self._note_ahead(mapped)
        self.result.impossible |= mapped.impossible
        self._commit(mapped, page.rows if self.rules.archive and page.rows else None, state)
        self.result.counts.read += len(page.rows)

    def _note_ahead(self, mapped: MappedPage) -> None:
        latest = (self._began or self.clock.now()) + dt.timedelta(days=1)
        for record in mapped.records:
            for name in _dated(record.__class__):
                moment = getattr(record, name)
                if moment is not None and moment > latest:
                    self.result.ahead.add(record.id)

    def _commit(self, mapped: MappedPage, rows: list[Any] | None, state: dict[str, Any] | None) -> None:
        self.result.skipped += mapped.skipped
        if self.rules.dry:
            self.result.counts.skipped += len(mapped.skipped)
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
        counts.read = 0
        self._refused = self._refused or counts.skipped > len(mapped.skipped)
        self.result.counts += counts

    # --- unchanged answers ---------------------------------------------------------------------------------------

    def _etag_key(self, since: Since) -> str:
        request = self.stream.paging.first(self.stream.request(self.scope, since))
        return hashlib.sha256(request.fingerprint().encode()).hexdigest()[:24]

    def _etag(self, since: Since, etags: Mapping[str, str]) -> str | None:
        # What came back into reach is mapped anew though its rows be the same: what other lists say of them may differ.
        if not self.stream.conditional or self.rules.full or self.anew or not etags:
            return None
        return etags.get(self._etag_key(since))


@functools.cache
def _dated(kind: type[Record]) -> tuple[str, ...]:
    """The fields of that class that say when something happened; a due day may well lie ahead."""
    return tuple(name for name in ("created_at", "updated_at", "completed_at") if name in kind.__struct_fields__)


def _values(cursor: Cursor, page: Page) -> list[dt.datetime]:
    if not isinstance(cursor, UpdatedAt):
        return []
    return [moment for row in page.rows if (moment := cursor.quiet(row))]


def _out_of_order(values: list[dt.datetime], newest: dt.datetime | None) -> bool:
    """Whether a row of this page is older than one before it, on this page or an earlier one."""
    return any(later < earlier for earlier, later in itertools.pairwise([*([newest] if newest else []), *values]))
