"""Writing down what was decided, asked, approved and agreed; reading it back, rules and files included."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from msgspec import structs

from sightline.app.asof import EARLIEST
from sightline.app.deciding import By
from sightline.app.joining import join_workspace
from sightline.app.measuring import facts_of, measure_workspace
from sightline.app.naming import task_named
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.errors import ConfigError
from sightline.measure.turns import all_notes, task_of_note
from sightline.model.notes import Note, NoteKind, Outcome
from sightline.model.time import zone

__all__ = ["Asked", "Told", "add_note", "answer_note", "list_notes", "undo_note"]

_WHERE = "note"


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What goes with a note besides its text; `on` is the day it was said, None = now."""

    of: str | None = None
    due: dt.date | None = None
    task: str | None = None
    on: dt.date | None = None
    client_visible: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A note with what it is about in people's words: the project's name, the task's key."""

    note: Note
    project: str
    task: str | None


def _moment(session: Session, on: dt.date | None) -> dt.datetime:
    """Now, or the morning of that day in the workspace's zone; a day to come is an error."""
    now, here = session.clock.now(), zone(session.workspace.calendar.timezone)
    if on is None:
        return now
    if on < EARLIEST:
        raise ConfigError(f"{on} is before {EARLIEST}", where=_WHERE, mend="Name the day on which it was said.")
    moment = dt.datetime.combine(on, dt.time(9), here).astimezone(dt.UTC)
    if on > now.astimezone(here).date():
        raise ConfigError(f"{on} is still to come", where=_WHERE, mend="Write down what has happened.")
    return min(moment, now)


def add_note(session: Session, project: str, kind: NoteKind, text: str, by: By, asked: Asked) -> Note:
    """Write a note down; the project is measured again, for a wait may begin with it."""
    if not text.strip():
        raise ConfigError("there is no text", where=_WHERE, mend="Say in a sentence what was decided or asked.")
    owner = project_of(session, project)
    if (asked.of or asked.due) and kind not in ("question", "approval"):
        raise ConfigError(
            f"a {kind} asks nobody", where=_WHERE, mend="--asked-of and --due go with --kind question or approval."
        )
    task = task_named(join_workspace(session), asked.task).ref if asked.task else None
    note = Note(
        id="", project=owner.id, kind=kind, text=text.strip(), at=_moment(session, asked.on), by=by.who,
        asked_of=asked.of, due=asked.due, task=task, client_visible=asked.client_visible,
    )  # fmt: skip
    made = session.store.write_note(note, at=session.clock.now())
    measure_workspace(session, touched=())
    return made


def _written(session: Session, id_: str) -> Note:
    found = next((note for note in session.store.notes() if note.id == id_), None)
    if found is not None:
        return found
    mend = "`sightline note list` lists them with their numbers."
    if id_.startswith("file:"):
        mend = f"Write it into the file {session.workspace.notes.folder}/{id_.removeprefix('file:')}.md."
    if id_.startswith("rule:"):
        mend = "It is read out of the tool: it ends when the task leaves that status or is done."
    raise ConfigError(f"there is no note {id_[:60]!r} written down here", where=_WHERE, mend=mend)


def answer_note(
    session: Session, id_: str, text: str, by: By, *, outcome: Outcome | None = None, on: dt.date | None = None
) -> Note:
    """Write down the answer to a question or approval; an approval needs its outcome."""
    note = _written(session, id_)
    if note.kind not in ("question", "approval"):
        raise ConfigError(f"note {id_} is a {note.kind}: it asks nothing", where=_WHERE, mend="Nothing was changed.")
    if not note.is_open:
        raise ConfigError(
            f"note {id_} is answered already", where=_WHERE, mend=f"`sightline note undo {id_}` takes the answer back."
        )
    if note.kind == "approval" and outcome is None:
        raise ConfigError("what came of it?", where=_WHERE, mend="Give --outcome approved, refused or withdrawn.")
    at = _moment(session, on)
    if at < note.at:
        raise ConfigError("the answer is older than what was asked", where=_WHERE, mend="Mind the day in --on.")
    given = structs.replace(
        note, answered_at=at, answer=text.strip(), answered_by=by.who, outcome=outcome or "answered"
    )
    session.store.answer_note(given, at=session.clock.now())
    measure_workspace(session, touched=())
    return given


def undo_note(session: Session, id_: str, by: By) -> str:
    """Take back what was said last about the note: its answer, else the note; which of them."""
    _written(session, id_)
    undone = session.store.undo_note(id_, by=by.who, at=session.clock.now())
    measure_workspace(session, touched=())
    return undone or "nothing"


def list_notes(session: Session, project: str | None = None, *, open_only: bool = False) -> Sequence[Told]:
    """All notes by when they were asked or written: those written here, those in files, those rules read out of tools."""
    named = [project_of(session, project)] if project else list(session.workspace.projects.values())
    joined = join_workspace(session)
    found = []
    for one in named:
        facts = facts_of(session, joined, one)
        keys = {task.ref: task.record.key for task in facts.tasks}
        for note in all_notes(facts):
            ref = task_of_note(facts, note)
            if note.is_open or not open_only:
                found.append(Told(note, one.name, keys.get(ref) if ref else None))
    return sorted(found, key=lambda told: (told.note.at, told.note.id))
