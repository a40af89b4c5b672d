"""Map: what is not mapped yet, the sure ones first, then the heaviest, with suggestions and their reasons."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sightline.app.joining import Joined, join_workspace, undisturbed
from sightline.app.session import Session
from sightline.app.valuing import Valued
from sightline.app.weighing import Weight, seen_of_scopes
from sightline.measure.receivables import standing
from sightline.model.decisions import Decision
from sightline.model.facts import Person, Sourced
from sightline.model.money import Money
from sightline.model.records import Account, Link, TimeEntry
from sightline.model.refs import Ref
from sightline.unify import clues, duplicates, hints
from sightline.unify.kinds import KindRow
from sightline.unify.money import unmatched_sums
from sightline.unify.statuses import StatusRow, doubtful, unmapped

__all__ = ["MapView", "PeopleView", "accept_skipped", "map_view", "people_view", "suggested"]

_MONEY = ("invoice", "bill", "credit_note", "bill_credit_note")


@dataclasses.dataclass(frozen=True, slots=True)
class PersonRow:
    """An account of nobody known, with the time and the items it carries, and who it may be."""

    account: Sourced[Account]
    seconds: int
    items: int
    suggestions: tuple[clues.Suggestion, ...]
    worth: tuple[Money, ...] = ()
    """What its time would bill, by currency, at the rates of the best suggestion, else at those that hold for anybody."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScopeRow:
    """A scope that no project includes, whole or in part, with what is in it and where it may belong."""

    ref: Ref
    source: str
    key: str
    name: str
    tasks: int
    seconds: int
    suggestions: tuple[hints.ScopeSuggestion, ...]
    worth: tuple[Money, ...] = ()
    """What its time would bill, by currency, where a rate holds."""


@dataclasses.dataclass(frozen=True, slots=True)
class LeftRow:
    """A scope of which projects take parts only: what is left of it."""

    source: str
    key: str
    name: str
    tasks: int
    seconds: int


@dataclasses.dataclass(frozen=True, slots=True)
class MapView:
    """Everything unmapped: what a sure suggestion settles first, then the heaviest."""

    people: tuple[PersonRow, ...]
    scopes: tuple[ScopeRow, ...]
    left: tuple[LeftRow, ...]
    unmapped: tuple[StatusRow, ...]
    doubtful: tuple[StatusRow, ...]
    """Statuses whose word says something else than their tool."""
    table: tuple[StatusRow, ...]
    """All statuses in use, with the meaning in force."""
    kinds: tuple[KindRow, ...]
    """All types of items in use, with what they are taken for."""
    documents: tuple[dict[str, Any], ...]
    sums: tuple[tuple[str, str, int, Any], ...]
    overlaps: tuple[tuple[str, str, tuple[str, ...]], ...]
    same: tuple[tuple[str, str, str], ...]
    """Pairs of tasks that look like one, and why."""
    unclear: tuple[tuple[str, tuple[str, ...], int], ...]
    """Names that fit several tasks, the most used first: the name, the tasks, in how many places it stands."""
    skipped: tuple[dict[str, Any], ...]
    stale: tuple[Decision, ...]
    """Decisions that have no effect any more, because what they name is gone from the configuration."""
    persons: dict[str, str]
    """Name of each person by id."""
    collected: bool = True
    """Whether anything was ever collected: else there is nothing to map."""


@dataclasses.dataclass(frozen=True, slots=True)
class PeopleView:
    """Everybody with what they carry: seconds of time, tasks assigned; then the accounts of nobody."""

    rows: tuple[tuple[Person, int, int], ...]
    unmatched: tuple[PersonRow, ...]
    bots: tuple[Sourced[Account], ...]
    accounts: dict[Ref, Account]


