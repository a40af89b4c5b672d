"""What concerns which task, found again at every join and kept in the store for whoever shows a task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sightline.app.session import Session
from sightline.model.facts import Facts, Sourced
from sightline.model.records import Document, Link, Scope, Task
from sightline.model.refs import Ref
from sightline.store.decisions import KeptTie
from sightline.unify.links import Homes, Names, Ties, mentions, tie_activities, tie_lines, tie_links, tie_time

__all__ = ["keep_ties", "keep_ties_of", "names_of"]


def names_of(session: Session, tasks: Iterable[Sourced[Task]], scopes: Iterable[Sourced[Scope]]) -> Names:
    """What the tasks are called, by their keys of today and of before."""
    old = {
        (source, key): task
        for source in session.workspace.sources
        for key, task in session.store.old_keys(source).items()
    }
    return Names(tasks, scopes, old)


def keep_ties(
    session: Session,
    names: Names,
    found: Sequence[Ties],
    documents: Iterable[Sourced[Document]],
) -> int:
    """Write down every tie that is no plain pointer of the tool itself; how many rows that changed.

    `found` is what was found of activities and time already. What the tool ties by id (a comment on its issue, time on its task) is in the record already.
    """
    rules = session.workspace.links
    rest = [tie_lines(documents, names, rules), tie_links(session.store.load(Link), names)]
    return session.store.replace_ties(_kept([*found, *rest]))


def _kept(found: Iterable[Ties]) -> Iterator[KeptTie]:
    for ties in found:
        for tie in ties.ties:
            if tie.how != "id" or tie.origin.kind == "tasks":
                yield KeptTie(tie.origin, tie.part, Ref(tie.task.source, "tasks", tie.task.id), tie.how, tie.kind)


def keep_ties_of(
    session: Session, scopes: Sequence[Sourced[Scope]], facts: Facts, home: Callable[[str, str], str | None]
) -> int:
    """The same for what is in one project only, without reading all tasks: those that are named are looked up.

    `home` says which project a scope (source, id) belongs to. How many rows that changed.
    """
    documents = [Sourced(part.source, part.document) for part in facts.documents]
    named = _tasks_named(session, _names_in(facts, documents), facts.links)
    names = names_of(session, named, scopes)
    of = {row.ref: project for row in named if (project := home(row.source, row.record.scope)) is not None}
    homes = Homes(home, of)
    found = [
        tie_activities(facts.activities, names, homes=homes),
        tie_time(facts.time, names, homes=homes),
        tie_lines(documents, names),
        tie_links(facts.links, names),
    ]
    heaps: tuple[Iterable[Sourced[Any]], ...] = (facts.activities, facts.time, documents, facts.tasks)
    origins = [row.ref for heap in heaps for row in heap]
    return session.store.replace_ties(_kept(found), of=origins)


def _names_in(facts: Facts, documents: Iterable[Sourced[Document]]) -> set[str]:
    """Everything that may name a task: keys, `owner/repo#34`, web addresses."""
    found = {key for row in facts.activities for key in row.record.keys}
    for _, entry in facts.time:
        if entry.note or entry.task_key:
            found.update(mentions(entry.note), filter(None, (entry.task_key,)))
    for document in documents:
        found.update(mentions(document.record.reference))
        found.update(name for line in document.record.lines for name in mentions(line.description))
    found.update(link.record.to for link in facts.links)
    return found


def _tasks_named(session: Session, names: set[str], links: Iterable[Sourced[Link]]) -> list[Sourced[Task]]:
    """Every task that one of the names may mean, in any source, and the tasks that links name by id."""
    addresses = {name.rstrip("/.,;") for name in names if "://" in name}
    addresses |= {f"{address}/" for address in addresses}
    # What stands behind a source or a repository, then all of it; as written, in capitals and in small letters.
    plain = {part for name in names if "://" not in name for part in (name, name.partition(":")[2], _number(name))}
    keys = {form for name in plain if name for form in (name, name.upper(), name.lower())}
    by_id: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        by_id[link.source].update((link.record.to, link.record.from_task))
    found: dict[Ref, Sourced[Task]] = {}
    for source in session.workspace.sources:
        moved = {task for key, task in session.store.old_keys(source).items() if key in keys}
        rows = session.store.tasks_named(source, keys, addresses)
        rows += session.store.load(Task, source, ids=moved | by_id[source])
        found.update((row.ref, row) for row in rows)
    return list(found.values())


def _number(name: str) -> str:
    """`#34` of `owner/repo#34`, under which the task is kept; else nothing."""
    _, hash_, number = name.rpartition("#")
    return hash_ + number if hash_ else ""
