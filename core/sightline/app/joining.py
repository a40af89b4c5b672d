"""From what was collected to what belongs together: persons, tasks, time and money of each project, by the rules in force."""

from __future__ import annotations

import dataclasses
import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sightline.app.rules import rules_in_force
from sightline.app.session import Session
from sightline.app.tying import keep_ties, names_of
from sightline.model.decisions import Correction
from sightline.model.facts import Sourced
from sightline.model.portfolio import StatusRule
from sightline.model.records import Account, Activity, Document, Milestone, Payment, Record, Scope, Task, TimeEntry
from sightline.model.refs import Ref
from sightline.store.decisions import Entry
from sightline.store.joins import Assigned
from sightline.unify import corrections, duplicates, links, money, people, scopes, statuses
from sightline.unify.decisions import InForce
from sightline.unify.kinds import KindRow, kind_table, kinds_in_force
from sightline.unify.ledger import LEDGER_PROJECT, ledger_work

R = TypeVar("R", bound=Record)

__all__ = ["ByProject", "Joined", "join_workspace", "keep_joins", "kept_erased", "undisturbed"]

#: Who writes down what follows by itself.
_OURSELVES = "sightline"


@dataclasses.dataclass(frozen=True, slots=True)
class ByProject:
    """The same records in heaps, one for each project (payments: one for each document)."""

    tasks: Mapping[str, list[Sourced[Task]]]
    time: Mapping[str, list[Sourced[TimeEntry]]]
    activities: Mapping[str, list[Sourced[Activity]]]
    milestones: Mapping[str, list[Sourced[Milestone]]]
    payments: Mapping[Ref, list[Sourced[Payment]]]
    corrections: Mapping[str, list[Correction]]
    """Of what is in the project, and of what a correction took out of it."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hundreds of thousands of records come into being and all of them stay: looking for cycles among them is half the work.

    What was on before is on again afterwards.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _heaps(rows: Iterable[Sourced[R]], of: Mapping[Ref, str]) -> dict[str, list[Sourced[R]]]:
    heaps: defaultdict[str, list[Sourced[R]]] = defaultdict(list)
    for row in rows:
        if project := of.get(row.ref):
            heaps[project].append(row)
    return dict(heaps)


@dataclasses.dataclass(frozen=True, slots=True)
class Joined:
    """Everything that is kept, joined to the workspace's projects; what no project asked for is left over."""

    rules: InForce
    people: people.Joined
    accounts: Sequence[Sourced[Account]]
    scope_rows: Sequence[Sourced[Scope]]
    places: scopes.Places
    meanings: Sequence[StatusRule]
    """The rules about statuses, each with its scope by id."""
    statuses: Sequence[statuses.StatusRow]
    kinds: Sequence[KindRow]
    all_tasks: Sequence[Sourced[Task]]
    """Copies included, in the state in force."""
    once: duplicates.Once
    tasks: scopes.Belonging
    entries: Sequence[Sourced[TimeEntry]]
    time: scopes.Belonging
    activities: Sequence[Sourced[Activity]]
    activity: scopes.Belonging
    names: links.Names
    ties: Sequence[links.Ties]
    """Of activities and of time."""
    documents: Sequence[Sourced[Document]]
    money: money.MoneyMatch
    by_project: ByProject


@undisturbed()
def join_workspace(session: Session, *, removed: bool = False) -> Joined:
    """Read what is kept and say what belongs to what; with `removed` also what is gone at its source."""
    store, rules = session.store, rules_in_force(session)
    projects, said = list(rules.projects), rules.corrections
    scope_rows, milestones = list(store.load(Scope)), list(store.load(Milestone))
    meanings = statuses.of_scopes(rules.statuses, scope_rows)
    own_words = list(store.load(Task, removed=removed))
    raw_tasks = kinds_in_force(own_words, session.workspace.types)
    all_tasks = statuses.in_force(raw_tasks, meanings)
    once = duplicates.once(all_tasks, rules.same_tasks)
    entries = corrections.corrected_time(list(store.load(TimeEntry, removed=removed)), said)
    activities = list(store.load(Activity, removed=removed))
    accounts = _accounts(session, once.tasks, entries)
    places = scopes.Places(projects, scope_rows, milestones, rules.scopes, _called(accounts))
    found = places.tasks(once.tasks)
    tasks = corrections.placed(found, said, "tasks")
    names = names_of(session, once.tasks, scope_rows)
    homes, by_rule = links.Homes(places.of_scope, tasks.of), session.workspace.links
    ties = [
        links.tie_activities(activities, names, by_rule, homes),
        links.tie_time(entries, names, by_rule, homes),
    ]
    # Time booked on the ledger's own projects is the project's time, though their tasks are not its work items; time on
    # a copy is time on the task that counts.
    copies = {dropped.ref: tasks.of[dropped.kept] for dropped in once.dropped if dropped.kept in tasks.of}
    found_time = places.time(entries, {**ledger_work(raw_tasks, projects), **copies, **tasks.of}, ties[1])
    time = corrections.placed(found_time, said, "time")
    activity = places.activities(activities, {**copies, **tasks.of}, ties[0])
    documents = list(store.load(Document, removed=removed))
    who = people.join(accounts, rules.persons, rules.confirmed, apart=rules.apart, same=rules.same_persons)
    return Joined(
        rules=rules,
        people=who._replace(persons=corrections.standing_in(who.persons, said)),
        accounts=accounts,
        scope_rows=scope_rows,
        places=places,
        meanings=meanings,
        statuses=statuses.status_table(raw_tasks, meanings),
        kinds=kind_table(own_words, session.workspace.types),
        all_tasks=all_tasks,
        once=once,
        tasks=tasks,
        entries=entries,
        time=time,
        activities=activities,
        activity=activity,
        names=names,
        ties=ties,
        documents=documents,
        money=money.assign(documents, projects, _ledger_projects(raw_tasks)),
        by_project=ByProject(
            tasks=_heaps(once.tasks, tasks.of),
            time=_heaps(entries, time.of),
            activities=_heaps(activities, activity.of),
            milestones=_dated(places, milestones, once.tasks, tasks.of),
            payments=_payments(store.load(Payment, removed=removed)),
            corrections=corrections.by_project(said, tasks, time, found, found_time),
        ),
    )


