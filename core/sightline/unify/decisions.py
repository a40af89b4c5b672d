"""What holds after configuration and decisions: who is who, what belongs where, what a status means, what is corrected.

A decision comes after the configuration, a later one after an earlier. Nothing is stored but the decisions themselves,
so leaving one out (`undo`) gives exactly the state without it. Kinds, their subject, and the pairs of their value:

- `person`: account → `person` (id), `name` (how to call one whom nobody knows yet)
- `apart`: account → `person` (id) it is not; it joins nobody by its address until somebody says who it is
- `same_person`: person id → `into` (person id)
- `affiliation`: person id → `kind`, `client`, `from`, `until`
- `scope`: scope → `project` (id); before every rule that takes the scope as a whole, after rules that narrow
- `status`: `source/status` → `source`, `status`, `state`, `waiting_on`, `scope` (id)
- `same_task`: task → `as` (task it is a copy of), or `not` (task it is no copy of)
- `time`: time entry → `billable` (yes, no), `person`, `project`
- `task`: task → `project`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import convert, structs

from sightline.model.decisions import Correction, Decision, read_ref
from sightline.model.facts import Affiliation, Person
from sightline.model.portfolio import Include, StatusRule
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.portfolio import Client, Project

__all__ = ["InForce", "applied", "sentence", "told"]


class InForce(NamedTuple):
    """Configuration and decisions together: the rules by which everything is joined."""

    persons: tuple[Person, ...]
    """Configured ones, those that decisions name, and the clients' contacts."""
    confirmed: Mapping[Ref, str]
    apart: Mapping[Ref, frozenset[str]]
    """Account → the persons it is not; such an account joins nobody by its address."""
    same_persons: Mapping[str, str]
    """Person → the person they are."""
    projects: tuple[Project, ...]
    scopes: Mapping[tuple[str, str], str]
    """(source, scope id) → project, by hand."""
    statuses: tuple[StatusRule, ...]
    same_tasks: Mapping[Ref, Ref]
    """Copy → the task that counts."""
    not_same: frozenset[frozenset[Ref]]
    corrections: Mapping[Ref, Correction]
    stale: tuple[Decision, ...]
    """Decisions that no longer fit the configuration: a project or person they name is gone. They have no effect."""


def applied(
    decisions: Iterable[Decision],
    *,
    persons: Sequence[Person] = (),
    projects: Sequence[Project] = (),
    statuses: Sequence[StatusRule] = (),
    clients: Iterable[Client] = (),
) -> InForce:
    """What holds. Undone decisions are left out; of two about the same thing the later one holds."""
    known = [*persons, *_contacts(persons, clients)]
    fold = _Fold(known, projects)
    for decision in sorted(decisions, key=lambda one: one.id):
        if decision.undone_at is None and not fold.take(decision):
            fold.stale.append(decision)
    extended = [
        structs.replace(project, include=(*project.include, *fold.included(project.id))) for project in projects
    ]
    return InForce(
        persons=tuple(fold.persons.values()),
        confirmed=fold.confirmed,
        apart={ref: frozenset(of) for ref, of in fold.apart.items()},
        same_persons=fold.same_persons,
        projects=tuple(extended),
        scopes=fold.scopes,
        statuses=(*statuses, *fold.statuses.values()),
        same_tasks=fold.same_tasks,
        not_same=frozenset(fold.not_same),
        corrections={
            ref: structs.replace(one, person=fold.end(one.person)) if one.person else one
            for ref, one in fold.corrections.items()
        },
        stale=tuple(fold.stale),
    )


