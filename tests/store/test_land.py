"""One page is one transaction, and landing it again changes nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.errors import ContractError
from sightline.model.collected import Counts, Gone, Skipped, Whole
from sightline.model.records import (
    Account,
    Activity,
    Change,
    ChecklistItem,
    Contact,
    Document,
    Line,
    Link,
    Milestone,
    Payment,
    Scope,
    Task,
    TimeEntry,
)
from store.examples import MONDAY, TUESDAY, WEDNESDAY, entry, exported, page, task

FULL = (
    Scope(id="s1", key="WEB", name="Website", url="https://x.example", timezone="Europe/London", currency="GBP"),
    Account(id="a1", name="Zoë 🦊", email="zoe@x.example", username="zoe", active=False, kind="customer"),
    Milestone(
        id="m1",
        scope="s1",
        kind="sprint",
        name="Sprint 1",
        state="active",
        starts_on=dt.date(2026, 11, 2),
        due_on=dt.date(2026, 11, 13),
        completed_at=TUESDAY,
    ),
    task(
        "t1",
        description="Line one\nline two",
        waiting_on="client",
        created_at=MONDAY,
        updated_at=MONDAY.replace(microsecond=120),
        due_on=dt.date(2026, 12, 1),
        assignees=("a1", "a2"),
        labels=("x; y", "z"),
        estimate_seconds=3600,
        points=Decimal("2.50"),
        sprints=("m1",),
        archived=True,
    ),
    Change(id="c1", task="t1", field="status", at=MONDAY, from_value="Open", to_value="Done", to_state="done", by="a1"),
    ChecklistItem(id="i1", task="t1", list="Ready", title="Tested", state="done", due_on=dt.date(2026, 11, 3)),
    Link(id="l1", from_task="t1", to="t2", kind="blocks"),
    entry("e1", seconds=-900, day=dt.date(2026, 11, 2), started_at=MONDAY, billable=False, note="Correction"),
    Document(
        id="d1",
        scope="s1",
        kind="invoice",
        status="PAID",
        currency="GBP",
        total=Decimal("1234567890123.45"),
        rate_to_base=Decimal("1.1708333333"),
        lines=(
            Line(id="n1", amount=Decimal("10.1234"), tracking=(("Project", "Apollo"),), quantity=Decimal("0.333333")),
            Line(id="n2", amount=Decimal(-3)),
        ),
    ),
    Payment(
        id="p1",
        document="d1",
        scope="s1",
        day=dt.date(2026, 11, 3),
        currency="GBP",
        amount=Decimal("0.01"),
        status="AUTHORISED",
    ),
    Contact(id="k1", scope="s1", name="Acme", customer=True),
    Activity(id="v1", scope="s1", kind="commit", at=MONDAY, title="WEB-1 fix", keys=("WEB-1",), account="a1"),
)


@pytest.mark.parametrize("record", FULL, ids=lambda record: type(record).__name__)
def test_every_kind_of_record_comes_back_as_it_was_delivered(store, record):
    store.land(page(record))

    assert [found.record for found in store.load(type(record), "jira")] == [record]


def test_a_page_landed_again_changes_nothing(store):
    first = store.land(page(*FULL))
    before = {table: exported(store, table) for table in ("tasks", "changes", "documents", "lines", "time")}

    again = store.land(page(*FULL, learnt_at=TUESDAY))

    assert (first.new, again.new, again.changed, again.same) == (len(FULL), 0, 0, len(FULL))
    assert {table: exported(store, table) for table in before} == before


def test_counts_tell_new_changed_and_same_apart(store):
    store.land(page(task("1"), task("2")))

    counts = store.land(page(task("1"), task("2", title="Start page"), task("3"), read=("1", "2", "3")))

    assert counts == Counts(read=3, new=1, changed=1, same=1)


def test_a_cleared_field_is_empty_afterwards(store):
    store.land(page(task(assignees=("a1",), due_on=dt.date(2026, 12, 1), estimate_seconds=60)))

    store.land(page(task()))

    assert [found.record for found in store.load(Task, "jira")] == [task()]


def test_two_versions_on_one_page_are_taken_in_their_order(store):
    counts = store.land(page(task(status="Open"), task(status="Doing", state="in_progress")))

    assert (counts.new, counts.changed) == (1, 1)
    assert [(row["from"], row["to"]) for row in exported(store, "changes")] == [("Open", "Doing")]


def test_the_same_id_in_two_sources_is_two_records(store):
    store.land(page(task(title="One"), source="jira"))
    store.land(page(task(title="Other"), source="jira_dc"))

    assert [(found.source, found.record.title) for found in store.load(Task)] == [("jira", "One"), ("jira_dc", "Other")]


def test_a_failure_in_the_middle_leaves_nothing_of_the_page(store):
    store.land(page(task("1"), checkpoint={"newest": "monday"}))
    broken = page(task("2"), raw=b"[]", checkpoint={"newest": "tuesday"}, whole=(Whole(kind=Scope, of="x"),))

    with pytest.raises(ContractError):
        store.land(broken)

    assert [found.record.id for found in store.load(Task, "jira")] == ["1"]
    assert store.checkpoint("jira", "issues", "s1") == {"newest": "monday"}
    assert list(store.raw_pages("jira")) == []


def test_nul_and_lone_surrogates_are_replaced_wherever_they_stand(store):
    store.land(page(task(title="a\0b\ud800c", labels=("x\0", "\udfff")), checkpoint={"at": "\0\ud800"}))

    kept = next(store.load(Task, "jira")).record
    assert (kept.title, kept.labels) == ("a\ufffdb\ufffdc", ("x\ufffd", "\ufffd"))
    assert store.checkpoint("jira", "issues", "s1") == {"at": "\ufffd\ufffd"}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Payment(id="9", document="d", scope="s", day=MONDAY.date(), currency="GBP", amount=Decimal("0.00001"), status=""), "Payment: an amount has more than four decimals"),
        (Payment(id="9", document="d", scope="s", day=MONDAY.date(), currency="GBP", amount=Decimal("1E30"), status=""), "Payment: a number is too large to keep"),
        (Payment(id="9", document="d", scope="s", day=MONDAY.date(), currency="GBP", amount=Decimal("NaN"), status=""), "Payment: an amount is not a finite number"),
        (entry("9", seconds=2**70), "TimeEntry: a number is too large to keep"),
        (task("9", points=Decimal("1E+999999")), "Task: a number is too large or too small to keep"),
    ],
)  # fmt: skip
def test_a_record_that_no_database_can_hold_is_quarantined_and_the_rest_is_kept(store, record, reason):
    counts = store.land(page(task("1"), record))

    assert (counts.new, counts.skipped) == (1, 1)
    assert [(row.id, row.reason) for row in store.quarantined("jira")] == [("9", reason)]


def test_a_row_leaves_quarantine_when_it_can_be_read(store):
    store.land(page(skipped=(Skipped(stream="issues", id="7", reason="status is missing"),)))
    store.land(page(skipped=(Skipped(stream="issues", id="7", reason="status is 5"),), learnt_at=TUESDAY))
    held = store.quarantined("jira")

    store.land(page(read=("7",), learnt_at=WEDNESDAY))

    assert [(row.id, row.reason, row.since) for row in held] == [("7", "status is 5", MONDAY)]
    assert store.quarantined("jira") == []


def test_an_accepted_row_is_listed_only_when_asked_for(store):
    store.land(page(skipped=(Skipped(stream="issues", id="7", reason="status is missing"),)))

    assert store.accept_quarantined("jira", at=TUESDAY) == 1
    assert store.quarantined() == []
    assert [row.accepted_at for row in store.quarantined(accepted=True)] == [TUESDAY]


def test_time_without_a_day_falls_on_the_day_of_the_workspaces_zone(store):
    summer_evening = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)

    store.land(
        page(entry("1", started_at=summer_evening), entry("2", started_at=summer_evening, day=dt.date(2026, 7, 1)))
    )

    assert [(row["id"], row["day"]) for row in exported(store, "time")] == [("1", "2026-07-02"), ("2", "2026-07-01")]


def test_lines_go_with_their_document(store):
    def invoice(*lines):
        return Document(id="d", scope="s", kind="invoice", status="DRAFT", currency="GBP", lines=lines)

    store.land(page(invoice(Line(id="a", amount=Decimal(1)), Line(id="b", amount=Decimal(2)))))
    counts = store.land(page(invoice(Line(id="b", amount=Decimal(3)))))

    assert counts.changed == 1
    assert [(row["id"], row["amount"]) for row in exported(store, "lines")] == [("b", "3.00")]


def test_what_the_vendor_deleted_is_marked_with_its_moment(store):
    store.land(page(task("1"), task("2")))

    counts = store.land(
        page(
            gone=(Gone(kind=Task, id="1", at=MONDAY), Gone(kind=Task, id="2"), Gone(kind=Task, id="3")),
            learnt_at=TUESDAY,
        )
    )

    assert counts.gone == 2
    assert [row["removed_at"] for row in exported(store, "tasks")] == ["2026-11-02T09:00:00Z", "2026-11-03T09:00:00Z"]
    assert list(store.load(Task, "jira")) == []


def test_a_removed_task_keeps_its_time(store):
    store.land(page(task("1"), entry("e", task="1")))

    store.land(page(gone=(Gone(kind=Task, id="1"),)))

    assert [found.record.id for found in store.load(TimeEntry, "jira")] == ["e"]


def test_what_comes_back_is_there_again(store):
    store.land(page(task("1")))
    store.land(page(gone=(Gone(kind=Task, id="1"),), learnt_at=TUESDAY))

    counts = store.land(page(task("1"), learnt_at=WEDNESDAY))

    assert counts == Counts(changed=1)
    assert [row["removed_at"] for row in exported(store, "tasks")] == [None]
    assert [(step.present, step.learnt_at) for step in store.existence("jira", Task, "1")] == [
        (False, TUESDAY),
        (True, WEDNESDAY),
    ]


def test_children_that_a_whole_parent_lacks_are_gone(store):
    def item(number, task_id):
        return ChecklistItem(id=number, task=task_id, list="L", title="T", state="open")

    store.land(page(item("1", "a"), item("2", "a"), item("3", "b")))

    counts = store.land(page(item("2", "a"), whole=(Whole(kind=ChecklistItem, of="a"),)))

    assert counts == Counts(same=1, gone=1)
    assert [found.record.id for found in store.load(ChecklistItem, "jira")] == ["2", "3"]


def test_derived_history_outlives_a_whole_vendor_history(store):
    store.land(page(task(due_on=dt.date(2026, 12, 1))))
    store.land(page(task(due_on=dt.date(2026, 12, 8)), learnt_at=TUESDAY))

    store.land(page(whole=(Whole(kind=Change, of="1"),)))

    assert [(row["field"], row["removed_at"]) for row in exported(store, "changes")] == [("due_on", None)]


def test_raw_pages_come_back_as_they_were_sent_until_they_are_dropped(store):
    for number in (1, 2, 3):
        run = store.begin_run(MONDAY)
        store.land(page(raw=b'[{"run": %d}]' % number))
        store.end_run(run, "complete", MONDAY)
    before = [raw.body for raw in store.raw_pages("jira")]

    dropped = store.drop_raw("jira", keep_runs=1)

    assert before == [b'[{"run": 1}]', b'[{"run": 2}]', b'[{"run": 3}]']
    assert (dropped, [raw.body for raw in store.raw_pages("jira")]) == (2, [b'[{"run": 3}]'])
