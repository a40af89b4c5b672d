"""What an accountant does to documents between two reads; every edit keeps the world sound."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sightline.sandbox.edits import Edits
from sightline.sandbox.world import Invoice, InvoiceLine, InvoicePayment, Party

__all__ = ["Bookings"]


@dataclasses.dataclass(slots=True)
class Bookings:
    """Edits documents; shares the clock of `edits`."""

    edits: Edits

    def invoice(self, party: Party, lines: Sequence[InvoiceLine], *, code: str, days: int = 30) -> Invoice:
        """A new authorised sales invoice in the ledger's currency, due in `days` days."""
        at = self.edits.tick()
        world = self.edits.world
        issued = at.date()
        found = Invoice(
            number=max((d.number for d in world.documents), default=0) + 1,
            organisation=party.organisation,
            kind="invoice",
            code=code,
            status="AUTHORISED",
            party=party,
            issued_on=issued,
            due_on=issued + dt.timedelta(days=days),
            currency=party.organisation.currency,
            lines=list(lines),
            updated_at=at,
        )
        world.documents.append(found)
        return found

    @staticmethod
    def owed(invoice: Invoice) -> Decimal:
        """What is still open; zero for documents that do not count."""
        if invoice.status != "AUTHORISED":
            return Decimal(0)
        return invoice.total - invoice.paid - invoice.credited

    def pay(self, invoice: Invoice, amount: Decimal | None = None, credit: Invoice | None = None) -> InvoicePayment:
        """A payment of that amount (all that is open, by default), or the allocation of a credit."""
        at = self.edits.tick()
        payments = [p for d in self.edits.world.documents for p in d.payments]
        number = max((p.number for p in payments), default=0) + 1
        paid = InvoicePayment(number, at.date(), self.owed(invoice) if amount is None else amount, "", credit)
        invoice.payments.append(paid)
        self._settled(invoice, at)
        if credit is not None:
            credit.updated_at = at
        return paid

    def unpay(self, invoice: Invoice, payment: InvoicePayment) -> None:
        """The payment was a mistake: it stays, marked as deleted, and the invoice is open again."""
        at = self.edits.tick()
        payment.deleted = True
        invoice.status, invoice.paid_on = "AUTHORISED", None
        self._settled(invoice, at)

    def void(self, invoice: Invoice) -> None:
        """The document never was; ledgers refuse it for settled ones."""
        if invoice.paid or invoice.credited:
            raise ValueError(f"{invoice.code} is settled in part and cannot be voided")
        invoice.updated_at = self.edits.tick()
        invoice.status = "VOIDED"

    def approve(self, invoice: Invoice) -> None:
        """A draft counts from now on."""
        invoice.updated_at = self.edits.tick()
        invoice.status = "AUTHORISED"

    def _settled(self, invoice: Invoice, at: dt.datetime) -> None:
        invoice.updated_at = at
        if invoice.total == invoice.paid + invoice.credited:
            invoice.status, invoice.paid_on = "PAID", at.date()
