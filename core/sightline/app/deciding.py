"""What people decide: who is who, what belongs where, what is meant. Each decision is kept, takes effect, can be undone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence

from sightline.app.joining import Joined, join_workspace
from sightline.app.mapping import suggested
from sightline.app.measuring import measure_workspace
from sightline.app.naming import account_named, entry_named, person_named, scope_named, task_named
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.model.decisions import Decision
from sightline.model.facts import Person
from sightline.model.records import State, WaitingOn
from sightline.model.refs import Ref
from sightline.store.decisions import Entry

__all__ = [
    "By",
    "accept_scope",
    "accept_sure",
    "affiliate",
    "correct_task",
    "correct_time",
    "mean_status",
    "merge",
    "same",
    "split",
    "undo",
]


@dataclasses.dataclass(frozen=True, slots=True)
class By:
    """Who decides, and why."""

    who: str
    reason: str | None = None


def _decided(session: Session, entries: Sequence[Entry], by: By) -> list[Decision]:
    """Write down, and measure again what it touches."""
    entries = [entry if entry.reason else entry._replace(reason=by.reason) for entry in entries]
    made = session.store.decide(entries, by=by.who, at=session.clock.now())
    # What one decision moves may stand in any project, so all are measured.
    measure_workspace(session)
    return made


def merge(session: Session, what: str, person: str, by: By, *, new: bool = False) -> list[Decision]:
    """An account is that person; or, where `what` names a person, all that is theirs is that person's.

    `new` makes the person, if there is none of that name.
    """
    joined = join_workspace(session)
    into = person_named(joined.people.persons, person) or (_made(person) if new else None)
    if into is None:
        known = [one.name for one in joined.people.persons]
        raise ConfigError(
            f"there is no person {person[:60]!r}{nearest(person, known)}",
            where="map merge",
            mend="See `sightline map people`; --new makes a person of that name.",
        )
    account = account_named(joined, what)
    if account is not None:
        if joined.people.of.get(account.ref) == into.id:
            raise _already(f"{account.source}:{account.record.id} is {into.name}")
        return _decided(session, [_is_person(account.ref, into)], by)
    other = person_named(joined.people.persons, what)
    if other is None:
        raise ConfigError(
            f"there is no account or person {what[:60]!r}",
            where="map merge",
            mend="Write an account as source:id; `sightline map people` lists them.",
        )
    if other.id == into.id:
        raise _already(f"{other.name} is {into.name}")
    return _decided(session, [Entry("same_person", other.id, (("into", into.id), ("name", into.name)))], by)


def _is_person(account: Ref, person: Person) -> Entry:
    return Entry("person", str(account), (("person", person.id), ("name", person.name)))


def _made(name: str) -> Person:
    slug = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or name.casefold()
    return Person(id=slug, name=name.strip())


def _already(what: str) -> ConfigError:
    return ConfigError(f"{what} already", where="map", mend="Nothing was changed.")


def split(session: Session, account: str, by: By, *, person: str | None = None) -> list[Decision]:
    """The account is not that person (default: the one it is joined to now), whatever its address says."""
    joined = join_workspace(session)
    found = account_named(joined, account)
    if found is None:
        raise ConfigError(
            f"there is no account {account[:60]!r}", where="map split", mend="`sightline map people` lists them."
        )
    named = person_named(joined.people.persons, person) if person else None
    of = named.id if named else joined.people.of.get(found.ref)
    if of is None or (person and named is None):
        raise ConfigError(
            f"{account[:60]!r} is nobody's account" if not person else f"there is no person {person[:60]!r}",
            where="map split",
            mend="Nothing was changed.",
        )
    return _decided(session, [Entry("apart", str(found.ref), (("person", of),))], by)


def undo(session: Session, by: By, decision: int | None = None) -> list[Decision]:
    """Undo one decision, or everything that was decided in the last step; gives what was undone."""
    held = session.store.decisions()
    if decision is None:
        last = max((one.step for one in held), default=0)
        chosen = [one for one in held if one.step == last]
    else:
        chosen = [one for one in held if one.id == decision]
    if not chosen:
        told = f"decision {decision} is not in force" if decision is not None else "there is nothing to undo"
        raise ConfigError(told, where="map undo", mend="`sightline map decisions` lists what is in force.")
    session.store.undo_decisions([one.id for one in chosen], by=by.who, at=session.clock.now())
    measure_workspace(session)
    return chosen


def accept_sure(session: Session, by: By) -> list[Decision]:
    """Every suggestion that is sure, in one step; what was accepted, perhaps nothing."""
    people, scopes = suggested(session)
    persons = {person.id: person for person in join_workspace(session).people.persons}
    entries = [
        _is_person(one.account, persons[one.person])._replace(reason=f"{one.score}: {', '.join(one.reasons)}")
        for one in people
    ]
    entries += [
        Entry("scope", str(one.scope), (("project", one.project),), f"{one.score}: {', '.join(one.reasons)}")
        for one in scopes
    ]
    return _decided(session, entries, by) if entries else []


def accept_scope(session: Session, scope: str, project: str, by: By) -> list[Decision]:
    """The scope as a whole belongs to the project; rules that narrow inside it still go before."""
    joined = join_workspace(session)
    found, owner = scope_named(joined, scope), project_of(session, project)
    if joined.rules.scopes.get((found.source, found.record.id)) == owner.id:
        raise _already(f"{found.source}:{found.record.key} belongs to {owner.name}")
    return _decided(session, [Entry("scope", str(found.ref), (("project", owner.id),))], by)


def mean_status(
    session: Session,
    source: str,
    status: str,
    by: By,
    *,
    state: State | None = None,
    waiting_on: WaitingOn | None = None,
    scope: str | None = None,
) -> list[Decision]:
    """What a status of a source means from now on, everywhere or in one scope."""
    session.sources((source,))
    if state is None and waiting_on is None:
        raise ConfigError("nothing is said about it", where="map status", mend="Give a state, --waiting-on, or both.")
    joined = join_workspace(session)
    at = scope_named(joined, f"{source}:{scope}").record.id if scope else None
    used = dict.fromkeys(row.status for row in joined.statuses if row.source == source)
    word = next((one for one in used if one.casefold() == status.casefold()), None)
    if word is None:
        raise ConfigError(
            f"nothing in {source} stands in {status[:60]!r}{nearest(status, used)}",
            where="map status",
            mend="`sightline map statuses` lists what is in use.",
        )
    value = {"source": source, "status": word, "state": state, "waiting_on": waiting_on, "scope": at}
    pairs = tuple((name, str(told)) for name, told in value.items() if told is not None)
    return _decided(session, [Entry("status", f"{source}/statuses/{word}", pairs)], by)


def same(session: Session, kept: str, copy: str, by: By, *, different: bool = False) -> list[Decision]:
    """Two tasks are one: `kept` counts, `copy` does not; or, with `different`, they are two and no suspects any more."""
    joined = join_workspace(session)
    first, second = task_named(joined, kept), task_named(joined, copy)
    if first.ref == second.ref:
        raise _already("a task is the same as itself")
    return _decided(
        session, [Entry("same_task", str(second.ref), (("not" if different else "as", str(first.ref)),))], by
    )


def correct_time(
    session: Session,
    entry: str,
    by: By,
    *,
    billable: bool | None = None,
    project: str | None = None,
    person: str | None = None,
) -> list[Decision]:
    """What is true of one time entry, against what its tool says."""
    joined = join_workspace(session)
    found = entry_named(joined, entry)
    said: list[tuple[str, str]] = []
    if billable is not None:
        said.append(("billable", "yes" if billable else "no"))
    if project is not None:
        said.append(("project", project_of(session, project).id))
    if person is not None:
        who = person_named(joined.people.persons, person)
        if who is None:
            known = [one.name for one in joined.people.persons]
            raise ConfigError(
                f"there is no person {person[:60]!r}{nearest(person, known)}",
                where="map correct time",
                mend="See `sightline map people`.",
            )
        said.append(("person", who.id))
    return _decided(session, [Entry("time", str(found.ref), _something(said))], by)


def correct_task(session: Session, task: str, by: By, *, project: str | None = None) -> list[Decision]:
    """The task, and the time booked on it, belongs to that project."""
    found = task_named(join_workspace(session), task)
    said = [("project", project_of(session, project).id)] if project else []
    return _decided(session, [Entry("task", str(found.ref), _something(said))], by)


def _something(said: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    if not said:
        raise ConfigError("nothing is corrected", where="map correct", mend="Say what is true; see --help.")
    return tuple(said)


def affiliate(
    session: Session,
    person: str,
    kind: str,
    by: By,
    *,
    client: str | None = None,
    starts: dt.date | None = None,
    ends: dt.date | None = None,
) -> list[Decision]:
    """Whose somebody is, from `starts` to `ends`, both days included."""
    joined: Joined = join_workspace(session)
    found = person_named(joined.people.persons, person)
    clients = session.workspace.clients
    if found is None or (client is not None and client not in clients):
        what, name = ("client", client) if found else ("person", person)
        known = clients if found else [one.name for one in joined.people.persons]
        raise ConfigError(
            f"there is no {what} {str(name)[:60]!r}{nearest(str(name), known)}",
            where="map affiliation",
            mend="See `sightline map people` and [clients] in sightline.toml.",
        )
    said = {
        "kind": kind,
        "client": client,
        "from": starts.isoformat() if starts else None,
        "until": ends.isoformat() if ends else None,
        "name": found.name,
    }
    pairs = tuple((name, told) for name, told in said.items() if told is not None)
    return _decided(session, [Entry("affiliation", found.id, pairs)], by)
