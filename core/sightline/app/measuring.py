"""From what was collected to figures: join people, tasks, time and money to projects, then measure what was touched."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import structs

from sightline.app.session import Session
from sightline.measure.agreements import in_force
from sightline.measure.project import measure_project
from sightline.model.facts import Facts, Sourced, SourceState
from sightline.model.portfolio import Project
from sightline.model.records import Account, Activity, Document, Milestone, Payment, Record, Scope, Task, TimeEntry
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone
from sightline.store.joins import Assigned
from sightline.unify import duplicates, links, money, people, scopes, statuses
from sightline.unify.ledger import LEDGER_PROJECT, ledger_work

R = TypeVar("R", bound=Record)

__all__ = ["ByProject", "Joined", "facts_of", "join_workspace", "measure_workspace", "source_states", "sources_of"]


@dataclasses.dataclass(frozen=True, slots=True)
class ByProject:
    """The same records in heaps, one for each project (payments: one for each document)."""

    tasks: Mapping[str, list[Sourced[Task]]]
    time: Mapping[str, list[Sourced[TimeEntry]]]
    activities: Mapping[str, list[Sourced[Activity]]]
    milestones: Mapping[str, list[Sourced[Milestone]]]
    payments: Mapping[Ref, list[Sourced[Payment]]]


def _heaps(rows: Iterable[Sourced[R]], of: Mapping[Ref, str]) -> dict[str, list[Sourced[R]]]:
    heaps: defaultdict[str, list[Sourced[R]]] = defaultdict(list)
    for row in rows:
        if project := of.get(row.ref):
            heaps[project].append(row)
    return dict(heaps)


@dataclasses.dataclass(frozen=True, slots=True)
class Joined:
    """Everything that is kept, joined to the workspace's projects; what no project asked for is left over."""

    people: people.Joined
    accounts: Sequence[Sourced[Account]]
    scope_rows: Sequence[Sourced[Scope]]
    places: scopes.Places
    statuses: Sequence[statuses.StatusRow]
    once: duplicates.Once
    tasks: scopes.Belonging
    entries: Sequence[Sourced[TimeEntry]]
    time: scopes.Belonging
    activities: Sequence[Sourced[Activity]]
    activity: scopes.Belonging
    money: money.MoneyMatch
    by_project: ByProject


def join_workspace(session: Session) -> Joined:
    """Read what is kept and say what belongs to what."""
    store, workspace = session.store, session.workspace
    projects = list(workspace.projects.values())
    accounts = list(store.load(Account))
    scope_rows = list(store.load(Scope))
    milestones = list(store.load(Milestone))
    places = scopes.Places(projects, scope_rows, milestones)
    raw_tasks = list(store.load(Task))
    table = statuses.status_table(raw_tasks, workspace.statuses)
    once = duplicates.once(statuses.in_force(raw_tasks, workspace.statuses))
    tasks = places.tasks(once.tasks)
    entries = list(store.load(TimeEntry))
    activities = list(store.load(Activity))
    ties = links.tie_activities(activities, once.tasks)
    ledger_projects = {(source, task.id): task.title for source, task in raw_tasks if task.kind == LEDGER_PROJECT}
    # Time booked on the ledger's own projects is the project's time, though their tasks are not its work items.
    time = places.time(entries, {**ledger_work(raw_tasks, projects), **tasks.of})
    activity = places.activities(activities, tasks.of, ties)
    payments: defaultdict[Ref, list[Sourced[Payment]]] = defaultdict(list)
    for payment in store.load(Payment):
        payments[Ref(payment.source, "documents", payment.record.document)].append(payment)
    dated: defaultdict[str, list[Sourced[Milestone]]] = defaultdict(list)
    of_milestone = places.milestones(once.tasks, tasks.of)
    for milestone in milestones:
        for project in of_milestone.get(milestone.ref, ()):
            dated[project].append(milestone)
    return Joined(
        people=people.join(accounts, workspace.people),
        accounts=accounts,
        scope_rows=scope_rows,
        places=places,
        statuses=table,
        once=once,
        tasks=tasks,
        entries=entries,
        time=time,
        activities=activities,
        activity=activity,
        money=money.assign(store.load(Document), projects, ledger_projects),
        by_project=ByProject(
            _heaps(once.tasks, tasks.of), _heaps(entries, time.of), _heaps(activities, activity.of), dated, payments
        ),
    )


def measure_workspace(session: Session, *, touched: Collection[str] | None = None) -> int:
    """Join, and measure every project that a touched source feeds (None: every project); how many were measured.

    A project that has no figures yet, or whose figures are of another day, is measured whatever was touched.
    """
    store, workspace = session.store, session.workspace
    store.replace_portfolio(workspace.clients.values(), workspace.projects.values())
    due = [project for project in workspace.projects.values() if _is_due(session, project, touched)]
    if not due and not touched:
        return 0
    joined = join_workspace(session)
    store.replace_persons(joined.people.persons)
    _keep_assignments(session, joined)
    metrics = list(session.registry.metrics.values())
    for project in due:
        store.replace_figures(project.id, measure_project(facts_of(session, joined, project), metrics))
    return len(due)


def _is_due(session: Session, project: Project, touched: Collection[str] | None) -> bool:
    if touched is None or sources_of(project) & set(touched):
        return True
    figures = session.store.figures(project.id)
    where = zone(session.workspace.calendar.timezone)
    return not figures or day_in(figures[0].as_of, where) != day_in(session.clock.now(), where)


def sources_of(project: Project) -> set[str]:
    """Names of the sources that feed a project."""
    return {rule.source for rule in project.include} | {rule.source for rule in project.money}


def _keep_assignments(session: Session, joined: Joined) -> None:
    things: defaultdict[str, list[Assigned]] = defaultdict(list)
    for source, scope in joined.scope_rows:
        if project := joined.places.of_scope(source, scope.id):
            things[project].append(Assigned(Ref(source, "scopes", scope.id)))
    for belonging in (joined.tasks, joined.time, joined.activity):
        for ref, project in belonging.of.items():
            things[project].append(Assigned(ref))
    for project, parts in joined.money.of.items():
        for part in parts:
            if part.whole:
                things[project].append(Assigned(part.ref))
            else:
                things[project] += [Assigned(part.ref, line.id) for line in part.lines]
    for project in session.workspace.projects:
        session.store.replace_assignments(project, things[project])


def facts_of(session: Session, joined: Joined, project: Project) -> Facts:
    """Everything known about one project, as the measures want it."""
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
        persons=tuple(joined.people.persons),
        accounts=tuple(_appearing(joined.accounts, tasks, time, activities)),
        rates=workspace.rates,
        rules=workspace.rules,
        exchange=workspace.exchange,
        books={(source, scope.id): scope.currency for source, scope in joined.scope_rows if scope.currency},
        statuses=workspace.statuses,
        baselines=tuple(session.store.baselines(project.id)),
        sources=tuple(source_states(session, sources_of(project))),
    )


def _appearing(
    accounts: Sequence[Sourced[Account]],
    tasks: Sequence[Sourced[Task]],
    time: Sequence[Sourced[TimeEntry]],
    activities: Sequence[Sourced[Activity]],
) -> list[Sourced[Account]]:
    seen = {(source, account) for source, task in tasks for account in (*task.assignees, task.reporter)}
    seen |= {(source, entry.account) for source, entry in time}
    seen |= {(source, activity.account) for source, activity in activities}
    return [account for account in accounts if (account.source, account.record.id) in seen]


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
