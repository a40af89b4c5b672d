"""The facts of a past day: histories taken back, later things gone, vanished ones there again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from measure.made import HOUR, NOW, entry, facts_of, part, payment, task
from sightline.measure.past import facts_as_of
from sightline.model.facts import Known, Sourced
from sightline.model.notes import Note
from sightline.model.portfolio import StatusRule
from sightline.model.records import Change
from sightline.model.refs import Ref


def at(day, hour=12):
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def change(number, on, field, before, after, **more):
    return Sourced(
        "jira", Change(id=f"c{on}", task=str(number), field=field, at=at(on), from_value=before, to_value=after, **more)
    )


def test_what_was_changed_later_is_taken_back_latest_first():
    held = task(1, "done", status="Done", due_on=dt.date(2026, 11, 24), estimate_seconds=12 * HOUR, assignees=("a2",))
    steps = (
        change(1, 5, "estimate", str(24 * HOUR), str(12 * HOUR)),
        change(1, 9, "due_on", "2026-11-13", "2026-11-18"),
        change(1, 11, "due_on", "2026-11-18", "2026-11-24"),
        change(1, 12, "assignee", "a1", "a2"),
        change(1, 16, "status", "Doing", "Done", from_state="in_progress", to_state="done"),
    )
    facts = facts_of(tasks=[held], changes=steps)

    (then,) = facts_as_of(facts, at(10)).tasks

    assert then.record.due_on == dt.date(2026, 11, 18)
    assert then.record.estimate_seconds == 12 * HOUR
    assert then.record.assignees == ("a1",)
    assert (then.record.status, then.record.state) == ("Doing", "in_progress")
    assert facts_as_of(facts, NOW).tasks == facts.tasks


def test_a_status_of_then_means_what_the_rules_say_of_it():
    rules = (StatusRule(source="jira", status="With client", state="in_progress", waiting_on="client"),)
    step = change(1, 16, "status", "With client", "Done", from_state="todo", to_state="done")
    facts = facts_of(tasks=[task(1, "done", status="Done", completed_at=at(16))], changes=[step], statuses=rules)

    (then,) = facts_as_of(facts, at(13)).tasks

    assert (then.record.state, then.record.waiting_on, then.record.completed_at) == ("in_progress", "client", None)


def test_what_was_made_worked_or_paid_later_is_not_there():
    facts = facts_of(
        tasks=[task(1, created_at=at(2)), task(2, created_at=at(17))],
        time=[entry(1, 2, day=dt.date(2026, 11, 10)), entry(2, 3)],
        documents=[part(1, status="PAID", net="100", tax="20", paid="120", issued_on=dt.date(2026, 11, 3))],
        payments=[payment(1, 1, "120", day=dt.date(2026, 11, 18))],
    )

    then = facts_as_of(facts, at(12))

    assert [one.record.id for one in then.tasks] == ["1"]
    assert [one.record.id for one in then.time] == ["1"]
    assert (then.documents[0].paid, then.documents[0].outstanding) == (Decimal(0), Decimal(120))
    assert then.documents[0].document.status == "AUTHORISED"
    assert then.payments == ()
    assert (then.as_of, then.today) == (at(12), dt.date(2026, 11, 12))


def test_what_vanished_since_is_there_again_and_by_the_other_clock_only_what_was_learnt():
    gone, late = Ref("jira", "tasks", "1"), Ref("jira", "tasks", "2")
    known = {gone: Known(at(2), removed_at=at(15), removed_learnt_at=at(16)), late: Known(at(11))}
    facts = facts_of(tasks=[task(1, created_at=at(1)), task(2, created_at=at(1))], known=known)

    def ids(moment, clock="source"):
        return [one.record.id for one in facts_as_of(facts, moment, clock=clock).tasks]

    assert ids(at(10)) == ["1", "2"]
    assert ids(at(10), "learnt") == ["1"]
    assert ids(at(15, 20)) == ["2"]
    assert ids(at(15, 20), "learnt") == ["1", "2"]


def test_a_change_that_was_read_later_was_not_known_yet():
    step = change(1, 9, "due_on", "2026-11-13", "2026-11-24")
    facts = facts_of(tasks=[task(1, due_on=dt.date(2026, 11, 24))], changes=[step], known={step.ref: Known(at(12))})

    assert facts_as_of(facts, at(10)).tasks[0].record.due_on == dt.date(2026, 11, 24)
    assert facts_as_of(facts, at(10), clock="learnt").tasks[0].record.due_on == dt.date(2026, 11, 13)


def test_an_approval_given_later_is_open_on_a_day_before():
    note = Note(
        id="1", project="web", kind="approval", text="Homepage", at=at(3), due=dt.date(2026, 11, 12),
        answered_at=at(18), answer="Fine", answered_by="J. Hale", outcome="approved",
    )  # fmt: skip

    facts = facts_of(notes=[note])

    assert facts_as_of(facts, at(2)).notes == ()
    assert facts_as_of(facts, at(17)).notes[0].is_open
    assert facts_as_of(facts, at(19)).notes == (note,)
