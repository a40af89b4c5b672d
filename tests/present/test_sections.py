"""What sections say: nothing their own figures put in doubt, and the reasons where there are any."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from msgspec import structs

from present.test_forms import DAY, facts, made, percent
from sightline.model.facts import ClientChange, ClientPayment, ClientQuestion, ClientReason
from sightline.model.money import Money
from sightline.present.documents.markdown import markdown_of
from sightline.present.report import page


def report(*sections, figures=(("progress_by_count", "26"), ("planned_percent", "32")), whole=(), **more):
    """These sections of a report as text; `more` are fields of its only project."""
    shown = facts()
    project = structs.replace(shown.projects[0], figures=tuple(percent(*one) for one in figures), **more)
    shown = structs.replace(shown, projects=(project,), **dict(whole))
    return " ".join(markdown_of(page(made(shown, sections=sections))).split())


@pytest.mark.parametrize(
    ("done", "forecast", "says"),
    [
        ("40", dt.date(2027, 1, 20), "We expect to finish on 20 January 2027, within the promised 29 January 2027."),
        ("20", dt.date(2027, 2, 9), "We now expect to finish on 9 February 2027; 29 January 2027 was promised."),
        ("40", dt.date(2027, 2, 9), "We now expect to finish on 9 February 2027; 29 January 2027 was promised."),
        ("20", dt.date(2027, 1, 20), None),
    ],
)
def test_work_behind_its_plan_is_never_said_to_end_in_time(done, forecast, says):
    text = report("in_short", figures=(("progress_by_count", done), ("planned_percent", "32")), forecast_on=forecast)

    assert (says in text) if says else ("expect to finish" not in text)


def test_reasons_stand_with_their_days_and_whose_turn_it_is():
    reasons = (
        ClientReason(days=Decimal(4), cause="client", turn="yours", items=("Homepage design",)),
        ClientReason(days=Decimal(2), cause="capacity", turn="ours"),
    )
    text = report("late", reasons=reasons)

    assert "| Waiting for your answer<br>Homepage design | 4 | yours |" in text
    assert "| We had fewer people than planned | 2 | ours |" in text


def test_what_is_asked_of_the_client_stands_first_with_what_waiting_costs():
    asked = ClientQuestion(day=DAY, text="Approve the design", due_on=DAY, approval=True, delay_per_day=Decimal(1))
    text = report("needed", questions=(asked, structs.replace(asked, text="Ours", yours=False)))

    assert "Your approval: Approve the design<br>Each day of waiting moves the end by 1 working day." in text
    assert "Ours" not in text


def test_changes_are_told_only_when_there_was_a_report_before():
    moved = ClientChange(kind="moved", title="Launch", key="WEB-3", before=DAY, after=dt.date(2026, 12, 1))
    told = report("changes", changes=(moved,), whole={"former_on": dt.date(2026, 11, 13)})

    assert "| Moved | Launch WEB-3 | 20 November 2026 → 1 December 2026 |" in told
    assert "Moved" not in report("changes", changes=(moved,))


def test_payments_of_the_period_are_thanked_for_and_without_any_the_last_one():
    def paid(day, amount):
        return ClientPayment(day=day, amount=Money.of(amount, "GBP"), invoice="INV-1")

    old = [paid(dt.date(2026, 10, day), day) for day in (30, 2)]
    text = report("invoices", payments=(paid(DAY, 99), *old))

    assert ("£99.00" in text, "£30.00" in text) == (True, False)
    assert (
        "£30.00" in report("invoices", payments=tuple(old)),
        "£2.00" in report("invoices", payments=tuple(old)),
    ) == (True, False)
