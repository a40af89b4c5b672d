"""Who the accounts of nobody may be: suggestions with score and reasons, for somebody to confirm.

What is known of an account besides its name decides whether a suggestion is sure: the items and projects it works on, a
Git author's private address. A name alone, however well it fits, never is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.facts import Person, Sourced
    from sightline.model.records import Account
    from sightline.model.refs import Ref
    from sightline.unify.people import Joined

__all__ = ["SURE", "Seen", "Suggestion", "suggestions"]

#: The private address GitHub gives out, with or without the account's number. Source: GitHub Docs, "Setting your commit
#: email address".
NOREPLY = re.compile(r"^(?:(\d+)\+)?([a-z0-9][a-z0-9-]*)@users\.noreply\.github\.com$")
#: From this score on a suggestion may be accepted together with the other sure ones.
SURE = Decimal("0.90")
_MOST, _MOST_BY_NAME = Decimal("0.95"), Decimal("0.60")
_NOREPLY, _FRONT, _NAME, _SPELT, _INITIAL = (Decimal(n) for n in ("0.95", "0.50", "0.40", "0.35", "0.30"))
_ITEMS, _ITEM, _ALL_ITEMS, _PROJECT = (Decimal(n) for n in ("0.20", "0.05", "0.50", "0.20"))
#: A name that more people have than this tells nothing.
_TOO_COMMON = 20
_NONE: frozenset[str] = frozenset()
_NO_ITEMS: frozenset[Ref] = frozenset()


class Suggestion(NamedTuple):
    """An account that may be a person; `score` is between 0 and 1, and below `SURE` somebody must look."""

    account: Ref
    person: str
    score: Decimal
    reasons: tuple[str, ...]


class Seen(NamedTuple):
    """What accounts were seen at: the items each has touched (an item and its mirror as one), and in which projects."""

    items: Mapping[Ref, frozenset[Ref]]
    projects: Mapping[Ref, frozenset[str]]
    clients: Mapping[str, str]
    """Project → client, both by id."""


def suggestions(
    joined: Joined,
    accounts: Sequence[Sourced[Account]],
    seen: Seen | None = None,
    apart: Mapping[Ref, frozenset[str]] | None = None,
) -> list[Suggestion]:
    """Who the unmatched accounts may be, best first; nobody an account was set `apart` from.

    Names: 0.40 for the same name, 0.30 for initial and last name, 0.50 when the user name is the front of an address,
    0.35 when it spells the name or joins it with the client's; with nothing else at most 0.60. Beyond names: 0.20 and 0.05 for
    each item both touched, at most 0.50; 0.20 for working in the same project (a client's contact: in one of the
    client's). A Git author's private address that names the account is 0.95. No more than 0.95 in all.
    """
    clues = _Clues(joined, accounts, seen or Seen({}, {}, {}))
    found = [one for account in joined.unmatched for one in clues.of(account)]
    kept = [one for one in found if one.person not in (apart or {}).get(one.account, ())]
    return sorted(kept, key=lambda s: (-s.score, s.account, s.person))


class _Clues:
    """Persons by what may betray them, so that ten thousand accounts are compared in one pass."""

    def __init__(self, joined: Joined, accounts: Iterable[Sourced[Account]], seen: Seen) -> None:
        self.seen = seen
        self.persons = {person.id: person for person in joined.persons}
        self.names: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.by_name: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.by_initial: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.by_spelling: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.by_front: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.by_author: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for person in joined.persons:
            self._name(person.name, person.id)
            for email in person.emails:
                self.by_front[email.split("@")[0]][person.id] = None
        named = {account.ref: account.record for account in accounts}
        for ref, person_id in joined.of.items():
            account = named.get(ref)
            if account and account.name:
                self._name(account.name, person_id)
            if account and account.username:
                self.by_author[account.username.casefold()][person_id] = None
        self._items: dict[str, frozenset[Ref]] = {}
        self._projects: dict[str, frozenset[str]] = {}

    def _name(self, name: str, person: str) -> None:
        words = _words(name)
        self.by_name[" ".join(words)][person] = None
        if len(words) > 1:
            self.by_initial[f"{words[0][0]} {words[-1]}"][person] = None
            self.by_spelling["".join(words)][person] = None
            for affiliation in self.persons[person].affiliations:
                if affiliation.client:
                    self.by_spelling[words[-1] + "".join(_words(affiliation.client))][person] = None

    def of(self, account: Sourced[Account]) -> list[Suggestion]:
        """Every person something speaks for."""
        names: defaultdict[str, list[tuple[Decimal, str]]] = defaultdict(list)
        record = account.record
        words = _words(record.name or "")
        user = re.sub(r"[\d_.-]+", "", (record.username or "").casefold())
        noreply = NOREPLY.match((record.email or "").strip().casefold())
        authors = self.by_author.get(noreply[2], {}) if noreply else {}
        fronts = self.by_front.get((record.username or "").casefold(), {}) if record.username else {}
        initials = self.by_initial.get(" ".join(words), {}) if len(words) > 1 and len(words[0]) == 1 else {}
        for people, score, why in (
            (self.by_name.get(" ".join(words), {}) if words else {}, _NAME, "same name"),
            (initials, _INITIAL, "same initial and last name"),
            (fronts, _FRONT, "user name is the front of an address"),
            (self.by_spelling.get(user, {}) if user else {}, _SPELT, "user name spells the name"),
        ):
            if len(people) <= _TOO_COMMON:
                for person in people:
                    names[person].append((score, why))
        found = [
            self._judged(account.ref, person, reasons) for person, reasons in names.items() if person not in authors
        ]
        why = f"Git author's private address names the user {noreply[2]}" if noreply else ""
        return [*(Suggestion(account.ref, person, _NOREPLY, (why,)) for person in authors), *found]

    def _judged(self, account: Ref, person: str, names: list[tuple[Decimal, str]]) -> Suggestion:
        score = sum((one for one, _ in names), Decimal(0))
        reasons = [why for _, why in names]
        shared = len(self.seen.items.get(account, frozenset()) & self._items_of(person))
        projects = sorted(self.seen.projects.get(account, _NONE) & self._projects_of(person))
        if shared:
            score += min(_ITEMS + _ITEM * shared, _ALL_ITEMS)
            reasons.append("same item" if shared == 1 else f"same {shared} items")
        if projects:
            score += _PROJECT
            reasons.append(f"works in {', '.join(projects[:3])}, too")
        if not shared and not projects:
            score = min(score, _MOST_BY_NAME)
            reasons[-1] += " only" if len(reasons) == 1 else ""
        return Suggestion(account, person, min(score, _MOST), tuple(reasons))

    def _items_of(self, person: str) -> frozenset[Ref]:
        held = self._items.get(person)
        if held is None:
            accounts = self.persons[person].accounts
            held = _NO_ITEMS.union(*(self.seen.items.get(ref, frozenset()) for ref in accounts))
            self._items[person] = held
        return held

    def _projects_of(self, person: str) -> frozenset[str]:
        """The projects where the person works; a client's contact is at home in all of the client's."""
        held = self._projects.get(person)
        if held is None:
            whole: Person = self.persons[person]
            clients = {one.client for one in whole.affiliations if one.client}
            held = frozenset(project for project, client in self.seen.clients.items() if client in clients)
            held = held.union(*(self.seen.projects.get(ref, _NONE) for ref in whole.accounts))
            self._projects[person] = held
        return held


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.casefold())