@undisturbed()
def map_view(session: Session) -> MapView:
    """What belongs to nobody and nothing, with its weight."""
    joined = join_workspace(session)
    weight = Weight(joined)
    counting = [part for part in joined.money.unmatched if standing(part.document) == "counts"]
    links = session.store.load(Link)
    suspects = duplicates.suspects(joined.once.tasks, links, joined.rules.not_same)
    unclear = Counter((name, tasks) for ties in joined.ties for _, name, tasks in ties.ambiguous)
    return MapView(
        people=tuple(_valued_people(session, joined, _people(joined, weight))),
        scopes=tuple(_valued_scopes(session, joined, _scopes(session, joined, weight))),
        left=tuple(_left(joined)),
        unmapped=tuple(unmapped(joined.statuses)),
        doubtful=tuple(doubtful(joined.statuses)),
        table=tuple(joined.statuses),
        kinds=tuple(joined.kinds),
        documents=tuple(_documents(counting)),
        sums=tuple((s.kind, s.currency, s.documents, s.total) for s in unmatched_sums(counting)),
        overlaps=tuple((str(o.task), o.counted_in, o.also) for o in joined.tasks.overlaps),
        same=tuple((weight.called(s.first), weight.called(s.second), s.reason) for s in suspects),
        unclear=tuple(
            (name, tuple(map(weight.called, tasks)), count) for (name, tasks), count in unclear.most_common()
        ),
        skipped=tuple(
            {"source": q.source, "stream": q.stream, "id": q.id, "reason": q.reason}
            for q in session.store.quarantined()
        ),
        stale=joined.rules.stale,
        persons={person.id: person.name for person in joined.people.persons},
        collected=bool(session.store.last_attempts()),
    )


def people_view(session: Session) -> PeopleView:
    """Who is who, the busiest first."""
    joined = join_workspace(session)
    weight = Weight(joined)
    rows = [
        (
            person,
            sum(weight.seconds.get(ref, 0) for ref in person.accounts),
            sum(weight.assigned.get(ref, 0) for ref in person.accounts),
        )
        for person in joined.people.persons
    ]
    return PeopleView(
        rows=tuple(sorted(rows, key=lambda row: (-row[1], -row[2], row[0].name, row[0].id))),
        unmatched=tuple(_valued_people(session, joined, _people(joined, weight))),
        bots=tuple(account for account in joined.accounts if account.record.kind == "bot"),
        accounts={account.ref: account.record for account in joined.accounts},
    )


def suggested(session: Session) -> tuple[list[clues.Suggestion], list[hints.ScopeSuggestion]]:
    """The sure suggestions: for each account and each scope at most one, the best."""
    joined = join_workspace(session)
    weight = Weight(joined)
    people = [_sure(row.suggestions) for row in _people(joined, weight)]
    scopes = [_sure(row.suggestions) for row in _scopes(session, joined, weight)]
    return [one for one in people if one], [one for one in scopes if one]


def _sure(found: Sequence[Any]) -> Any | None:
    """The best of them if it is sure and alone at the top."""
    if not found or found[0].score < clues.SURE:
        return None
    return None if len(found) > 1 and found[1].score == found[0].score else found[0]


def _people(joined: Joined, weight: Weight) -> list[PersonRow]:
    if not joined.people.unmatched:
        return []
    found = clues.suggestions(joined.people, joined.accounts, weight.seen, joined.rules.apart)
    by_account: defaultdict[Ref, list[clues.Suggestion]] = defaultdict(list)
    for suggestion in found:
        by_account[suggestion.account].append(suggestion)
    rows = [
        PersonRow(
            account,
            weight.seconds.get(account.ref, 0),
            weight.assigned.get(account.ref, 0),
            tuple(by_account[account.ref]),
        )
        for account in joined.people.unmatched
    ]
    best = {row.account.ref: row.suggestions[0].score if row.suggestions else Decimal(0) for row in rows}
    return sorted(
        rows,
        key=lambda row: (
            _sure(row.suggestions) is None,
            -row.seconds,
            -row.items,
            -best[row.account.ref],
            row.account.ref,
        ),
    )


