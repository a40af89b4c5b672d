"""Runs that follow each other: what is asked again, what an edit, a deletion or a refusal does to what is kept."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from sightline.collect.cursor import Since
from sightline.collect.passes import Rules
from sightline.collect.request import Answer
from sightline.model.records import Contact, Document, Payment, Task, TimeEntry
from sightline.sandbox.faults import When, denied, editing, failing, html, scripted
from sightline.sandbox.vendor import json_reply, text_reply
from sightline_xero import streams


def asked(vendor, path: str) -> list:
    """The calls of a list; those that only ask for its total want one row."""
    return [call for call in vendor.calls if call.path.endswith(path) and call.query.get("pageSize") != "1"]


def later(world, **delta: float) -> None:
    world.now += dt.timedelta(**delta)


def edit(world, document, **changes: object) -> None:
    """Somebody changes a document a minute from now."""
    later(world, minutes=1)
    for name, value in changes.items():
        setattr(document, name, value)
    document.updated_at = world.now


# --- incremental -----------------------------------------------------------------------------------------------------


def test_nothing_changed_costs_one_request_an_entity(world, vendor, sync):
    sync()
    before = len(vendor.calls)
    later(world, minutes=10)

    found = sync()

    paths = [call.path for call in vendor.calls[before:] if call.path != "/connect/token"]
    assert len(paths) == 13
    assert len(set(paths)) == 12  # the list of projects tells of projects and, once more, whether time has changed
    assert (found.outcome.status, found.outcome.counts.new, found.outcome.counts.changed) == ("complete", 0, 0)


def test_the_second_run_asks_from_the_newest_document_on_less_two_minutes(world, vendor, sync):
    sync()
    newest = max(d.updated_at for d in world.documents if d.kind in ("invoice", "bill"))

    sync()

    first, second = asked(vendor, "/Invoices")
    assert "if-modified-since" not in first.headers
    assert second.headers["if-modified-since"] == (newest - dt.timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%S")


def test_an_edit_arrives_with_the_next_run_and_alone(world, books, sync):
    sync()
    invoice = next(d for d in world.documents if d.code == "E-4DP")
    edit(world, invoice, status="PAID", paid_on=dt.date(2026, 11, 20))
    books.pay(invoice, str(invoice.total))
    later(world, minutes=5)

    found = sync()

    assert (found.outcome.counts.new, found.outcome.counts.changed) == (1, 1)
    document = next(d for d in found.records(Document).values() if d.number == "E-4DP")
    assert (document.status, document.paid, document.outstanding) == ("PAID", Decimal("291.37"), Decimal(0))


def test_documents_of_the_same_second_are_read_again_and_none_is_lost(world, books, new_line, sync):
    moment = dt.datetime(2026, 11, 20, 8, 59, 59, tzinfo=dt.UTC)
    books.add("invoice", "S-1", new_line("1"), updated_at=moment)
    sync()
    books.add("invoice", "S-2", new_line("2"), updated_at=moment)

    found = sync()

    assert {"S-1", "S-2"} <= {d.number for d in found.records(Document).values()}


def test_a_voided_invoice_keeps_its_totals_and_is_never_gone(world, sync):
    sync()
    invoice = next(d for d in world.documents if d.code == "E-NEG")
    edit(world, invoice, status="VOIDED")

    found = sync()

    document = next(d for d in found.records(Document).values() if d.number == "E-NEG")
    assert (document.status, document.total, document.outstanding) == ("VOIDED", Decimal(64), Decimal(0))
    assert found.outcome.counts.gone == 0


def test_a_payment_that_is_deleted_stays_with_that_status(world, vendor, sync):
    sync()
    invoice = next(d for d in world.documents if d.code == "E-PART")
    invoice.payments[0].deleted = True
    edit(world, invoice)

    found = sync()

    payment = found.records(Payment)[vendor.shown.id("payment", invoice.payments[0].number)]
    document = next(d for d in found.records(Document).values() if d.number == "E-PART")
    assert (payment.status, document.paid) == ("DELETED", Decimal(0))


def test_an_allocation_taken_back_is_gone_after_the_weekly_read(world, vendor, sync):
    sync()
    small = next(d for d in world.documents if d.code == "E-SMALL")
    taken = small.payments.pop()
    edit(world, small, status="AUTHORISED", paid_on=None)

    soon = sync()
    later(world, days=7)
    found = sync()

    assert next(d for d in soon.records(Document).values() if d.number == "E-SMALL").credited == 0
    assert vendor.shown.id("payment", taken.number) not in found.records(Payment)
    assert found.outcome.counts.gone == 1


def test_once_a_week_everything_is_read_because_some_changes_move_no_time(world, vendor, sync):
    sync()
    invoice = next(d for d in world.documents if d.code == "E-PART")
    invoice.due_on = dt.date(2027, 1, 31)
    soon = sync()
    later(world, days=7)

    found = sync()

    def due(run):
        return next(d for d in run.keeper.live(Document).values() if d.number == "E-PART").due_on

    assert soon.outcome.counts.changed == 0
    assert due(found) == dt.date(2027, 1, 31)
    assert "if-modified-since" not in asked(vendor, "/Invoices")[-1].headers


def test_pages_end_with_the_stated_count_and_hold_everything(world, vendor, sync):
    found = sync(page_size=5)

    wanted = [d for d in world.documents if d.kind in ("invoice", "bill")]
    assert len(asked(vendor, "/Invoices")) == -(-len(wanted) // 5)
    assert len([d for d in found.records(Document).values() if d.kind in ("invoice", "bill")]) == len(wanted)


def test_an_edit_between_two_pages_loses_no_document(world, vendor, sync):
    oldest = min((d for d in world.documents if d.kind == "invoice"), key=lambda d: d.updated_at)
    vendor.script.append(editing(lambda: edit(world, oldest, reference="moved"), When("/Invoices", after=2, times=1)))

    sync(page_size=5)
    later(world, minutes=5)
    found = sync(page_size=5)

    wanted = {vendor.shown.document_id(d) for d in world.documents if d.kind in ("invoice", "bill")}
    documents = found.records(Document)
    assert wanted <= set(documents)
    assert documents[vendor.shown.document_id(oldest)].reference == "moved"


def test_a_list_without_a_count_is_read_until_a_page_is_empty():
    invoices = streams.Invoices(custom=True, page_size=1000)
    first = invoices.paging.first(invoices.request(None, Since()))
    rows = [{}] * 100

    following = invoices.paging.after(first, Answer(200, {}, {"Invoices": rows}), rows)
    end = invoices.paging.after(following, Answer(200, {}, {"Invoices": []}), [])

    assert (following.params["page"], end) == (2, None)


def test_more_than_a_hundred_quotes_come_a_hundred_at_a_time(world, books, new_line, vendor, sync):
    for n in range(230):
        books.add("quote", f"Q-{n}", new_line("1"), status="SENT")

    found = sync()

    told = sum(d.kind == "quote" for d in world.documents)
    assert sum(d.kind == "quote" for d in found.records(Document).values()) == told
    assert [call.query.get("page") for call in asked(vendor, "/Quotes")] == ["1", "2", "3"]
    assert all("pageSize" not in call.query for call in asked(vendor, "/Quotes"))


# --- Projects --------------------------------------------------------------------------------------------------------


def test_time_is_read_again_when_a_projects_sums_have_moved(world, vendor, sync):
    sync()
    entry = world.times_of("xero")[0]
    entry.seconds += 3600

    found = sync()

    assert found.records(TimeEntry)[vendor.shown.id("time", entry.number)].seconds == entry.seconds


def test_what_moves_no_sum_arrives_within_a_day(world, vendor, sync):
    sync()
    entry = world.times_of("xero")[0]
    entry.note = "another word"
    id_ = vendor.shown.id("time", entry.number)

    soon = sync().records(TimeEntry)[id_].note
    later(world, hours=24)
    found = sync().records(TimeEntry)[id_].note

    assert (soon != "another word", found) == (True, "another word")


def test_time_that_was_deleted_is_gone_after_the_daily_read(world, vendor, sync):
    sync()
    entry = world.times_of("xero")[0]
    world.times.remove(entry)
    later(world, hours=24)

    found = sync()

    assert vendor.shown.id("time", entry.number) not in found.records(TimeEntry)
    assert found.outcome.counts.gone == 1


def test_a_project_without_the_module_is_a_note_and_the_books_are_complete(world, vendor, sync):
    world.sources["xero"].options["projects"] = False

    found = sync()

    assert found.outcome.status == "complete"
    assert sum("not available here" in note for note in found.outcome.notes) == 3
    assert not found.records(TimeEntry)
    assert len(found.records(Document)) > 30


def test_tasks_of_projects_that_could_be_read_before_are_out_of_reach_and_nothing_is_removed(world, vendor, sync):
    before = sync()
    tasks = dict(before.records(Task))
    later(world, hours=24)
    vendor.script.append(scripted(lambda _v, _c: json_reply({}, 404), When("/Tasks")))

    found = sync()

    assert (found.outcome.status, found.outcome.counts.gone) == ("incomplete", 0)
    assert "project_time of !n0rth: no access since 2026-11-21 09:00 UTC" in found.outcome.reason
    assert found.records(Task) == tasks


def test_one_project_that_goes_away_while_it_is_read_leaves_the_rest_for_the_next_run(world, vendor, sync):
    gone = vendor.shown.id("project", world.ledger_projects[0].number)
    vendor.script.append(scripted(lambda _v, _c: json_reply({}, 404), When(f"{gone}/Time", times=1)))

    first = sync()
    second = sync()

    assert (first.outcome.status, second.outcome.status) == ("incomplete", "complete")
    assert len(second.records(TimeEntry)) == len(world.times_of("xero"))


def test_an_unreadable_time_entry_is_skipped_and_the_others_are_kept(world, vendor, sync):
    vendor.script.append(scripted(_spoil_first_time, When("/Time", times=1)))

    found = sync()

    assert [skipped.stream for skipped in found.outcome.skipped] == ["project_time"]
    assert found.outcome.status == "incomplete"
    assert len(found.records(TimeEntry)) == len(world.times_of("xero")) - 1


def _spoil_first_time(vendor, call):
    body = json.loads(vendor.own_answer(call).body)
    if body["items"]:
        body["items"][0]["duration"] = None
        return json_reply(body)
    body["items"] = [{"timeEntryId": "x", "status": "ACTIVE", "dateUtc": "2026-11-18T00:00:00Z"}]
    return json_reply(body)


# --- trouble -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource", ["CreditNotes", "Overpayments", "Prepayments", "BankTransactions", "Quotes", "PurchaseOrders", "Users"]
)
def test_a_list_that_a_server_does_not_have_is_a_note(vendor, sync, resource):
    vendor.script.append(scripted(lambda _v, _c: json_reply({}, 404), When(f"/{resource}")))

    found = sync()

    assert found.outcome.status == "complete"
    assert any(f"/{resource}" in note for note in found.outcome.notes)


def test_a_list_that_goes_missing_later_removes_nothing(world, vendor, sync):
    sync()
    vendor.script.append(
        scripted(
            lambda _v, _c: text_reply("The resource you're looking for cannot be found", 404), When("/CreditNotes")
        )
    )

    found = sync(rules=Rules(full=True))

    assert found.outcome.counts.gone == 0
    assert any(d.kind == "credit_note" for d in found.records(Document).values())


def test_invoices_that_cannot_be_read_leave_the_source_incomplete(vendor, sync):
    vendor.script.append(scripted(lambda _v, _c: json_reply({}, 404), When("/Invoices")))

    assert sync().outcome.status == "incomplete"


def test_a_lost_right_is_never_taken_for_complete(vendor, sync):
    vendor.script.append(denied("/CreditNotes"))

    found = sync()

    assert found.outcome.status == "incomplete"
    assert "credit_notes" in found.outcome.reason
    assert len(found.records(Document)) > 30


def test_maintenance_ends_the_run_in_words_and_keeps_what_was_read(vendor, sync):
    text = "The Xero API is currently offline for maintenance"
    vendor.script.append(scripted(lambda _v, _c: text_reply(text, 503), When("/Invoices")))

    found = sync()

    assert found.outcome.status == "incomplete"
    assert "503" in found.outcome.reason
    assert found.records(Contact)


def test_a_page_of_html_is_an_error_and_nothing_is_removed(vendor, sync):
    sync()
    vendor.script.append(html(When("/Invoices")))

    found = sync(rules=Rules(full=True))

    assert found.outcome.status == "incomplete"
    assert found.outcome.counts.gone == 0


def test_a_server_error_is_tried_again(vendor, sync):
    vendor.script.append(failing(When("/Invoices", times=1), status=500))

    assert sync().outcome.status == "complete"
