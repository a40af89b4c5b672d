"""The record of the work: what was decided, asked, approved and agreed. Kept apart from what the tools deliver."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.refs import Ref

__all__ = ["CLIENT", "Note", "NoteKind", "NoteRule", "Outcome"]

NoteKind = Literal["decision", "question", "approval", "note", "agreement"]
Outcome = Literal["approved", "refused", "answered", "withdrawn"]

#: What stands in `asked_of` where the client as such is asked.
CLIENT = "client"


class Note(Checked, frozen=True, kw_only=True):
    """One entry. Questions and approvals are open until `answered_at`; the other kinds ask for nothing.

    `id` is a number for what was written down here, `file:NAME` for a file of the folder `notes`, `rule:…` for what a
    rule read out of the tools.
    """

    id: str
    project: str
    kind: NoteKind
    text: str
    at: dt.datetime
    """When it was asked, decided or agreed."""
    by: str | None = None
    asked_of: str | None = None
    """Whose turn it is: `client`, `supplier`, or somebody's name."""
    due: dt.date | None = None
    answered_at: dt.datetime | None = None
    answer: str | None = None
    answered_by: str | None = None
    outcome: Outcome | None = None
    task: Ref | None = None
    task_key: str | None = None
    """What people say of the task (`key` or `source:key`), where only that is known."""
    client_visible: bool = False
    learnt_at: dt.datetime | None = None
    """When Sightline learnt it; None for what is read from files and tools afresh each time."""
    answer_learnt_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes an answer."""
        return self.kind in ("question", "approval") and self.answered_at is None


class NoteRule(Checked, frozen=True, kw_only=True):
    """What in a tool is read as a note: a list or status, a label, or a comment's beginning; one of the three.

    A task in the status (or with the label) is an approval or question asked when it got there and answered when it
    left. A comment that begins with the text is a note of its own.
    """

    source: str
    kind: NoteKind
    scope: str | None = None
    """A scope's key, name or id."""
    status: str | None = None
    label: str | None = None
    comment: str | None = None
    asked_of: str | None = None
    client_visible: bool = False
