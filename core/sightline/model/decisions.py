"""What people decided about what was collected: who is who, what belongs where, what a tool got wrong. Undoable."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.refs import Ref

__all__ = ["Correction", "Decision", "DecisionKind", "read_ref"]

DecisionKind = Literal[
    "person",
    "apart",
    "same_person",
    "affiliation",
    "scope",
    "status",
    "same_task",
    "time",
    "task",
]


class Decision(Checked, frozen=True, kw_only=True):
    """One decision. `id` counts up; those made in one go share a `step`; an undone one is kept, with its date.

    `subject` is what it is about (a `Ref` as text, a person's id, `source/status`), `value` the rest as pairs of texts;
    `unify.decisions` says which pairs each kind has.
    """

    id: int
    step: int
    kind: DecisionKind
    subject: str
    value: tuple[tuple[str, str], ...] = ()
    by: str
    at: dt.datetime
    reason: str | None = None
    undone_at: dt.datetime | None = None
    undone_by: str | None = None

    def get(self, name: str) -> str | None:
        """The value of that name, if the decision says one."""
        return dict(self.value).get(name)


class Correction(Checked, frozen=True, kw_only=True):
    """What is said here about one record, against what its tool says; None leaves the tool's word."""

    ref: Ref
    billable: bool | None = None
    person: str | None = None
    """Person id."""
    project: str | None = None
    """Project id."""
    notes: tuple[str, ...] = ()
    """`corrected by ANNA on 2026-11-20: not billable (reason)`, one for each decision."""


def read_ref(text: str) -> Ref:
    """The `Ref` that was written as text; what is no ref comes back as one of no source."""
    source, _, rest = text.partition("/")
    kind, _, id_ = rest.partition("/")
    return Ref(source, kind, id_) if id_ else Ref("", "", text)
