"""What people call things on the command line, found among what is kept; wrong or unclear names say what is near."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sightline.app.joining import Joined
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.model.facts import Person, Sourced
from sightline.model.records import Account, Record, Scope, Task, TimeEntry

__all__ = ["account_named", "entry_named", "person_named", "scope_named", "task_named"]

R = TypeVar("R", bound=Record)
_LISTED = 5


def account_named(joined: Joined, text: str) -> Sourced[Account] | None:
    """The account `source:id`; its user name, name or address will do, and the source may be left out if it is clear."""
    return _one(
        joined.accounts, text, "account", lambda one: (one.id,), lambda one: (one.username, one.name, one.email)
    )


def scope_named(joined: Joined, text: str) -> Sourced[Scope]:
    """The scope `source:key`; its name or id will do."""
    found = _one(joined.scope_rows, text, "scope", lambda one: (one.key, one.id), lambda one: (one.name,))
    return _there(found, "scope", text, (f"{source}:{scope.key}" for source, scope in joined.scope_rows))


def task_named(joined: Joined, text: str) -> Sourced[Task]:
    """The task `source:key`, a key (`owner/repo#34`, too), an id, or its web address. Copies are found as well."""
    places = {(source, scope.id): scope.key for source, scope in joined.scope_rows if "#" in text}
    source, _, key = text.rpartition(":")
    for row in joined.all_tasks if places else ():
        whole = f"{places.get((row.source, row.record.scope), '')}{row.record.key}"
        if whole.casefold() == key.casefold() and source in ("", row.source):
            return row
    found = _one(joined.all_tasks, text, "task", lambda one: (one.key, one.url, one.id), lambda _one: ())
    return _there(found, "task", text, (task.key for _, task in joined.all_tasks))


def entry_named(joined: Joined, text: str) -> Sourced[TimeEntry]:
    """The time entry `source:id`, or its id alone if only one source has it."""
    found = _one(joined.entries, text, "time entry", lambda one: (one.id,), lambda _one: ())
    return _there(found, "time entry", text, ())


def person_named(persons: Iterable[Person], text: str) -> Person | None:
    """The person of that id, address or name; None if there is none. Two of one name are an error."""
    wanted = text.strip().casefold()
    held = list(persons)
    for told in (lambda one: (one.id,), lambda one: one.emails, lambda one: (one.name,)):
        fits = [one for one in held if wanted in (name.casefold() for name in told(one))]
        if len(fits) > 1:
            raise _unclear("person", text, [one.id for one in fits])
        if fits:
            return fits[0]
    return None


def _one(
    rows: Iterable[Sourced[R]],
    text: str,
    what: str,
    first: Callable[[R], Sequence[str | None]],
    then: Callable[[R], Sequence[str | None]],
) -> Sourced[R] | None:
    """The one row of that name: by what `first` gives, else by what `then` gives."""
    listed = list(rows)
    source, colon, name = text.partition(":")
    within = [row for row in listed if row.source == source] if colon and "//" not in text[:8] else []
    for near, wanted in ((within, name), (listed, text)):
        for told in (first, then):
            folded = wanted.strip().casefold()
            fits = [
                row for row in near if any(one is not None and one.casefold() == folded for one in told(row.record))
            ]
            if len(fits) > 1:
                raise _unclear(what, text, [f"{row.source}:{_called(row.record)}" for row in fits])
            if fits:
                return fits[0]
    return None


def _called(record: Record) -> str:
    return record.key if isinstance(record, (Task, Scope)) else record.id


def _there(found: Sourced[R] | None, what: str, text: str, known: Iterable[str]) -> Sourced[R]:
    if found is None:
        raise ConfigError(
            f"there is no {what} {text[:60]!r}{nearest(text, known)}", where="map", mend="Write it as source:name."
        )
    return found


def _unclear(what: str, text: str, fits: Sequence[str]) -> ConfigError:
    more = f" and {len(fits) - _LISTED} more" if len(fits) > _LISTED else ""
    return ConfigError(
        f"{len(fits)} of them are called {text[:60]!r}: {', '.join(fits[:_LISTED])}{more}",
        where=f"the {what}",
        mend="Name one of these as it stands here.",
    )
