"""Sync: collect what is new from the chosen sources, keep a log of the run, measure again what it touched."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal

from sightline.app.alerting import check_alert_settings, judge_practice
from sightline.app.measuring import measure_workspace, source_states
from sightline.app.outbox import Delivery, deliver_due
from sightline.app.owed import owe_joins
from sightline.app.routing import put_out_digests
from sightline.app.session import Session
from sightline.collect.outcome import Progress, SourceOutcome
from sightline.collect.passes import Rules
from sightline.collect.run import collect_all
from sightline.collect.source import SourceRun
from sightline.config.workspace import SourceConfig
from sightline.errors import ConfigError, SightlineError
from sightline.model.time import EPOCH, stamp, zone
from sightline.store.lock import workspace_lock
from sightline.store.runs import SourceRun as LoggedRun
from sightline.store.schema import refuse_damage

__all__ = ["SyncResult", "status_of", "sync"]

#: Rows named in the log of one run; the quarantine keeps all of them.
MAX_LOGGED = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class SyncResult:
    """One run over several sources."""

    status: Literal["complete", "partial", "failed"]
    sources: Sequence[SourceOutcome]
    started_at: dt.datetime
    finished_at: dt.datetime
    measured: int = 0
    """Projects whose figures were made anew."""
    delivered: Delivery = dataclasses.field(default_factory=Delivery)
    """What went out of the outbox afterwards."""

    def told(self, *, verbose: bool = False) -> dict[str, Any]:
        """The run as `sync --json` prints it."""
        return {"status": self.status, "sources": [_told(source, verbose=verbose) for source in self.sources]}


def sync(
    session: Session,
    names: tuple[str, ...] = (),
    *,
    full: bool = False,
    dry_run: bool = False,
    confirm_gone: bool = False,
    report: Callable[[Progress], None] = lambda _progress: None,
    done: Callable[[SourceOutcome], None] = lambda _outcome: None,
) -> SyncResult:
    """Collect the named sources (all when none is named). One source failing leaves the others complete.

    Raises `ConfigError` when there is no source to read and `LockedError` when another sync is at work.
    """
    chosen = session.sources(names)
    if not chosen:
        raise ConfigError("no source is configured", where="sightline.toml", mend="Add one with `sightline connect`.")
    with workspace_lock(session.workspace.data, now=session.clock.now()):
        started = session.clock.now()
        if session.store.is_to_be_read_through(started):
            refuse_damage(session.store)
        runs, refused = _prepared(session, chosen, Rules(full=full, dry=dry_run, confirm_gone=confirm_gone), report)
        run = None if dry_run else session.store.begin_run(started)
        with session.store.frugal():
            outcomes = {outcome.source: outcome for outcome in [*collect_all(runs, done), *refused]}
        ordered = [outcomes[source.name] for source in chosen]
        measured, delivered = 0, Delivery()
        if run is not None:
            for outcome in ordered:
                session.store.log_source(run, _logged(outcome))
            session.store.end_run(run, status_of(ordered), session.clock.now())
            session.store.drop_raw_before(started - dt.timedelta(days=session.workspace.archive_days))
            brought = [outcome for outcome in ordered if _brought(outcome)]
            measured = _measure(session, {o.source: o.touched for o in brought})
            delivered = _tell(session, measured)
        return SyncResult(status_of(ordered), ordered, started, session.clock.now(), measured, delivered)


def _tell(session: Session, measured: int) -> Delivery:
    """What the run means for the sources themselves, where measuring has not asked yet; then out with what is due."""
    if not measured:
        judge_practice(session, source_states(session, session.workspace.sources), None)
    if not session.workspace.notify.channels:
        return Delivery()
    put_out_digests(session)
    return deliver_due(session)


def _measure(session: Session, scopes: Mapping[str, Collection[str]]) -> int:
    """Projects measured anew by what changed in these scopes; without projects joining waits for whoever asks."""
    if session.workspace.projects:
        return measure_workspace(session, touched=set(scopes), scopes=scopes)
    check_alert_settings(session)
    if scopes:
        owe_joins(session)
    return 0


def _prepared(
    session: Session, chosen: Sequence[SourceConfig], rules: Rules, report: Callable[[Progress], None]
) -> tuple[list[SourceRun], list[SourceOutcome]]:
    """Runs for the sources that can be read; outcomes for those whose settings or plug-in are wrong."""
    runs, refused = [], []
    for source in chosen:
        try:
            connector = session.connector(source)
        except SightlineError as error:
            outcome = SourceOutcome(source.name, session.clock.now(), status="failed", finished_at=session.clock.now())
            outcome.reasons.append(f"{error.what}. {error.mend}".strip())
            refused.append(outcome)
            continue
        since = connector.config.since
        floor = dt.datetime.combine(since, dt.time(), zone(session.workspace.calendar.timezone)) if since else None
        run = SourceRun(
            connector,
            source.name,
            keeper=session.store,
            tokens=session.tokens,
            timezone=zone(session.workspace.calendar.timezone),
            clock=session.clock,
            rules=dataclasses.replace(rules, floor=floor, archive=session.workspace.archive_days > 0),
            report=report,
        )
        if connector.limits().per_day is not None:
            run.spent_today = session.store.requests_since(source.name, session.clock.now() - dt.timedelta(days=1))
        runs.append(run)
    return runs, refused


def _logged(outcome: SourceOutcome) -> LoggedRun:
    """One source of the run for the log; reasons and skipped rows go with it."""
    counts = outcome.counts
    return LoggedRun(
        source=outcome.source,
        status=outcome.status,
        started_at=outcome.started_at,
        finished_at=outcome.finished_at or outcome.started_at,
        reason=outcome.reason,
        scopes=outcome.scopes,
        read=counts.read,
        new=counts.new,
        changed=counts.changed,
        same=counts.same,
        gone=counts.gone,
        skipped=counts.skipped,
        requests=outcome.requests,
        checks=tuple(dataclasses.asdict(check) for check in outcome.checks),
        notes=tuple(outcome.notes),
        unreadable=tuple({"stream": s.stream, "id": s.id, "reason": s.reason} for s in outcome.skipped[:MAX_LOGGED]),
    )


def _brought(outcome: SourceOutcome) -> bool:
    counts = outcome.counts
    return bool(counts.new or counts.changed or counts.gone)


def status_of(outcomes: Sequence[SourceOutcome]) -> Literal["complete", "partial", "failed"]:
    """What became of the run as a whole."""
    if all(outcome.status == "failed" for outcome in outcomes):
        return "failed"
    return "complete" if all(outcome.status == "complete" for outcome in outcomes) else "partial"


def _told(outcome: SourceOutcome, *, verbose: bool) -> dict[str, Any]:
    counts = outcome.counts
    told: dict[str, Any] = {
        "source": outcome.source,
        "status": outcome.status,
        "reason": outcome.reason,
        "scopes": outcome.scopes,
        "read": counts.read,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "gone": counts.gone,
        "skipped": counts.skipped,
        "requests": outcome.requests,
        "started_at": stamp(outcome.started_at),
        "finished_at": stamp(outcome.finished_at or EPOCH),
        "checks": [dataclasses.asdict(check) for check in outcome.checks],
    }
    if verbose:
        told["reasons"] = list(outcome.reasons)
        told["notes"] = list(outcome.notes)
        told["skipped_rows"] = [{"stream": s.stream, "id": s.id, "reason": s.reason} for s in outcome.skipped]
    return told
