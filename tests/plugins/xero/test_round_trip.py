"""World → Xero's JSON → connector → records equals the world, for every field that Xero can carry."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from zoneinfo import ZoneInfo

from sightline.model.records import Account, Contact, Document, Line, Payment, Scope, Task, TimeEntry
from sightline.sandbox.world import Invoice
from sightline.testing import collect
from sightline_xero.connector import Xero
from sightline_xero.sandbox import XeroSandbox

_OWN_NUMBER = ("invoice", "bill", "credit_note", "bill_credit_note", "prepayment", "quote", "purchase_order")
_CREDITS = ("credit_note", "bill_credit_note", "overpayment", "prepayment")


def _expected_lines(vendor, document: Invoice, *, inclusive: bool) -> tuple[Line, ...]:
    shown = vendor.shown
    return tuple(
        Line(
            id=shown.id("line", document.organisation.number, document.number, n),
            description=line.description,
            quantity=line.quantity,
            unit_price=(line.amount + line.tax) / line.quantity if inclusive else line.unit_price,
            discount_rate=line.discount_rate,
            tax=line.tax,
            amount=line.amount + line.tax if inclusive else line.amount,
            account=line.account,
            tracking=tuple(line.tracking.items()),
        )
        for n, line in enumerate(document.lines)
    )


def _settlement(vendor, document: Invoice) -> dict:
    dead = document.status in ("VOIDED", "DELETED")
    if document.kind in ("invoice", "bill"):
        rest = document.total - document.paid - document.credited
        return {"paid": document.paid, "credited": document.credited, "outstanding": Decimal(0) if dead else rest}
    if document.kind in _CREDITS:
        given = sum(p.amount for d in vendor.world.documents for p in d.payments if p.credit is document)
        return {
            "paid": document.paid,
            "credited": Decimal(given),
            "outstanding": document.total - document.paid - given,
        }
    return {}


def _expected_document(vendor, document: Invoice) -> Document:
    shown, kind = vendor.shown, document.kind
    inclusive = document.code in shown.inclusive
    reference = {
        "overpayment": document.reference or document.code,
        "bank_transaction": document.reference or document.code,
    }
    return Document(
        id=shown.document_id(document),
        scope=shown.tenant(document.organisation),
        kind=kind,
        status=document.status,
        currency=document.currency,
        number=document.code if kind in _OWN_NUMBER else None,
        reference=document.code if kind == "prepayment" else reference.get(kind, document.reference or None),
        contact=document.party.name,
        contact_id=shown.id("contact", document.party.number),
        issued_on=document.issued_on,
        # Xero has no due date on credits and bank transactions.
        due_on=None if kind in (*_CREDITS, "bank_transaction") else document.due_on,
        paid_on=document.paid_on if kind in ("invoice", "bill", "credit_note", "bill_credit_note") else None,
        subtotal=document.subtotal,
        tax=document.tax,
        total=document.total,
        **_settlement(vendor, document),
        rate_to_base=Context(prec=28, rounding=ROUND_HALF_EVEN).divide(1, document.rate),
        tax_inclusive=inclusive,
        direction=document.direction,
        lines=_expected_lines(vendor, document, inclusive=inclusive),
        updated_at=_last_change(vendor.world, document),
    )


def test_every_document_of_the_world_arrives_field_by_field(world, vendor, sync):
    found = sync().records(Document)

    for document in world.documents:
        expected = _expected_document(vendor, document)
        assert found[expected.id] == expected, document.code
    told_twice = [d for d in found.values() if d.counts_elsewhere]
    assert len(found) == len(world.documents) + len(told_twice)


def test_over_and_prepayments_show_twice_and_count_once(world, sync):
    found = sync().records(Document).values()

    twice = [d for d in found if d.kind == "bank_transaction" and d.counts_elsewhere]
    told = [d for d in world.documents if d.kind in ("overpayment", "prepayment")]
    assert sorted((d.total, d.direction) for d in twice) == sorted((d.total, d.direction) for d in told)
    assert not any(d.counts_elsewhere for d in found if d.kind != "bank_transaction")


def _last_change(world, credit: Invoice):
    """An allocation changes both the invoice and the credit."""
    given = [d for d in world.documents for p in d.payments if p.credit is credit]
    return max(d.updated_at for d in (credit, *given))


def test_every_payment_and_allocation_arrives(world, vendor, sync):
    found = sync().records(Payment)
    kinds = {
        "credit_note": "credit",
        "bill_credit_note": "credit",
        "overpayment": "overpayment",
        "prepayment": "prepayment",
    }
    exact = Context(prec=28, rounding=ROUND_HALF_EVEN)

    for document in world.documents:
        for payment in document.payments:
            credit = payment.credit
            assert found[vendor.shown.id("payment", payment.number)] == Payment(
                id=vendor.shown.id("payment", payment.number),
                document=vendor.shown.document_id(document),
                scope=vendor.shown.tenant(document.organisation),
                day=payment.day,
                currency=document.currency,
                amount=payment.amount,
                status="DELETED" if payment.deleted else "AUTHORISED",
                kind=kinds[credit.kind] if credit else "payment",
                credit=vendor.shown.document_id(credit) if credit else None,
                rate_to_base=exact.divide(1, (credit or document).rate),
                reference=credit.code if credit else payment.reference or None,
                updated_at=_last_change(world, credit) if credit else document.updated_at,
            )
    assert len(found) == sum(len(document.payments) for document in world.documents)


def test_payments_and_credits_explain_what_every_invoice_says(sync):
    found = sync()
    documents, payments = found.records(Document), found.records(Payment).values()

    for document in documents.values():
        if document.kind not in ("invoice", "bill"):
            continue
        live = [p for p in payments if p.document == document.id and p.status != "DELETED"]
        assert document.paid == sum(p.amount for p in live if p.kind == "payment")
        assert document.credited == sum(p.amount for p in live if p.kind != "payment")
        if document.status not in ("VOIDED", "DELETED"):
            assert document.outstanding == document.total - document.paid - document.credited


def test_every_customer_and_supplier_arrives_archived_ones_too(world, vendor, sync):
    found = sync().records(Contact)

    assert list(found.values())
    assert found == {
        vendor.shown.id("contact", party.number): Contact(
            id=vendor.shown.id("contact", party.number),
            scope=vendor.shown.tenant(party.organisation),
            name=party.name,
            email=party.email or None,
            active=not party.archived,
            customer=party.customer,
            supplier=not party.customer,
        )
        for party in world.parties
    }


def test_the_organisation_is_the_scope(world, vendor, sync):
    (organisation,) = world.organisations
    (found,) = sync().records(Scope).values()

    assert found == Scope(
        id=vendor.shown.tenant(organisation),
        key="!n0rth",
        name="Northgate Consulting",
        kind="organisation",
        timezone="Europe/London",
        currency="GBP",
    )


def test_every_user_of_the_books_is_an_account(world, sync):
    found = sync().records(Account)
    identities = [p.identities["xero"] for p in world.people.values() if "xero" in p.identities]

    assert found == {
        one.account: Account(id=one.account, name=one.name, email=one.email or None) for one in identities if one.active
    }


def test_projects_and_their_tasks_arrive(world, vendor, sync):
    found = sync().records(Task)
    shown, zone = vendor.shown, ZoneInfo("Europe/London")
    expected = {}
    for project in world.ledger_projects:
        id_, times = shown.id("project", project.number), shown.times(project)
        expected[id_] = Task(
            id=id_,
            scope=shown.tenant(project.organisation),
            key=project.name,
            title=project.name,
            kind="project",
            status=project.status,
            state="in_progress",
            due_on=project.deadline.astimezone(zone).date() if project.deadline else None,
            spent_seconds=sum(entry.seconds for entry in times),
        )
        for task in project.tasks:
            expected[shown.id("task", task.number)] = Task(
                id=shown.id("task", task.number),
                scope=shown.tenant(project.organisation),
                key=f"{project.name}: {task.name}",
                title=task.name,
                kind="project_task",
                status=task.status,
                state="in_progress",
                parent=id_,
                estimate_seconds=task.estimate_minutes * 60 if task.estimate_minutes is not None else None,
                spent_seconds=sum(entry.seconds for entry in times if entry.ledger_task is task),
            )

    assert found == expected


def test_every_hour_arrives_with_its_day_person_task_and_billing(world, vendor, sync):
    found = sync().records(TimeEntry)
    shown, zone = vendor.shown, ZoneInfo("Europe/London")

    assert found
    assert found == {
        shown.id("time", entry.number): TimeEntry(
            id=shown.id("time", entry.number),
            scope=shown.tenant(entry.ledger_task.project.organisation),
            task=shown.id("task", entry.ledger_task.number),
            account=shown.user_id(entry.person),
            day=entry.started_at.astimezone(zone).date(),
            seconds=entry.seconds,
            billable=entry.ledger_task.charge != "NON_CHARGEABLE",
            note=entry.note or None,
            status=entry.status,
        )
        for entry in world.times_of("xero")
    }


def test_an_app_with_refresh_tokens_reads_the_same_as_a_custom_connection(world, vendor, sync):
    custom = sync()
    source = world.sources["xero"]
    source.flavour, source.secrets = "app", {"client_id": "app", "refresh_token": "first"}

    app = collect(Xero, XeroSandbox(world, source))

    for kind in (Scope, Account, Contact, Document, Payment, Task, TimeEntry):
        assert app.records(kind) == custom.records(kind)
