"""The record of the work of each project: notes written down here and in files; and rules that read them out of tools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from msgspec import structs

from sightline.app.session import Session
from sightline.config.notes import read_notes
from sightline.measure.slip import TITLES, days_of, points_of
from sightline.measure.turns import all_notes, task_of_note
from sightline.model.facts import Facts, Sourced
from sightline.model.figures import Unknown
from sightline.model.notes import Note, NoteRule
from sightline.model.records import Scope
from sightline.model.time import zone
from sightline.present.why import part_text
from sightline.store.notes import SlipRow

__all__ = ["file_notes", "ledger_rows", "note_marks", "note_rules", "notes_of", "told_notes"]


def file_notes(session: Session) -> list[Note]:
    """The notes of the workspace's folder, all projects; `ConfigError` names every file that cannot be read."""
    workspace = session.workspace
    folder = workspace.root / workspace.notes.folder
    return read_notes(folder, workspace.projects, zone(workspace.calendar.timezone))


def notes_of(session: Session, project: str) -> list[Note]:
    """The project's notes, by when they were asked or written."""
    held = session.store.notes(project) + [note for note in file_notes(session) if note.project == project]
    return sorted(held, key=lambda note: (note.at, note.id))


def note_rules(session: Session, scopes: Iterable[Sourced[Scope]]) -> tuple[NoteRule, ...]:
    """The rules with each scope by its id: people write its key or name."""
    rules = session.workspace.note_rules
    if not any(rule.scope for rule in rules):
        return rules
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source, scope in scopes:
        for name in dict.fromkeys((scope.id.casefold(), scope.key.casefold(), scope.name.casefold())):
            ids[source, name].append(scope.id)
    found: list[NoteRule] = []
    for rule in rules:
        named = ids.get((rule.source, rule.scope.casefold()), [rule.scope]) if rule.scope else [None]
        found += [structs.replace(rule, scope=one) for one in named]
    return tuple(found)


def told_notes(facts: Facts) -> list[Note]:
    """All notes of a project, rules and files included, each with its task where only the key was written."""
    return [structs.replace(note, task=task_of_note(facts, note)) for note in all_notes(facts)]


def ledger_rows(facts: Facts) -> Iterator[SlipRow]:
    """The slip ledger of a project as rows: first the days to its finish, then the work it is behind."""
    days, points = days_of(facts), points_of(facts)
    if not isinstance(days, Unknown):
        for part in days.parts:
            refs = tuple(str(one.piece.task.ref) for one in part.evidence)
            yield SlipRow("days", part.cause, part.shown, part_text(facts, days, part), refs, facts.as_of)
    if not isinstance(points, Unknown):
        for part in points.parts:
            refs = tuple(str(ref) for ref in dict.fromkeys(part.tasks))
            yield SlipRow(points.unit, part.cause, part.shown, TITLES[part.cause], refs, facts.as_of)


def note_marks(session: Session) -> dict[str, str]:
    """Project → what tells one state of its notes from another; for projects that have any."""
    held: defaultdict[str, list[Note]] = defaultdict(list)
    for note in [*session.store.notes(), *file_notes(session)]:
        held[note.project].append(note)
    return {project: blake2b(repr(notes).encode(), digest_size=16).hexdigest() for project, notes in held.items()}
