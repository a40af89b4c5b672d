"""Sums of a project's document parts by currency: invoiced, revenue, paid, outstanding, overdue, bought.

Drafts, submitted, voided and deleted documents are out; credit notes subtract; over- and prepayments are money received
ahead. A document whose status nobody knows is not summed: it is told.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import ZERO
from sightline.measure.receipts import days_text, line, money_text
from sightline.measure.receivables import COST_SIGN, SALES_SIGN, standing
from sightline.measure.remembered import remembered

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from sightline.model.facts import DocumentPart, Facts
    from sightline.model.figures import ReceiptLine

__all__ = [
    "Entry",
    "Sums",
    "bought",
    "invoiced",
    "name_of",
    "outstanding",
    "overdue",
    "paid",
    "revenue",
    "unused_credit",
]


class Entry(NamedTuple):
    """One document part with its signed amount in its currency; None where the ledger does not state it."""

    part: DocumentPart
    label: str
    amount: Decimal | None


class Sums(NamedTuple):
    """The entries, those of unknown status, and how many documents there were."""

    entries: list[Entry]
    unclear: list[Entry]

    def currencies(self) -> list[str]:
        """The currencies met, in order."""
        return list(dict.fromkeys(entry.part.document.currency for entry in (*self.entries, *self.unclear)))

    def total(self, currency: str) -> Decimal:
        """The exact sum of what is stated in that currency."""
        return sum((e.amount for e in self.entries if e.amount and e.part.document.currency == currency), ZERO)

    def by_currency(self) -> dict[str, Decimal]:
        """The exact sums."""
        return {currency: self.total(currency) for currency in self.currencies()}

    def unstated(self, currency: str | None = None) -> list[Entry]:
        """Counted documents whose amount the ledger does not state."""
        return [
            entry for entry in self.entries if entry.amount is None and currency in (None, entry.part.document.currency)
        ]

    def coverage(self, currency: str) -> Decimal | None:
        """Share of the documents in that currency whose standing and amount are known."""
        here = [e for e in (*self.entries, *self.unclear) if e.part.document.currency == currency]
        known = [e for e in self.entries if e.amount is not None and e.part.document.currency == currency]
        return Decimal(len(known)) / len(here) if here else None

    def lines(self, currency: str) -> list[ReceiptLine]:
        """The receipt: one line per document; those not summed say why in place of an amount."""
        shown = [e for e in self.entries if e.part.document.currency == currency]
        lines = [
            line(e.label, "not stated" if e.amount is None else money_text(e.amount, currency), (e.part.ref,))
            for e in shown
        ]
        return lines + [
            line(f"{e.label}, not summed: status {e.part.document.status!r} is not known", "not counted", (e.part.ref,))
            for e in self.unclear
            if e.part.document.currency == currency
        ]


def name_of(part: DocumentPart) -> str:
    """What people call the document: its kind and number, with its share when it is not whole."""
    document = part.document
    name = f"{document.kind.replace('_', ' ')} {document.number or document.reference or document.id}"
    return name if part.whole else f"{name} (its lines of this project)"


def _sums(facts: Facts, amount: Callable[[DocumentPart], Decimal | None], kinds: Iterable[str]) -> Sums:
    wanted = frozenset(kinds)
    entries: list[Entry] = []
    unclear: list[Entry] = []
    for part in facts.documents:
        if part.document.kind not in wanted or part.document.counts_elsewhere:
            continue
        found = standing(part.document)
        if found == "counts":
            entries.append(Entry(part, name_of(part), amount(part)))
        elif found == "unknown":
            unclear.append(Entry(part, name_of(part), None))
    return Sums(entries, unclear)


def _signed(value: Decimal | None, sign: int) -> Decimal | None:
    return None if value is None else sign * value


@remembered
def invoiced(facts: Facts) -> Sums:
    """Invoices less credit notes, with tax, as the client got them."""
    return _sums(facts, lambda part: _signed(part.total, SALES_SIGN[part.document.kind]), SALES_SIGN)


@remembered
def revenue(facts: Facts) -> Sums:
    """Invoices less credit notes, without tax; money received without an invoice (bank receipts) added."""
    found = _sums(facts, _net_sale, (*SALES_SIGN, "bank_transaction"))
    return Sums([e for e in found.entries if _is_sale(e.part)], [e for e in found.unclear if _is_sale(e.part)])


def _is_sale(part: DocumentPart) -> bool:
    return part.document.kind in SALES_SIGN or part.document.direction == "in"


def _net_sale(part: DocumentPart) -> Decimal | None:
    return _signed(_net(part), SALES_SIGN.get(part.document.kind, 1))


def _net(part: DocumentPart) -> Decimal | None:
    if part.net is not None or part.total is None or part.tax is None:
        return part.net
    return part.total - part.tax


@remembered
def bought(facts: Facts) -> Sums:
    """Supplier bills less their credit notes, expenses and money spent from the bank, without tax."""
    found = _sums(
        facts, lambda part: _signed(_net(part), COST_SIGN.get(part.document.kind, 1)), (*COST_SIGN, "bank_transaction")
    )
    spent = [e for e in found.entries if e.part.document.kind in COST_SIGN or e.part.document.direction == "out"]
    unclear = [e for e in found.unclear if e.part.document.kind in COST_SIGN or e.part.document.direction == "out"]
    return Sums(spent, unclear)


_RECEIVED = ("overpayment", "prepayment")


@remembered
def paid(facts: Facts) -> Sums:
    """Money received: on invoices, and ahead as over- and prepayments; money given back on credit notes subtracts."""
    found = _sums(facts, _received, (*SALES_SIGN, *_RECEIVED))
    return Sums([e for e in found.entries if _is_ours(e.part)], [e for e in found.unclear if _is_ours(e.part)])


def _is_ours(part: DocumentPart) -> bool:
    """Received by us: a prepayment that we made to a supplier is not."""
    return part.document.kind not in _RECEIVED or part.document.direction != "out"


def _received(part: DocumentPart) -> Decimal | None:
    if part.document.kind in _RECEIVED:
        return part.total
    return _signed(part.paid, SALES_SIGN[part.document.kind])


@remembered
def outstanding(facts: Facts) -> Sums:
    """What clients owe, with tax: open parts of invoices less open parts of credit notes, over- and prepayments."""
    found = _sums(facts, _open, (*SALES_SIGN, *_RECEIVED))
    return Sums([e for e in found.entries if _is_ours(e.part)], [e for e in found.unclear if _is_ours(e.part)])


def _open(part: DocumentPart) -> Decimal | None:
    sign = -1 if part.document.kind in _RECEIVED else SALES_SIGN[part.document.kind]
    return _signed(part.outstanding, sign)


def unused_credit(facts: Facts) -> Sums:
    """What clients are ahead, as positive amounts: open parts of credit notes, over- and prepayments."""
    owed = outstanding(facts)
    ahead = [
        entry._replace(amount=-entry.amount)
        for entry in owed.entries
        if entry.amount and entry.part.document.kind != "invoice"
    ]
    unclear = [entry for entry in owed.unclear if entry.part.document.kind != "invoice"]
    return Sums(ahead, unclear)


def overdue(facts: Facts, today: dt.date) -> Sums:
    """The open parts of invoices whose due day is before `today`; one without a due day is never overdue."""
    late = _sums(facts, lambda part: part.outstanding, ("invoice",))
    entries = [
        Entry(e.part, f"{e.label}, {days_text((today - e.part.document.due_on).days)} late", e.amount)
        for e in late.entries
        if e.part.document.due_on is not None and e.part.document.due_on < today and e.amount != 0
    ]
    return Sums(entries, late.unclear)