def _accounts(
    session: Session, tasks: Sequence[Sourced[Task]], entries: Sequence[Sourced[TimeEntry]]
) -> list[Sourced[Account]]:
    """All accounts there are, and of those that are gone the ones whose work is still here."""
    accounts = list(session.store.load(Account))
    at_work = {(source, entry.account) for source, entry in entries if entry.account}
    at_work |= {(source, one) for source, task in tasks for one in task.assignees}
    gone: defaultdict[str, set[str]] = defaultdict(set)
    for source, account in at_work - {(account.source, account.record.id) for account in accounts}:
        gone[source].add(account)
    for source, ids in sorted(gone.items()):
        accounts += session.store.load(Account, source, ids=ids, removed=True)
    return accounts


def _called(accounts: Iterable[Sourced[Account]]) -> dict[tuple[str, str], str]:
    return {(source, account.id): account.name for source, account in accounts if account.name}


def _ledger_projects(tasks: Iterable[Sourced[Task]]) -> dict[tuple[str, str], str]:
    return {(source, task.id): task.title for source, task in tasks if task.kind == LEDGER_PROJECT}


def _payments(payments: Iterable[Sourced[Payment]]) -> dict[Ref, list[Sourced[Payment]]]:
    held: defaultdict[Ref, list[Sourced[Payment]]] = defaultdict(list)
    for payment in payments:
        held[Ref(payment.source, "documents", payment.record.document)].append(payment)
    return dict(held)


def _dated(
    places: scopes.Places,
    milestones: Iterable[Sourced[Milestone]],
    tasks: Sequence[Sourced[Task]],
    of: Mapping[Ref, str],
) -> dict[str, list[Sourced[Milestone]]]:
    dated: defaultdict[str, list[Sourced[Milestone]]] = defaultdict(list)
    projects = places.milestones(tasks, of)
    for milestone in milestones:
        for project in projects.get(milestone.ref, ()):
            dated[project].append(milestone)
    return dict(dated)


def keep_joins(session: Session, joined: Joined) -> Joined:
    """Write down who is who, what belongs to what, what statuses mean and what is corrected, for whoever reads.

    An account whose tool has erased name and address since stays with its person, by a decision that can be undone;
    then everything is joined again, and that is what comes back.
    """
    store = session.store
    if kept_erased(session, joined.accounts, joined.people, joined.rules):
        joined = join_workspace(session)
    store.replace_persons(joined.people.persons)
    store.replace_status_rules(joined.meanings)
    store.replace_corrections(joined.rules.corrections.values())
    keep_ties(session, joined.names, joined.ties, joined.documents)
    _keep_assignments(session, joined)
    return joined


def kept_erased(session: Session, accounts: Sequence[Sourced[Account]], who: people.Joined, rules: InForce) -> bool:
    """Leave accounts whose tool has erased name and address with the person they had; whether there were any."""
    before = {ref: person.id for person in session.store.persons() for ref in person.accounts}
    lost = [row for row in people.erased(accounts, before, who) if row[0].ref not in rules.apart]
    entries = [
        Entry("person", str(account.ref), (("person", person),), "its tool erased name and address")
        for account, person in lost
    ]
    if entries:
        session.store.decide(entries, by=_OURSELVES, at=session.clock.now())
    return bool(entries)


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
    for one in joined.rules.projects:
        session.store.replace_assignments(one.id, things[one.id])
