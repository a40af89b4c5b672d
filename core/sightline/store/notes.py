"""Notes and the answers to them: written down once, never changed, undone by a mark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from sqlalchemy import delete, func, select, update

from sightline.model.notes import Note
from sightline.model.refs import Ref
from sightline.store.engine import Database
from sightline.store.tables_own import NOTES, SLIP, TOLD

__all__ = ["Notes", "SlipRow"]

_N = NOTES.c
#: The kind of an entry that answers another one.
_ANSWER = "answer"


class SlipRow(NamedTuple):
    """A reason's part of a gap; `tasks` are refs as text."""

    gap: Literal["days", "hours", "points"]
    reason: str
    value: Decimal
    text: str
    tasks: tuple[str, ...]
    as_of: dt.datetime


class Notes(Database):
    """The book of notes."""

    def write_note(self, note: Note, *, at: dt.datetime) -> Note:
        """Write a note down at the moment `at`, and give it with its number; the `id` it came with is not looked at."""
        values = {
            "project": note.project, "kind": note.kind, "text": note.text, "by": note.by, "at": note.at,
            "client_visible": note.client_visible, "asked_of": note.asked_of, "due": note.due,
            "task_source": note.task.source if note.task else None, "task": note.task.id if note.task else None,
            "learnt_at": at,
        }  # fmt: skip
        with self.writing() as connection:
            key = connection.execute(NOTES.insert().values(**values)).inserted_primary_key
            row = connection.execute(select(NOTES).where(_N.id == (key[0] if key else 0))).mappings().one()
        return _note(row, None)

    def answer_note(self, note: Note, *, at: dt.datetime) -> None:
        """Write down the answer that the note now carries (`answered_at`, `answer`, `answered_by`, `outcome`)."""
        values = {
            "project": note.project, "kind": _ANSWER, "text": note.answer or "", "by": note.answered_by,
            "at": note.answered_at or at, "client_visible": note.client_visible, "outcome": note.outcome,
            "about": int(note.id), "learnt_at": at,
        }  # fmt: skip
        with self.writing() as connection:
            connection.execute(NOTES.insert().values(**values))

    def notes(self, project: str | None = None) -> list[Note]:
        """The notes in force, oldest first, each with its latest answer."""
        query = select(NOTES).where(_N.undone_at.is_(None)).order_by(_N.id)
        if project is not None:
            query = query.where(_N.project == project)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        answers = {row["about"]: row for row in rows if row["kind"] == _ANSWER}
        return [_note(row, answers.get(row["id"])) for row in rows if row["kind"] != _ANSWER]

    def keep_told(self, project: str, notes: Iterable[Note], ledger: Iterable[SlipRow]) -> None:
        """Take over all notes of a project, and its slip ledger, as they were measured."""
        rows = [
            {
                "project": project, "id": note.id, "kind": note.kind, "text": note.text, "by": note.by, "at": note.at,
                "asked_of": note.asked_of, "due": note.due, "answered_at": note.answered_at, "answer": note.answer,
                "answered_by": note.answered_by, "outcome": note.outcome, "client_visible": note.client_visible,
                "task_source": note.task.source if note.task else None, "task": note.task.id if note.task else None,
            }
            for note in notes
        ]  # fmt: skip
        slip = [{"project": project, "position": at, **row._asdict()} for at, row in enumerate(ledger)]
        with self.writing() as connection:
            connection.execute(delete(TOLD).where(TOLD.c.project == project))
            connection.execute(delete(SLIP).where(SLIP.c.project == project))
            if rows:
                connection.execute(TOLD.insert(), rows)
            if slip:
                connection.execute(SLIP.insert(), slip)

    def undo_note(self, note: str, *, by: str, at: dt.datetime) -> str | None:
        """Undo what was said last about the note: its answer, else the note itself. What was undone; None for nothing."""
        with self.writing() as connection:
            latest = select(func.max(_N.id)).where(_N.undone_at.is_(None), _N.about == int(note), _N.kind == _ANSWER)
            answer = connection.execute(latest).scalar()
            target = answer if answer is not None else int(note)
            change = update(NOTES).where(_N.id == target, _N.undone_at.is_(None))
            if not connection.execute(change.values(undone_at=at, undone_by=by)).rowcount:
                return None
        return _ANSWER if answer is not None else "note"


def _note(row: Mapping[Any, Any], answer: Mapping[Any, Any] | None) -> Note:
    told = dict.fromkeys(("answered_at", "answer", "answered_by", "outcome", "answer_learnt_at"))
    if answer is not None:
        told = {
            "answered_at": answer["at"], "answer": answer["text"], "answered_by": answer["by"],
            "outcome": answer["outcome"], "answer_learnt_at": answer["learnt_at"],
        }  # fmt: skip
    return Note(
        id=str(row["id"]), project=row["project"], kind=row["kind"], text=row["text"], at=row["at"], by=row["by"],
        asked_of=row["asked_of"], due=row["due"], client_visible=row["client_visible"], learnt_at=row["learnt_at"],
        task=Ref(row["task_source"], "tasks", row["task"]) if row["task"] else None, **told,
    )  # fmt: skip
