"""Projects that stand alone: whose scopes nobody shares, so that their facts are read by scope, without joining the rest.

A project stands alone when its rules take whole scopes that no other project asks for, no decision moves single tasks
or hours, and nothing in its scopes hangs on a task elsewhere. Its facts are then the same as those of the whole join.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from sightline.app.journal import note_rules, notes_of
from sightline.app.rules import rules_in_force
from sightline.app.session import Session
from sightline.app.tying import keep_ties_of
from sightline.measure.agreements import in_force
from sightline.model.facts import DocumentPart, Facts, Person, Sourced, SourceState
from sightline.model.portfolio import Project, StatusRule
from sightline.model.records import (
    Account,
    Activity,
    Change,
    ChecklistItem,
    Document,
    Link,
    Milestone,
    Payment,
    Scope,
    Task,
    TimeEntry,
)
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone
from sightline.store.joins import Assigned
from sightline.unify import money, people, statuses
from sightline.unify.decisions import InForce
from sightline.unify.patterns import matches
from sightline.unify.scopes import NARROWING

__all__ = ["Alone", "appearing"]


@dataclasses.dataclass(frozen=True, slots=True)
class _Claim:
    """A rule of a project on a scope; one that narrows takes only part of it."""

    project: str
    narrows: bool


class Alone:
    """What projects measured one by one have in common: read once, small beside their records."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rules: InForce = rules_in_force(session)
        self.scopes = list(session.store.load(Scope))
        self.now = session.clock.now()
        self.states: dict[str, SourceState] = {}
        self._exact: defaultdict[tuple[str, str], list[_Claim]] = defaultdict(list)
        self._wild: defaultdict[str, list[tuple[str, _Claim]]] = defaultdict(list)
        for project in self.rules.projects:
            for rule in project.include:
                claim = _Claim(
                    project.id, rule.query is not None or any(getattr(rule, n) is not None for n in NARROWING)
                )
                if "*" in rule.scope:
                    self._wild[rule.source].append((rule.scope, claim))
                else:
                    self._exact[rule.source, rule.scope.strip().casefold()].append(claim)

    @functools.cached_property
    def accounts(self) -> list[Sourced[Account]]:
        """Every account there is."""
        return list(self.session.store.load(Account))

    @functools.cached_property
    def who(self) -> people.Joined:
        """Accounts joined to persons."""
        rules = self.rules
        return people.join(self.accounts, rules.persons, rules.confirmed, apart=rules.apart, same=rules.same_persons)

    @property
    def persons(self) -> Sequence[Person]:
        """Who is who."""
        return self.who.persons

    @functools.cached_property
    def meanings(self) -> Sequence[StatusRule]:
        """The rules about statuses, each with its scope by id."""
        return statuses.of_scopes(self.rules.statuses, self.scopes)

    @functools.cached_property
    def claims(self) -> Mapping[Ref, Sequence[_Claim]]:
        """Scope → every rule that asks for it."""
        return {scope.ref: self._claims(scope) for scope in self.scopes}

    @functools.cached_property
    def placed(self) -> Mapping[str, Sequence[Sourced[Scope]]]:
        """Project → the scopes it asks for."""
        found: defaultdict[str, list[Sourced[Scope]]] = defaultdict(list)
        for scope in self.scopes:
            for project in dict.fromkeys(claim.project for claim in self.claims[scope.ref]):
                found[project].append(scope)
        return found

    @functools.cached_property
    def possible(self) -> bool:
        """Whether anything can stand alone here: no single task or hour was moved, and nobody works in unclaimed scopes."""
        rules = self.rules
        workspace = self.session.workspace
        if any(rule.beyond_seconds is not None for rule in workspace.rules.overtime):
            # Hours of one day count in all projects together.
            return False
        if workspace.links or workspace.types or rules.corrections or rules.same_tasks or rules.scopes:
            return False
        loose = [ref for ref, claims in self.claims.items() if not claims]
        return not any(self.session.store.busy(ref.source, ref.id) for ref in loose)

    def _claims(self, scope: Sourced[Scope]) -> list[_Claim]:
        names = dict.fromkeys(
            name.strip().casefold() for name in (scope.record.id, scope.record.key, scope.record.name)
        )
        found = [claim for name in names for claim in self._exact.get((scope.source, name), ())]
        return found + [claim for pattern, claim in self._wild.get(scope.source, ()) if matches(pattern, *names)]

    def stands(self, project: Project) -> bool:
        """Whether the project stands alone by its rules; its records may still say otherwise, see `facts`."""
        if any(rule.project is not None for rule in project.money) or not self.possible:
            return False
        claims = [claim for scope in self.placed.get(project.id, ()) for claim in self.claims[scope.ref]]
        return all(claim.project == project.id and not claim.narrows for claim in claims)

    def facts(self, project: Project, parts: Sequence[DocumentPart]) -> Facts | None:
        """Everything known about the project, `parts` being its documents; None when something hangs on tasks elsewhere."""
        session, workspace, store = self.session, self.session.workspace, self.session.store
        tasks: list[Sourced[Task]] = []
        time: list[Sourced[TimeEntry]] = []
        activities: list[Sourced[Activity]] = []
        milestones: list[Sourced[Milestone]] = []
        changes: list[Sourced[Change]] = []
        items: list[Sourced[ChecklistItem]] = []
        links: list[Sourced[Link]] = []
        for scope in self.placed.get(project.id, ()):
            source, id_ = scope.source, scope.record.id
            if store.hangs_elsewhere(source, id_):
                return None
            tasks += store.load(Task, source, scope=id_)
            time += store.load(TimeEntry, source, scope=id_)
            activities += store.load(Activity, source, scope=id_)
            milestones += store.load(Milestone, source, scope=id_)
            changes += store.load(Change, source, scope=id_)
            items += store.load(ChecklistItem, source, scope=id_)
            links += store.load(Link, source, scope=id_)
        if any(task.record.copy_of for task in tasks) or self._on_tasks_elsewhere(tasks, [*time, *activities]):
            return None
        today = day_in(self.now, zone(workspace.calendar.timezone))
        return Facts(
            project=structs.replace(project, agreement=in_force(project, today)),
            client=workspace.clients.get(project.client) if project.client else None,
            as_of=self.now,
            today=today,
            calendar=workspace.calendar,
            currency=workspace.currency,
            tasks=tuple(statuses.in_force(tasks, self.meanings)),
            time=tuple(time),
            documents=tuple(parts),
            payments=tuple(self._payments(parts)),
            milestones=tuple(milestones),
            activities=tuple(activities),
            changes=tuple(changes),
            items=tuple(items),
            links=tuple(links),
            notes=tuple(notes_of(session, project.id)),
            note_rules=note_rules(session, self.scopes),
            answer_days=workspace.notes.answer_days,
            persons=tuple(self.persons),
            accounts=tuple(appearing(self.accounts, tasks, time, activities)),
            team=workspace.team,
            forecast=workspace.forecast,
            health=workspace.health,
            former=store.health_before(project.id, today),
            rates=workspace.rates,
            rules=workspace.rules,
            exchange=workspace.exchange,
            books={
                (scope.source, scope.record.id): scope.record.currency for scope in self.scopes if scope.record.currency
            },
            statuses=self.meanings if isinstance(self.meanings, tuple) else tuple(self.meanings),
            baselines=tuple(session.store.baselines(project.id)),
            sources=tuple(self.states[name] for name in _sources(project) if name in self.states),
        )

    def keep_ties(self, facts: Facts) -> None:
        """Write down what in the project concerns which task, here or elsewhere."""
        keep_ties_of(self.session, self.scopes, facts, self._home)

    def _home(self, source: str, scope: str) -> str | None:
        claims = self.claims.get(Ref(source, "scopes", scope), ())
        return claims[0].project if claims else None

    def _on_tasks_elsewhere(
        self, tasks: Sequence[Sourced[Task]], rows: Iterable[Sourced[TimeEntry] | Sourced[Activity]]
    ) -> bool:
        """Whether some of the rows name a task that is kept, but not among these."""
        known = {(source, task.id) for source, task in tasks}
        apart: defaultdict[str, set[str]] = defaultdict(set)
        for source, record in rows:
            if record.task and (source, record.task) not in known:
                apart[source].add(record.task)
        return any(next(self.session.store.load(Task, name, ids=ids), None) is not None for name, ids in apart.items())

    def _payments(self, parts: Sequence[DocumentPart]) -> Iterable[Sourced[Payment]]:
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for part in parts:
            ids[part.source].append(part.document.id)
        for source, held in ids.items():
            yield from self.session.store.load(Payment, source, parents=held)

    def match(self, documents: Iterable[Sourced[Document]]) -> money.MoneyMatch:
        """Documents by project, by all rules."""
        return self._matcher.assign(documents)

    @functools.cached_property
    def _matcher(self) -> money.Matcher:
        return money.Matcher(self.rules.projects)

    def documents(self, project: str) -> list[DocumentPart]:
        """The parts of documents that belong to a project, as the last assignment has them."""
        held = self.session.store.assigned(project, "documents")
        loaded = [one for source, ids in held.items() for one in self.session.store.load(Document, source, ids=ids)]
        return self.match(loaded).of.get(project, [])

    def assignments(self, project: str, parts: Sequence[DocumentPart]) -> list[Assigned]:
        """What to write down of a project: its scopes whole, its documents."""
        found = [Assigned(scope.ref) for scope in self.placed.get(project, ())]
        for part in parts:
            found += [Assigned(part.ref)] if part.whole else [Assigned(part.ref, line.id) for line in part.lines]
        return found


def _sources(project: Project) -> list[str]:
    return sorted({rule.source for rule in project.include} | {rule.source for rule in project.money})


def appearing(
    accounts: Sequence[Sourced[Account]],
    tasks: Sequence[Sourced[Task]],
    time: Sequence[Sourced[TimeEntry]],
    activities: Sequence[Sourced[Activity]],
) -> list[Sourced[Account]]:
    """The accounts that are assigned to, reported, worked or left a trace in these records."""
    seen = {(source, account) for source, task in tasks for account in (*task.assignees, task.reporter)}
    seen |= {(source, entry.account) for source, entry in time}
    seen |= {(source, activity.account) for source, activity in activities}
    return [account for account in accounts if (account.source, account.record.id) in seen]
