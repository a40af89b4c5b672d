"""From Xero's JSON to records: dates, exact numbers, documents with lines, payments and allocations. Pure."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from sightline.sdk import Account, Contact, Context, Document, Line, Payment, RowError, day, from_epoch, instant
from sightline.sdk import at_path as at

__all__ = [
    "account",
    "allocations",
    "base_currency",
    "calendar_day",
    "contact",
    "currency_of",
    "document",
    "fields",
    "inner",
    "items",
    "moment",
    "money",
    "needed",
    "number",
    "payment",
    "rate_to_base",
    "settled",
    "text",
]

_NET_DATE = re.compile(r"^/Date\((-?\d{1,15})(?:([+-])(\d\d)(\d\d))?\)/$")
_CURRENCY = re.compile(r"^[A-Z]{3}$")
_ONE = Decimal(1)
#: `rate_to_base` is a quotient with 28 significant digits, rounded half to even: on an amount of 10^15 it is off by
#: less than 10^-12, far below any currency's smallest unit.
_QUOTIENT = decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN)
#: An amount fits when it can be written with four decimals and 18 digits before the point without losing any.
_FITS = decimal.Context(prec=22, traps=[decimal.Inexact, decimal.InvalidOperation])
_FOURTH = Decimal("0.0001")

CreditKind = Literal["credit", "overpayment", "prepayment"]


def fields(row: Any) -> Mapping[str, Any]:
    """The row as an object."""
    if not isinstance(row, dict):
        raise RowError(f"a row is {type(row).__name__}, not an object")
    return row


def items(row: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a list field; none when it is absent or null."""
    found = row.get(name)
    if not found:
        return ()
    if not isinstance(found, list):
        raise RowError(f"{name} is {type(found).__name__}, not a list")
    for item in found:
        if not isinstance(item, dict):
            raise RowError(f"{name} holds {type(item).__name__}, not an object")
    return found


