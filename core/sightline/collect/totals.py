"""Proof of completeness: the source's own totals, by another route than its lists, beside what is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from sightline.collect.keeper import Keeper
from sightline.collect.outcome import Check
from sightline.model.records import Record

__all__ = ["Total", "compare"]

#: A count that is only about right may be off by this many rows, or one in this many.
_ROWS_OFF, _ONE_IN = 5, 100


@dataclasses.dataclass(frozen=True, slots=True)
class Total:
    """What the source says it has of one kind in one scope: a number of records, or the sum of one of their fields.

    `kinds` are the values of the records' own `kind` that count (all when empty). `about` says that the source itself
    promises no more than an approximate number.
    """

    what: str
    """For people: `issues of WEB`."""
    kind: type[Record]
    scope: str
    value: int
    kinds: tuple[str, ...] = ()
    sum_of: str | None = None
    about: bool = False

    def agrees(self, stored: int) -> bool:
        """Whether the stored total needs no explanation."""
        allowed = max(_ROWS_OFF, self.value // _ONE_IN) if self.about else 0
        return abs(stored - self.value) <= allowed


def compare(totals: Iterable[Total], source: str, keeper: Keeper) -> tuple[list[Check], list[str]]:
    """The same totals told twice, and one sentence for each that differs."""
    checks, differing = [], []
    for total in totals:
        stored = keeper.total(source, total.kind, total.scope, kinds=total.kinds, sum_of=total.sum_of)
        checks.append(Check(total.what, str(stored), f"about {total.value}" if total.about else str(total.value)))
        if not total.agrees(stored):
            differing.append(f"{total.what}: {stored} stored, {total.value} at the source")
    return checks, differing
