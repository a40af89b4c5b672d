"""Records by the million: streamed, and with totals that are known beforehand."""

from __future__ import annotations

import itertools
from decimal import Decimal

from sightline.model.records import Account, Contact, Document, Payment, Scope, Task, TimeEntry
from sightline.sandbox.bulk import Bulk, BulkTotals

SMALL = Bulk(projects=7, tasks=100, times=333, documents=77, people=5)


def test_there_are_as_many_records_as_asked_for():
    kinds = [type(record) for record in SMALL.records()]

    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        Scope: 7,
        Account: 5,
        Contact: 7,
        Task: 100,
        TimeEntry: 333,
        Document: 77,
        Payment: 39,
    }


def test_the_records_sum_to_the_totals_that_were_computed_without_them():
    records = list(SMALL.records())
    tasks = [r for r in records if isinstance(r, Task)]
    documents = [r for r in records if isinstance(r, Document)]

    assert SMALL.totals() == BulkTotals(
        seconds=sum(r.seconds for r in records if isinstance(r, TimeEntry)),
        estimate_seconds=sum(t.estimate_seconds for t in tasks),
        tasks_done=sum(t.state == "done" for t in tasks),
        invoiced=sum((d.subtotal for d in documents), Decimal(0)),
        paid=sum((d.subtotal for d in documents if d.status == "PAID"), Decimal(0)),
    )


def test_every_payment_settles_its_document_exactly():
    records = list(SMALL.records())
    paid = {r.id: r.paid for r in records if isinstance(r, Document) and r.paid}

    assert {r.document: r.amount for r in records if isinstance(r, Payment)} == paid


def test_every_pointer_leads_to_a_record():
    records = list(SMALL.records())
    ids = {kind: {r.id for r in records if isinstance(r, kind)} for kind in (Scope, Task, Account, Contact)}

    assert {r.scope for r in records if isinstance(r, Task)} == ids[Scope]
    assert {r.task for r in records if isinstance(r, TimeEntry)} <= ids[Task]
    assert {r.account for r in records if isinstance(r, TimeEntry)} == ids[Account]
    assert {r.contact_id for r in records if isinstance(r, Document)} == ids[Contact]


def test_the_full_size_is_streamed_and_begins_at_once():
    first = list(itertools.islice(Bulk().landings(page=100), 30))

    assert sum(len(landing.records) for landing in first) == 1_000 + 200 + 1_000 + 800
    assert Bulk().totals().tasks_done == 333_333


def test_a_landing_holds_one_kind_of_record():
    assert all(len({type(r) for r in landing.records}) == 1 for landing in SMALL.landings(page=10))


def test_there_is_a_configured_project_for_every_scope():
    assert [p.include[0].scope for p in SMALL.portfolio()] == [f"P{n}" for n in range(7)]
    assert [(r.side, r.per_hour.amount) for r in SMALL.rates()] == [("bill", 85), ("cost", 50)]
