"""The record of the work of each project: notes written down here and in files; and rules that read them out of tools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

from msgspec import structs

from sightline.app.session import Session
from sightline.config.notes import read_notes
from sightline.model.facts import Sourced
from sightline.model.notes import Note, NoteRule
from sightline.model.records import Scope
from sightline.model.time import zone

__all__ = ["file_notes", "note_marks", "note_rules", "notes_of"]


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


def note_marks(session: Session) -> dict[str, str]:
    """Project → what tells one state of its notes from another; for projects that have any."""
    held: defaultdict[str, list[Note]] = defaultdict(list)
    for note in [*session.store.notes(), *file_notes(session)]:
        held[note.project].append(note)
    return {project: blake2b(repr(notes).encode(), digest_size=16).hexdigest() for project, notes in held.items()}