class _Fold:
    """The state while decisions are taken in one after the other."""

    def __init__(self, persons: Sequence[Person], projects: Sequence[Project]) -> None:
        self.persons = {person.id: person for person in persons}
        self.projects = {project.id for project in projects}
        self.confirmed: dict[Ref, str] = {}
        self.apart: dict[Ref, dict[str, None]] = {}
        self.same_persons: dict[str, str] = {}
        self.scopes: dict[tuple[str, str], str] = {}
        self.statuses: dict[tuple[str, str, str | None], StatusRule] = {}
        self.same_tasks: dict[Ref, Ref] = {}
        self.not_same: set[frozenset[Ref]] = set()
        self.corrections: dict[Ref, Correction] = {}
        self.stale: list[Decision] = []

    def take(self, decision: Decision) -> bool:
        """Let the decision hold; False if what it names is not there."""
        project = decision.get("project")
        if project is not None and project not in self.projects:
            return False
        match decision.kind:
            case "person":
                self._person(decision)
            case "apart":
                ref = read_ref(decision.subject)
                self.apart.setdefault(ref, {})[decision.get("person") or ""] = None
                self.confirmed.pop(ref, None)
            case "same_person":
                return self._same_person(decision)
            case "affiliation":
                return self._affiliation(decision)
            case "scope":
                scope = read_ref(decision.subject)
                self.scopes[scope.source, scope.id] = project or ""
            case "status":
                rule = _status(decision)
                self.statuses[rule.source, rule.status.casefold(), rule.scope] = rule
            case "same_task":
                self._same_task(decision)
            case "time" | "task":
                self._correct(decision)
        return True

    def included(self, project: str) -> list[Include]:
        """The scopes that are the project's by hand, as rules, so that its sources are known to stand behind it."""
        return [
            Include(source=source, scope=scope) for (source, scope), owner in self.scopes.items() if owner == project
        ]

    def _person(self, decision: Decision) -> None:
        ref, person = read_ref(decision.subject), decision.get("person") or ""
        if person not in self.persons:
            self.persons[person] = Person(id=person, name=decision.get("name") or person)
        self.confirmed[ref] = person

    def end(self, person: str) -> str:
        """Who the person is, after all that was said about them. There are no rings: none is taken in."""
        while (following := self.same_persons.get(person)) is not None:
            person = following
        return person

    def _same_person(self, decision: Decision) -> bool:
        into = self.end(decision.get("into") or "")
        if into == decision.subject:
            return False
        if into not in self.persons:
            self.persons[into] = Person(id=into, name=decision.get("name") or into)
        self.same_persons[decision.subject] = into
        return True

    def _affiliation(self, decision: Decision) -> bool:
        person = self.persons.get(decision.subject) or Person(
            id=decision.subject, name=decision.get("name") or decision.subject
        )
        names = {"kind": "kind", "client": "client", "from": "starts", "until": "ends"}
        stated = convert({names[name]: value for name, value in decision.value if name in names}, Affiliation)
        self.persons[person.id] = structs.replace(person, affiliations=(stated, *person.affiliations))
        return True

    def _same_task(self, decision: Decision) -> None:
        copy = read_ref(decision.subject)
        if kept := decision.get("as"):
            self.same_tasks[copy] = read_ref(kept)
            self.not_same.discard(frozenset((copy, read_ref(kept))))
        elif other := decision.get("not"):
            self.not_same.add(frozenset((copy, read_ref(other))))
            if self.same_tasks.get(copy) == read_ref(other):
                del self.same_tasks[copy]

    def _correct(self, decision: Decision) -> None:
        ref = read_ref(decision.subject)
        held = self.corrections.get(ref) or Correction(ref=ref)
        billable = decision.get("billable")
        self.corrections[ref] = structs.replace(
            held,
            billable=held.billable if billable is None else billable == "yes",
            person=decision.get("person") or held.person,
            project=decision.get("project") or held.project,
            notes=(*held.notes, told(decision)),
        )


def told(decision: Decision) -> str:
    """A correction as receipts tell it: `corrected by ANNA on 2026-11-20: not billable (agreed by phone)`."""
    reason = f" ({decision.reason})" if decision.reason else ""
    return f"corrected by {decision.by} on {decision.at.date().isoformat()}: {_said(decision)}{reason}"


def sentence(decision: Decision) -> str:  # noqa: PLR0911 - one return per kind
    """A decision in words: `trello:5f12 is Maria Lind`."""
    about, get = _shown(decision.subject), decision.get
    match decision.kind:
        case "person" | "same_person":
            return f"{about} is {get('name') or get('person') or get('into')}"
        case "apart":
            return f"{about} is not {get('person')}"
        case "affiliation":
            whose = f"{get('kind')} {get('client') or ''}".strip()
            days = [f"{word} {day}" for word in ("from", "until") if (day := get(word))]
            return " ".join([f"{get('name') or about} is {whose}", *days])
        case "scope":
            return f"{about} belongs to {get('project')}"
        case "status":
            means = [f"means {get('state')}"] if get("state") else []
            means += [f"waits on {get('waiting_on')}"] if get("waiting_on") else []
            where = f" in {get('scope')}" if get("scope") else ""
            return f'{get("source")} "{get("status")}"{where} {" and ".join(means)}'
        case "same_task":
            kept, other = get("as"), get("not")
            return f"{about} is a copy of {_shown(kept)}" if kept else f"{about} is no copy of {_shown(other or '')}"
        case _:
            return f"{about}: {_said(decision)}"


def _said(decision: Decision) -> str:
    words = {"yes": "billable", "no": "not billable"}
    return ", ".join(
        words.get(value, value) if name == "billable" else f"{name} {value}" for name, value in decision.value
    )


def _shown(subject: str) -> str:
    ref = read_ref(subject)
    return f"{ref.source}:{ref.id}" if ref.source else subject


def _status(decision: Decision) -> StatusRule:
    return convert(dict(decision.value), StatusRule)


def _contacts(persons: Sequence[Person], clients: Iterable[Client]) -> list[Person]:
    """The clients' contacts (`Name <address>`), unless somebody configured has the address."""
    taken = {email.casefold() for person in persons for email in person.emails} | {person.id for person in persons}
    found: dict[str, Person] = {}
    for client in clients:
        for contact in client.contacts:
            name, _, rest = contact.partition("<")
            email = rest.rstrip("> ").strip().casefold() or (name.strip().casefold() if "@" in name else "")
            if email and email not in taken:
                belongs = Affiliation(kind="client", client=client.id)
                named = name.strip() if rest else email
                found.setdefault(email, Person(id=email, name=named or email, emails=(email,), affiliations=(belongs,)))
    return list(found.values())
