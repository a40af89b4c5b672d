"""The lists of Xero's Accounting API, one stream each. Documents are never deleted there: their status says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from sightline.sdk import (
    Account,
    Contact,
    Deletions,
    Document,
    FullList,
    Mapped,
    Never,
    PageNumber,
    Paging,
    Payment,
    Request,
    RowError,
    Scope,
    Since,
    SinglePage,
    Stream,
    UpdatedAt,
)
from sightline_xero import mapping
from sightline_xero.mapping import CreditKind, fields, needed, text

__all__ = [
    "BankTransactions",
    "Contacts",
    "CreditNotes",
    "Invoices",
    "Overpayments",
    "Payments",
    "Prepayments",
    "PurchaseOrders",
    "Quotes",
    "Users",
    "accounting",
    "tenant",
]

_KEPT = Never("Xero lists deleted and voided documents for ever, with that status.")


def accounting(resource: str) -> str:
    """The path of a resource of the Accounting API."""
    return f"/api.xro/2.0/{resource}"


def tenant(scope: Scope | None, *, custom: bool) -> dict[str, str]:
    """The header that names the organisation. A custom connection has exactly one and needs none."""
    return {} if custom or scope is None else {"xero-tenant-id": scope.id}


class Accounting(Stream):
    """What all these lists share: pages newest first, asked from a time on with `If-Modified-Since`.

    `rows` is both the name of the resource and of the list in its answer.

    Newest first, and one page after the other: a document that is edited meanwhile moves to the front and pushes the
    others back, so one may be seen twice but none is missed; the edit itself is read by the next run.
    """

    cursor = UpdatedAt("UpdatedDateUTC", overlap=dt.timedelta(minutes=2), parse=mapping.moment)
    # Some changes do not move UpdatedDateUTC: due dates of part-paid documents, a contact's IsCustomer and IsSupplier.
    # Source: developer.xero.com, "Requests and responses", If-Modified-Since.
    refresh_every = dt.timedelta(days=7)
    optional = True
    # Every Xero organisation has every list, so 404 says that this server has no such thing: a note. A refusal (403)
    # is a lost right or a disconnected organisation, never a reason to call the books complete.
    optional_on = frozenset({404})
    four_decimals: ClassVar[bool] = False

    def __init__(self, *, custom: bool, page_size: int) -> None:
        self.custom = custom
        self.paging = self.pages(page_size)

    def pages(self, page_size: int) -> Paging:
        """How this list goes on."""
        return PageNumber(page_size=page_size, short_ends=False, parallel=False)

    def request(self, scope: Scope | None, since: Since) -> Request:
        """Everything, or what changed from a second on. The header counts whole seconds, both ends included."""
        headers = tenant(scope, custom=self.custom)
        if since.at is not None:
            headers["If-Modified-Since"] = since.at.strftime("%Y-%m-%dT%H:%M:%S")
        return Request(accounting(self.rows), self.params(scope, since), headers=headers)

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """Newest first; unit prices with all four decimals."""
        return {"order": "UpdatedDateUTC DESC", "unitdp": 4 if self.four_decimals else None}


class Contacts(Accounting):
    """Customers and suppliers, archived ones included."""

    name = "contacts"
    rows = "Contacts"
    id = "ContactID"
    delivers = (Contact,)
    deletions: ClassVar[Deletions] = Never("Xero archives contacts; merged ones say into which.")

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """Archived ones, too."""
        return {**super().params(scope, since), "includeArchived": "true"}

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """One contact."""
        yield mapping.contact(row, context)


class Invoices(Accounting):
    """Sales invoices (ACCREC) and bills (ACCPAY). The one list without which nothing is complete."""

    name = "invoices"
    rows = "Invoices"
    id = "InvoiceID"
    delivers = (Document,)
    deletions: ClassVar[Deletions] = _KEPT
    optional = False
    four_decimals = True
    kinds: ClassVar[Mapping[str, str]] = {"ACCREC": "invoice", "ACCPAY": "bill"}

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """Archived ones, too."""
        return {**super().params(scope, since), "includeArchived": "true"}

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """One invoice or bill. Paid, credited and outstanding are Xero's own figures."""
        row = fields(row)
        yield mapping.document(
            row,
            context,
            id_field=self.id,
            kind=kind_of(row, self.kinds),
            number=text(row, "InvoiceNumber"),
            due_on=mapping.calendar_day(row, "DueDate"),
            paid_on=mapping.calendar_day(row, "FullyPaidOnDate"),
            paid=mapping.money(row, "AmountPaid"),
            credited=mapping.money(row, "AmountCredited"),
            outstanding=mapping.money(row, "AmountDue"),
        )


