"""A ledger with every odd document in it, and a short way to read it through the connector."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sightline.collect.connector import Context
from sightline.model.records import Scope
from sightline.sandbox.build import build_world
from sightline.sandbox.world import Invoice, InvoiceLine, InvoicePayment, Organisation, Party, World
from sightline.testing import Collected, MemoryKeeper, collect
from sightline_xero.connector import Xero
from sightline_xero.sandbox import XeroSandbox

D = Decimal


@dataclasses.dataclass
class Books:
    """The world's ledger; `add` writes a document, `pay` settles one."""

    world: World
    organisation: Organisation
    party: Party

    def add(self, kind: str, code: str, *lines: InvoiceLine, status: str = "AUTHORISED", **more: Any) -> Invoice:
        document = Invoice(
            number=len(self.world.documents) + 1,
            organisation=self.organisation,
            kind=kind,
            code=code,
            status=status,
            party=self.party,
            issued_on=more.pop("issued_on", dt.date(2026, 11, 2)),
            due_on=more.pop("due_on", dt.date(2026, 12, 2)),
            currency=more.pop("currency", "GBP"),
            lines=list(lines),
            updated_at=more.pop("updated_at", dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)),
            **more,
        )
        self.world.documents.append(document)
        return document

    def pay(
        self, document: Invoice, amount: str, *, credit: Invoice | None = None, deleted: bool = False
    ) -> InvoicePayment:
        number = 9000 + sum(len(d.payments) for d in self.world.documents)
        payment = InvoicePayment(number, dt.date(2026, 11, 4), D(amount), f"ref {number}", credit, deleted)
        document.payments.append(payment)
        return payment


def line(amount: str, *, price: str | None = None, quantity: str = "1", tax: str = "0", **more: Any) -> InvoiceLine:
    return InvoiceLine("what was done", D(quantity), D(price or amount), D(amount), D(tax), "200", **more)


def _edge_cases(books: Books) -> None:
    books.add("invoice", "E-4DP", line("242.81", price="97.1250", quantity="2.5", tax="48.56"))
    books.add("invoice", "E-BIG", line("1234567890123456.78"))
    books.add("invoice", "E-JPY", line("150000"), currency="JPY", rate=D("190.123456"))
    books.add("invoice", "E-KWD", line("12.345"), currency="KWD", rate=D("0.403217"))
    books.add("invoice", "E-NEG", line("100"), line("-30", tax="-6"))
    books.add("invoice", "E-DISC", line("90", price="100", discount_rate=D("10")))
    books.add("invoice", "E-INCL", line("150", tax="30", tracking={"Project": "Website", "Region": "East"}))
    part = books.add("invoice", "E-PART", line("100", tax="20"))
    books.pay(part, "50")
    books.pay(part, "500", deleted=True)
    note = books.add("credit_note", "E-CN-BIG", line("200"))
    small = books.add("invoice", "E-SMALL", line("80"), status="PAID", paid_on=dt.date(2026, 11, 4))
    books.pay(small, "80", credit=note)
    books.pay(note, "20")
    over = books.add("overpayment", "E-OP", line("70"), direction="in", due_on=None)
    books.pay(part, "30", credit=over)
    paid_back = books.add("prepayment", "E-PP-OUT", line("40"), direction="out", due_on=None)
    books.pay(paid_back, "15")
    books.add("invoice", "E-VOID", line("40"), status="VOIDED")
    books.add("bill", "E-GONE", line("75", tax="15"), status="DELETED")
    books.add("purchase_order", "E-PO", line("6000", price="100", quantity="60"), status="BILLED")


@pytest.fixture
def world() -> World:
    """The story's ledger and the odd documents."""
    world = build_world(size=0)
    organisation = world.organisations[0]
    organisation.tracking["Region"] = ["East", "West"]
    party = next(p for p in world.parties if p.customer)
    _edge_cases(Books(world, organisation, party))
    world.sources["xero"].options["inclusive"] = ["E-INCL"]
    return world


@pytest.fixture
def books(world: World) -> Books:
    return Books(world, world.organisations[0], world.parties[0])


@pytest.fixture
def vendor(world: World) -> XeroSandbox:
    return XeroSandbox(world, world.sources["xero"])


@pytest.fixture
def sync(vendor: XeroSandbox) -> Callable[..., Collected]:
    """Read the vendor through the connector; every call goes on where the one before ended."""
    keeper = MemoryKeeper()

    def run(**options: Any) -> Collected:
        return collect(Xero, vendor, keeper=keeper, **options)

    return run


@pytest.fixture
def context() -> Context:
    """What `map` knows about an organisation that keeps its books in GBP in London."""
    scope = Scope(id="org", key="!q7Zr2", name="Northwind", currency="GBP", timezone="Europe/London")
    return Context("xero", scope, None, {}, {}, ZoneInfo("Europe/London"))


@pytest.fixture
def new_line() -> Callable[..., InvoiceLine]:
    return line
