"""How the made-up world looks in Xero's JSON: one function per object. Ids are made from the world's own numbers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sightline.sandbox.world import (
    Invoice,
    InvoiceLine,
    InvoicePayment,
    LedgerProject,
    LedgerTask,
    Organisation,
    Party,
    Person,
    World,
    WorldTime,
)

__all__ = ["Shown", "id_of", "net_date"]

Json = dict[str, Any]
Allocated = list[tuple[Invoice, InvoicePayment]]

_TYPES = {
    "invoice": "ACCREC",
    "bill": "ACCPAY",
    "credit_note": "ACCRECCREDIT",
    "bill_credit_note": "ACCPAYCREDIT",
    "overpayment": "OVERPAYMENT",
    "prepayment": "PREPAYMENT",
    "purchase_order": "PURCHASEORDER",
}
_PAID_AS = {
    "invoice": "ACCRECPAYMENT",
    "bill": "ACCPAYPAYMENT",
    "credit_note": "ARCREDITPAYMENT",
    "bill_credit_note": "APCREDITPAYMENT",
}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DEAD = ("VOIDED", "DELETED")
_ZERO = Decimal("0.00")
_ZONES = {
    "Europe/London": "GMTSTANDARDTIME",
    "Europe/Berlin": "WEUROPESTANDARDTIME",
    "Pacific/Auckland": "NEWZEALANDSTANDARDTIME",
}


def id_of(*parts: object) -> str:
    """The GUID of a thing: source, kind and number of the world give always the same one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def net_date(moment: dt.datetime | dt.date, offset: str = "+0000") -> str:
    """`/Date(1518685950940+0000)/`; a day is its midnight UTC."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day, tzinfo=dt.UTC)
    return f"/Date({(moment - _EPOCH) // dt.timedelta(milliseconds=1)}{offset})/"


def _day(name: str, day: dt.date | None) -> Json:
    return {f"{name}String": f"{day.isoformat()}T00:00:00", name: net_date(day)} if day else {}


def _updated(moment: dt.datetime) -> Json:
    text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"UpdatedDateUTC": net_date(moment), "UpdatedDateUTCString": text}


class Shown:
    """One source of the world in Xero's words. `decimals` of unit prices is 2, or 4 with `unitdp=4`."""

    def __init__(self, world: World, source: str, *, inclusive: Iterable[str] = ()) -> None:
        self.world = world
        self.source = source
        self.inclusive = frozenset(inclusive)
        """Codes of documents whose lines are shown with tax inside."""

    def id(self, kind: str, *number: object) -> str:
        """The GUID of a thing of this source."""
        return id_of(self.source, kind, *number)

    def tenant(self, organisation: Organisation) -> str:
        """The organisation's id, which is its tenant id, too."""
        return self.id("organisation", organisation.number)

    def document_id(self, document: Invoice) -> str:
        """The GUID of a document."""
        return self.id("document", document.organisation.number, document.number)

    def user_id(self, person: str) -> str:
        """Who logged time: the person's account here."""
        known = self.world.identity(person, self.source)
        return known.account if known else self.id("user", person)

    def allocated(self) -> Mapping[int, Allocated]:
        """What of each credit (by identity) was given to which document."""
        found: dict[int, Allocated] = defaultdict(list)
        for document in self.world.documents:
            for payment in document.payments:
                if payment.credit is not None and not payment.deleted:
                    found[id(payment.credit)].append((document, payment))
        return found

    # --- accounting ----------------------------------------------------------------------------------------------

    def organisation(self, organisation: Organisation) -> Json:
        """The organisation."""
        return {
            "Name": organisation.name,
            "LegalName": organisation.name,
            "BaseCurrency": organisation.currency,
            "OrganisationStatus": "ACTIVE",
            "FinancialYearEndDay": 31,
            "FinancialYearEndMonth": 3,
            "Timezone": _ZONES.get(organisation.timezone, "UTC"),
            "ShortCode": organisation.short_code,
            "OrganisationID": self.tenant(organisation),
            "CreatedDateUTC": "/Date(1617267600000)/",
        }

    def contact(self, party: Party) -> Json:
        """A customer or supplier."""
        return {
            "ContactID": self.id("contact", party.number),
            "ContactStatus": "ARCHIVED" if party.archived else "ACTIVE",
            "Name": party.name,
            "EmailAddress": party.email,
            "Addresses": [],
            "Phones": [],
            "IsSupplier": not party.customer,
            "IsCustomer": party.customer,
            "UpdatedDateUTC": net_date(self.party_updated(party)),
        }

    def party_updated(self, party: Party) -> dt.datetime:
        """The world keeps no history of parties: they are as old as the last document that names them."""
        first = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
        return max((d.updated_at for d in self.world.documents if d.party is party), default=first)

    def user(self, person: Person) -> Json:
        """A user of the books."""
        identity = person.identities[self.source]
        first, _, last = identity.name.partition(" ")
        return {
            "UserID": identity.account,
            "EmailAddress": identity.email or "",
            "FirstName": first,
            "LastName": last,
            "UpdatedDateUTC": "/Date(1769936400000+0000)/",
            "IsSubscriber": False,
            "OrganisationRole": "STANDARD",
        }

    def account(self, code: str) -> Json:
        """A ledger account: 2xx earn, the others cost."""
        kind = ("REVENUE", "REVENUE") if code.startswith("2") else ("DIRECTCOSTS", "EXPENSE")
        return {
            "AccountID": self.id("account", code),
            "Code": code,
            "Name": f"Account {code}",
            "Status": "ACTIVE",
            "Type": kind[0],
            "Class": kind[1],
            "UpdatedDateUTC": "/Date(1767600000000+0000)/",
        }

    def tracking_category(self, organisation: Organisation, name: str) -> Json:
        """A tracking category with its options."""
        options = [
            {
                "TrackingOptionID": self.id("option", organisation.number, name, option),
                "Name": option,
                "Status": "ACTIVE",
            }
            for option in organisation.tracking[name]
        ]
        return {
            "Name": name,
            "Status": "ACTIVE",
            "TrackingCategoryID": self.id("tracking", organisation.number, name),
            "Options": options,
        }

    def _head(self, document: Invoice, decimals: int, *, lines: bool, title: str = "{}") -> Json:
        types = "Inclusive" if document.code in self.inclusive else "Exclusive" if document.tax else "NoTax"
        contact = {"ContactID": self.id("contact", document.party.number), "Name": document.party.name}
        return {
            "Reference": document.reference,
            "Contact": contact,
            **_day("Date", document.issued_on),
            "Status": document.status,
            "LineAmountTypes": types,
            "LineItems": [self._line(document, n, line, decimals) for n, line in enumerate(document.lines)]
            if lines
            else [],
            "SubTotal": document.subtotal,
            "TotalTax": document.tax,
            "Total": document.total,
            "CurrencyCode": document.currency,
            "CurrencyRate": document.rate,
            "HasAttachments": False,
        }

    def _line(self, document: Invoice, position: int, line: InvoiceLine, decimals: int) -> Json:
        gross = document.code in self.inclusive
        price = line.unit_price
        if gross and line.quantity:
            price = (line.amount + line.tax) / line.quantity
        marks = [
            {
                "Name": name,
                "Option": option,
                "TrackingCategoryID": self.id("tracking", document.organisation.number, name),
                "TrackingOptionID": self.id("option", document.organisation.number, name, option),
            }
            for name, option in line.tracking.items()
        ]
        shown: Json = {
            "LineItemID": self.id("line", document.organisation.number, document.number, position),
            "Description": line.description,
            "UnitAmount": price.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP),
            "TaxType": "OUTPUT2" if line.tax else "NONE",
            "TaxAmount": line.tax,
            "LineAmount": line.amount + line.tax if gross else line.amount,
            "AccountCode": line.account,
            "AccountID": self.id("account", line.account),
            "Tracking": marks,
            "Quantity": line.quantity,
        }
        return shown if line.discount_rate is None else {**shown, "DiscountRate": line.discount_rate}

    def invoice(self, document: Invoice, decimals: int, *, lines: bool = True) -> Json:
        """A sales invoice or bill. Without lines it is the summary that a list without `page` gives."""
        dead = document.status in _DEAD
        live = [payment for payment in document.payments if not payment.deleted]
        applied: dict[str, list[Json]] = {"CreditNotes": [], "Prepayments": [], "Overpayments": []}
        for payment in live:
            if payment.credit is not None:
                name, row = self._applied(payment.credit, payment)
                applied[name].append(row)
        return {
            "Type": _TYPES[document.kind],
            "InvoiceID": self.document_id(document),
            "InvoiceNumber": document.code,
            "Payments": [self._embedded(document, payment) for payment in live if payment.credit is None],
            **applied,
            "AmountDue": _ZERO if dead else document.total - document.paid - document.credited,
            "AmountPaid": document.paid,
            "AmountCredited": document.credited,
            **self._head(document, decimals, lines=lines),
            **_day("DueDate", document.due_on),
            **({"FullyPaidOnDate": net_date(document.paid_on)} if document.paid_on else {}),
            **_updated(document.updated_at),
        }

    def _applied(self, credit: Invoice, payment: InvoicePayment) -> tuple[str, Json]:
        name, id_ = {
            "overpayment": ("Overpayments", "OverpaymentID"),
            "prepayment": ("Prepayments", "PrepaymentID"),
        }.get(credit.kind, ("CreditNotes", "CreditNoteID"))
        shown = {"AppliedAmount": payment.amount, **_day("Date", credit.issued_on), "Total": credit.total}
        return name, {id_: self.document_id(credit), "ID": self.document_id(credit), **shown}

    def _embedded(self, document: Invoice, payment: InvoicePayment) -> Json:
        return {
            "PaymentID": self.id("payment", payment.number),
            "Date": net_date(payment.day),
            "Amount": payment.amount,
            "Reference": payment.reference,
            "CurrencyRate": document.rate,
        }

    def _credit(self, document: Invoice, given: Allocated, decimals: int) -> Json:
        refunds = [payment for payment in document.payments if payment.credit is None and not payment.deleted]
        used = sum((payment.amount for _, payment in given), _ZERO) + document.paid
        return {
            "ID": self.document_id(document),
            "RemainingCredit": _ZERO if document.status in _DEAD else document.total - used,
            "Allocations": [
                {
                    "AllocationID": self.id("payment", payment.number),
                    "Amount": payment.amount,
                    "Date": net_date(payment.day),
                    "Invoice": {"InvoiceID": self.document_id(target), "InvoiceNumber": target.code},
                }
                for target, payment in given
            ],
            "Payments": [self._embedded(document, payment) for payment in refunds],
            **self._head(document, decimals, lines=True),
            **_updated(self.credit_updated(document, given)),
        }

    def credit_updated(self, document: Invoice, given: Allocated) -> dt.datetime:
        """An allocation changes both sides."""
        return max([document.updated_at, *(target.updated_at for target, _ in given)])

    def credit_note(self, document: Invoice, given: Allocated, decimals: int) -> Json:
        """A credit note."""
        paid_on = {"FullyPaidOnDate": net_date(document.paid_on)} if document.paid_on else {}
        own = {"CreditNoteID": self.document_id(document), "CreditNoteNumber": document.code}
        return {"Type": _TYPES[document.kind], **own, **self._credit(document, given, decimals), **paid_on}

    def over_or_prepayment(self, document: Invoice, given: Allocated, decimals: int) -> Json:
        """An overpayment (which has no number, but a reference) or a prepayment (the other way about)."""
        shown = {"Type": _directed(document), **self._credit(document, given, decimals)}
        if document.kind == "overpayment":
            return {**shown, "OverpaymentID": shown["ID"], "Reference": document.reference or document.code}
        return {**shown, "PrepaymentID": shown["ID"], "InvoiceNumber": document.code, "Reference": document.code}

    def payment(self, document: Invoice, payment: InvoicePayment) -> Json:
        """Money for an invoice or bill, or a credit paid back; Xero shows all of them under `Invoice`."""
        way = "AR" if document.direction != "out" else "AP"
        kind = _TYPES.get(document.kind, "") if document.kind in _PAID_AS else _directed(document)
        return {
            **self._embedded(document, payment),
            "BankAmount": payment.amount,
            "PaymentType": _PAID_AS.get(document.kind) or f"{way}{_TYPES[document.kind]}PAYMENT",
            "Status": "DELETED" if payment.deleted else "AUTHORISED",
            "HasAccount": True,
            "IsReconciled": not payment.deleted,
            "Invoice": {
                "Type": kind,
                "InvoiceID": self.document_id(document),
                "InvoiceNumber": document.code,
                "Contact": {"ContactID": self.id("contact", document.party.number), "Name": document.party.name},
                "LineItems": [],
                "CurrencyCode": document.currency,
            },
            **_updated(document.updated_at),
        }

    def bank_transaction(self, document: Invoice, decimals: int) -> Json:
        """Money spent or received; over- and prepayments show here, too, under another id."""
        shown = {"IsReconciled": True, **self._head(document, decimals, lines=True)}
        shown |= {"Reference": document.reference or document.code, "UpdatedDateUTC": net_date(document.updated_at)}
        if document.kind == "bank_transaction":
            kind = "RECEIVE" if document.direction == "in" else "SPEND"
            return {"BankTransactionID": self.document_id(document), "Type": kind, **shown}
        own = self.id("banktransaction", document.organisation.number, document.number)
        linked = "OverpaymentID" if document.kind == "overpayment" else "PrepaymentID"
        return {"BankTransactionID": own, "Type": _directed(document), linked: self.document_id(document), **shown}

    def quote(self, document: Invoice, decimals: int) -> Json:
        """A quote: upper-case LineAmountTypes, and instants without offset."""
        shown = self._head(document, decimals, lines=True)
        own = {"QuoteID": self.document_id(document), "QuoteNumber": document.code}
        days = {"Date": net_date(document.issued_on, ""), "UpdatedDateUTC": net_date(document.updated_at, "")}
        types = {"LineAmountTypes": str(shown["LineAmountTypes"]).upper()}
        return {**own, **shown, **_day("ExpiryDate", document.due_on), **days, **types}

    def purchase_order(self, document: Invoice, decimals: int) -> Json:
        """A purchase order."""
        own = {
            "PurchaseOrderID": self.document_id(document),
            "PurchaseOrderNumber": document.code,
            "Type": "PURCHASEORDER",
        }
        shown = self._head(document, decimals, lines=True)
        return {
            **own,
            **shown,
            **_day("DeliveryDate", document.due_on),
            "UpdatedDateUTC": net_date(document.updated_at),
        }

    # --- Projects ------------------------------------------------------------------------------------------------

    def times(self, project: LedgerProject) -> list[WorldTime]:
        """The time entries of a project."""
        return [t for t in self.world.times_of(self.source) if t.ledger_task and t.ledger_task.project is project]

    def project(self, project: LedgerProject) -> Json:
        """A project with its sums."""
        times = self.times(project)
        invoiced = [entry for entry in times if entry.status == "invoiced"]
        shown: Json = {
            "projectId": self.id("project", project.number),
            "contactId": self.id("contact", project.party.number),
            "name": project.name,
            "currencyCode": project.currency,
            "minutesLogged": _minutes(times),
            "minutesToBeInvoiced": _minutes([t for t in times if t.billable and t.status == "open"]),
            "totalTaskAmount": {"currency": project.currency, "value": _worth(times)},
            "taskAmountInvoiced": {"currency": project.currency, "value": _worth(invoiced)},
            "status": project.status,
        }
        if project.deadline:
            shown["deadlineUtc"] = project.deadline.isoformat().replace("+00:00", "Z")
        if project.estimate is not None:
            shown["estimate"] = {"currency": project.currency, "value": project.estimate}
        return shown

    def task(self, task: LedgerTask, times: list[WorldTime]) -> Json:
        """A task with its minutes."""
        own = [entry for entry in times if entry.ledger_task is task]
        shown: Json = {
            "taskId": self.id("task", task.number),
            "projectId": self.id("project", task.project.number),
            "name": task.name,
            "rate": {"currency": task.project.currency, "value": task.rate},
            "chargeType": task.charge,
            "totalMinutes": _minutes(own),
            "status": task.status,
        }
        return shown if task.estimate_minutes is None else {**shown, "estimateMinutes": task.estimate_minutes}

    def time(self, entry: WorldTime) -> Json:
        """A time entry: the day it was logged for in the organisation's zone, as midnight UTC."""
        task = entry.ledger_task
        assert task is not None
        zone = ZoneInfo(task.project.organisation.timezone)
        states = {"open": "ACTIVE", "locked": "LOCKED", "invoiced": "INVOICED"}
        return {
            "timeEntryId": self.id("time", entry.number),
            "userId": self.user_id(entry.person),
            "projectId": self.id("project", task.project.number),
            "taskId": self.id("task", task.number),
            "dateUtc": f"{entry.started_at.astimezone(zone).date().isoformat()}T00:00:00Z",
            "dateEnteredUtc": entry.updated_at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
            "duration": entry.seconds // 60,
            "description": entry.note,
            "status": states[entry.status],
        }


def _directed(document: Invoice) -> str:
    way = "SPEND" if document.direction == "out" else "RECEIVE"
    return f"{way}-{_TYPES[document.kind]}"


def _minutes(times: Iterable[WorldTime]) -> int:
    return sum(entry.seconds // 60 for entry in times)


def _worth(times: Iterable[WorldTime]) -> Decimal:
    hours = ((entry.seconds, entry.ledger_task) for entry in times)
    return sum((Decimal(s) / 3600 * task.rate for s, task in hours if task), _ZERO).quantize(Decimal("0.01"))
