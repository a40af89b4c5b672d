"""What concerns which task, found again at every join and kept in the store for whoever shows a task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sightline.app.session import Session
from sightline.model.facts import Sourced
from sightline.model.records import Document, Link, Scope, Task
from sightline.model.refs import Ref
from sightline.store.decisions import KeptTie
from sightline.unify.links import Names, Ties, tie_lines, tie_links

__all__ = ["keep_ties", "names_of"]


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
