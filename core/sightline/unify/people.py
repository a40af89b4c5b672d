"""Who is who: accounts of all sources joined to persons by e-mail address, never by name alone.

What cannot be joined is listed; `clues` suggests whom it may be, and what somebody confirms comes back as `confirmed`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from sightline.errors import ConfigError
from sightline.model.facts import Person, Sourced
from sightline.model.refs import Ref
from sightline.unify.clues import NOREPLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.records import Account

__all__ = ["Joined", "erased", "join"]

#: Addresses that a machine makes up for itself say nothing about a person.
_MACHINE = re.compile(r"@(?:[^.]+|.*\.(?:local|localdomain|localhost|lan|internal|\(none\)))$")


class Joined(NamedTuple):
    """Persons in order (configured ones first, then as met), account → person id, and the accounts of nobody."""

    persons: list[Person]
    of: dict[Ref, str]
    unmatched: list[Sourced[Account]]


def join(
    accounts: Sequence[Sourced[Account]],
    known: Sequence[Person] = (),
    confirmed: Mapping[Ref, str] | None = None,
    *,
    apart: Mapping[Ref, frozenset[str]] | None = None,
    same: Mapping[str, str] | None = None,
) -> Joined:
    """Accounts to persons. `known` are the configured persons, `confirmed` says account → person id by hand.

    An account joins, in this order: the person it was confirmed as or configured for; the first person (configured
    order) with its e-mail address, any case. Otherwise an address nobody has yet makes a new person, named as the first
    account (in the order given) that has a name. An account without address, or with one that a machine made up for itself (root@localhost), belongs to nobody, and so does one that was
    set `apart` and not confirmed since; robots are no persons. `same` says person → the person they are: who is another
    person stands in `persons` no more, their accounts and addresses go there.
    """
    held = _Held(known, dict(confirmed or {}), dict(same or {}))
    unmatched: list[Sourced[Account]] = []
    for account in accounts:
        owner = held.owner(account, alone=account.ref in (apart or {}))
        if owner is None:
            if account.record.kind != "bot":
                unmatched.append(account)
        elif owner not in held.persons:
            raise ConfigError(
                "an account is confirmed as a person who does not exist", where=str(account.ref), mend="Undo the match."
            )
        else:
            held.accounts[owner].append(account)
    whole = held.whole()
    return Joined(whole, {ref: person.id for person in whole for ref in person.accounts}, unmatched)


class _Held:
    """Persons and their accounts while accounts come in."""

    def __init__(self, known: Sequence[Person], confirmed: dict[Ref, str], same: dict[str, str]) -> None:
        self.same = same
        self.persons = {person.id: person for person in known}
        self.by_hand = {ref: person.id for person in known for ref in person.accounts} | confirmed
        self.by_email: dict[str, str] = {}
        for person in known:
            for email in person.emails:
                self.by_email.setdefault(_address(email), person.id)
        self.accounts: defaultdict[str, list[Sourced[Account]]] = defaultdict(list)

    def owner(self, account: Sourced[Account], *, alone: bool) -> str | None:
        """Whose account it is; a person who is new is made. None: nobody's."""
        email = _address(account.record.email or "")
        owner = self.by_hand.get(account.ref) or (None if alone else self.by_email.get(email))
        if owner is None:
            if (
                alone
                or account.record.kind == "bot"
                or "@" not in email
                or NOREPLY.match(email)
                or _MACHINE.search(email)
            ):
                return None
            owner = self.by_email[email] = email
            known = self.persons.get(email, Person(id=email, name=email))
            self.persons[owner] = structs.replace(known, emails=(*known.emails, email))
        return owner

    def whole(self) -> list[Person]:
        """Everybody with what is theirs, those who are somebody else taken in there."""
        made = {person.id: _whole(person, self.accounts[person.id]) for person in self.persons.values()}
        for id_ in [id_ for id_ in made if id_ in self.same]:
            into = self._end(id_)
            if into != id_ and into in made:
                made[into] = _taken_in(made[into], made.pop(id_))
        return list(made.values())

    def _end(self, person: str) -> str:
        """Where the chain of sames ends; the person themselves in a ring."""
        seen = [person]
        while (following := self.same.get(seen[-1])) is not None and following not in seen:
            seen.append(following)
        return seen[-1] if following is None else person


def erased(
    accounts: Iterable[Sourced[Account]], before: Mapping[Ref, str], joined: Joined
) -> list[tuple[Sourced[Account], str]]:
    """Accounts whose tool erased name and address since, with the person they were: `before` gives account → person.

    Only where that person is still somebody; an erased account of nobody else stays unmatched, its work with it.
    """
    still = {person.id for person in joined.persons}
    return [
        (account, before[account.ref])
        for account in accounts
        if account.ref not in joined.of
        and not account.record.name
        and not account.record.email
        and before.get(account.ref) in still
    ]


def _whole(person: Person, accounts: Sequence[Sourced[Account]]) -> Person:
    """The person with all accounts and addresses; a name made from an address gives way to a real one."""
    emails = dict.fromkeys(_address(email) for email in person.emails)
    emails |= dict.fromkeys(_address(a.record.email) for a in accounts if a.record.email)
    refs = dict.fromkeys([*person.accounts, *(account.ref for account in accounts)])
    name = person.name
    if name == person.id and "@" in name:
        name = next((a.record.name for a in accounts if a.record.name), name)
    return structs.replace(person, name=name, emails=tuple(emails), accounts=tuple(refs))


def _taken_in(person: Person, other: Person) -> Person:
    return structs.replace(
        person,
        emails=tuple(dict.fromkeys((*person.emails, *other.emails))),
        accounts=tuple(dict.fromkeys((*person.accounts, *other.accounts))),
        affiliations=(*person.affiliations, *other.affiliations),
        role=person.role or other.role,
    )


def _address(email: str) -> str:
    return email.strip().casefold()


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
