"""The money: one ledger in GBP with sales in GBP and EUR, bills, credits, payments and the ledger's own projects.

Clients of the story's first four are billed outside VAT, so net and gross agree for them; the others carry 20 %.
One invoice (780 GBP, Kestrel Signs) belongs to no project.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.sandbox.books import Books, line
from sightline.sandbox.desk import Desk, day
from sightline.sandbox.world import LedgerProject, LedgerTask

__all__ = ["tell_money"]


def tell_money(desk: Desk, books: Books) -> None:
    """All documents and the ledger's own projects with their time."""
    _acme(books)
    _birch_cedar(books)
    _dune(books)
    _small_clients(books)
    _gorse(books)
    _purchases(books)
    _projects(desk, books)


def _acme(books: Books) -> None:
    first = books.document(
        "invoice",
        "INV-0398",
        "Acme Ltd",
        day("09-01"),
        day("10-01"),
        [line("Website rebuild, first instalment", "1", "4500", project="Website")],
        project="acme_website",
        reference="PO 7781",
    )
    books.settle(first, "4500", "09-28")
    books.document(
        "invoice",
        "INV-0412",
        "Acme Ltd",
        day("10-03"),
        day("11-02"),
        [line("Website rebuild, second instalment", "1", "4500", project="Website")],
        project="acme_website",
        reference="PO 7781",
    )
    app = books.document(
        "invoice",
        "INV-0405",
        "Acme Ltd",
        day("10-19"),
        day("11-18"),
        [line("App support, 21 h", "21", "85", project="App")],
        project="acme_app",
    )
    books.settle(app, "1785", "11-16")


def _birch_cedar(books: Books) -> None:
    for code, issued, due, paid in (
        ("INV-0391", "08-31", "09-30", ["9350@09-25"]),
        ("INV-0401", "09-30", "10-30", ["5000@10-20", "4350@10-30"]),
        ("INV-0415", "10-30", "11-29", ["9350@11-13"]),
    ):
        invoice = books.document(
            "invoice",
            code,
            "Birch & Co",
            day(issued),
            day(due),
            [line("Booking app, 110 h", "110", "85", project="Booking app")],
            project="birch_booking",
        )
        for part in paid:
            amount, _, on = part.partition("@")
            books.settle(invoice, amount, on)
    care = books.document(
        "invoice",
        "INV-0416",
        "Cedar Trust",
        day("11-02"),
        day("11-16"),
        [line("Care retainer November", "1", "1700")],
        project="cedar_care",
    )
    books.settle(care, "1700", "11-09")


def _dune(books: Books) -> None:
    for code, issued, due, amount, parts in (
        ("INV-0402", "09-30", "10-30", "7000", ["7000@10-26"]),
        ("INV-0413", "10-16", "11-15", "5000", ["2000@10-30", "3000@11-12"]),
    ):
        invoice = books.document(
            "invoice",
            code,
            "Dune Logistik GmbH",
            day(issued),
            day(due),
            [line("Datenmigration, Abschlag", "1", amount, project="Datenmigration")],
            currency="EUR",
            project="dune_migration",
        )
        for part in parts:
            paid, _, on = part.partition("@")
            books.settle(invoice, paid, on)
    books.document(
        "quote",
        "QU-0031",
        "Dune Logistik GmbH",
        day("10-12"),
        day("11-12"),
        [line("Schulung, 2 Termine", "30", "100", project="Schulung")],
        status="ACCEPTED",
        currency="EUR",
        project="dune_training",
    )


def _small_clients(books: Books) -> None:
    elm = books.document(
        "invoice",
        "INV-0417",
        "Elm Bakery",
        day("11-10"),
        day("12-10"),
        [line("Shop launch, half", "1", "2400", vat=True)],
        project="elm_launch",
    )
    credit = books.document(
        "credit_note",
        "CN-0007",
        "Elm Bakery",
        day("11-12"),
        None,
        [line("Flyers reprinted", "1", "600", vat=True)],
        project="elm_launch",
    )
    books.settle(elm, "720", "11-12", credit)
    books.settle(elm, "1000", "11-18")
    fjord = {"project": "fjord_portal"}
    lines = [line("Customer portal, first third", "1", "3000", vat=True)]
    books.document("invoice", "INV-0418", "Fjord Energy", day("10-31"), day("11-30"), lines, **fjord)
    lines = [line("Customer portal, first third", "1", "3000", vat=True)]
    voided = books.document(
        "invoice", "INV-0419", "Fjord Energy", day("10-31"), day("11-30"), lines, status="VOIDED", **fjord
    )
    voided.updated_at = books.desk.moment(day("11-02"))
    lines = [line("Customer portal, second third", "1", "1500", vat=True)]
    books.document("invoice", "INV-0424", "Fjord Energy", day("11-19"), day("12-19"), lines, status="DRAFT", **fjord)
    lines = [line("Web shop, first part", "32", "125", vat=True)]
    heron = books.document(
        "invoice", "INV-0414", "Heron Shoes", day("10-26"), day("11-09"), lines, project="heron_shop"
    )
    books.settle(heron, "4800", "11-06")
    lines = [line("Web shop", "1", "12000", vat=True)]
    books.document(
        "quote", "QU-0030", "Heron Shoes", day("10-05"), day("11-05"), lines, status="ACCEPTED", project="heron_shop"
    )
    lines = [line("Sign design", "1", "650", vat=True)]
    books.document("invoice", "INV-0420", "Kestrel Signs", day("11-09"), day("12-09"), lines)


