"""Map: what is not mapped yet, heaviest first, with suggestions and their reasons; and what a person accepts."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sightline.app.measuring import Joined, join_workspace
from sightline.app.session import Session
from sightline.measure.receivables import standing
from sightline.model.facts import Sourced
from sightline.model.records import Account
from sightline.model.refs import Ref
from sightline.unify import people
from sightline.unify.money import unmatched_sums
from sightline.unify.statuses import StatusRow, unmapped

__all__ = ["MapView", "accept_skipped", "map_view"]


@dataclasses.dataclass(frozen=True, slots=True)
class PersonRow:
    """An account of nobody known, with the time it carries and who it may be."""

    account: Sourced[Account]
    seconds: int
    suggestions: tuple[people.Suggestion, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ScopeRow:
    """A scope that no project includes, whole or in part."""

    source: str
    key: str
    name: str
    tasks: int
    seconds: int


@dataclasses.dataclass(frozen=True, slots=True)
class MapView:
    """Everything unmapped."""

    people: tuple[PersonRow, ...]
    scopes: tuple[ScopeRow, ...]
    unmapped: tuple[StatusRow, ...]
    table: tuple[StatusRow, ...]
    """All statuses in use, with the meaning in force."""
    documents: tuple[dict[str, Any], ...]
    sums: tuple[tuple[str, str, int, Any], ...]
    overlaps: tuple[tuple[str, str, tuple[str, ...]], ...]
    skipped: tuple[dict[str, Any], ...]


def map_view(session: Session) -> MapView:
    """What belongs to nobody and nothing, with its weight."""
    joined = join_workspace(session)
    counting = [part for part in joined.money.unmatched if standing(part.document) == "counts"]
    documents = [
        {
            "source": part.source,
            "kind": part.document.kind,
            "number": part.document.number,
            "contact": part.document.contact,
            "issued_on": part.document.issued_on,
            "currency": part.document.currency,
            "total": part.total,
        }
        for part in counting
        if part.document.kind in ("invoice", "bill", "credit_note", "bill_credit_note")
    ]
    quarantined = session.store.quarantined()
    return MapView(
        people=tuple(_people(joined)),
        scopes=tuple(_scopes(joined)),
        unmapped=tuple(unmapped(joined.statuses)),
        table=tuple(joined.statuses),
        documents=tuple(sorted(documents, key=lambda d: (d["kind"], d["currency"], -(d["total"] or 0)))),
        sums=tuple((s.kind, s.currency, s.documents, s.total) for s in unmatched_sums(counting)),
        overlaps=tuple((str(o.task), o.counted_in, o.also) for o in joined.tasks.overlaps),
        skipped=tuple({"source": q.source, "stream": q.stream, "id": q.id, "reason": q.reason} for q in quarantined),
    )


def _people(joined: Joined) -> list[PersonRow]:
    worked: defaultdict[Ref, set[Ref]] = defaultdict(set)
    seconds: defaultdict[Ref, int] = defaultdict(int)
    for source, entry in joined.entries:
        if entry.account:
            account = Ref(source, "people", entry.account)
            seconds[account] += entry.seconds
            if entry.task:
                worked[account].add(Ref(source, "tasks", entry.task))
    for source, task in joined.once.tasks:
        for assignee in task.assignees:
            worked[Ref(source, "people", assignee)].add(Ref(source, "tasks", task.id))
    found = people.suggestions(joined.people, joined.accounts, {ref: frozenset(refs) for ref, refs in worked.items()})
    by_account: defaultdict[Ref, list[people.Suggestion]] = defaultdict(list)
    for suggestion in found:
        by_account[suggestion.account].append(suggestion)
    rows = [
        PersonRow(account, seconds[account.ref], tuple(by_account[account.ref])) for account in joined.people.unmatched
    ]
    return sorted(rows, key=lambda row: (-row.seconds, row.account.ref))


def _scopes(joined: Joined) -> list[ScopeRow]:
    tasks: defaultdict[tuple[str, str], int] = defaultdict(int)
    for source, task in joined.once.tasks:
        tasks[source, task.scope] += 1
    seconds = _seconds_by_scope(joined)
    known = {(source, scope.id): scope for source, scope in joined.scope_rows}
    rows = []
    for ref in joined.places.unclaimed_scopes():
        scope = known[ref.source, ref.id]
        at = (ref.source, ref.id)
        if scope.kind != "organisation":
            rows.append(ScopeRow(ref.source, scope.key, scope.name, tasks[at], seconds.get(at, 0)))
    return sorted(rows, key=lambda row: (-row.seconds, -row.tasks, row.source, row.key))


def _seconds_by_scope(joined: Joined) -> Mapping[tuple[str, str], int]:
    seconds: defaultdict[tuple[str, str], int] = defaultdict(int)
    for source, entry in joined.entries:
        seconds[source, entry.scope] += entry.seconds
    return seconds


def accept_skipped(session: Session, sources: Sequence[str] = ()) -> int:
    """Rows that could not be read no longer make their source incomplete; how many were accepted."""
    now = session.clock.now()
    names = [source.name for source in session.sources(tuple(sources))]
    return sum(session.store.accept_quarantined(name, at=now) for name in names)
