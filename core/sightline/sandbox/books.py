"""Writes documents into the ledger of a world: entered, settled in part or whole, credited."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from sightline.sandbox.cast import CLIENTS
from sightline.sandbox.desk import Desk, day
from sightline.sandbox.world import Invoice, InvoiceLine, InvoicePayment, Organisation, Party

__all__ = ["Books", "line"]

_VAT = Decimal("0.2")
_EUR_RATE = Decimal("1.1632")
_SUPPLIERS = ["Studio Pixel", "Cloudhost Ltd", "Rail & Air"]


class Books:
    """Writes documents into the ledger of the world."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._payments = 0
        self._used: dict[int, Decimal] = defaultdict(Decimal)
        options = ["Website", "App", "Booking app", "Datenmigration", "Schulung", "Operations"]
        self.org = Organisation("xero", 1, "Northgate Consulting", "!n0rth", "GBP", tracking={"Project": options})
        desk.world.organisations.append(self.org)
        names = [(name, email, True) for _, name, _, _, email in CLIENTS]
        names += [("Kestrel Signs", "office@kestrel.example", True), ("Northgate Consulting (internal)", "", True)]
        names += [(name, f"bills@{name.split()[0].lower()}.example", False) for name in _SUPPLIERS]
        names.append(("Old Mill Ltd", "", True))
        for number, (name, email, customer) in enumerate(names, start=1):
            desk.world.parties.append(Party(number, self.org, name, email, customer, archived=name == "Old Mill Ltd"))

    def party(self, name: str) -> Party:
        """The customer or supplier of that name."""
        return next(p for p in self.desk.world.parties if p.name == name)

    def document(
        self,
        kind: str,
        code: str,
        party: str,
        issued: dt.date,
        due: dt.date | None,
        lines: list[InvoiceLine],
        *,
        status: str = "AUTHORISED",
        currency: str = "GBP",
        project: str | None = None,
        reference: str = "",
        direction: str | None = None,
    ) -> Invoice:
        """One document, entered on the day it was issued."""
        found = Invoice(
            number=len(self.desk.world.documents) + 1,
            organisation=self.org,
            kind=kind,
            code=code,
            status=status,
            party=self.party(party),
            issued_on=issued,
            due_on=due,
            currency=currency,
            lines=lines,
            updated_at=self.desk.moment(issued),
            reference=reference,
            rate=_EUR_RATE if currency == "EUR" else Decimal(1),
            project=project,
            direction=direction,
        )
        self.desk.world.documents.append(found)
        return found

    def settle(self, invoice: Invoice, amount: str, on: str, credit: Invoice | None = None) -> None:
        """A payment, or the allocation of a credit; the invoice is paid when nothing is left."""
        self._payments += 1
        reference = f"BACS {self._payments}" if credit is None else ""
        invoice.payments.append(InvoicePayment(self._payments, day(on), Decimal(amount), reference, credit))
        invoice.updated_at = self.desk.moment(day(on), invoice.updated_at)
        if invoice.total == invoice.paid + invoice.credited:
            invoice.status, invoice.paid_on = "PAID", day(on)
        if credit is not None:
            credit.updated_at = max(credit.updated_at, invoice.updated_at)
            self._used[credit.number] += Decimal(amount)
            if self._used[credit.number] == credit.total:
                credit.status, credit.paid_on = "PAID", day(on)


def line(
    what: str, quantity: str, price: str, *, project: str | None = None, vat: bool = False, account: str = "200"
) -> InvoiceLine:
    """One line; `project` is the tracking option."""
    amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    tax = (amount * _VAT).quantize(Decimal("0.01")) if vat else Decimal("0.00")
    tracking = {"Project": project} if project else {}
    return InvoiceLine(what, Decimal(quantity), Decimal(price), amount, tax, account, tracking=tracking)
