"""Who is who: accounts of all sources joined to persons by e-mail address, never by name alone.

What cannot be joined is listed, with suggestions somebody may confirm; a confirmed one comes back as `confirmed`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from sightline.errors import ConfigError
from sightline.model.facts import Person, Sourced
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.records import Account

__all__ = ["Joined", "Suggestion", "join", "suggestions"]

#: The private address GitHub gives out, with or without the account's number. Source: GitHub Docs, "Setting your commit
#: email address".
_NOREPLY = re.compile(r"^(?:(\d+)\+)?([a-z0-9][a-z0-9-]*)@users\.noreply\.github\.com$")


class Joined(NamedTuple):
    """Persons in order (configured ones first, then as met), account → person id, and the accounts of nobody."""

    persons: list[Person]
    of: dict[Ref, str]
    unmatched: list[Sourced[Account]]


class Suggestion(NamedTuple):
    """An account that may be a person; `score` is between 0 and 1, and below `SURE` somebody must look."""

    account: Ref
    person: str
    score: Decimal
    reasons: tuple[str, ...]


#: From this score on a suggestion may be accepted together with the other sure ones.
SURE = Decimal("0.90")


def join(
    accounts: Sequence[Sourced[Account]], known: Sequence[Person] = (), confirmed: Mapping[Ref, str] | None = None
) -> Joined:
    """Accounts to persons. `known` are the configured persons, `confirmed` says account → person id by hand.

    An account joins, in this order: the person it was confirmed as or configured for; the first person (configured
    order) with its e-mail address, any case. Otherwise an address nobody has yet makes a new person, named as the first
    account (in the order given) that has a name. An account without address belongs to nobody; robots are no persons.
    """
    persons = {person.id: person for person in known}
    by_email: dict[str, str] = {}
    by_hand = {ref: person.id for person in known for ref in person.accounts} | dict(confirmed or {})
    for person in known:
        for email in person.emails:
            by_email.setdefault(_address(email), person.id)
    held: defaultdict[str, list[Sourced[Account]]] = defaultdict(list)
    unmatched: list[Sourced[Account]] = []
    for account in accounts:
        email = _address(account.record.email or "")
        owner = by_hand.get(account.ref) or by_email.get(email)
        if owner is None and (account.record.kind == "bot" or "@" not in email or _NOREPLY.match(email)):
            if account.record.kind != "bot":
                unmatched.append(account)
            continue
        if owner is None:
            owner = by_email[email] = email
            persons[owner] = Person(id=owner, name=email, emails=(email,))
        elif owner not in persons:
            raise ConfigError(
                "an account is confirmed as a person who does not exist", where=str(account.ref), mend="Undo the match."
            )
        held[owner].append(account)
    whole = [_whole(person, held[person.id]) for person in persons.values()]
    return Joined(whole, {ref: person.id for person in whole for ref in person.accounts}, unmatched)


def suggestions(
    joined: Joined, accounts: Sequence[Sourced[Account]], worked_on: Mapping[Ref, frozenset[Ref]] | None = None
) -> list[Suggestion]:
    """Who the unmatched accounts may be, best first. `worked_on` gives the tasks each account has touched.

    0.95 when a Git author's private address names the account; 0.60 for the same name plus 0.05 for each task both
    touched, at most 0.90; 0.40 for the same name alone; 0.50 when the user name is the front of an address. Reasons of
    one pair do not add up: the best counts, all are shown.
    """
    clues = _Clues(joined, accounts, worked_on or {})
    found = [suggestion for account in joined.unmatched for suggestion in clues.of(account)]
    return sorted(found, key=lambda s: (-s.score, s.account, s.person))


class _Clues:
    """Persons by what may betray them, so that ten thousand accounts are compared in one pass."""

    def __init__(
        self, joined: Joined, accounts: Iterable[Sourced[Account]], worked_on: Mapping[Ref, frozenset[Ref]]
    ) -> None:
        self.worked_on = worked_on
        self.persons = {person.id: person for person in joined.persons}
        self.by_name: defaultdict[str, list[str]] = defaultdict(list)
        self.by_front: defaultdict[str, list[str]] = defaultdict(list)
        self.by_author: defaultdict[str, list[str]] = defaultdict(list)
        for person in joined.persons:
            self.by_name[_plain(person.name)].append(person.id)
            for email in person.emails:
                self.by_front[email.split("@")[0]].append(person.id)
        named = {account.ref: account.record for account in accounts}
        for ref, person_id in joined.of.items():
            account = named.get(ref)
            if account and account.name and person_id not in self.by_name[_plain(account.name)]:
                self.by_name[_plain(account.name)].append(person_id)
            if account and account.username:
                self.by_author[account.username.casefold()].append(person_id)

    def of(self, account: Sourced[Account]) -> list[Suggestion]:
        """Every person something speaks for."""
        found: defaultdict[str, list[tuple[Decimal, str]]] = defaultdict(list)
        record = account.record
        noreply = _NOREPLY.match(_address(record.email or ""))
        if noreply:
            for person in self.by_author.get(noreply[2], ()):
                found[person].append((Decimal("0.95"), f"Git author's private address names the user {noreply[2]}"))
        if record.username:
            for person in self.by_front.get(record.username.casefold(), ()):
                found[person].append((Decimal("0.50"), "user name is the front of an address"))
        if record.name:
            for person in self.by_name.get(_plain(record.name), ()):
                found[person].append(self._same_name(account.ref, self.persons[person]))
        return [
            Suggestion(account.ref, person, max(score for score, _ in reasons), tuple(why for _, why in reasons))
            for person, reasons in found.items()
        ]

    def _same_name(self, account: Ref, person: Person) -> tuple[Decimal, str]:
        theirs = frozenset[Ref]().union(*(self.worked_on.get(ref, frozenset()) for ref in person.accounts))
        shared = len(self.worked_on.get(account, frozenset()) & theirs)
        if not shared:
            return Decimal("0.40"), "same name only"
        return min(Decimal("0.60") + Decimal("0.05") * shared, SURE), f"same name, same {shared} items"


def _whole(person: Person, accounts: Sequence[Sourced[Account]]) -> Person:
    """The person with all accounts and addresses; a name made from an address gives way to a real one."""
    emails = dict.fromkeys(_address(email) for email in person.emails)
    emails |= dict.fromkeys(_address(a.record.email) for a in accounts if a.record.email)
    refs = dict.fromkeys([*person.accounts, *(account.ref for account in accounts)])
    name = person.name
    if name == person.id and "@" in name:
        name = next((a.record.name for a in accounts if a.record.name), name)
    return structs.replace(person, name=name, emails=tuple(emails), accounts=tuple(refs))


def _address(email: str) -> str:
    return email.strip().casefold()


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
