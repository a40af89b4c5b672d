"""What is said here against what a tool says: applied to records and belongings, and told in the receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from sightline.model.facts import Person
from sightline.model.figures import ReceiptLine
from sightline.model.refs import Ref
from sightline.unify.scopes import Belonging

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.decisions import Correction
    from sightline.model.facts import Sourced
    from sightline.model.figures import Figure
    from sightline.model.records import TimeEntry

__all__ = ["by_project", "corrected_time", "noted", "placed", "standing_in"]

#: A person's account where they worked in a tool under somebody else's; no vendor's id begins so.
_STAND_IN = "~"
#: Which records a correction of a kind may move or change.
_MOVES = {"time": frozenset({"time"}), "tasks": frozenset({"tasks", "time"})}


def corrected_time(
    entries: Sequence[Sourced[TimeEntry]], corrections: Mapping[Ref, Correction]
) -> list[Sourced[TimeEntry]]:
    """The entries with the billable mark and the person in force, in the order given."""
    if not any(ref.kind == "time" for ref in corrections):
        return list(entries)
    return [_entry(entry, corrections.get(entry.ref)) for entry in entries]


def _entry(entry: Sourced[TimeEntry], said: Correction | None) -> Sourced[TimeEntry]:
    if said is None or (said.billable is None and said.person is None):
        return entry
    record = entry.record
    return entry._replace(
        record=structs.replace(
            record,
            billable=record.billable if said.billable is None else said.billable,
            account=record.account if said.person is None else _STAND_IN + said.person,
        )
    )


def standing_in(persons: Iterable[Person], corrections: Mapping[Ref, Correction]) -> list[Person]:
    """The persons, with a stand-in account for each source where an entry was corrected to be theirs."""
    wanted: dict[str, dict[Ref, None]] = {}
    for ref, said in corrections.items():
        if said.person is not None:
            wanted.setdefault(said.person, {})[Ref(ref.source, "people", _STAND_IN + said.person)] = None
    held = [
        structs.replace(person, accounts=(*person.accounts, *wanted.pop(person.id))) if person.id in wanted else person
        for person in persons
    ]
    # Somebody who has no account any more still did the work.
    return held + [Person(id=id_, name=id_, accounts=tuple(refs)) for id_, refs in wanted.items()]


def placed(belonging: Belonging, corrections: Mapping[Ref, Correction], kind: str) -> Belonging:
    """What belongs where, after corrections of the project; `kind` is the table of the things."""
    said = {ref: one.project for ref, one in corrections.items() if one.project and ref.kind == kind}
    if not said:
        return belonging
    held = belonging.of.keys() | set(belonging.left)
    moved = {ref: project for ref, project in said.items() if ref in held}
    return Belonging(
        {**belonging.of, **moved},
        [ref for ref in belonging.left if ref not in moved],
        [overlap for overlap in belonging.overlaps if overlap.task not in moved],
    )


def by_project(corrections: Mapping[Ref, Correction], *belongings: Belonging) -> dict[str, list[Correction]]:
    """The corrections that concern each project: of what is in it, and of what was in it before (in any of these)."""
    found: dict[str, list[Correction]] = {}
    for ref, correction in corrections.items():
        projects = dict.fromkeys(project for held in belongings if (project := held.of.get(ref)))
        for project in projects:
            found.setdefault(project, []).append(correction)
    return found


def noted(figures: Iterable[Figure], corrections: Sequence[Correction]) -> list[Figure]:
    """The figures, each with a receipt line for every correction of the records it is made from.

    A figure is concerned when its receipt lists records of a kind the correction may move, or when it counts hours and
    has no record left.
    """
    return [_noted(figure, corrections) for figure in figures] if corrections else list(figures)


def _noted(figure: Figure, corrections: Sequence[Correction]) -> Figure:
    kinds = {ref.kind for line in figure.receipt.lines for ref in line.refs}
    lines = [
        ReceiptLine(label=note, value="", refs=(one.ref,))
        for one in corrections
        if kinds & _MOVES[one.ref.kind] or (not kinds and figure.unit == "hours")
        for note in one.notes
    ]
    if not lines:
        return figure
    receipt = structs.replace(figure.receipt, lines=(*figure.receipt.lines, *lines))
    return structs.replace(figure, receipt=receipt)
