"""From what was collected to figures: join people, tasks, time and money to projects, then measure what was touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import structs

from sightline.app.joining import Joined, join_workspace, keep_joins
from sightline.app.rules import rules_in_force
from sightline.app.session import Session
from sightline.measure.agreements import in_force
from sightline.measure.project import measure_project
from sightline.model.facts import Facts, Sourced, SourceState
from sightline.model.portfolio import Project
from sightline.model.records import Account, Activity, Task, TimeEntry
from sightline.model.time import day_in, zone
from sightline.unify.corrections import noted

__all__ = ["Joined", "facts_of", "join_workspace", "measure_workspace", "source_states", "sources_of"]


def measure_workspace(session: Session, *, touched: Collection[str] | None = None) -> int:
    """Join, and measure every project that a touched source feeds (None: every project); how many were measured.

    A project that has no figures yet, or whose figures are of another day, is measured whatever was touched.
    """
    store, workspace = session.store, session.workspace
    store.replace_portfolio(workspace.clients.values(), workspace.projects.values())
    due = [project for project in rules_in_force(session).projects if _is_due(session, project, touched)]
    if not due and not touched:
        return 0
    joined = keep_joins(session, join_workspace(session))
    metrics = list(session.registry.metrics.values())
    for project in due:
        figures = measure_project(facts_of(session, joined, project), metrics)
        store.replace_figures(project.id, noted(figures, joined.by_project.corrections.get(project.id, [])))
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
        statuses=joined.rules.statuses,
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
