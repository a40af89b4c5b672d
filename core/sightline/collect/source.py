"""One source in one run: check, scopes, lookups, every stream of every chosen scope; failures stay local."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sightline.collect.clock import Clock, is_recent
from sightline.collect.connector import Access, Connector, Context, Lookup, Stream
from sightline.collect.fetch import Fetcher
from sightline.collect.gone import hanging_on
from sightline.collect.http import Http
from sightline.collect.keeper import Keeper
from sightline.collect.limits import Budget
from sightline.collect.outcome import Progress, SourceOutcome
from sightline.collect.passes import Held, Pass, PassResult, Rules
from sightline.collect.reach import Known, Reach, is_loss, told_at
from sightline.collect.request import Request
from sightline.collect.totals import Total, compare
from sightline.collect.watch import blame
from sightline.errors import AuthError, ConfigError, PermissionMissing, RetryLater, SightlineError, SourceChanged
from sightline.model.collected import Gone, Landing, Skipped
from sightline.model.facts import TABLES
from sightline.model.records import Scope
from sightline.model.time import iso

__all__ = ["SourceRun", "open_fetch"]

T = TypeVar("T")


def open_fetch(connector: Connector, source: str, *, tokens: Path, clock: Clock, spent_today: int = 0) -> Fetcher:
    """The framework's reader for one source; close it after use. `spent_today` calls count against its day."""
    limits = connector.limits()
    if not connector.base():
        return Fetcher(None, source=source, workers=max(1, limits.concurrent))
    patience = float(connector.config.patience_seconds)
    budget = Budget(limits, patience=patience, clock=clock, spent_today=spent_today)
    http = Http(
        connector,
        source=source,
        tokens=tokens,
        clock=clock,
        budget=budget,
        request_seconds=float(connector.config.request_seconds),
    )
    return Fetcher(http, source=source, workers=max(1, limits.concurrent))