def _gorse(books: Books) -> None:
    """A prepayment partly used, and 50 paid too much."""
    lines = [line("Advance payment", "1", "1000")]
    ahead = books.document(
        "prepayment", "PP-0003", "Gorse Partners", day("09-01"), None, lines, project="gorse_advice", direction="in"
    )
    lines = [line("Advice September", "20", "95", vat=True)]
    september = books.document(
        "invoice", "INV-0403", "Gorse Partners", day("09-30"), day("10-30"), lines, project="gorse_advice"
    )
    books.settle(september, "600", "10-01", ahead)
    books.settle(september, "1680", "10-27")
    lines = [line("Paid too much on INV-0403", "1", "50")]
    books.document(
        "overpayment", "OP-0002", "Gorse Partners", day("10-27"), None, lines, project="gorse_advice", direction="in"
    )


def _purchases(books: Books) -> None:
    lines = [line("Photo shoot", "1", "660", project="Website", account="310")]
    bill = books.document("bill", "SP-2231", "Studio Pixel", day("10-20"), day("11-19"), lines, project="acme_website")
    books.settle(bill, "660", "11-17")
    lines = [line("Servers October", "3", "80", project="Operations", vat=True, account="310")]
    hosting = books.document("bill", "CH-77120", "Cloudhost Ltd", day("11-01"), day("11-15"), lines)
    lines = [line("Outage 14 October", "1", "40", project="Operations", vat=True, account="310")]
    credit = books.document("bill_credit_note", "CH-C112", "Cloudhost Ltd", day("11-05"), None, lines)
    books.settle(hosting, "48", "11-05", credit)
    lines = [line("Product photos", "12", "75", project="Website", account="310")]
    books.document(
        "purchase_order", "PO-0015", "Studio Pixel", day("11-10"), day("12-10"), lines, project="acme_website"
    )
    lines = [line("Font licence", "1", "36.5", project="Website", account="310")]
    books.document(
        "bank_transaction",
        "BT-0001",
        "Cloudhost Ltd",
        day("10-06"),
        None,
        lines,
        project="acme_website",
        direction="out",
    )
    lines = [line("Train to Hamburg", "2", "89.9", project="Datenmigration", account="480")]
    books.document(
        "bank_transaction",
        "BT-0002",
        "Rail & Air",
        day("10-08"),
        None,
        lines,
        project="dune_migration",
        direction="out",
    )
    lines = [line("Interest", "1", "12.34", account="270")]
    books.document("bank_transaction", "BT-0003", "Cloudhost Ltd", day("10-31"), None, lines, direction="in")


def _projects(desk: Desk, books: Books) -> None:
    """The ledger's own projects: Birch's 372 h (330 invoiced), 22 h of the own website, advice for Gorse."""
    booking = _project(desk, books, "Booking app", "Birch & Co", "birch_booking", "49980", "12-18")
    tasks = [_task(desk, booking, name, "85", "TIME") for name in ("Design", "Build", "Test")]
    for task, who, billed, open_ in zip(
        tasks, ("maria", "jonas", "aisha"), ("60", "200", "70"), ("4", "26", "12"), strict=True
    ):
        desk.work(task, who, billed, day("07-20"), day("10-30"), "6", note="booking app", status="invoiced")
        desk.work(task, who, open_, day("11-02"), day("11-19"), "4", note="booking app")
    own = _project(desk, books, "Own website", "Northgate Consulting (internal)", "own_website", None, None)
    site = _task(desk, own, "Own website", "0", "NON_CHARGEABLE")
    desk.work(site, "tomasz", "22", day("10-05"), day("11-18"), "2.5", note="own site", billable=False)
    advice = _project(desk, books, "Gorse advice", "Gorse Partners", "gorse_advice", "20000", "2027-03-31")
    call = _task(desk, advice, "Advice", "95", "TIME")
    desk.work(call, "priya", "20", day("09-01"), day("09-29"), "2", note="advice", status="invoiced")
    desk.work(call, "priya", "14.5", day("10-05"), day("11-18"), "1.5", note="advice")
    _project(desk, books, "Website rebuild", "Acme Ltd", "acme_website", "36000", "2027-01-29")


def _project(
    desk: Desk, books: Books, name: str, party: str, project: str, estimate: str | None, deadline: str | None
) -> LedgerProject:
    number = len(desk.world.ledger_projects) + 1
    when = day(deadline) if deadline else None
    found = LedgerProject(
        number,
        books.org,
        name,
        books.party(party),
        "GBP",
        deadline=dt.datetime(when.year, when.month, when.day, 17, tzinfo=dt.UTC) if when else None,
        estimate=Decimal(estimate) if estimate else None,
        project=project,
    )
    desk.world.ledger_projects.append(found)
    return found


def _task(desk: Desk, project: LedgerProject, name: str, rate: str, charge: str) -> LedgerTask:
    number = sum(len(p.tasks) for p in desk.world.ledger_projects) + 1
    task = LedgerTask(number, project, name, Decimal(rate), charge, estimate_minutes=6000 if charge == "TIME" else None)
    project.tasks.append(task)
    return task
