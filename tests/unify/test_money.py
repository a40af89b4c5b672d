"""Which project each document line belongs to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sightline.model.facts import Sourced
from sightline.model.portfolio import MoneyRule, Project
from sightline.model.records import Document, Line
from sightline.unify.money import Unmatched, assign, unmatched_sums


def line(number, amount, option=None, tax="0", text=None):
    tracking = (("Project", option),) if option else ()
    return Line(id=str(number), amount=Decimal(amount), tax=Decimal(tax), tracking=tracking, description=text)


def document(*lines, number="INV-1", paid="0", source="xero", **more):
    net = sum((one.amount for one in lines), Decimal(0))
    tax = sum((one.tax for one in lines), Decimal(0))
    fields = {
        "id": number, "scope": "org", "kind": "invoice", "status": "AUTHORISED", "currency": "GBP", "number": number,
        "contact": "Acme Ltd", "subtotal": net, "tax": tax, "total": net + tax, "paid": Decimal(paid),
        "credited": Decimal(0), "outstanding": net + tax - Decimal(paid), **more,
    }  # fmt: skip
    return Sourced(source, Document(lines=lines, **fields))


def project(name, **rule):
    return Project(id=name, name=name, money=(MoneyRule(source="xero", **rule),))


@pytest.mark.parametrize(
    "rule",
    [
        {"contact": "acme ltd"}, {"contact": "Acme*"}, {"reference": "PO 88*"}, {"number": "INV-1"}, {"text": "Sprint"},
        {"tracking": ("Project", "Website")}, {"project": "Website rebuild"}, {},
    ],
)  # fmt: skip
def test_a_rule_fits_by_contact_reference_number_text_tracking_or_ledger_project(rule):
    invoice = document(line(1, "100", "Website", text="Build sprint 7"), reference="PO 88123", project_id="p1")
    found = assign([invoice], [project("web", **rule)], {("xero", "p1"): "Website rebuild"})

    assert [part.whole for part in found.of["web"]] == [True]
    assert found.unmatched == []


@pytest.mark.parametrize(
    "rule",
    [
        {"contact": "Acme"}, {"reference": "PO"}, {"number": "INV-2"}, {"text": "holiday"}, {"project": "Website"},
        {"tracking": ("Project", "App")}, {"contact": "Acme Ltd", "tracking": ("Region", "Website")},
    ],
)  # fmt: skip
def test_all_that_a_rule_asks_must_fit(rule):
    found = assign([document(line(1, "100", "Website"))], [project("web", **rule)])

    assert found.of == {}
    assert len(found.unmatched) == 1


def test_a_rule_of_another_organisation_takes_nothing():
    assert assign([document(line(1, "5"), source="other_xero")], [project("web")]).of == {}


def test_lines_go_to_their_projects_and_all_amounts_still_sum_to_the_document():
    invoice = document(line(1, "100", "Web", "20"), line(2, "50", "App", "10"), line(3, "30", None, "6"), paid="100")
    projects = [project("web", tracking=("Project", "Web")), project("app", tracking=("Project", "App"))]
    found = assign([invoice], projects)
    web, app, rest = found.of["web"][0], found.of["app"][0], found.unmatched[0]

    assert [(p.net, p.tax, p.total, p.paid, p.outstanding) for p in (web, app, rest)] == [
        (100, 20, 120, Decimal("55.55"), Decimal("64.45")),
        (50, 10, 60, Decimal("27.78"), Decimal("32.22")),
        (30, 6, 36, Decimal("16.67"), Decimal("19.33")),
    ]
    assert (web.whole, [one.id for one in web.lines]) == (False, ["1"])
    assert web.rule == 'tracking "Project=Web"'


def test_the_first_configured_rule_wins_whatever_comes_later():
    invoice = document(line(1, "100", "App"))
    general, special = project("general", contact="Acme Ltd"), project("app", tracking=("Project", "App"))

    assert list(assign([invoice], [general, special]).of) == ["general"]
    assert list(assign([invoice], [special, general]).of) == ["app"]


def test_a_whole_document_keeps_the_ledgers_own_totals_even_if_the_lines_say_otherwise():
    found = assign([document(line(1, "100"), subtotal=Decimal("99.99"), total=Decimal("99.99"))], [project("web")])

    assert (found.of["web"][0].net, found.of["web"][0].total) == (Decimal("99.99"), Decimal("99.99"))


def test_lines_with_tax_inside_are_taken_without_it():
    invoice = document(
        line(1, "120", "Web", "20"), line(2, "60", "App", "10"), tax_inclusive=True,
        subtotal=Decimal(150), total=Decimal(180), outstanding=Decimal(180),
    )  # fmt: skip
    found = assign([invoice], [project("web", tracking=("Project", "Web"))])

    assert (found.of["web"][0].net, found.of["web"][0].total) == (100, 120)
    assert (found.unmatched[0].net, found.unmatched[0].total) == (50, 60)


def test_a_document_without_lines_belongs_by_its_head():
    bare = document(kind="prepayment", total=Decimal(1000), outstanding=Decimal(1000), direction="in")
    tracked = project("web", contact="Acme Ltd", tracking=("Project", "Web"))

    assert assign([bare], [tracked]).of == {}
    assert assign([bare], [project("web", contact="Acme Ltd")]).of["web"][0].total == 1000


def test_what_another_document_tells_is_left_out():
    found = assign([document(line(1, "20"), counts_elsewhere=True)], [project("web")])

    assert (found.of, found.unmatched) == ({}, [])


def test_what_is_open_is_worked_out_where_the_ledger_does_not_say():
    found = assign([document(line(1, "100"), paid="30", outstanding=None)], [project("web")])

    assert found.of["web"][0].outstanding == 70


def test_the_unmatched_are_summed_by_kind_and_currency():
    documents = [
        document(line(1, "780"), number="A"), document(line(1, "20"), number="B"), document(line(1, "5"), number="C", currency="EUR"),
        document(line(1, "7"), number="D", kind="bill", total=None, outstanding=None),
    ]  # fmt: skip
    parts = assign(documents, []).unmatched

    assert unmatched_sums(parts) == [
        Unmatched("invoice", "GBP", 2, Decimal(800), 0),
        Unmatched("bill", "GBP", 1, Decimal(0), 1),
        Unmatched("invoice", "EUR", 1, Decimal(5), 0),
    ]
    assert unmatched_sums(parts, counts=["A"]) == [Unmatched("invoice", "GBP", 1, Decimal(780), 0)]


CENTS = st.integers(-500_000, 500_000).map(lambda cents: Decimal(cents) / 100)


@given(
    st.lists(st.tuples(CENTS, CENTS, st.sampled_from(["Web", "App", None])), min_size=1, max_size=7),
    CENTS,
    st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("-0.02")]),
)
def test_the_parts_of_any_document_sum_to_it_exactly(rows, paid, off):
    lines = [line(i, amount, option, tax) for i, (amount, tax, option) in enumerate(rows)]
    invoice = document(*lines, paid=paid)
    whole = structs.replace(invoice.record, total=invoice.record.total + off)
    projects = [project("web", tracking=("Project", "Web")), project("app", tracking=("Project", "App"))]
    found = assign([Sourced("xero", whole)], projects)
    parts = [part for held in found.of.values() for part in held] + found.unmatched

    for name, amount in (
        ("net", whole.subtotal), ("tax", whole.tax), ("total", whole.total), ("paid", whole.paid),
        ("credited", whole.credited), ("outstanding", whole.outstanding),
    ):  # fmt: skip
        assert sum(getattr(part, name) for part in parts) == amount
    assert sorted(one.id for part in parts for one in part.lines) == sorted(one.id for one in lines)
