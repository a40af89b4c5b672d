"""The money screen as values: one row per project, sums per currency that equal their rows, what stands apart."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sightline.measure.sums import Part, added
from sightline.model.figures import Figure, Moved, Unknown, Value
from sightline.model.money import Money

__all__ = ["COLUMNS", "PERIOD_COLUMNS", "Cell", "MoneyRow", "MoneyView", "Suggested", "totals"]

#: Columns of the present state: figure → heading.
COLUMNS: Mapping[str, str] = {
    "earned": "earned", "revenue": "invoiced net", "wip": "unbilled work", "outstanding": "outstanding",
    "overdue": "overdue", "cost": "cost", "margin": "margin",
}  # fmt: skip
#: Columns of a period.
PERIOD_COLUMNS: Mapping[str, str] = {
    "hours": "hours", "billable_value": "billable", "revenue": "invoiced net", "received": "received",
    "outstanding_at_end": "owed at end", "cost": "cost", "margin": "margin",
}  # fmt: skip
#: A figure whose known part stands in its place, as a bound: (figure, sign).
BOUNDS: Mapping[str, tuple[str, str]] = {"cost": ("cost_at_least", "≥"), "margin": ("margin_at_most", "≤")}


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """The values of one figure (several for several currencies); `bound` is ≥ or ≤ where only a bound is known."""

    values: tuple[Value, ...]
    unit: str
    bound: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class MoneyRow:
    """One project (or client)."""

    id: str
    client: str | None
    name: str
    kind: str
    cells: Mapping[str, Cell]
    notes: tuple[str, ...] = ()
    credit: tuple[Money, ...] = ()
    """Credit that no invoice has used: taken off what is outstanding, but not off what is overdue."""


@dataclasses.dataclass(frozen=True, slots=True)
class Suggested:
    """A project that an unmatched document may belong to, with a score between 0 and 1 and the reasons."""

    project: str
    score: Decimal
    reasons: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class InboxRow:
    """A document, or lines of one, that no rule took."""

    source: str
    kind: str
    number: str | None
    contact: str | None
    issued_on: dt.date | None
    total: Money | None
    suggestions: tuple[Suggested, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class MoneyView:
    """What `sightline money` shows."""

    title: str
    as_of: dt.datetime
    columns: Mapping[str, str]
    rows: tuple[MoneyRow, ...]
    totals: Mapping[str, Mapping[str | None, tuple[Decimal, int]]]
    """Figure → currency → (sum, rows without a value)."""
    together: Mapping[str, tuple[Value, str]]
    """Figure → the sum in the workspace's currency, or why there is none, and the rates used."""
    inbox: tuple[InboxRow, ...]
    moved: tuple[Moved, ...]
    figures: tuple[Figure, ...] = ()
    """All figures about money, when one project or client was asked for."""
    leaks: int = 0


def totals(columns: Mapping[str, str], rows: Sequence[MoneyRow]) -> dict[str, dict[str | None, tuple[Decimal, int]]]:
    """The sums of what the rows show, each currency for itself, with how many rows have no value.

    A bound or a percentage is not added.
    """
    found: dict[str, dict[str | None, tuple[Decimal, int]]] = {}
    for name in columns:
        parts = [
            Part(row.id, name, Unknown(why="only a bound is known") if cell.bound else value, "money", None)
            for row in rows
            if (cell := row.cells.get(name)) is not None and cell.unit in ("money", "hours")
            for value in cell.values
        ]
        result = added(name, parts)
        missing = len({part.project for part in result.unknown})
        if result.sums or missing:
            found[name] = {currency: (amount, missing) for currency, amount in sorted(result.sums.items(), key=str)}
    return found
