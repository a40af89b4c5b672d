"""Work that left traces but no time: commits, comments, closed tasks of somebody who wrote down nothing that day.

Only our own people: who has recorded time here, has a cost rate, or is known as an employee or contractor.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.pricing import day_of
from sightline.measure.remembered import remembered
from sightline.measure.timesheet import time_by_account
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from sightline.model.facts import Facts, Person

__all__ = ["Leak", "leaks"]


class Leak(NamedTuple):
    """One person on one day: what they did (counted by kind), and the records that show it."""

    person: str
    day: dt.date
    what: str
    evidence: tuple[Ref, ...]


@remembered
def leaks(facts: Facts) -> list[Leak]:
    """Latest day first; days from the project's first on, up to today."""
    people = facts.people()
    booked = {
        (person.id, entry.record.day or day_of(entry.record, facts))
        for (source, account), own in time_by_account(facts).items()
        if (person := people.get(_account(source, account))) is not None
        for entry in own
    }
    ours = {person for person, _ in booked} | {one.id for one in facts.persons if _is_ours(one, facts)}
    found: defaultdict[tuple[str, dt.date], list[tuple[str, Ref]]] = defaultdict(list)
    for account, day, kind, ref in _traces(facts):
        person = people.get(account)
        if person is not None and person.id in ours and (person.id, day) not in booked and _within(day, facts):
            found[person.id, day].append((kind, ref))
    names = {person.id: person.name for person in facts.persons}
    rows = [
        Leak(names[person], day, _counted(held), tuple(ref for _, ref in held)) for (person, day), held in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.day.toordinal(), row.person))


def _account(source: str, account: str | None) -> Ref:
    return Ref(source, "people", account or "")


def _within(day: dt.date, facts: Facts) -> bool:
    return day <= facts.today and (facts.project.starts is None or facts.project.starts <= day)


def _is_ours(person: Person, facts: Facts) -> bool:
    if any(one.kind != "client" for one in person.affiliations):
        return True
    names = {name.casefold() for name in (person.id, person.name, *person.emails)}
    return any(
        rate.side == "cost" and rate.person is not None and rate.person.casefold() in names for rate in facts.rates
    )


def _traces(facts: Facts) -> Iterator[tuple[Ref, dt.date, str, Ref]]:
    """(account, day, kind, record) of everything that shows work."""
    where = zone(facts.calendar.timezone)
    for activity in facts.activities:
        yield (
            _account(activity.source, activity.record.account),
            day_in(activity.record.at, where),
            activity.record.kind,
            activity.ref,
        )
    for task in facts.tasks:
        record = task.record
        if record.state == "done" and record.completed_at is not None:
            for account in record.assignees:
                yield _account(task.source, account), day_in(record.completed_at, where), "task closed", task.ref


def _counted(held: list[tuple[str, Ref]]) -> str:
    """`2 commits, 1 task closed`."""
    counts: dict[str, int] = {}
    for kind, _ in held:
        counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(f"{count} {kind}{'s' if count > 1 and ' ' not in kind else ''}" for kind, count in counts.items())