class SourceRun:
    """Collects one source. `collect()` never raises for what the source or its plug-in does: the outcome tells."""

    def __init__(
        self,
        connector: Connector,
        source: str,
        *,
        keeper: Keeper,
        tokens: Path,
        timezone: dt.tzinfo,
        clock: Clock,
        rules: Rules,
        report: Callable[[Progress], None] = lambda _progress: None,
    ) -> None:
        self.connector, self.source, self.keeper = connector, source, keeper
        self.tokens, self.timezone, self.clock, self.rules, self.report = tokens, timezone, clock, rules, report
        self.spent_today = 0
        """Calls that earlier runs of the last 24 hours made."""
        self.outcome = SourceOutcome(source=source, started_at=clock.now())
        self._lookups: dict[str, Sequence[Any]] = {}
        self._marks: Mapping[str, str] = {}
        self._passes: list[Pass] = []
        self._unread: list[Pass] = []
        self._unseen: set[tuple[str, str]] = set()
        """Places that could not be entered at all, as `Reach` knows them."""
        self._places: set[str] = set()
        self._reach = Reach(None, self.outcome.started_at)
        self._reused = False
        self._proving = False
        # Scopes are read on several threads; they all add to one outcome.
        self._telling = threading.Lock()

    def collect(self) -> SourceOutcome:
        """Read everything that is new."""
        fetch: Fetcher | None = None
        try:
            spent = self.spent_today
            fetch = open_fetch(self.connector, self.source, tokens=self.tokens, clock=self.clock, spent_today=spent)
            self._collect(fetch)
        except SightlineError as error:
            self._fail(error.what, error.mend, error)
        except Exception as error:  # noqa: BLE001 - a broken plug-in takes only its own source out
            self._fail(blame(self.connector, error), "Report it to its author.", error)
        finally:
            if fetch is not None:
                fetch.close()
                self.outcome.requests = fetch.http.requests if fetch.http else 0
        self.outcome.finished_at = self.clock.now()
        return self.outcome

    def _fail(self, what: str, mend: str, error: Exception) -> None:
        self._doubt_access(error)
        self.outcome.reasons.insert(0, f"{what}. {mend}".strip())
        self.outcome.status = "failed" if not self.outcome.counts.read else "incomplete"

    def _collect(self, fetch: Fetcher) -> None:
        self._reach = Reach(self.keeper.checkpoint(self.source, "@lost", ""), self.outcome.started_at)
        access, scopes = self._who_and_where(fetch)
        chosen = self._take_in(scopes)
        self._marks = self.connector.marks(fetch, access) or {}
        due = [scope for scope in chosen if not self._unmoved(scope)]
        lookups = self.connector.lookups(access)
        whole = Context(self.source, None, self.connector.config, access.facts, self._lookups, self.timezone)
        self._look_up([lookup for lookup in lookups if not lookup.per_scope], None, fetch)
        self._weigh_optional(fetch)
        contexts = self._in_parallel(lambda scope: self._context(scope, whole, lookups, fetch), due, fetch.workers)
        readable = {scope.id: context for scope, context in zip(due, contexts, strict=True) if context is not None}
        lost: set[str] = {scope.id for scope in due} - set(readable)
        self._places = {scope.id for scope in chosen} - lost
        told = self._ask_totals(fetch, access, chosen) if self._is_proof_due() else []
        self._proving = bool(told)
        streams = self.connector.streams(access)
        self._say_what_is_delivered(streams)
        for stream in streams:
            self._read_stream(stream, [s for s in due if s.id in readable], readable, whole, fetch, lost)
        self._settle(fetch, lost)
        self._lift_quarantine(streams, chosen)
        self._tell_unreadable()
        self._prove(told, lambda: self._ask_totals(fetch, access, chosen))
        self._keep_marks(due, lost)
        self._keep_reach()
        self._keep_optional(fetch)

    # --- the source's own totals ---------------------------------------------------------------------------------

    def _ask_totals(self, fetch: Fetcher, access: Access, chosen: Sequence[Scope]) -> list[Total]:
        """What the source says it holds, once a day; empty when not due or not to be had."""
        try:
            return list(self.connector.totals(fetch, access, chosen))
        except AuthError:
            raise
        except SightlineError as error:
            self.outcome.notes.append(f"the source's own totals could not be asked for ({error.what})")
            return []

    def _is_proof_due(self) -> bool:
        kept = self.keeper.checkpoint(self.source, "@totals", "") or {}
        recent = is_recent(kept.get("at"), dt.timedelta(hours=24), self.clock.now())
        return self.rules.floor is None and not self.rules.dry and (self.rules.full or not recent)

    def _prove(self, told: list[Total], ask: Callable[[], list[Total]]) -> None:
        """The totals asked for before the run beside what is stored now; asked again where they differ.

        What is known to be lacking explains a difference, and so does a total that moved meanwhile: it waits for the
        next run.
        """
        if not told or self.outcome.status != "complete" or self.keeper.quarantined(self.source, accepted=True):
            return
        self.outcome.checks, differing = compare(told, self.source, self.keeper)
        if differing:
            again = ask()
            self.outcome.checks, still = compare(again, self.source, self.keeper)
            for difference in still if again == told else ():
                self.outcome.lack(f"{difference}. `sightline sync {self.source} --full` reads everything anew.")
            differing = still
        if not differing:
            self._land("@totals", "", checkpoint={"at": iso(self.clock.now())})

    def _say_what_is_delivered(self, streams: Sequence[Stream]) -> None:
        if not self.rules.dry:
            tables = sorted({TABLES[kind] for stream in streams for kind in stream.delivers if kind in TABLES})
            self._land("@delivers", "", checkpoint={"tables": tables})

    def _keep_reach(self) -> None:
        if self._reach.changed and not self.rules.dry:
            self._land("@lost", "", checkpoint=self._reach.state())

    # --- what a source may lack ------------------------------------------------------------------------------------

    def _weigh_optional(self, fetch: Fetcher) -> None:
        """Tell what is optional and cannot be read; fail where it could be once; read all anew where it came back."""
        kept = self.keeper.checkpoint(self.source, "@optional", "") or {}
        for what, error in fetch.unread.items():
            if what in kept.get("had", ()) and not self.rules.confirm_gone:
                raise error
            self.outcome.lack(f"{what} cannot be read: {error.what}. {error.mend} Everything else is read")
        if fetch.had.intersection(kept.get("unread", ())):
            self.rules = dataclasses.replace(self.rules, full=True)

    def _keep_optional(self, fetch: Fetcher) -> None:
        kept = self.keeper.checkpoint(self.source, "@optional", "") or {}
        had = {*kept.get("had", ()), *fetch.had} - fetch.unread.keys()
        state = {"had": sorted(had), "unread": sorted({*kept.get("unread", ()), *fetch.unread} - had)}
        if any(state.values()) and state != kept and not self.rules.dry:
            self._land("@optional", "", checkpoint=state)

    # --- who we are, and what there is to read -------------------------------------------------------------------

    def _who_and_where(self, fetch: Fetcher) -> tuple[Access, list[Scope]]:
        kept = self.keeper.checkpoint(self.source, "@access", "") or {}
        fingerprint = hashlib.sha256(repr(self.connector.config).encode()).hexdigest()[:16]
        unread = (self.keeper.checkpoint(self.source, "@optional", "") or {}).get("unread")
        usable = kept.get("config") == fingerprint and not self.rules.full and not unread
        if usable and is_recent(kept.get("at"), self.connector.reuse, self.clock.now()):
            self._reused = True
            access = Access(kept["who"], tuple(kept["missing"]), tuple(kept["notes"]), kept["facts"])
            return access, [msgspec.convert(scope, Scope) for scope in kept["scopes"]]
        access = self.connector.check(fetch)
        scopes = list(self.connector.scopes(fetch, access))
        self.outcome.notes += list(access.notes) + [f"missing right: {right}" for right in access.missing]
        if not self.rules.dry:
            state: dict[str, Any] = {
                "at": iso(self.clock.now()),
                "config": fingerprint,
                "who": access.who,
                "missing": list(access.missing),
            }
            facts = msgspec.to_builtins(dict(access.facts), enc_hook=str)
            state |= {"notes": list(access.notes), "facts": facts, "scopes": msgspec.to_builtins(scopes)}
            self._land("@access", "", checkpoint=state)
        return access, scopes

    def _take_in(self, scopes: Sequence[Scope]) -> list[Scope]:
        """The chosen scopes, stored; what the source no longer lists is told, or removed on a person's word."""
        kept = self.keeper.checkpoint(self.source, "@scopes", "") or {}
        known: Known = kept.get("known", {})
        chosen = self._choose(scopes, known)
        self.outcome.scopes = len(chosen)
        gone = self._reach.vanished(known, scopes, self.connector.config.scopes)
        if gone and self.rules.confirm_gone and scopes:
            for id_ in gone:
                self._bury_scope(id_)
                self._reach.found("@scope", id_)
            gone = {}
        if gone:
            self.outcome.lack(self._reach.tell_vanished(gone, self.source))
            self._unseen |= {("@scope", id_) for id_ in gone}
        if not self.rules.dry:
            listed = {scope.id: [scope.key, scope.name] for scope in chosen}
            self._land("@scopes", "", records=tuple(chosen), checkpoint={"known": {**gone, **listed}})
        return chosen

    def _choose(self, scopes: Sequence[Scope], known: Known) -> list[Scope]:
        """The scopes the settings name (by key, name or id, whatever the case, also by those they had); else all."""
        wanted = self.connector.config.scopes
        if not wanted:
            if not scopes:
                # Vendors leave out what one may not see without a word: an empty list is no proof that there is nothing.
                self.outcome.lack(
                    "these credentials see nothing to read. Check which rights they have, or name the `scopes`."
                )
            return list(scopes)
        chosen: dict[str, Scope] = {}
        for name in wanted:
            formerly = {id_ for id_, told in known.items() if name.casefold() in map(str.casefold, told)}
            found = [s for s in scopes if name.casefold() in (s.key.casefold(), s.name.casefold(), s.id.casefold())]
            found = found or [scope for scope in scopes if scope.id in formerly]
            if not found and not formerly:
                near = ", ".join(sorted(s.key for s in scopes)[:8]) or "none"
                self.outcome.lack(
                    f"no scope {name!r} that these credentials can see (visible: {near}). "
                    "Check the name, or ask for access."
                )
            chosen |= {scope.id: scope for scope in found}
        if not chosen:
            raise ConfigError(
                "none of the configured scopes can be seen",
                where=self.source,
                mend=f"`sightline check {self.source}` lists what can.",
            )
        return list(chosen.values())

    def _bury_scope(self, scope: str) -> None:
        """Everything in a scope that a person confirmed to be gone."""
        for kind in TABLES:
            ids = sorted(self.keeper.live_ids(self.source, kind, scope, None))
            if ids:
                gone = tuple(Gone(kind=kind, id=id_) for id_ in ids)
                self._land("@scopes", "", gone=gone, whole=tuple(hanging_on(kind, ids)))
        self._land("@scopes", "", gone=(Gone(kind=Scope, id=scope),))

    def _unmoved(self, scope: Scope) -> bool:
        mark = self._marks.get(scope.id)
        if mark is None or self.rules.full or self.rules.confirm_gone:
            return False
        kept = self.keeper.checkpoint(self.source, "@mark", scope.id) or {}
        # Once a day everything is looked at whatever the mark says: not every change moves it.
        return kept.get("mark") == mark and is_recent(kept.get("at"), dt.timedelta(hours=24), self.clock.now())

    def _keep_marks(self, scopes: Sequence[Scope], lost: set[str]) -> None:
        if self.rules.dry:
            return
        for scope in scopes:
            if scope.id in self._marks and scope.id not in lost:
                self._land("@mark", scope.id, checkpoint={"mark": self._marks[scope.id], "at": iso(self.clock.now())})

    # --- lookups -------------------------------------------------------------------------------------------------

    def _context(self, scope: Scope, whole: Context, lookups: Sequence[Lookup], fetch: Fetcher) -> Context | None:
        try:
            own = self._look_up([lookup for lookup in lookups if lookup.per_scope], scope, fetch)
        except AuthError:
            raise
        except SightlineError as error:
            self._lost(scope, error)
            self._unseen.add(("", scope.id))
            return None
        self._reach.found("", scope.id)
        return Context(self.source, scope, whole.settings, whole.facts, {**self._lookups, **own}, self.timezone)

    def _look_up(self, lookups: Sequence[Lookup], scope: Scope | None, fetch: Fetcher) -> dict[str, Sequence[Any]]:
        found = {lookup.name: self._rows_of(lookup, scope, fetch) for lookup in lookups}
        if scope is None:
            self._lookups.update(found)
        return found

    def _rows_of(self, lookup: Lookup, scope: Scope | None, fetch: Fetcher) -> Sequence[Any]:
        key, scope_id = f"@lookup:{lookup.name}", scope.id if scope else ""
        kept = self.keeper.checkpoint(self.source, key, scope_id) or {}
        if "rows" in kept and not self.rules.full and is_recent(kept.get("at"), lookup.max_age, self.clock.now()):
            return list(kept["rows"])
        request: Request = lookup.request(scope) if callable(lookup.request) else lookup.request
        try:
            rows = list(fetch.rows(request, rows=lookup.rows, paging=lookup.paging))
        except SightlineError as error:
            # What was there before and is refused now is a lost right: without it, rows would be read wrongly.
            if not lookup.optional or (kept.get("seen") and not self.rules.confirm_gone):
                raise
            if isinstance(error, SourceChanged):
                fetch.unread[f"the list of {lookup.name}"] = error
                return []
            if not is_loss(error):
                raise
            rows = []
        else:
            if lookup.optional:
                fetch.had.add(f"the list of {lookup.name}")
        seen = bool(rows or kept.get("seen"))
        # Mapping again from the archive needs them, too.
        due = bool(lookup.max_age) or (self.rules.archive and rows != kept.get("rows"))
        state: dict[str, Any] = {"at": iso(self.clock.now()), "rows": rows} if due else {**kept}
        if (due or seen != bool(kept.get("seen"))) and not self.rules.dry:
            self._land(key, scope_id, checkpoint={**state, "seen": seen})
        return rows

    # --- streams -------------------------------------------------------------------------------------------------

    def _read_stream(
        self,
        stream: Stream,
        scopes: Sequence[Scope],
        contexts: Mapping[str, Context],
        whole: Context,
        fetch: Fetcher,
        lost: set[str],
    ) -> None:
        if not stream.per_scope:
            self._read_pass(stream, None, whole, fetch, lost)
            return
        self._in_parallel(
            lambda scope: self._read_pass(stream, scope, contexts[scope.id], fetch, lost), scopes, fetch.workers
        )

    def _read_pass(self, stream: Stream, scope: Scope | None, context: Context, fetch: Fetcher, lost: set[str]) -> None:
        one = Pass(
            self.connector,
            stream,
            scope,
            context,
            places=self._places,
            began=self.outcome.started_at,
            take_stock=self._proving,
            anew=scope is not None and self._reach.was_lost(stream.name, scope.id),
            fetch=fetch,
            keeper=self.keeper,
            clock=self.clock,
            rules=self.rules,
            report=self.report,
        )
        if self._guarded(one, one.run, lost):
            with self._telling:
                self._passes.append(one)

    def _settle(self, fetch: Fetcher, lost: set[str]) -> None:
        """Once everything was read: what is gone.

        A stream with an unreadable scope waits, for its rows may have moved there; but not for ever, where it is a
        right that is missing: what moved out of sight is out of sight.
        """
        waiting = {one.stream.name for one in self._unread if not self._reach.is_settled(one.stream.name, one.scope_id)}
        if not all(self._reach.is_settled(stream, scope) for stream, scope in self._unseen):
            waiting = {one.stream.name for one in self._passes}
        lost |= {one.scope_id for one in self._passes if one.stream.name in waiting}
        passes = [one for one in self._passes if one.stream.name not in waiting]
        self._in_parallel(lambda one: self._guarded(one, one.settle, lost), passes, fetch.workers)

    def _guarded(self, one: Pass, work: Callable[[], PassResult], lost: set[str]) -> bool:
        """Do one part of a pass; whether it went well. What fails concerns this stream of this scope only."""
        stream, scope, where = one.stream, one.scope, one.scope_id
        try:
            work()
        except AuthError:
            raise
        except SightlineError as error:
            if self._is_absent(stream, where, error):
                self.outcome.notes.append(f"{stream.name}: not available here ({error.what})")
                return False
            self._lost(scope, error, stream)
            lost.add(where)
            self._unread.append(one)
            self._owe_full_reading(one)
            return False
        finally:
            if one.result.held or one.result.skipped or one.result.restless:
                # What is not settled must be looked at again, whatever the scope's mark says.
                lost.add(where)
            self._add(one.result, stream, scope)
        self._reach.found(stream.name, where)
        return True

    def _owe_full_reading(self, one: Pass) -> None:
        """Everything was asked for, and other streams count on it: the next run begins this one from the beginning."""
        state = self.keeper.checkpoint(self.source, one.stream.name, one.scope_id) or {}
        if self.rules.full and not self.rules.dry and state.get("full_at"):
            self._land(one.stream.name, one.scope_id, checkpoint={**state, "full_at": None, "cursor": {}})

    def _is_absent(self, stream: Stream, scope: str, error: SightlineError) -> bool:
        """Whether the source simply has no such thing. What could be read before is not absent but out of reach."""
        status = getattr(error, "status", 403 if isinstance(error, PermissionMissing) else None)
        if not stream.optional or status not in stream.optional_on:
            return False
        before = self.keeper.checkpoint(self.source, stream.name, scope) or {}
        return self.rules.confirm_gone or not before.get("complete_at")

    def _add(self, result: PassResult, stream: Stream, scope: Scope | None) -> None:
        outcome = self.outcome
        with self._telling:
            outcome.counts += result.counts
            outcome.skipped += result.skipped
            if result.counts.new or result.counts.changed or result.counts.gone:
                outcome.touched.add(scope.id if scope else "")
            for held in result.held:
                outcome.lack(_held_text(held, stream, scope, self.source))
            if result.ahead:
                some = ", ".join(sorted(result.ahead)[:5])
                outcome.notes.append(
                    f"{stream.name}: {len(result.ahead)} rows are dated in the future of the source's clock ({some}); "
                    "they are kept, and the next run does not begin there"
                )
            if result.impossible:
                some = ", ".join(sorted(result.impossible)[:5])
                outcome.notes.append(
                    f"{stream.name}: {len(result.impossible)} tasks have a negative estimate ({some}); it is taken for none"
                )
            if result.restless:
                place = f" of {scope.key}" if scope else ""
                outcome.lack(
                    f"{stream.name}{place}: the list changed whenever it was read; the next run reads it anew."
                )

    # --- rows that could not be read -----------------------------------------------------------------------------

    def _lift_quarantine(self, streams: Sequence[Stream], chosen: Sequence[Scope]) -> None:
        """Rows that could not be read once and that complete lists do not show any more need nobody's attention."""
        if self.rules.dry:
            return
        waiting = self.keeper.quarantined(self.source, accepted=True)
        for stream in streams if waiting else ():
            sound = {one.scope_id for one in self._passes if one.stream is stream and one.listed_soundly}
            if sound.issuperset({scope.id for scope in chosen} if stream.per_scope else {""}):
                passes = [one for one in self._passes if one.stream.name == stream.name]
                shown = {id_ for one in passes for id_ in one.listed.unreadable}
                lifted = {row.id for row in waiting if row.stream == stream.name} - shown
                self._land(stream.name, "", read=tuple(sorted(lifted)))

    def _tell_unreadable(self) -> None:
        """A row counts until it can be read or somebody accepts it, whether or not this run met it again."""
        outcome = self.outcome
        if not self.rules.dry:
            waiting = {(row.stream, row.id): row.reason for row in self.keeper.quarantined(self.source)}
            met = [row for row in outcome.skipped if (row.stream, row.id) in waiting]
            earlier = sorted(waiting.keys() - {(row.stream, row.id) for row in met})
            outcome.skipped = met + [Skipped(stream=key[0], id=key[1], reason=waiting[key]) for key in earlier]
        if outcome.skipped:
            unread = len(outcome.skipped)
            outcome.lack(
                f"{unread} row{'s' * (unread != 1)} could not be read: `sightline map` lists them with the reason, "
                "`sightline map --accept-skipped` accepts them"
            )

    def _lost(self, scope: Scope | None, error: SightlineError, stream: Stream | None = None) -> None:
        name, where = stream.name if stream else "", scope.id if scope else ""
        place = " of ".join(part for part in (name, scope.key if scope else "") if part)
        with self._telling:
            if is_loss(error):
                since = told_at(self._reach.lost(name, where))
                told = f"no access since {since} ({error.what}). What was read before is kept"
            else:
                told = error.what
            self.outcome.lack(f"{place}: {told}. {error.mend}".strip(": "))
            self._doubt_access(error)

    def _doubt_access(self, error: Exception) -> None:
        """What was remembered of the source may be what is wrong: ask anew the next time."""
        if self._reused and not isinstance(error, RetryLater) and not self.rules.dry:
            kept = self.keeper.checkpoint(self.source, "@access", "") or {}
            self._land("@access", "", checkpoint={**kept, "at": None})

    def _in_parallel(self, work: Callable[[T], Any], things: Sequence[T], workers: int) -> list[Any]:
        if len(things) <= 1 or workers <= 1:
            return [work(thing) for thing in things]
        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix=f"{self.source}-scope") as pool:
            return list(pool.map(work, things))

    def _land(self, stream: str, scope: str, **what: Any) -> None:
        counts = self.keeper.land(
            Landing(source=self.source, stream=stream, scope=scope, learnt_at=self.clock.now(), **what)
        )
        counts.read = counts.same = 0
        self.outcome.counts += counts
        if counts.new or counts.changed or counts.gone:
            self.outcome.touched.add("")


def _held_text(held: Held, stream: Stream, scope: Scope | None, source: str) -> str:
    place = f" of {scope.key}" if scope else ""
    return (
        f"{stream.name}{place}: {held.missing} of {held.live} stored rows ({held.kind}) would vanish at once; "
        f"nothing was removed. If that is right: `sightline sync {source} --confirm-gone`"
    )
