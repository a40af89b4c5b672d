"""One test per odd thing in Xero's JSON. Numbers arrive as the framework decodes them: `Decimal` or `int`."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from sightline.collect.connector import Context
from sightline.collect.decode import decode_json
from sightline.errors import RowError
from sightline.model.records import Document, Payment, Scope
from sightline_xero import projects, streams
from sightline_xero.connector import iana_zone
from sightline_xero.mapping import calendar_day, moment, rate_to_base

INVOICE = {
    "Type": "ACCREC",
    "InvoiceID": "inv-1",
    "InvoiceNumber": "INV-0041",
    "Status": "AUTHORISED",
    "LineAmountTypes": "Exclusive",
    "DateString": "2026-10-01T00:00:00",
    "Date": "/Date(1790812800000+0000)/",
    "DueDate": "/Date(1793404800000+0000)/",
    "CurrencyCode": "GBP",
    "CurrencyRate": Decimal("1.0"),
    "SubTotal": Decimal("5000.0"),
    "TotalTax": Decimal("1000.0"),
    "Total": Decimal("6000.0"),
    "AmountPaid": Decimal("2500.0"),
    "AmountCredited": Decimal("600.0"),
    "AmountDue": Decimal("2900.0"),
    "Contact": {"ContactID": "c-1", "Name": "Orbit Retail Ltd"},
    "LineItems": [],
    "UpdatedDateUTC": "/Date(1794319331437+0000)/",
}
LINE = {
    "LineItemID": "l-1",
    "UnitAmount": Decimal("95.0"),
    "Quantity": Decimal("40.0"),
    "LineAmount": Decimal("3800.0"),
}
ALLOCATION = {
    "AllocationID": "a-1",
    "Amount": Decimal(600),
    "Date": "/Date(1794268800000+0000)/",
    "Invoice": {"InvoiceID": "inv-1"},
}
NOTE = {
    **INVOICE,
    "Type": "ACCRECCREDIT",
    "CreditNoteID": "cn-1",
    "CreditNoteNumber": "CN-0007",
    "RemainingCredit": Decimal("0.0"),
    "Allocations": [ALLOCATION],
    "Payments": [],
}
PAYMENT = {
    "PaymentID": "p-1",
    "Date": "/Date(1793664000000+0000)/",
    "Amount": Decimal("11632.0"),
    "BankAmount": Decimal("10049.24"),
    "CurrencyRate": Decimal("1.1575"),
    "Status": "AUTHORISED",
    "Invoice": {"InvoiceID": "inv-2", "CurrencyCode": "EUR"},
}
PROJECT = {"projectId": "pr-1", "name": "Apollo", "status": "INPROGRESS"}
TIME = {
    "timeEntryId": "t-1",
    "taskId": "k-1",
    "userId": "u-1",
    "dateUtc": "2026-11-18T00:00:00Z",
    "duration": 450,
    "status": "ACTIVE",
}


def read(stream: type, row: object, context: Context) -> list:
    built = stream(custom=True, page_size=100) if issubclass(stream, streams.Accounting) else stream(custom=True)
    return list(built.map(row, context))


def invoice(context: Context, **changes: object) -> Document:
    (found,) = read(streams.Invoices, {**INVOICE, **changes}, context)
    return found


# --- dates ---------------------------------------------------------------------------------------------------------


def test_milliseconds_since_1970_are_an_instant_with_or_without_an_offset():
    assert moment("/Date(1794319331437+0000)/") == dt.datetime(2026, 11, 10, 14, 2, 11, 437000, dt.UTC)
    assert moment("/Date(1571875200000)/") == dt.datetime(2019, 10, 24, tzinfo=dt.UTC)
    assert moment("/Date(-1000+0000)/") == dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


def test_the_number_of_an_instant_is_utc_whatever_offset_follows_it():
    assert moment("/Date(1794319331437+1300)/") == moment("/Date(1794319331437+0000)/")


def test_a_date_is_a_calendar_day_and_never_moves_by_a_time_zone():
    row = {"Date": "/Date(1790812800000+0000)/"}

    assert calendar_day(row, "Date") == dt.date(2026, 10, 1)


def test_the_twin_text_of_a_date_is_preferred():
    assert calendar_day({"Date": "/Date(0)/", "DateString": "2026-10-01T00:00:00"}, "Date") == dt.date(2026, 10, 1)


def test_a_date_written_with_an_offset_is_the_day_of_that_wall_clock():
    # 2026-09-30 11:00 UTC is midnight of 1 October thirteen hours east.
    assert calendar_day({"Date": "/Date(1790766000000+1300)/"}, "Date") == dt.date(2026, 10, 1)


@pytest.mark.parametrize("value", ["/Date(99999999999999999)/", "/Date()/", "soon", 1790812800000, ["x"]])
def test_an_unreadable_date_is_refused(value):
    with pytest.raises(RowError):
        calendar_day({"Date": value}, "Date")


# --- money ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1234567890123456.78", "0.0001", "97.1250", "-30.00", "150000", "12.345"])
def test_an_amount_keeps_every_digit_from_the_wire_to_the_record(context, text):
    row = decode_json(json.dumps({**INVOICE, "Total": "@"}, default=str).replace('"@"', text).encode(), "test")
    row |= {name: INVOICE[name] for name in INVOICE if name != "Total"}

    (found,) = read(streams.Invoices, row, context)

    assert found.total == Decimal(text)


def test_a_unit_price_has_four_decimals(context):
    line = {**LINE, "UnitAmount": Decimal("97.1251"), "LineAmount": Decimal("242.81"), "Quantity": Decimal("2.5")}

    (found,) = invoice(context, LineItems=[line]).lines

    assert (found.unit_price, found.amount, found.quantity) == (Decimal("97.1251"), Decimal("242.81"), Decimal("2.5"))


def test_an_amount_without_a_point_is_a_number_like_any_other(context):
    assert invoice(context, Total=6000).total == Decimal(6000)


@pytest.mark.parametrize("value", ["6000.0", True, 6000.0, Decimal("NaN"), Decimal("1E+30"), Decimal("0.00001"), [1]])
def test_a_total_that_is_no_exact_amount_is_refused(context, value):
    with pytest.raises(RowError, match="Total"):
        invoice(context, Total=value)


def test_an_absent_amount_is_unknown_and_not_zero(context):
    assert invoice(context, AmountDue=None).outstanding is None


def test_the_rate_is_one_divided_by_xeros_to_28_digits():
    rate = rate_to_base({"CurrencyRate": Decimal("1.1632")}, "EUR", "GBP")

    assert rate == Decimal("0.8596973865199449793672627235")
    assert (Decimal("11632.00") * rate).quantize(Decimal("0.01")) == Decimal("10000.00")


def test_a_rounded_rate_moves_no_cent_of_the_largest_amount():
    rate = rate_to_base({"CurrencyRate": Decimal(3)}, "EUR", "GBP")

    assert (Decimal("999999999999999.99") * rate).quantize(Decimal("0.01")) == Decimal("333333333333333.33")


def test_a_foreign_document_without_a_rate_has_an_unknown_one(context):
    assert invoice(context, CurrencyCode="EUR", CurrencyRate=None).rate_to_base is None
    assert invoice(context, CurrencyCode="EUR", CurrencyRate=0).rate_to_base is None


def test_a_document_in_the_organisations_currency_needs_no_rate(context):
    assert invoice(context, CurrencyRate=None).rate_to_base == 1


def test_a_rate_below_zero_is_refused(context):
    with pytest.raises(RowError, match="CurrencyRate"):
        invoice(context, CurrencyRate=Decimal(-1))


def test_a_document_without_a_currency_has_that_of_the_organisation(context):
    assert invoice(context, CurrencyCode=None).currency == "GBP"


def test_an_organisation_with_one_currency_has_no_other(context):
    bare = Scope(id="org", key="o", name="o")
    one = Context("xero", bare, None, {}, {"currencies": [{"Code": "NZD"}]}, dt.UTC)
    two = Context("xero", bare, None, {}, {"currencies": [{"Code": "NZD"}, {"Code": "AUD"}]}, dt.UTC)

    assert invoice(one, CurrencyCode=None).currency == "NZD"
    with pytest.raises(RowError, match="CurrencyCode is missing"):
        invoice(two, CurrencyCode=None)


@pytest.mark.parametrize("code", ["", "gbp", "POUND", 5, "£"])
def test_a_currency_that_is_no_code_is_refused_or_the_organisations(context, code):
    if code == "":
        assert invoice(context, CurrencyCode=code).currency == "GBP"
        return
    with pytest.raises(RowError, match="CurrencyCode"):
        invoice(context, CurrencyCode=code)


# --- documents -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "row", "kind"),
    [
        (streams.Invoices, {**INVOICE, "Type": "ACCREC"}, "invoice"),
        (streams.Invoices, {**INVOICE, "Type": "ACCPAY"}, "bill"),
        (streams.CreditNotes, NOTE, "credit_note"),
        (streams.CreditNotes, {**NOTE, "Type": "ACCPAYCREDIT"}, "bill_credit_note"),
        (streams.Overpayments, {**INVOICE, "Type": "RECEIVE-OVERPAYMENT", "OverpaymentID": "o"}, "overpayment"),
        (streams.Prepayments, {**INVOICE, "Type": "APPREPAYMENT", "PrepaymentID": "o"}, "prepayment"),
        (streams.BankTransactions, {**INVOICE, "Type": "SPEND", "BankTransactionID": "b"}, "bank_transaction"),
        (streams.Quotes, {**INVOICE, "QuoteID": "q"}, "quote"),
        (streams.PurchaseOrders, {**INVOICE, "PurchaseOrderID": "o"}, "purchase_order"),
    ],
)
def test_xeros_types_are_our_kinds(context, stream, row, kind):
    assert read(stream, row, context)[0].kind == kind


@pytest.mark.parametrize(
    "stream", [streams.Invoices, streams.CreditNotes, streams.Overpayments, streams.BankTransactions]
)
def test_an_unknown_type_is_refused_because_its_sign_is_not_known(context, stream):
    row = {**NOTE, "Type": "SOMETHING-NEW", "OverpaymentID": "o", "BankTransactionID": "b"}

    with pytest.raises(RowError, match="Type"):
        read(stream, row, context)


@pytest.mark.parametrize("status", ["VOIDED", "DELETED", "SUBMITTED", "SOMETHING_NEW"])
def test_a_status_is_kept_as_xero_says_it_with_the_old_totals(context, status):
    found = invoice(context, Status=status, AmountDue=Decimal(0))

    assert (found.status, found.total, found.outstanding) == (status, Decimal("6000.0"), Decimal(0))


def test_what_is_paid_credited_and_due_are_xeros_own_figures(context):
    found = invoice(context)

    assert (found.paid, found.credited, found.outstanding) == (Decimal("2500.0"), Decimal("600.0"), Decimal("2900.0"))


@pytest.mark.parametrize("word", ["Inclusive", "INCLUSIVE"])
def test_tax_can_be_inside_the_lines_whichever_way_it_is_written(context, word):
    assert invoice(context, LineAmountTypes=word).tax_inclusive is True
    assert invoice(context, LineAmountTypes="NoTax").tax_inclusive is False


def test_a_line_of_words_adds_nothing(context):
    (found,) = invoice(context, LineItems=[{"Description": "Thank you for your business"}]).lines

    assert (found.amount, found.unit_price, found.id) == (Decimal(0), None, "inv-1:0")


def test_a_line_with_a_price_and_no_amount_is_refused(context):
    with pytest.raises(RowError, match="LineAmount"):
        invoice(context, LineItems=[{**LINE, "LineAmount": None}])


def test_a_negative_line_stays_negative(context):
    (found,) = invoice(context, LineItems=[{**LINE, "LineAmount": Decimal(-30), "UnitAmount": Decimal(-30)}]).lines

    assert found.amount == Decimal(-30)


def test_tracking_is_kept_per_line_with_up_to_two_categories(context):
    marks = [{"Name": "Project", "Option": "Apollo"}, {"Name": "Region", "Option": "East"}]

    (found,) = invoice(context, LineItems=[{**LINE, "Tracking": marks}]).lines

    assert found.tracking == (("Project", "Apollo"), ("Region", "East"))


def test_tracking_and_accounts_given_by_id_only_are_looked_up(context):
    category = {
        "TrackingCategoryID": "tc",
        "Name": "Project",
        "Options": [{"TrackingOptionID": "to", "Name": "Apollo"}],
    }
    lookups = {"tracking": [category], "accounts": [{"AccountID": "acc", "Name": "Till"}]}
    knowing = Context("xero", context.scope, None, {}, lookups, dt.UTC)
    line = {**LINE, "AccountID": "acc", "Tracking": [{"TrackingCategoryID": "tc", "TrackingOptionID": "to"}]}

    (found,) = invoice(knowing, LineItems=[line]).lines

    assert (found.tracking, found.account) == ((("Project", "Apollo"),), "Till")


@pytest.mark.parametrize(
    ("kind", "way", "elsewhere"),
    [
        ("RECEIVE", "in", False),
        ("SPEND", "out", False),
        ("RECEIVE-OVERPAYMENT", "in", True),
        ("SPEND-PREPAYMENT", "out", True),
        ("SPEND-TRANSFER", "out", True),
    ],
)
def test_a_bank_transaction_knows_its_way_and_whether_another_document_tells_it(context, kind, way, elsewhere):
    (found,) = read(streams.BankTransactions, {**INVOICE, "Type": kind, "BankTransactionID": "b"}, context)

    assert (found.direction, found.counts_elsewhere) == (way, elsewhere)


# --- credits and payments ------------------------------------------------------------------------------------------


def test_a_credit_note_says_where_its_money_went(context):
    note, given = read(streams.CreditNotes, NOTE, context)

    assert (note.number, note.outstanding, note.credited, note.paid) == (
        "CN-0007",
        Decimal(0),
        Decimal(600),
        Decimal(0),
    )
    assert given == Payment(
        id="a-1",
        document="inv-1",
        scope="org",
        day=dt.date(2026, 11, 10),
        currency="GBP",
        amount=Decimal(600),
        status="AUTHORISED",
        kind="credit",
        credit="cn-1",
        rate_to_base=Decimal(1),
        reference="CN-0007",
        updated_at=dt.datetime(2026, 11, 10, 14, 2, 11, 437000, dt.UTC),
    )


def test_allocations_without_an_id_get_one_that_stays(context):
    nameless = {**ALLOCATION, "AllocationID": None}

    _, *given = read(streams.CreditNotes, {**NOTE, "Allocations": [nameless, nameless]}, context)

    assert [one.id for one in given] == ["cn-1:inv-1:1", "cn-1:inv-1:2"]


def test_a_credit_whose_row_does_not_list_its_uses_leaves_them_unknown(context):
    (note,) = read(streams.CreditNotes, {**NOTE, "Allocations": None, "Payments": None}, context)

    assert (note.credited, note.paid) == (None, None)


def test_an_allocation_without_an_amount_is_refused(context):
    with pytest.raises(RowError, match="allocation"):
        read(streams.CreditNotes, {**NOTE, "Allocations": [{**ALLOCATION, "Amount": None}]}, context)


def test_a_payment_is_in_the_documents_currency_with_its_own_rate(context):
    (found,) = read(streams.Payments, PAYMENT, context)

    assert (found.amount, found.currency, found.day) == (Decimal("11632.0"), "EUR", dt.date(2026, 11, 3))
    assert (found.amount * found.rate_to_base).quantize(Decimal("0.01")) == Decimal("10049.24")


@pytest.mark.parametrize(
    ("name", "id_"), [("CreditNote", "CreditNoteID"), ("Overpayment", "OverpaymentID"), ("Invoice", "InvoiceID")]
)
def test_a_credit_paid_back_is_a_payment_of_the_credit(context, name, id_):
    row = {**PAYMENT, "Invoice": None, name: {id_: "cn-1", "CurrencyCode": "GBP"}}

    (found,) = read(streams.Payments, row, context)

    assert (found.document, found.kind) == ("cn-1", "payment")


def test_a_deleted_payment_is_kept_with_its_status(context):
    assert read(streams.Payments, {**PAYMENT, "Status": "DELETED"}, context)[0].status == "DELETED"


@pytest.mark.parametrize("lack", ["Invoice", "Date", "Amount", "Status", "PaymentID"])
def test_a_payment_that_lacks_what_matters_is_refused(context, lack):
    with pytest.raises(RowError):
        read(streams.Payments, {**PAYMENT, lack: None}, context)


# --- contacts, users, projects ---------------------------------------------------------------------------------------


def test_a_merged_contact_says_into_which(context):
    row = {"ContactID": "c", "Name": "Old", "ContactStatus": "ARCHIVED", "MergedToContactID": "c2"}

    (found,) = read(streams.Contacts, row, context)

    assert (found.active, found.merged_into, found.customer) == (False, "c2", None)


@pytest.mark.parametrize(("status", "state"), [("INPROGRESS", "in_progress"), ("CLOSED", "done"), ("NEW", "unknown")])
def test_a_project_is_done_when_xero_says_closed(context, status, state):
    (found,) = read(projects.Projects, {**PROJECT, "status": status}, context)

    assert (found.kind, found.state) == ("project", state)


def test_a_deadline_is_a_day_of_the_organisation(context):
    auckland = Scope(id="org", key="o", name="o", timezone="Pacific/Auckland")
    there = Context("xero", auckland, None, {}, {}, dt.UTC)
    row = {**PROJECT, "deadlineUtc": "2026-12-18T17:00:00Z"}

    assert read(projects.Projects, row, context)[0].due_on == dt.date(2026, 12, 18)
    assert read(projects.Projects, row, there)[0].due_on == dt.date(2026, 12, 19)


@pytest.mark.parametrize(
    ("status", "project", "state"),
    [
        ("ACTIVE", "INPROGRESS", "in_progress"),
        ("INVOICED", "INPROGRESS", "unknown"),
        ("LOCKED", "INPROGRESS", "unknown"),
        ("INVOICED", "CLOSED", "done"),
    ],
)
def test_an_invoiced_task_is_not_taken_for_done(context, status, project, state):
    task = {"taskId": "k", "name": "Build", "status": status, "estimateMinutes": 9600, "totalMinutes": 2910}
    row = {"id": "k", "task": task, "project": {**PROJECT, "status": project}}

    (found,) = read(projects.ProjectTime, row, context)

    assert (found.kind, found.state, found.parent, found.key) == ("project_task", state, "pr-1", "Apollo: Build")
    assert (found.estimate_seconds, found.spent_seconds) == (9600 * 60, 2910 * 60)


@pytest.mark.parametrize(
    ("charge", "billable"), [("TIME", True), ("FIXED", True), ("NON_CHARGEABLE", False), (None, None)]
)
def test_time_is_billable_when_its_task_is_charged(context, charge, billable):
    (found,) = read(projects.ProjectTime, {"id": "t", "time": TIME, "task": {"chargeType": charge}}, context)

    assert (found.billable, found.seconds, found.day, found.status) == (billable, 27000, dt.date(2026, 11, 18), "open")


def test_time_logged_at_local_midnight_is_on_that_local_day():
    auckland = Scope(id="org", key="o", name="o", timezone="Pacific/Auckland")
    there = Context("xero", auckland, None, {}, {}, dt.UTC)
    row = {"id": "t", "task": {}, "time": {**TIME, "dateUtc": "2026-11-17T11:00:00Z"}}

    assert read(projects.ProjectTime, row, there)[0].day == dt.date(2026, 11, 18)


@pytest.mark.parametrize(
    "wrong", [{"duration": None}, {"duration": Decimal("7.5")}, {"duration": True}, {"dateUtc": None}, {"status": 3}]
)
def test_time_that_cannot_be_read_is_refused(context, wrong):
    with pytest.raises(RowError):
        read(projects.ProjectTime, {"id": "t", "task": {}, "time": {**TIME, **wrong}}, context)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("GMTSTANDARDTIME", "Europe/London"),
        ("NEWZEALANDSTANDARDTIME", "Pacific/Auckland"),
        ("AUSEASTERNSTANDARDTIME", "Australia/Sydney"),
        ("WEUROPESTANDARDTIME", "Europe/Berlin"),
        ("MIDDLEEARTHSTANDARDTIME", None),
        (None, None),
    ],
)
def test_a_windows_zone_without_spaces_is_an_iana_zone(name, zone):
    assert iana_zone(name) == zone


# --- hostile rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        None,
        "text",
        [],
        {},
        {**INVOICE, "InvoiceID": None},
        {**INVOICE, "InvoiceID": 7},
        {**INVOICE, "Status": None},
        {**INVOICE, "Contact": "Orbit"},
        {**INVOICE, "LineItems": {"0": LINE}},
        {**INVOICE, "LineItems": [None]},
        {**INVOICE, "LineItems": [{**LINE, "Tracking": "Project"}]},
        {**INVOICE, "UpdatedDateUTC": "yesterday"},
    ],
)
def test_a_row_of_the_wrong_shape_is_refused_without_its_values(context, row):
    with pytest.raises(RowError) as refused:
        read(streams.Invoices, row, context)

    assert "Orbit" not in str(refused.value)


def test_unknown_fields_are_ignored_and_texts_are_kept_as_they_are(context):
    found = invoice(
        context,
        Reference="<b>PO</b>\u202e 88",
        Surprise={"x": [1]},
        Contact={"Name": "=cmd|' /C calc'!A0", "ContactID": "c"},
    )

    assert (found.reference, found.contact) == ("<b>PO</b>\u202e 88", "=cmd|' /C calc'!A0")