def inner(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object field; an empty one when it is absent or null."""
    found = row.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RowError(f"{name} is {type(found).__name__}, not an object")
    return found


def text(row: Mapping[str, Any], name: str) -> str | None:
    """A text field; None when it is absent, null or blank."""
    found = row.get(name)
    if type(found) is str:
        return found.strip() or None
    if found is None:
        return None
    raise RowError(f"{name} is {type(found).__name__}, not text")


def needed(row: Mapping[str, Any], name: str) -> str:
    """A text field that must be there."""
    found = text(row, name)
    if found is None:
        raise RowError(f"{name} is missing")
    return found


def number(row: Mapping[str, Any], name: str) -> Decimal | None:
    """An exact number of any size: quantities, percents, rates."""
    found = row.get(name)
    if found is None:
        return None
    if type(found) is int:
        return Decimal(found)
    if type(found) is not Decimal:
        raise RowError(f"{name} is {type(found).__name__}, not a number")
    if not found.is_finite():
        raise RowError(f"{name} is not a finite number")
    return found


def money(row: Mapping[str, Any], name: str) -> Decimal | None:
    """An exact amount with at most four decimals; more would have to be rounded, so the row is refused."""
    value = number(row, name)
    if value is None:
        return None
    try:
        _FITS.quantize(value, _FOURTH)
    except decimal.DecimalException as error:
        raise RowError(f"{name} has more than four decimals, or is too large to be an amount") from error
    return value


def moment(value: Any) -> dt.datetime | None:
    """The instant of `/Date(1518685950940+0000)/` (milliseconds, UTC) or of ISO text, which Xero writes in UTC."""
    if isinstance(value, str) and (match := _NET_DATE.match(value)):
        return from_epoch(int(match.group(1)), unit="ms")
    return instant(value, assume=dt.UTC)


def calendar_day(row: Mapping[str, Any], name: str) -> dt.date | None:
    """The calendar day of a date field: from its twin `…String` where there is one, else from `/Date(…)/`.

    Xero writes a day as midnight UTC; no zone is applied. An offset, never seen in accounting answers, is added: that
    is how Xero's own wall clock read when it was written.
    """
    twin = text(row, f"{name}String")
    if twin is not None:
        return day(twin)
    value = text(row, name)
    match = _NET_DATE.match(value or "")
    if match is None:
        return day(value)
    midnight = from_epoch(int(match.group(1)), unit="ms")
    assert midnight is not None
    sign, hours, minutes = match.group(2, 3, 4)
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes)) if sign else dt.timedelta(0)
    try:
        return (midnight - offset if sign == "-" else midnight + offset).date()
    except OverflowError as error:
        raise RowError(f"{name} is out of range") from error


def updated_at(row: Mapping[str, Any]) -> dt.datetime | None:
    """When the document was changed last."""
    return moment(row.get("UpdatedDateUTC") or row.get("UpdatedDateUTCString"))


def base_currency(context: Context) -> str | None:
    """The organisation's own currency; an organisation that uses only one has no other."""
    if context.scope and context.scope.currency:
        return context.scope.currency
    codes = [at(row, "Code") for row in context.lookups.get("currencies", ())]
    return str(codes[0]) if len(codes) == 1 else None


def currency_of(row: Mapping[str, Any], context: Context) -> str:
    """The row's currency; where it names none, the organisation's."""
    found = text(row, "CurrencyCode") or base_currency(context)
    if found is None:
        raise RowError("CurrencyCode is missing")
    if not _CURRENCY.match(found):
        raise RowError("CurrencyCode is not three letters")
    return found


def rate_to_base(row: Mapping[str, Any], currency: str, base: str | None) -> Decimal | None:
    """What an amount is multiplied with to be in the organisation's currency; None where Xero states no rate.

    Xero's CurrencyRate is units of the document's currency for one unit of the organisation's, so this is 1 divided by
    it: 28 significant digits, half to even. Source: the Quotes example of Xero's OpenAPI description.
    """
    rate = number(row, "CurrencyRate")
    if currency == base and rate in (None, 0):
        return _ONE
    if not rate:
        return None
    if rate < 0:
        raise RowError("CurrencyRate is below zero")
    return _QUOTIENT.divide(_ONE, rate)


def account(row: Any) -> Account:
    """A user of the organisation."""
    row = fields(row)
    names = filter(None, (text(row, "FirstName"), text(row, "LastName")))
    return Account(id=needed(row, "UserID"), name=" ".join(names) or None, email=text(row, "EmailAddress"))


def contact(row: Any, context: Context) -> Contact:
    """A customer or supplier. Archived ones and those that asked to be forgotten are not active."""
    row = fields(row)
    return Contact(
        id=needed(row, "ContactID"),
        scope=_scope(context),
        name=needed(row, "Name"),
        email=text(row, "EmailAddress"),
        active=needed(row, "ContactStatus") == "ACTIVE",
        merged_into=text(row, "MergedToContactID"),
        customer=_flag(row, "IsCustomer"),
        supplier=_flag(row, "IsSupplier"),
    )


def _flag(row: Mapping[str, Any], name: str) -> bool | None:
    found = row.get(name)
    if found is not None and not isinstance(found, bool):
        raise RowError(f"{name} is {type(found).__name__}, not true or false")
    return found


def _scope(context: Context) -> str:
    assert context.scope is not None
    return context.scope.id


def document(row: Any, context: Context, *, id_field: str, **more: Any) -> Document:
    """What all documents share: parties, days, currency, totals and lines. `more` is what the kind adds or replaces."""
    row = fields(row)
    id_ = needed(row, id_field)
    currency = currency_of(row, context)
    shared: dict[str, Any] = {
        "reference": text(row, "Reference"),
        "contact": text(inner(row, "Contact"), "Name"),
        "contact_id": text(inner(row, "Contact"), "ContactID"),
        "issued_on": calendar_day(row, "Date"),
        "subtotal": money(row, "SubTotal"),
        "tax": money(row, "TotalTax"),
        "total": money(row, "Total"),
        "rate_to_base": rate_to_base(row, currency, base_currency(context)),
        # Title case on invoices, upper case on quotes.
        "tax_inclusive": (text(row, "LineAmountTypes") or "").lower() == "inclusive",
        "lines": tuple(lines(row, id_, context)),
        "updated_at": updated_at(row),
    }
    return Document(
        id=id_, scope=_scope(context), status=needed(row, "Status"), currency=currency, **{**shared, **more}
    )


def lines(row: Mapping[str, Any], document_id: str, context: Context) -> Iterable[Line]:
    """The document's lines as stated. A line of words only adds nothing, so its amount is 0."""
    for position, line in enumerate(items(row, "LineItems")):
        price, amount = money(line, "UnitAmount"), money(line, "LineAmount")
        if amount is None and price:
            raise RowError("a line has a price but no LineAmount")
        yield Line(
            id=text(line, "LineItemID") or f"{document_id}:{position}",
            description=text(line, "Description"),
            quantity=number(line, "Quantity"),
            unit_price=price,
            discount_rate=number(line, "DiscountRate"),
            tax=money(line, "TaxAmount"),
            amount=amount if amount is not None else Decimal(0),
            account=text(line, "AccountCode") or _account_name(line, context),
            item=text(line, "ItemCode"),
            tracking=tuple(_tracking(line, context)),
        )


def _account_name(line: Mapping[str, Any], context: Context) -> str | None:
    """For accounts without a code (bank accounts may have none): their name."""
    known = context.cache.get("accounts")
    if known is None:
        rows = context.lookups.get("accounts", ())
        known = context.cache["accounts"] = {
            at(row, "AccountID"): text(row, "Code") or text(row, "Name") for row in rows
        }
    found: str | None = known.get(text(line, "AccountID"))
    return found


def _tracking(line: Mapping[str, Any], context: Context) -> Iterable[tuple[str, str]]:
    for mark in items(line, "Tracking"):
        named = text(mark, "Name"), text(mark, "Option")
        category, option = named if all(named) else _tracking_names(mark, context)
        if category and option:
            yield category, option


def _tracking_names(mark: Mapping[str, Any], context: Context) -> tuple[str | None, str | None]:
    """Category and option by their ids, where a line gives only those."""
    known = context.cache.get("tracking")
    if known is None:
        known = context.cache["tracking"] = {
            (at(category, "TrackingCategoryID"), at(option, "TrackingOptionID")): (
                text(category, "Name"),
                text(option, "Name"),
            )
            for category in context.lookups.get("tracking", ())
            for option in items(category, "Options")
        }
    ids = text(mark, "TrackingCategoryID"), text(mark, "TrackingOptionID")
    found: tuple[str | None, str | None] = known.get(ids, (None, None))
    return found


def settled(row: Mapping[str, Any], name: str) -> Decimal | None:
    """The sum of a credit's `Payments` or `Allocations`; None where the row does not tell all of them."""
    if row.get(name) is None:
        return None
    amounts = [money(item, "Amount") for item in items(row, name) if text(item, "Status") != "DELETED"]
    return sum((amount for amount in amounts if amount is not None), Decimal(0)) if None not in amounts else None


def allocations(row: Mapping[str, Any], credit: Document, kind: CreditKind) -> Iterable[Payment]:
    """What of a credit note, over- or prepayment went to which invoice: why an invoice says it is credited."""
    seen: dict[str, int] = {}
    for part in items(row, "Allocations"):
        target = text(inner(part, "Invoice"), "InvoiceID")
        amount = money(part, "Amount")
        on = calendar_day(part, "Date") or credit.issued_on
        if target is None or amount is None or on is None:
            raise RowError("an allocation lacks its invoice, amount or date")
        nth = seen[target] = seen.get(target, 0) + 1
        yield Payment(
            id=text(part, "AllocationID") or f"{credit.id}:{target}:{nth}",
            document=target,
            scope=credit.scope,
            day=on,
            currency=credit.currency,
            amount=amount,
            status="DELETED" if part.get("IsDeleted") is True else "AUTHORISED",
            kind=kind,
            credit=credit.id,
            rate_to_base=credit.rate_to_base,
            reference=credit.number or credit.reference,
            updated_at=credit.updated_at,
        )


#: A refund of a credit is listed with the credit under its own name or, as Xero's example shows, under `Invoice`.
_PAID = (
    ("Invoice", "InvoiceID"),
    ("CreditNote", "CreditNoteID"),
    ("Overpayment", "OverpaymentID"),
    ("Prepayment", "PrepaymentID"),
)


def payment(row: Any, context: Context) -> Payment:
    """Money received or spent for a document, or a credit paid back. DELETED ones are kept with that status."""
    row = fields(row)
    found = [(paid, id_) for name, id_ in _PAID if text(paid := inner(row, name), id_)]
    on, amount = calendar_day(row, "Date"), money(row, "Amount")
    if not found or on is None or amount is None:
        raise RowError("a payment lacks its document, date or amount")
    paid, id_ = found[0]
    currency = currency_of(paid, context)
    return Payment(
        id=needed(row, "PaymentID"),
        document=needed(paid, id_),
        scope=_scope(context),
        day=on,
        currency=currency,
        amount=amount,
        status=needed(row, "Status"),
        rate_to_base=rate_to_base(row, currency, base_currency(context)),
        reference=text(row, "Reference"),
        updated_at=updated_at(row),
    )