def _valued_people(session: Session, joined: Joined, rows: Sequence[PersonRow]) -> list[PersonRow]:
    """The same rows with what their time would bill."""
    wanted = {(row.account.source, row.account.record.id) for row in rows}
    held: defaultdict[Ref, list[Sourced[TimeEntry]]] = defaultdict(list)
    for entry in joined.entries if wanted else ():
        if (entry[0], entry[1].account) in wanted:
            held[Ref(entry[0], "people", entry[1].account or "")].append(entry)
    worth = Valued(joined, session.workspace.rates)
    return [
        dataclasses.replace(
            row, worth=worth.sums(held[row.account.ref], row.suggestions[0].person if row.suggestions else None)
        )
        for row in rows
    ]


def _valued_scopes(session: Session, joined: Joined, rows: Sequence[ScopeRow]) -> list[ScopeRow]:
    """The same rows with what their time would bill."""
    wanted = {(row.ref.source, row.ref.id) for row in rows}
    held: defaultdict[Ref, list[Sourced[TimeEntry]]] = defaultdict(list)
    for entry in joined.entries if wanted else ():
        if (entry[0], entry[1].scope) in wanted:
            held[Ref(entry[0], "scopes", entry[1].scope or "")].append(entry)
    worth = Valued(joined, session.workspace.rates)
    return [dataclasses.replace(row, worth=worth.sums(held[row.ref])) for row in rows]


def _scopes(session: Session, joined: Joined, weight: Weight) -> list[ScopeRow]:
    known = {scope.ref: scope for scope in joined.scope_rows}
    loose = [known[ref] for ref in joined.places.unclaimed_scopes() if known[ref].record.kind != "organisation"]
    if not loose:
        return []
    found = hints.scope_suggestions(
        loose, joined.rules.projects, session.workspace.clients, seen_of_scopes(session, joined, loose)
    )
    by_scope: defaultdict[Ref, list[hints.ScopeSuggestion]] = defaultdict(list)
    for suggestion in found:
        by_scope[suggestion.scope].append(suggestion)
    rows = []
    for source, scope in loose:
        ref, at = Ref(source, "scopes", scope.id), (source, scope.id)
        tasks, seconds = weight.scope_tasks.get(at, 0), weight.scope_seconds.get(at, 0)
        rows.append(ScopeRow(ref, source, scope.key, scope.name, tasks, seconds, tuple(by_scope[ref])))
    return sorted(rows, key=lambda row: (_sure(row.suggestions) is None, -row.seconds, -row.tasks, row.source, row.key))


def _left(joined: Joined) -> list[LeftRow]:
    """Scopes some of whose tasks belong to projects and some to none."""
    tasks: defaultdict[tuple[str, str], int] = defaultdict(int)
    seconds: defaultdict[tuple[str, str], int] = defaultdict(int)
    left = set(joined.tasks.left)
    for source, task in joined.once.tasks:
        if Ref(source, "tasks", task.id) in left:
            tasks[source, task.scope] += 1
    loose = set(joined.time.left)
    for entry in joined.entries:
        if entry.ref in loose:
            seconds[entry.source, entry.record.scope] += entry.record.seconds
    unclaimed = {(ref.source, ref.id) for ref in joined.places.unclaimed_scopes()}
    rows = [
        LeftRow(source, scope.key, scope.name, tasks[source, scope.id], seconds[source, scope.id])
        for source, scope in joined.scope_rows
        if (source, scope.id) not in unclaimed and ((source, scope.id) in tasks or (source, scope.id) in seconds)
    ]
    return sorted(rows, key=lambda row: (-row.seconds, -row.tasks, row.source, row.key))


def _documents(parts: Iterable[Any]) -> list[dict[str, Any]]:
    rows = [
        {
            "source": part.source,
            "kind": part.document.kind,
            "number": part.document.number,
            "contact": part.document.contact,
            "issued_on": part.document.issued_on,
            "currency": part.document.currency,
            "total": part.total,
        }
        for part in parts
        if part.document.kind in _MONEY
    ]
    return sorted(rows, key=lambda d: (d["kind"], d["currency"], -(d["total"] or 0)))


def accept_skipped(session: Session, sources: Sequence[str] = ()) -> int:
    """Rows that could not be read no longer make their source incomplete; how many were accepted."""
    now = session.clock.now()
    names = [source.name for source in session.sources(tuple(sources))]
    return sum(session.store.accept_quarantined(name, at=now) for name in names)
