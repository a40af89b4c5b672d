"""What one committed page consists of: records, tombstones, skipped rows, the raw page, the checkpoint."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

import msgspec

from sightline.model.checked import Checked
from sightline.model.records import Record

__all__ = ["Counts", "Gone", "Landing", "Skipped", "Whole"]


class Gone(Checked, frozen=True, kw_only=True):
    """The vendor says that this record was deleted. `at` is the vendor's moment, None when it does not tell."""

    kind: type
    id: str
    at: dt.datetime | None = None


class Whole(Checked, frozen=True, kw_only=True):
    """All live records of `kind` that hang on the parent `of` are in this row; others of that parent are gone.

    For children that a vendor delivers only inside their parent: checklist items, lines, embedded payments. `by` names
    the field that holds the parent, where it is not the one that records of that kind hang on: links told by both of
    their ends are whole by `from_task` and by `to`.
    """

    kind: type
    of: str
    by: str = ""


class Skipped(Checked, frozen=True, kw_only=True):
    """A row that could not be read; the reason names fields and types, never values."""

    stream: str
    id: str
    reason: str


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one page brings; the store commits all of it or nothing.

    `checkpoint` None leaves the stored one as it is. `history_by_vendor` names the tracked fields whose changes the
    vendor itself records; the store derives `Change`s only for the others, at the record's `updated_at`.
    """

    source: str
    stream: str
    scope: str
    learnt_at: dt.datetime
    records: tuple[Record, ...] = ()
    gone: tuple[Gone, ...] = ()
    whole: tuple[Whole, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    read: tuple[str, ...] = ()
    """Ids of rows read without trouble: lifts their quarantine."""
    raw: bytes | None = None
    """The page as the vendor sent it (after `complete`), JSON, not yet compressed: kept for replay."""
    checkpoint: dict[str, Any] | None = None
    history_by_vendor: frozenset[str] = frozenset()


class Counts(msgspec.Struct, kw_only=True):
    """Rows of one or several landings: read from the vendor, and what became of the records they held."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    skipped: int = 0

    def __iadd__(self, other: Counts) -> Self:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self