def kind_of(row: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    """What our kinds call Xero's type. An unknown type is refused: its sign could not be known."""
    found = kinds.get(needed(row, "Type"))
    if found is None:
        raise RowError("Type is not one of " + ", ".join(kinds))
    return found


class Credits(Accounting):
    """Documents whose money goes to other documents: credit notes, over- and prepayments, with their allocations."""

    delivers = (Document, Payment)
    # An allocation that is taken back is no longer listed with its credit.
    deletions: ClassVar[Deletions] = FullList(kinds=(Payment,))
    four_decimals = True
    kinds: ClassVar[Mapping[str, str]]
    credit: ClassVar[CreditKind]

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """The credit and what of it went where. Xero states what remains; the rest is in the row's own lists."""
        row = fields(row)
        found = mapping.document(
            row,
            context,
            id_field=self.id,
            kind=kind_of(row, self.kinds),
            paid_on=mapping.calendar_day(row, "FullyPaidOnDate"),
            paid=mapping.settled(row, "Payments"),
            credited=mapping.settled(row, "Allocations"),
            outstanding=mapping.money(row, "RemainingCredit"),
            **self.further(row),
        )
        yield found
        yield from mapping.allocations(row, found, self.credit)

    def further(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """What only this kind has."""
        return {}


class CreditNotes(Credits):
    """Credit notes to customers (ACCRECCREDIT) and from suppliers (ACCPAYCREDIT)."""

    name = "credit_notes"
    rows = "CreditNotes"
    id = "CreditNoteID"
    credit = "credit"
    kinds: ClassVar[Mapping[str, str]] = {"ACCRECCREDIT": "credit_note", "ACCPAYCREDIT": "bill_credit_note"}

    def further(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Its number."""
        return {"number": text(row, "CreditNoteNumber")}


class Overpayments(Credits):
    """Money paid beyond what was owed, and not yet given back."""

    name = "overpayments"
    rows = "Overpayments"
    id = "OverpaymentID"
    credit = "overpayment"
    kinds: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT", "AROVERPAYMENT", "APOVERPAYMENT"), "overpayment"
    )

    def further(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Which way the money went."""
        return {"direction": direction(needed(row, "Type"))}


class Prepayments(Credits):
    """Money paid before there was an invoice."""

    name = "prepayments"
    rows = "Prepayments"
    id = "PrepaymentID"
    credit = "prepayment"
    kinds: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT", "ARPREPAYMENT", "APPREPAYMENT"), "prepayment"
    )

    def further(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Its number, and which way the money went."""
        return {"number": text(row, "InvoiceNumber"), "direction": direction(needed(row, "Type"))}


def direction(kind: str) -> str:
    """`in` for money received, `out` for money spent."""
    return "in" if kind.startswith(("RECEIVE", "AR")) else "out"


class Payments(Accounting):
    """Money that settled a document, DELETED payments included."""

    name = "payments"
    rows = "Payments"
    id = "PaymentID"
    delivers = (Payment,)
    deletions: ClassVar[Deletions] = Never("Xero lists deleted payments for ever, with that status.")

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """One payment."""
        yield mapping.payment(row, context)


class BankTransactions(Accounting):
    """Money spent or received without an invoice or bill."""

    name = "bank_transactions"
    rows = "BankTransactions"
    id = "BankTransactionID"
    delivers = (Document,)
    deletions: ClassVar[Deletions] = _KEPT
    four_decimals = True
    kinds: ClassVar[tuple[str, ...]] = ("RECEIVE", "SPEND")
    elsewhere: ClassVar[tuple[str, ...]] = ("OVERPAYMENT", "PREPAYMENT", "TRANSFER")

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """One transaction. Over- and prepayments are told by their own lists, a transfer by the other account."""
        row = fields(row)
        way, _, what = needed(row, "Type").partition("-")
        if way not in self.kinds or what not in ("", *self.elsewhere):
            raise RowError("Type is no bank transaction that is known")
        yield mapping.document(
            row,
            context,
            id_field=self.id,
            kind="bank_transaction",
            direction=direction(way),
            counts_elsewhere=bool(what),
        )


class Quotes(Accounting):
    """What was offered. `due_on` is the day it expires."""

    name = "quotes"
    rows = "Quotes"
    id = "QuoteID"
    delivers = (Document,)
    deletions: ClassVar[Deletions] = _KEPT

    def pages(self, page_size: int) -> Paging:
        """Quotes come a hundred at a time, with no other choice and no count."""
        return PageNumber(size=None, page_size=100, parallel=False)

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """One quote."""
        number, expires = text(fields(row), "QuoteNumber"), mapping.calendar_day(row, "ExpiryDate")
        yield mapping.document(row, context, id_field=self.id, kind="quote", number=number, due_on=expires)


class PurchaseOrders(Accounting):
    """What was ordered from suppliers. `due_on` is the day of delivery."""

    name = "purchase_orders"
    rows = "PurchaseOrders"
    id = "PurchaseOrderID"
    delivers = (Document,)
    deletions: ClassVar[Deletions] = _KEPT

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """One order."""
        number, delivery = text(fields(row), "PurchaseOrderNumber"), mapping.calendar_day(row, "DeliveryDate")
        yield mapping.document(row, context, id_field=self.id, kind="purchase_order", number=number, due_on=delivery)


class Users(Accounting):
    """The people of the organisation's books."""

    name = "users"
    rows = "Users"
    id = "UserID"
    delivers = (Account,)
    deletions: ClassVar[Deletions] = Never("Who leaves is no longer listed, but their time keeps their name.")

    def pages(self, page_size: int) -> Paging:
        """One answer."""
        return SinglePage()

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """Nothing to choose."""
        return {}

    def map(self, row: Any, context: Any) -> Iterable[Mapped]:
        """One user."""
        yield mapping.account(row)
