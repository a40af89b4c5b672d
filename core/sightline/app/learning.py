"""Learning: how finished work of all projects compares with its estimates, and what that says about the next quote."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sightline.app.measuring import facts_of, join_workspace
from sightline.app.session import Session
from sightline.measure.lessons import BY, Finished, lesson, lessons, suggestion
from sightline.measure.outlook import finished_pairs
from sightline.model.facts import Facts
from sightline.present.lessons import LessonsView

__all__ = ["lessons_view"]

_OWN = "(internal)"


def lessons_view(
    session: Session,
    *,
    kind: str | None = None,
    client: str | None = None,
    person: str | None = None,
    quote: Decimal | None = None,
) -> LessonsView:
    """What finished work teaches; only that of a type, client or person (by name) where one is given.

    With `quote`, in hours, what similar work says about it.
    """
    joined = join_workspace(session)
    finished = [
        one
        for project in joined.rules.projects
        for one in _finished(facts_of(session, joined, project))
        if (kind is None or _same(kind, one.kind))
        and (client is None or _same(client, one.client))
        and (person is None or any(_same(person, name) for name in one.persons))
    ]
    return LessonsView(
        as_of=session.clock.now(),
        whole=lesson("all", finished),
        groups={by: tuple(lessons(finished, by)) for by in BY},
        suggestion=suggestion(finished, quote) if quote is not None else None,
    )


def _same(asked: str, name: str) -> bool:
    return asked.casefold() == name.casefold()


def _finished(facts: Facts) -> Iterator[Finished]:
    people = facts.people()
    client = facts.client.name if facts.client else _OWN
    for leaf, actual, estimate in finished_pairs(facts):
        owners = (people.get(leaf.ref._replace(kind="people", id=account)) for account in leaf.task.assignees)
        names = tuple(dict.fromkeys(owner.name for owner in owners if owner is not None))
        yield Finished(facts.project.name, client, leaf.task.kind, names, estimate / 3600, actual / 3600)
