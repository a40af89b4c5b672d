"""Money of the made-up consultancy, through the command line, beside what is true in its world."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sightline.sandbox.truth import receivables

PROJECTS = (
    "acme_website acme_app birch_booking own_website dune_migration dune_training cedar_care elm_launch heron_shop"
    " fjord_portal gorse_advice operations"
).split()


def sums(told, name):
    return {row["currency"]: Decimal(row["sum"]) for row in told["totals"].get(name, ())}


def test_the_portfolio_adds_up_to_what_is_true_and_its_rows_to_its_sums(whole):
    told = whole.run("money", "--json").json
    true = [found for project in PROJECTS for found in receivables(whole.world, project).items()]
    net = {
        code: sum((r.invoiced_net - r.credited_net for c, r in true if c == code), Decimal(0))
        for code in ("EUR", "GBP")
    }
    rows = [
        (value["currency"], Decimal(value["amount"]))
        for row in told["rows"]
        for value in row["figures"]["revenue"]["values"]
    ]

    assert sums(told, "revenue") == net
    for code, amount in net.items():
        assert sum((value for currency, value in rows if currency == code), Decimal(0)) == amount


def test_the_unmatched_inbox_holds_what_is_nobodys_with_its_sum(whole):
    told = whole.run("money", "--json").json
    (invoice,) = [row for row in told["unmatched"] if row["kind"] == "invoice"]

    assert (invoice["number"], invoice["total"]) == ("INV-0420", {"amount": "780", "currency": "GBP"})
    assert "invoice GBP 780.00" in whole.run("money").out


@pytest.mark.parametrize("period", [[], ["--period", "2026-10"], ["--period", "2026-Q4"]])
def test_the_statement_agrees_with_the_ledger_to_the_cent(whole, period):
    told = whole.run("money", "reconcile", "--json", *period)
    (statement,) = told.json

    assert told.code == 0
    assert statement["agrees"] is True
    assert {row["kind"] for row in statement["documents"]} >= {"invoice", "bank_transaction in"}
    for row in [*statement["documents"], *statement["settled"]]:
        assert Decimal(row["difference"]) == 0


def test_the_statements_totals_are_those_of_the_world(whole):
    (statement,) = whole.run("money", "reconcile", "--json").json
    counted = [d for d in whole.world.documents if d.kind == "invoice" and d.status in ("AUTHORISED", "PAID")]
    told = {row["currency"]: Decimal(row["ledger"]) for row in statement["documents"] if row["kind"] == "invoice"}

    assert told == {code: sum((d.total for d in counted if d.currency == code), Decimal(0)) for code in ("EUR", "GBP")}


def test_every_figure_about_money_opens_to_its_receipt(whole):
    told = whole.run("money", "birch_booking", "--json").json
    names = dict.fromkeys(figure["figure"] for figure in told["figures"])

    assert {"wip", "earned", "cost", "margin", "eac_typical", "budget_ends_money", "leakage_days"} <= set(names)
    for name in names:
        opened = whole.run("explain", "birch_booking", name, "--json")
        assert opened.code == 0, name
        assert all(one["formula"] and one["method"] for one in opened.json), name


def test_a_clients_figures_open_to_its_projects(whole):
    (figure,) = [one for one in whole.run("explain", "acme", "revenue", "--json").json if one["currency"] == "GBP"]

    assert figure["value"] == "10785.00"
    assert [line["value"] for line in figure["inputs"]] == ["GBP 9000.00", "GBP 1785.00"]


def test_a_project_without_any_time_has_no_margin(whole):
    rows = {row["project"]: row["figures"] for row in whole.run("money", "--json").json["rows"]}

    for project in ("elm_launch", "fjord_portal"):
        assert list(rows[project]["margin"]["values"][0]) == ["unknown"]
    assert rows["acme_website"]["margin"]["bound"] == "≤"
    assert rows["acme_website"]["cost"]["bound"] == "≥"


def test_a_name_that_is_neither_project_nor_client_is_told_with_the_nearest(whole):
    told = whole.run("money", "acme_webste")

    assert told.code == 1
    assert "acme_website" in told.err


def test_people_tell_hours_and_load_and_no_rate(whole):
    told = whole.run("people", "--period", "2026-10", "--json")
    people = told.json["people"]

    assert Decimal(people[0]["hours"]) > 0
    assert {person["name"] for person in people} >= {"Maria Lind", "Jonas Berg"}
    for rate in ("55.37", "61.23", "57.81", "85", "per_hour", "cost"):
        assert rate not in " ".join(key for person in people for key in person)
        assert f'"{rate}"' not in told.out


def test_a_backdated_rate_is_measured_again_and_what_it_moved_is_told(serve):
    place = serve()
    assert place.run("sync", "--json").code == 0
    before = place.run("explain", "birch_booking", "cost", "--json").json[0]["value"]
    place.edit('person = "Jonas Berg"\nper_hour = "61.23"', 'person = "Jonas Berg"\nper_hour = "71.23"')
    told = place.run("money", "birch_booking", "--since-change", "2026-01-01", "--json").json
    moved = {one["figure"]: one for one in told["moved"]}

    assert Decimal(moved["cost"]["before"]["amount"]) == Decimal(before)
    assert Decimal(moved["cost"]["after"]["amount"]) == Decimal(before) + 226 * 10
    assert {"margin", "profit", "eac_cost"} <= set(moved)
    assert {one["project"] for one in told["moved"]} == {"birch_booking"}
    assert "invoiced" not in moved


def test_a_stated_rate_makes_one_sum_and_says_which_rate(serve):
    place = serve()
    assert place.run("sync", "--json").code == 0
    assert place.run("money", "--json").json["together"]["revenue"]["value"]["unknown"].startswith("no rate from EUR")
    (place.folder / "ecb.csv").write_text("Date,USD,GBP,\n2026-11-20,1.16,0.80,\n", "utf-8")
    place.edit("[rates]\n", '[currencies]\necb = "ecb.csv"\n\n[rates]\n')
    told = place.run("money", "--json").json
    together, apart = told["together"]["revenue"], sums(told, "revenue")

    assert Decimal(together["value"]["amount"]) == apart["GBP"] + apart["EUR"] * Decimal("0.8")
    assert "EUR at 0.800000" in together["rates"]


def test_hours_of_a_day_count_over_all_projects_for_overtime(serve):
    place = serve()
    assert place.run("sync", "--json").code == 0
    plain = {
        name: place.run("explain", name, "cost", "--json").json[0]["value"] for name in ("birch_booking", "acme_app")
    }
    place.edit("[rates]\n", "[rates]\novertime = [{factor = 2, beyond_hours = 5}]\n")
    told = place.run("explain", "birch_booking", "cost", "--json").json[0]

    assert Decimal(told["value"]) > Decimal(plain["birch_booking"])
    assert any("x 2 overtime" in line["label"] for line in told["inputs"])
