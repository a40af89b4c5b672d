"""What no project asked for, as figures of the workspace: found when everything is joined, read by the portfolio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sightline.measure.receipts import line, money_text
from sightline.measure.receivables import standing
from sightline.model.facts import DocumentPart, Sourced
from sightline.model.figures import Figure, Receipt, ReceiptLine, Unit, Value
from sightline.model.money import Money
from sightline.model.records import Account, TimeEntry
from sightline.unify.money import unmatched_sums

__all__ = ["LEFT_OVER", "UNMATCHED_INVOICES", "UNMATCHED_PEOPLE", "leftover_figures"]

UNMATCHED_INVOICES = "unmatched_invoices"
UNMATCHED_PEOPLE = "unmatched_people"
LEFT_OVER = "left_over_hours"


def leftover_figures(
    as_of: dt.datetime,
    parts: Iterable[DocumentPart],
    accounts: Sequence[Sourced[Account]],
    entries: Sequence[Sourced[TimeEntry]],
) -> list[Figure]:
    """Invoices that count and belong to no project, by currency; accounts of nobody; time that belongs to no project."""
    counting = [part for part in parts if part.document.kind == "invoice" and standing(part.document) == "counts"]
    found = []
    for row in unmatched_sums(counting):
        held = [part.ref for part in counting if part.document.currency == row.currency]
        lines = [
            line("documents", str(row.documents)),
            line("their totals with tax", money_text(row.total, row.currency), held),
        ]
        amount = Money(amount=row.total, currency=row.currency)
        found.append(_figure(as_of, UNMATCHED_INVOICES, amount, "money", "sum of their totals with tax", lines))
    who = [line("accounts", str(len(accounts)), (one.ref for one in accounts), of=len(accounts))]
    found.append(_figure(as_of, UNMATCHED_PEOPLE, Decimal(len(accounts)), "count", "number of accounts", who))
    seconds = sum(entry.record.seconds for entry in entries)
    time = [line("time entries", f"{seconds} s", (one.ref for one in entries), of=len(entries))]
    found.append(_figure(as_of, LEFT_OVER, Decimal(seconds) / 3600, "hours", "sum of the entries", time))
    return found


def _figure(
    as_of: dt.datetime, name: str, value: Value, unit: Unit, formula: str, lines: Sequence[ReceiptLine]
) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit=unit,
        as_of=as_of,
        method="what no rule, decision or address joins",
        currency=value.currency if isinstance(value, Money) else None,
        receipt=Receipt(formula=formula, lines=tuple(lines)),
    )
