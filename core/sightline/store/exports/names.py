"""What ids are called by people: the unified name, a milestone's name, a scope's key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select

from sightline.model.records import Account, Milestone, Scope
from sightline.store.tables import kind_of
from sightline.store.tables_own import PERSON_ACCOUNTS, PERSONS, STATUS_RULES

__all__ = ["Names"]

#: Words of the vendors for a milestone that nobody works towards any more.
_OVER = frozenset({"closed", "released", "archived", "completed", "complete", "done"})


class _Target(NamedTuple):
    name: str
    open: bool
    due: str


class Names:
    """Names of people, milestones and scopes, read once for an export: there are thousands, never millions."""

    def __init__(self, connection: Connection) -> None:
        self._people = _people(connection)
        self._targets = _targets(connection)
        self._rules = {(row.source, row.scope, row.status): row for row in connection.execute(select(STATUS_RULES))}
        scopes = kind_of(Scope).table.c
        found = connection.execute(select(scopes.source, scopes.id, scopes.key))
        self._scopes = {(row.source, row.id): row.key for row in found}

    def meaning(self, source: str, scope: str, status: str) -> Any | None:
        """The rule (`state`, `waiting_on`) about the status; one that names the scope (its id) goes before."""
        if not self._rules:
            return None
        word = status.casefold()
        return self._rules.get((source, scope, word)) or self._rules.get((source, "", word))

    def scope(self, source: str, scope: str | None) -> str | None:
        """A scope's key; the id while the scope is not known."""
        return None if scope is None else self._scopes.get((source, scope), scope)

    def person(self, source: str, account: str | None) -> str | None:
        """The unified name if the account is matched, else the account's own; the id if nobody listed the account.

        None for no account, and for one whose name the tool hides or has erased.
        """
        return None if account is None else self._people.get((source, account), account)

    def persons(self, source: str, accounts: Iterable[str]) -> list[str]:
        """The same for several; an account without a name stands with its id."""
        return [self.person(source, account) or account for account in accounts]

    def target(self, source: str, milestone: str | None) -> str | None:
        """A milestone's or sprint's name; the id if it is not known."""
        if milestone is None:
            return None
        found = self._targets.get((source, milestone))
        return found.name if found else milestone

    def next_target(self, source: str, milestones: Iterable[str]) -> str | None:
        """The name of the open one that is due first; None when none is open."""
        known = (self._targets.get((source, milestone)) for milestone in milestones)
        return min((one for one in known if one and one.open), key=lambda one: one.due, default=_NONE).name or None


_NONE = _Target("", open=False, due="")
_NEVER = "9999-99-99"


def _people(connection: Connection) -> dict[tuple[str, str], str | None]:
    account = kind_of(Account).table.c
    matched = and_(PERSON_ACCOUNTS.c.source == account.source, PERSON_ACCOUNTS.c.account == account.id)
    query = (
        select(account.source, account.id, account.name, account.username, PERSONS.c.name.label("person"))
        .outerjoin(PERSON_ACCOUNTS, matched)
        .outerjoin(PERSONS, PERSONS.c.id == PERSON_ACCOUNTS.c.person)
    )
    return {(row.source, row.id): row.person or row.name or row.username for row in connection.execute(query)}


def _targets(connection: Connection) -> dict[tuple[str, str], _Target]:
    milestone = kind_of(Milestone).table.c
    query = select(
        milestone.source,
        milestone.id,
        milestone.name,
        milestone.state,
        milestone.due_on,
        milestone.completed_at,
    ).where(milestone.removed_at.is_(None))
    return {
        (row.source, row.id): _Target(
            row.name,
            row.completed_at is None and row.state.lower() not in _OVER,
            row.due_on.isoformat() if row.due_on else _NEVER,
        )
        for row in connection.execute(query)
    }
