"""What needs a person this week, from the first draft to a client who has gone silent."""

from __future__ import annotations

import datetime as dt

import pytest

from app.reported import LATER, NOW, again, opened
from sightline.app import report_life as life
from sightline.app.reports import client_of, draft, newest_report
from sightline.app.week import week


@pytest.fixture
def office(tmp_path):
    with opened(tmp_path / "w") as session:
        yield session


def row(session, client="acme"):
    return next(one for one in week(session).rows if one.client.id == client)


def newest(session):
    return newest_report(session, client_of(session, "acme"))


def send(session):
    acme = client_of(session, "acme")
    draft(session, acme)
    life.mark_reviewed(session, newest(session), by="ben")
    life.approve(session, acme, newest(session), by="cy", despite="for the test")
    life.sent_by_hand(session, acme, newest(session), by="dee")


def test_a_report_is_due_then_to_be_read_approved_and_sent(office):
    acme = client_of(office, "acme")
    seen = [(row(office).state, row(office).note)]
    draft(office, acme)
    seen.append((row(office).state, row(office).note))
    life.mark_reviewed(office, newest(office), by="ben")
    seen.append((row(office).state, row(office).note))
    life.approve(office, acme, newest(office), by="cy")
    seen.append((row(office).state, row(office).note))
    life.sent_by_hand(office, acme, newest(office), by="dee")
    seen.append((row(office).state, row(office).note))

    assert seen == [
        ("due", "draft it"),
        ("draft", "review it"),
        ("reviewed", "approve it"),
        ("approved", "send it"),
        ("sent", "next 2026-11-27"),
    ]
    assert row(office, "birch").state == "due"


def test_what_is_held_comes_first_and_says_why(office):
    later = again(office, LATER)
    draft(later, client_of(later, "acme"))
    found = week(later)

    assert (found.rows[0].client.id, found.rows[0].state, found.count("HELD")) == ("acme", "HELD", 1)
    assert "Jira was read 168 h ago" in found.rows[0].note


def test_money_that_is_overdue_stands_beside_it(office):
    (overdue,) = row(office).overdue

    assert overdue.value.amount == 600
    assert row(office).number == 1


def test_a_client_who_does_not_answer_is_told_after_the_agreed_days_and_an_answer_ends_it(office):
    send(office)
    early = row(again(office, NOW + dt.timedelta(days=14))).silent_days
    late = again(office, NOW + dt.timedelta(days=15))
    silent = row(late).silent_days
    life.answer(late, client_of(late, "acme"), newest(late), "All well.", by="eve")

    assert (early, silent, row(late).silent_days) == (None, 15, None)
    assert row(late).last_heard == dt.date(2026, 12, 5)


def test_after_weeks_of_silence_of_our_own_one_report_is_due(office):
    send(office)
    found = row(again(office, NOW + dt.timedelta(days=23)))

    assert (found.state, found.due_on, found.number) == ("due", dt.date(2026, 12, 11), 2)
