"""Settings about money: versions of agreements, factors, rules about time, exchange rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.config.workspace import load_workspace
from sightline.errors import ConfigError
from sightline.model.money import Money
from sightline.model.portfolio import BillableRule, Overhead, Overtime, RoundingRule

BASE = """
[workspace]
currency = "GBP"
[clients.acme]
name = "Acme Ltd"
[projects.web]
client = "acme"
name = "Website"
"""


def loaded(folder, text):
    (folder / "sightline.toml").write_text(BASE + text, "utf-8")
    return load_workspace(folder)


def test_an_agreement_may_be_a_list_of_versions_by_day(tmp_path):
    later = '{kind = "capped", budget = "900", starts = 2026-10-01}'
    first = '{kind = "time_and_materials", budget = "500", expenses = "billed", markup = 0.1}'
    project = loaded(tmp_path, f"agreement = [{later}, {first}]").projects["web"]

    assert [one.kind for one in project.agreements] == ["time_and_materials", "capped"]
    assert project.agreement == project.agreements[1]
    assert project.agreement.cap == Money.of(900, "GBP")
    assert (project.agreements[0].expenses, project.agreements[0].markup) == ("billed", Decimal("0.1"))


def test_a_single_agreement_has_no_versions(tmp_path):
    project = loaded(tmp_path, 'agreement = {kind = "retainer", allowance_hours = 20, roll_over_periods = 2}').projects[
        "web"
    ]

    assert project.agreements == ()
    assert (project.agreement.allowance_seconds, project.agreement.roll_over_periods) == (72_000, 2)


def test_factors_and_rules_about_time_are_read_exactly(tmp_path):
    text = """
[rates]
combine = "add"
overhead = [{factor = 1.25, from = 2026-01-01}]
overtime = [{factor = 1.5, weekdays = ["sat", "sun"]}, {factor = 1.3, beyond_hours = 8, sides = ["cost", "bill"]}]
[[time.billable]]
label = "internal"
billable = false
[[time.billable]]
project = "web"
share = 0.5
[[time.rounding]]
minutes = 15
client = "acme"
"""
    rules = loaded(tmp_path, text).rules

    assert rules.overhead == (Overhead(factor=Decimal("1.25"), starts=dt.date(2026, 1, 1)),)
    assert rules.overtime == (
        Overtime(factor=Decimal("1.5"), weekdays=(5, 6)),
        Overtime(factor=Decimal("1.3"), beyond_seconds=28_800, sides=("cost", "bill")),
    )
    assert rules.billable == (
        BillableRule(label="internal", share=Decimal(0)),
        BillableRule(project="web", share=Decimal("0.5")),
    )
    assert rules.rounding == (RoundingRule(minutes=15, client="acme"),)
    assert rules.combine == "add"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[time.billable]]\nbillable = true", "must name one of"),
        ('[[time.billable]]\nproject = "wed"', "wed"),
        ("[[rates.overtime]]\nfactor = 2", "must name weekdays"),
        ('agreement = [{kind = "internal"}, {kind = "capped"}]', "same day"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        loaded(tmp_path, text)


def test_rates_of_the_central_bank_are_read_and_those_written_here_win(tmp_path):
    (tmp_path / "rates.csv").write_text("Date,USD,GBP,CYP,\n2026-11-20,1.16,0.86,N/A,\n2026-11-19,1.15,0.85,N/A,\n")
    text = (
        '[currencies]\necb = "rates.csv"\n[[currencies.rates]]\nfrom = "EUR"\nto = "GBP"\nrate = 0.9\nday = 2026-11-20'
    )
    exchange = loaded(tmp_path, text).exchange
    nineteenth, twentieth = dt.date(2026, 11, 19), dt.date(2026, 11, 20)

    assert exchange["EUR", "USD"] == ((nineteenth, Decimal("1.15")), (twentieth, Decimal("1.16")))
    assert exchange["EUR", "GBP"][-1] == (twentieth, Decimal("0.9"))
    assert ("EUR", "CYP") not in exchange


@pytest.mark.parametrize("content", ["", "Day,USD\n", "Date,USD\n2026-11-20,-1\n", "Date,USD\n20/11/2026,1\n", None])
def test_a_file_that_holds_no_rates_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "rates.csv").write_text(content)

    with pytest.raises(ConfigError, match="exchange rates"):
        loaded(tmp_path, '[currencies]\necb = "rates.csv"').exchange
