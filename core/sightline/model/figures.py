"""What people look at: a value with unit, moment, method and receipt; or `Unknown`, with the reason."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.money import Money
from sightline.model.refs import Ref

__all__ = ["Figure", "Moved", "Receipt", "ReceiptLine", "Unit", "Unknown", "Value"]

Unit = Literal["percent", "points", "hours", "days", "money", "count", "ratio", "date", "text"]


class Unknown(Checked, frozen=True, kw_only=True):
    """A value nobody knows, and why. It is never shown as 0 and never counted as good."""

    why: str

    def __bool__(self) -> bool:
        return False


Value = Decimal | Money | dt.date | str | Unknown


class ReceiptLine(Checked, frozen=True, kw_only=True):
    """One input of a figure: what it is, its value as text with unit, the records behind it."""

    label: str
    value: str
    refs: tuple[Ref, ...] = ()


class Receipt(Checked, frozen=True, kw_only=True):
    """How a figure was made: the formula in words and its inputs; `refs_total` counts all records, listed or not."""

    formula: str
    lines: tuple[ReceiptLine, ...] = ()
    source: str | None = None
    """Where the definition comes from."""


class Figure(Checked, frozen=True, kw_only=True):
    """One computed value of one project (or client, or the workspace when `project` is None).

    `percent` values are 0-100; `hours` and `days` are Decimal; `money` is `Money`. `coverage` is the share (0-1) of the
    items that had the data the method needs. `oldest_input` is the moment of the oldest source read behind it.
    """

    name: str
    value: Decimal | Money | dt.date | str | Unknown
    unit: Unit
    as_of: dt.datetime
    method: str
    project: str | None = None
    client: str | None = None
    currency: str | None = None
    """Set when a figure exists once per currency, so that each has its own row."""
    coverage: Decimal | None = None
    oldest_input: dt.datetime | None = None
    receipt: Receipt
    internal: bool = True
    """False only for figures that a client may see."""


class Moved(Checked, frozen=True, kw_only=True):
    """What a change of rates, agreements or rules did to one figure, measured with the old rules and with the new."""

    project: str
    name: str
    currency: str | None
    before: Decimal | Money | dt.date | str | Unknown
    after: Decimal | Money | dt.date | str | Unknown
    was_at: dt.datetime
    at: dt.datetime
