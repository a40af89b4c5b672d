"""From what was collected to figures: join people, tasks, time and money to projects, then measure what was touched."""

from __future__ import annotations

import datetime as dt
import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import TypeVar

from msgspec import structs

from sightline.app.alerting import check_alert_settings, judge_practice, judge_project
from sightline.app.alone import Alone, appearing
from sightline.app.joining import Joined, join_workspace, keep_joins, kept_erased
from sightline.app.journal import ledger_rows, note_marks, note_rules, notes_of, told_notes
from sightline.app.leftovers import leftover_figures
from sightline.app.owed import are_joins_owed, owe_joins
from sightline.app.rules import rules_in_force
from sightline.app.session import Session
from sightline.measure.agreements import in_force
from sightline.measure.judging import judgements
from sightline.measure.project import measure_with_health
from sightline.measure.sums import Part, client_figures
from sightline.model.decisions import Correction
from sightline.model.facts import Facts, Sourced, SourceState
from sightline.model.figures import Figure, Moved
from sightline.model.foresight import Former
from sightline.model.portfolio import Project
from sightline.model.records import (
    Change,
    ChecklistItem,
    Document,
    Link,
    Record,
    Task,
    TimeEntry,
)
from sightline.model.refs import Ref
from sightline.model.time import EPOCH, day_in, zone
from sightline.present.portfolio import LISTED
from sightline.store.measured import LastMeasured
from sightline.unify.corrections import noted

R = TypeVar("R", bound=Record)

__all__ = [
    "Joined",
    "facts_of",
    "join_workspace",
    "measure_projects",
    "measure_workspace",
    "source_states",
    "sources_of",
]


def measure_workspace(
    session: Session, *, touched: Collection[str] | None = None, scopes: Mapping[str, Collection[str]] | None = None
) -> int:
    """Join, and measure every project that a touched source feeds (None: every project); how many were measured.

    `scopes` says, where it is known, in which scopes of the touched sources (by id) anything has changed: projects that
    stand alone are then measured without the others. A project that has no figures yet, whose figures are of another
    day, or whose rates, agreement or rules have changed since, is measured whatever was touched.
    """
    store, workspace = session.store, session.workspace
    check_alert_settings(session)
    store.replace_portfolio(workspace.clients.values(), workspace.projects.values())
    last, digests = store.measured(), digests_of(session)
    today, projects = _day(session, session.clock.now()), rules_in_force(session).projects
    altered = {one.id for one in projects if one.id not in last or last[one.id].rules != digests[one.id]}
    stale = altered | {id_ for id_, held in last.items() if _day(session, held.at) != today and id_ in digests}
    owed = are_joins_owed(session)
    if touched is not None and not touched and not stale and not owed:
        return 0
    if scopes and not altered and (fed := _fed_alone(session, scopes, stale)) is not None:
        _measure_clients(session, {project.client for project in fed if project.client})
        judge_practice(session, source_states(session, workspace.sources), None)
        return len(fed)
    due = [one for one in projects if touched is None or one.id in stale or sources_of(one) & set(touched)]
    joined = None
    if not _measured_alone(session, due, digests, last):
        joined = keep_joins(session, join_workspace(session))
        left = set(joined.time.left)
        loose = [entry for entry in joined.entries if entry.ref in left]
        now = session.clock.now()
        store.keep_workspace_figures(leftover_figures(now, joined.money.unmatched, joined.people.unmatched, loose))
        named = {project.id for project in due}
        due = [one for one in joined.rules.projects if one.id in named or _is_fed(joined, one, touched or ())]
        before = worked_before(session, joined)
        for project in due:
            corrections = joined.by_project.corrections.get(project.id, [])
            _measure(
                session,
                facts_of(session, joined, project, before=before),
                corrections,
                digests[project.id],
                last.get(project.id),
            )
    _measure_clients(session, {project.client for project in due if project.client})
    judge_practice(session, source_states(session, workspace.sources), joined)
    if owed:
        owe_joins(session, owed=False)
    return len(due)


