"""The book of notes: written, answered, undone."""

from __future__ import annotations

import datetime as dt

from msgspec import structs

from sightline.model.notes import Note
from sightline.model.refs import Ref

MONDAY = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
FRIDAY = dt.datetime(2026, 11, 13, 9, tzinfo=dt.UTC)


def asked(store, text="Homepage design"):
    note = Note(
        id="", project="web", kind="approval", text=text, at=MONDAY, by="maria", asked_of="client",
        due=dt.date(2026, 11, 12), task=Ref("jira", "tasks", "7"), client_visible=True,
    )  # fmt: skip
    return store.write_note(note, at=MONDAY)


def answered(store, note):
    given = structs.replace(note, answered_at=FRIDAY, answer="Fine", answered_by="J. Hale", outcome="approved")
    store.answer_note(given, at=FRIDAY)
    return structs.replace(given, answer_learnt_at=FRIDAY)


def test_a_note_and_its_answer_are_read_back_as_one(store):
    first, second = asked(store), asked(store, "Footer")
    given = answered(store, first)

    assert store.notes("web") == [given, second]
    assert store.notes("other") == []


def test_undoing_takes_the_answer_first_and_then_the_note(store):
    note = asked(store)
    answered(store, note)

    assert store.undo_note(note.id, by="priya", at=FRIDAY) == "answer"
    assert store.notes() == [note]
    assert store.undo_note(note.id, by="priya", at=FRIDAY) == "note"
    assert store.notes() == []
    assert store.undo_note(note.id, by="priya", at=FRIDAY) is None
