"""All figures of a project; a broken metric takes nothing else with it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from measure.made import bill_rate, cost_rate, entry, facts_of, part, task
from sightline.extend import Metric
from sightline.measure.figures import FOUNDATION, Hours, ProgressByCount
from sightline.measure.project import measure_project
from sightline.model.figures import Unknown

FACTS = facts_of(
    tasks=[task(1, "done"), task(2)], time=[entry(1, 2)], rates=(bill_rate(), cost_rate()), documents=[part(1)]
)


class Raises(Metric):
    name, title, unit, source = "luck", "Luck", "percent", "nobody"

    def measure(self, facts):
        raise ValueError("Acme's secret")


class Leaves(Raises):
    def measure(self, facts):
        raise SystemExit(3)


class GivesText(Raises):
    def measure(self, facts):
        return ["42"]


class Copies(Raises):
    def measure(self, facts):
        return Hours().measure(facts)


class Forgets(Raises):
    def measure(self, facts):
        return None


def test_the_foundation_gives_every_figure_of_the_interface_once():
    names = [figure.name for figure in measure_project(FACTS)]

    assert names == [
        "progress", "progress_by_count", "progress_by_estimate", "progress_by_checklist", "progress_earned",
        "planned_percent", "behind_hours",
            "slip_days", "slip_finish", "waiting_client_days", "waiting_supplier_days", "waiting_payment_days",
            "waiting_us_days", "scope_change", "scope_unapproved", "hours", "hours_billable", "billable_value",
        "billing_hours", "budget_used_hours", "budget_used_money", "budget_left_hours", "burn_hours", "budget_ends_hours",
        "budget_left_money", "burn_money", "budget_ends_money", "invoiced", "revenue", "paid", "outstanding",
        "unused_credit", "overdue", "overdue_days", "owed_0_30", "owed_31_60", "owed_61_90", "owed_91_120", "owed_over_120", "dso", "earned", "accrued",
        "deferred", "unbilled", "revenue_by_hours", "revenue_by_cost", "revenue_by_progress", "revenue_by_schedule", "wip",
        "bill_ready", "wip_age_days", "billed_difference", "purchases", "cost", "margin", "profit", "effective_rate",
        "realisation_value", "realisation_hours", "eac_typical", "eac_atypical", "eac_bottom_up", "eac_cost",
        "revenue_at_completion", "margin_at_completion", "profit_at_completion", "finish_50", "finish_70", "finish_85",
        "finish_95", "effort_finish_50", "effort_finish_70", "effort_finish_85", "effort_finish_95", "promise_likelihood",
        "forecast_held_85", "forecast_held_50", "planned_next_week",
        "bac", "pv", "ev", "ac", "sv", "cv", "spi", "cpi", "etc", "vac", "tcpi", "eac_combined", "bac_cost", "pv_cost",
        "ev_cost", "ac_cost", "sv_cost", "cv_cost", "spi_cost", "cpi_cost", "etc_cost", "vac_cost", "tcpi_cost",
        "ev_eac_typical_cost", "ev_eac_atypical_cost", "ev_eac_combined_cost", "earned_schedule", "sv_t", "spi_t", "ieac_t",
        "ieac_t_on",
        "leakage_days", "time_findings", "freshness",
    ]  # fmt: skip


def test_every_figure_says_how_it_was_made():
    for figure in measure_project(FACTS):
        assert figure.method
        assert figure.receipt.formula
        assert figure.receipt.source
        assert (figure.project, figure.client, figure.as_of) == ("web", "acme", FACTS.as_of)


def test_every_metric_says_title_unit_and_source():
    for metric in FOUNDATION:
        assert metric.title
        assert metric.unit
        assert metric.source


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (Raises, "it raised ValueError"),
        (Leaves, "it raised SystemExit"),
        (Forgets, "it raised TypeError"),
        (GivesText, "it gave something that is no figure"),
        (Copies, "it gives a figure that another metric has given"),
    ],
)
def test_a_broken_metric_is_told_and_the_others_stand(broken, why):
    by_name = {figure.name: figure for figure in measure_project(FACTS, (ProgressByCount, Hours, broken))}

    assert by_name["luck"].value == Unknown(why=f"metric luck of {broken.__module__} is broken: {why}")
    assert by_name["luck"].internal is True
    assert by_name["progress_by_count"].value == Decimal(50)
    assert by_name["hours"].value == 2


def test_a_broken_metric_never_tells_the_text_of_its_error():
    (figure,) = measure_project(FACTS, (Raises,))

    assert "secret" not in str(figure)