def _is_fed(joined: Joined, project: Project, touched: Collection[str]) -> bool:
    """Whether something of these sources counts in the project though no rule names them: by a tie or a correction."""
    others = set(touched) - sources_of(project)
    heaps = (joined.by_project.tasks, joined.by_project.time, joined.by_project.activities)
    return bool(others) and any(row.source in others for heap in heaps for row in heap.get(project.id, ()))


def _fed_alone(session: Session, scopes: Mapping[str, Collection[str]], stale: set[str]) -> list[Project] | None:
    """Measure what changes in these scopes feed, and the stale ones; None, with nothing lost, where all must be joined.

    That is so when a project does not stand alone, when a scope feeds none, and when what changed has no scope of its
    own (people) or goes to projects by its content (documents).
    """
    alone = _alone(session)
    by_content = {rule.source for project in alone.rules.projects for rule in project.money}
    names = set(stale)
    for source, changed in scopes.items():
        for id_ in changed:
            claims = alone.claims.get(Ref(source, "scopes", id_), ())
            if not claims or source in by_content:
                return None
            names |= {claim.project for claim in claims}
    fed = [project for project in alone.rules.projects if project.id in names]
    if not all(alone.stands(project) for project in fed) or kept_erased(
        session, alone.accounts, alone.who, alone.rules
    ):
        return None
    session.store.replace_persons(alone.persons)
    return fed if _measure_of(session, alone, names) == len(fed) else None


def measure_projects(session: Session, names: Collection[str]) -> int:
    """Measure these projects (by id) from what is kept and belongs to them; how many could be measured so.

    Only projects that stand alone can: see `alone`. The others wait for `measure_workspace`, which joins everything.
    """
    return _measure_of(session, _alone(session), names)


def _measure_of(session: Session, alone: Alone, names: Collection[str]) -> int:
    digests, last, done = digests_of(session, names), session.store.measured(names), 0
    for project in alone.rules.projects:
        if project.id not in names or not alone.stands(project):
            continue
        with _steady():
            facts = alone.facts(project, alone.documents(project.id))
        if facts is not None:
            alone.keep_ties(facts)
            _measure(session, facts, [], digests[project.id], last.get(project.id))
            done += 1
    return done


#: From so many tasks on, projects that stand alone are measured one by one, whatever fits into memory.
MANY = 200_000


def _measured_alone(
    session: Session, due: Sequence[Project], digests: Mapping[str, str], last: Mapping[str, LastMeasured]
) -> bool:
    """Measure project by project, holding one in memory; False, with nothing lost, when that is not possible here."""
    store = session.store
    if sum(store.count_live(name, Task) for name in session.workspace.sources) < MANY:
        return False
    alone = _alone(session)
    if not all(alone.stands(project) for project in alone.rules.projects):
        return False
    if kept_erased(session, alone.accounts, alone.who, alone.rules):
        alone = _alone(session)
    matched = alone.match(store.load(Document))
    store.keep_workspace_figures(leftover_figures(alone.now, matched.unmatched, alone.who.unmatched, ()))
    store.replace_persons(alone.persons)
    store.replace_status_rules(alone.meanings)
    store.replace_corrections(alone.rules.corrections.values())
    for project in alone.rules.projects:
        store.replace_assignments(project.id, alone.assignments(project.id, matched.of.get(project.id, [])))
    for project in due:
        with _steady():
            facts = alone.facts(project, matched.of.get(project.id, []))
        if facts is None:
            return False
        alone.keep_ties(facts)
        _measure(session, facts, [], digests[project.id], last.get(project.id))
    return True


def _alone(session: Session) -> Alone:
    alone = Alone(session)
    alone.states.update({state.source: state for state in source_states(session, session.workspace.sources)})
    return alone


