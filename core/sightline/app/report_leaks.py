"""The leak check: what must not stand in a client's documents, looked for in every byte of every form, before anything is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.utils import parseaddr

from msgspec import Struct

from sightline.app.journal import file_notes
from sightline.app.session import Session
from sightline.errors import ConfigError
from sightline.measure.inference import inferences
from sightline.model.facts import ClientFacts
from sightline.model.money import Money
from sightline.model.portfolio import Client
from sightline.present.documents.leaks import Forbidden, leaks_in
from sightline.store.reports import Form

__all__ = ["forbidden_for", "looked_for", "refuse_leaks"]

#: Figures whose amounts are ours alone, whatever their `internal` says.
_OURS = ("cost", "profit", "margin", "overhead")
#: Shorter notes are words that stand anywhere.
_SHORTEST_NOTE = 12
_SHORTEST_NAME = 4


def refuse_leaks(session: Session, client: Client, facts: ClientFacts, forms: Iterable[Form]) -> int:
    """`ConfigError` naming what would get out, in which form; else how many things were looked for.

    Nothing of a form that was refused is kept anywhere.
    """
    told = inferences(facts)
    if told:
        raise ConfigError(
            f"the report would let the client work out what is ours: {told[0]}",
            where=f"report for {client.id}",
            mend="Check the agreement of the project in sightline.toml.",
        )
    forbidden = forbidden_for(session, client, facts)
    found = [f"{what} (in {form.form})" for form in forms for what in leaks_in(form.body, form.form, forbidden)]
    if found:
        shown = "; ".join(dict.fromkeys(found[:3]))
        raise ConfigError(
            f"the report would show {shown}; nothing was written",
            where=f"report for {client.id}",
            mend="Reword the title in its tool, label the item `internal`, or change your words.",
        )
    return len(forbidden)


def forbidden_for(session: Session, client: Client, facts: ClientFacts) -> list[Forbidden]:
    """What this client must not see, each with what it is: others' names, internal notes, rates of staff, our amounts."""
    own = " ".join(_texts(facts.client, *facts.contacts, *(project.name for project in facts.projects)))
    found = [one for one in _others(session, client) if one.text.casefold() not in own]
    found += _notes(session)
    found += [Forbidden(text, "a word of reports.never") for text in session.workspace.reports.never]
    known = {value for money in _amounts(facts) for value in _written(money)}
    return found + [one for one in _money(session, client) if one.text not in known]


def _texts(*texts: str) -> list[str]:
    return [text.casefold() for text in texts]


def _others(session: Session, client: Client) -> Iterable[Forbidden]:
    """Other clients' names, their people and their projects; a one-word project may be called like anything."""
    for other in session.workspace.clients.values():
        if other.id == client.id:
            continue
        name, addresses = other.name, [parseaddr(contact) for contact in other.contacts]
        for text in (name, *(part for pair in addresses for part in pair)):
            if len(text) >= _SHORTEST_NAME and text not in client.contacts:
                yield Forbidden(text, f"another client: {other.id}")
    for project in session.workspace.projects.values():
        if project.client != client.id and " " in project.name:
            yield Forbidden(project.name, f"another client's project: {project.id}")


def _notes(session: Session) -> Iterable[Forbidden]:
    """What is written down for ourselves, in any project, in force or undone, here or in files; and answers to it."""
    texts = [note["text"] for note in session.store.entries("notes") if not note["client_visible"]]
    texts += [
        text for note in file_notes(session) if not note.client_visible for text in (note.text, note.answer or "")
    ]
    return (Forbidden(text, "an internal note") for text in texts if len(text) >= _SHORTEST_NOTE)


def _money(session: Session, client: Client) -> Iterable[Forbidden]:
    """Cost rates of staff, and what the client's projects cost and earn, in the ways amounts are written."""
    for rate in session.workspace.rates:
        if rate.side == "cost":
            yield from (Forbidden(text, "a rate of staff") for text in _written(rate.per_hour))
    for project in session.workspace.projects.values():
        if project.client == client.id:
            for figure in session.store.figures(project.id):
                if figure.name.startswith(_OURS) and isinstance(figure.value, Money) and figure.value.amount:
                    yield from (Forbidden(text, f"our figure {figure.name}") for text in _written(figure.value))


def _written(money: Money) -> list[str]:
    """An amount with two decimals as languages write it."""
    plain = f"{abs(money.amount):,.2f}"
    swapped = plain.translate(str.maketrans(",.", ".,"))
    return list(dict.fromkeys((plain, plain.replace(",", ""), swapped, swapped.replace(".", ""))))


def _amounts(value: object) -> Iterable[Money]:
    """Every amount in a value."""
    if isinstance(value, Money):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _amounts(getattr(value, name))
    elif isinstance(value, tuple):
        for held in value:
            yield from _amounts(held)


def looked_for(found: Sequence[Forbidden]) -> str:
    """How many things were looked for, by kind."""
    kinds = [one.what.partition(":")[0] for one in found]
    return ", ".join(f"{kinds.count(kind)} × {kind}" for kind in dict.fromkeys(kinds))