@contextmanager
def _steady() -> Iterator[None]:
    """The collector of cycles rests: thousands of short-lived values make it go through everything again and again."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _measure(
    session: Session, facts: Facts, corrections: Sequence[Correction], rules: str, last: LastMeasured | None
) -> None:
    """Measure one project, judge it, and keep its figures; where other rules held before, also what they moved."""
    project = facts.project.id
    with _steady():
        figures = noted(measure_with_health(facts, session.metrics.values()), corrections)
        judge_project(session, facts, figures)
    stood = {
        one.dimension: Former(day=facts.today, shown=one.shown, verdict=one.verdict, reason=one.reason)
        for one in judgements(facts, figures)
    }
    notes, ledger = told_notes(facts), list(ledger_rows(facts))
    # What the figures remembered on the facts points back at them; without this both would stay in memory.
    facts.__dict__.clear()
    moved: list[Moved] = []
    if last is not None and last.rules != rules:
        moved = differences(session.store.figures(project), figures, last.at)
    session.store.keep_measured(project, figures, rules=rules, at=facts.as_of, moved=moved, listed=LISTED)
    session.store.keep_health(project, stood)
    session.store.keep_told(project, notes, ledger)


def _measure_clients(session: Session, clients: Collection[str]) -> None:
    """The figures of these clients, from the stored ones of their projects."""
    now = session.clock.now()
    found: list[Figure] = []
    for client in clients:
        names = {one.id: one.name for one in session.workspace.projects.values() if one.client == client}
        held = session.store.headlines(names)
        parts = [
            Part(project, one.name, one.told(), one.unit, one.oldest())
            for project in names
            for one in held.get(project, ())
        ]
        found += client_figures(client, parts, now, names)
    session.store.keep_client_figures(clients, found)


def differences(before: Sequence[Figure], after: Sequence[Figure], was_at: dt.datetime) -> list[Moved]:
    """What has another value now; figures that were not there before are new, not moved."""
    former = {(one.name, one.currency): one.value for one in before}
    return [
        Moved(
            project=one.project or "", name=one.name, currency=one.currency, before=former[at], after=one.value,
            was_at=was_at, at=one.as_of,
        )
        for one in after
        if (at := (one.name, one.currency)) in former and former[at] != one.value and one.name not in _OF_THE_MOMENT
    ]  # fmt: skip


#: Figures that move by themselves, whatever the rules.
_OF_THE_MOMENT = frozenset(("freshness",))


def digests_of(session: Session, names: Collection[str] | None = None) -> dict[str, str]:
    """Project → a digest of everything but records that its figures follow from; of these projects, or of all."""
    workspace, rules = session.workspace, rules_in_force(session)
    shared = (workspace.rates, workspace.rules, workspace.calendar, workspace.team, workspace.forecast,
              workspace.health, workspace.currency, workspace.stated_mark(),
              workspace.notes, rules.statuses, rules.persons, sorted(session.metrics), LISTED,
              workspace.alerts, sorted(session.alert_rules))  # fmt: skip
    base = blake2b(repr(shared).encode(), digest_size=16)
    notes = note_marks(session)
    plans = session.store.baseline_marks()
    found = {}
    for project in rules.projects:
        if names is not None and project.id not in names:
            continue
        own = base.copy()
        own.update(repr(project).encode())
        own.update(notes.get(project.id, "").encode())
        own.update(plans.get(project.id, "").encode())
        found[project.id] = own.hexdigest()
    return found


def _day(session: Session, moment: dt.datetime) -> dt.date:
    return day_in(moment, zone(session.workspace.calendar.timezone))


def sources_of(project: Project) -> set[str]:
    """Names of the sources that feed a project."""
    return {rule.source for rule in project.include} | {rule.source for rule in project.money}


def worked_before(session: Session, joined: Joined) -> dict[Ref, int]:
    """Entry → seconds its person had worked that day before it, in any project; empty unless an overtime rule asks.

    In the order of the entries' starts; those without one follow, by id.
    """
    if not any(rule.beyond_seconds is not None for rule in session.workspace.rules.overtime):
        return {}
    days: defaultdict[tuple[str, dt.date], list[Sourced[TimeEntry]]] = defaultdict(list)
    for entry in joined.entries:
        source, record = entry
        account = Ref(source, "people", record.account or "")
        day = record.day or (_day(session, record.started_at) if record.started_at is not None else None)
        if day is not None and record.account and record.seconds > 0:
            days[joined.people.of.get(account, str(account)), day].append(entry)
    found: dict[Ref, int] = {}
    for held in days.values():
        passed = 0
        for entry in sorted(
            held, key=lambda one: (one.record.started_at is None, one.record.started_at or EPOCH, one.ref)
        ):
            found[entry.ref] = passed
            passed += entry.record.seconds
    return found


def facts_of(
    session: Session,
    joined: Joined,
    project: Project,
    *,
    before: Mapping[Ref, int] | None = None,
    removed: bool = False,
) -> Facts:
    """Everything known about one project, as the measures want it; `before` as `worked_before` gives it, if known.

    `removed`: what was joined has records that are gone, and what hangs on them is wanted as well.
    """
    workspace = session.workspace
    now = session.clock.now()
    today = day_in(now, zone(workspace.calendar.timezone))
    parts = joined.money.of.get(project.id, [])
    documents = dict.fromkeys(part.ref for part in parts)
    tasks = joined.by_project.tasks.get(project.id, [])
    time = joined.by_project.time.get(project.id, [])
    activities = joined.by_project.activities.get(project.id, [])
    return Facts(
        project=structs.replace(project, agreement=in_force(project, today)),
        client=workspace.clients.get(project.client) if project.client else None,
        as_of=now,
        today=today,
        calendar=workspace.calendar,
        currency=workspace.currency,
        tasks=tuple(tasks),
        time=tuple(time),
        documents=tuple(parts),
        payments=tuple(payment for ref in documents for payment in joined.by_project.payments.get(ref, ())),
        milestones=tuple(joined.by_project.milestones.get(project.id, [])),
        activities=tuple(activities),
        changes=tuple(under(session, Change, tasks, removed=removed)),
        items=tuple(under(session, ChecklistItem, tasks, removed=removed)),
        links=tuple(under(session, Link, tasks, removed=removed)),
        notes=tuple(notes_of(session, project.id)),
        note_rules=note_rules(session, (Sourced(source, scope) for source, scope in joined.scope_rows)),
        answer_days=workspace.notes.answer_days,
        persons=tuple(joined.people.persons),
        accounts=tuple(appearing(joined.accounts, tasks, time, activities)),
        team=workspace.team,
        forecast=workspace.forecast,
        health=workspace.health,
        former=session.store.health_before(project.id, today),
        rates=workspace.rates,
        rules=workspace.rules,
        before=worked_before(session, joined) if before is None else before,
        exchange=workspace.exchange,
        books={(source, scope.id): scope.currency for source, scope in joined.scope_rows if scope.currency},
        statuses=tuple(joined.meanings),
        baselines=tuple(session.store.baselines(project.id)),
        sources=tuple(source_states(session, sources_of(project))),
    )


def under(
    session: Session, kind: type[R], tasks: Iterable[Sourced[Task]], *, removed: bool = False
) -> Iterator[Sourced[R]]:
    """What of that kind hangs on these tasks, by source; with `removed` also what is gone."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for source, task in tasks:
        ids[source].append(task.id)
    for source in sorted(ids):
        yield from session.store.load(kind, source, parents=ids[source], removed=removed)


def source_states(session: Session, names: Iterable[str]) -> list[SourceState]:
    """How far each of these sources can be trusted now."""
    attempts, complete = session.store.last_attempts(), session.store.last_complete()
    states = []
    for name in sorted(names):
        attempt, best = attempts.get(name), complete.get(name)
        kept = session.store.checkpoint(name, "@delivers", "") or {}
        states.append(
            SourceState(
                source=name,
                last_complete=best.finished_at if best else None,
                status=attempt.status if attempt else "never",
                reason=attempt.reason if attempt else None,
                delivers=tuple(kept["tables"]) if kept else None,
            )
        )
    return states
