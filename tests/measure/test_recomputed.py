"""Every figure of money and time recomputes from its receipt alone, whatever the currency, documents and entries."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from measure.made import TODAY, entry, facts_of, part, state, task
from sightline.app.money import MONEY_FIGURES
from sightline.measure.figures import FOUNDATION
from sightline.measure.project import measure_project
from sightline.model.figures import Unknown
from sightline.model.money import Money, minor_digits
from sightline.model.portfolio import Agreement, Rate

HUNDRED = Decimal(100)
SALES = ("invoice", "credit_note", "prepayment", "overpayment")
#: A currency without decimals, one with two, one with three.
CURRENCIES = ("JPY", "GBP", "KWD")


def number(text):
    """What a line says: seconds of hours, an amount, a count, a percentage."""
    if found := re.findall(r"(?<![\d.])(\d+) (h|min|s)\b", text):
        sign = -1 if text.startswith("-") else 1
        return sign * sum(int(n) * {"h": 3600, "min": 60, "s": 1}[unit] for n, unit in found)
    return Decimal(re.sub(r"^[A-Z]{3} | [%h]$", "", text))


class Read:
    """The lines of a figure's receipt, by the beginnings of their labels."""

    def __init__(self, figure):
        self.lines = [(row.label, row.value) for row in figure.receipt.lines]

    def __getitem__(self, label):
        return next(number(value) for said, value in self.lines if said.startswith(label))

    def total(self):
        return sum((number(value) for _, value in self.lines), Decimal(0))


def left(read):
    return read["agreed"] - read["used"]


def progress(read):
    return read["percent complete"] * read["fixed price"] / HUNDRED


def eac_cost(read):
    worked, ahead = Decimal(read["hours worked"]) / 3600, read["hours at completion"]
    # Whole hours are written as people say them, others as a decimal number.
    ahead = Decimal(ahead) / 3600 if isinstance(ahead, int) else ahead
    return read["cost to date"] + (ahead - worked) * read["cost of work"] / worked


#: Figure → what its formula makes of its lines; money to the minor unit, hours in seconds.
FORMULAS = {
    **dict.fromkeys(
        "hours hours_billable billing_hours billable_value invoiced revenue paid outstanding unused_credit overdue"
        " owed_0_30 owed_31_60 owed_61_90 owed_91_120 owed_over_120 wip bill_ready purchases cost cost_at_least"
        " leakage_days time_findings revenue_by_hours revenue_by_schedule".split(),
        Read.total,
    ),
    "earned": lambda read: read["Maria"] if any(label.startswith("Maria") for label, _ in read.lines) else Decimal(0),
    "accrued": lambda read: max(Decimal(0), read["earned"] - read["invoiced"]),
    "deferred": lambda read: max(Decimal(0), read["invoiced"] - read["earned"]),
    "unbilled": lambda read: read["earned"] - read["invoiced"],
    "profit": lambda read: read["revenue"] - read["cost"],
    "margin": lambda read: HUNDRED * (read["revenue"] - read["cost"]) / read["revenue"],
    "effective_rate": lambda read: read["revenue"] * 3600 / read["hours worked"],
    "realisation_value": lambda read: HUNDRED * read["invoiced"] / read["billable work"],
    "realisation_hours": lambda read: HUNDRED * read["billable"] / Decimal(read["recorded"]),
    "dso": lambda read: read["outstanding"] * 90 / read["invoiced lately"],
    "budget_used_hours": lambda read: HUNDRED * read["used"] / Decimal(read["agreed"]),
    "budget_used_money": lambda read: HUNDRED * read["used"] / read["agreed"],
    "budget_left_hours": left,
    "budget_left_money": left,
    "burn_hours": lambda read: Decimal(read["used lately"]) / read["working days"],
    "burn_money": lambda read: read["used lately"] / read["working days"],
    "revenue_by_progress": progress,
    "revenue_by_cost": lambda read: read["contract"] * read["cost to date"] / read["expected cost"],
    "eac_cost": eac_cost,
    "wip_age_days": lambda read: (TODAY - dt.date.fromisoformat(read.lines[0][1])).days if read.lines else 0,
    "overdue_days": lambda read: max((number(value) for _, value in read.lines), default=0),
}
#: Days, forecasts and bridges, each with its own example in the tests of its module.
APART = {
    "budget_ends_hours", "budget_ends_money", "eac_typical", "eac_atypical", "eac_bottom_up", "billed_difference",
    "retainer_left", "margin_at_most", "profit_at_most", "received", "outstanding_at_end",
}  # fmt: skip


def test_every_figure_of_the_money_page_is_recomputed_here_or_has_its_own_example():
    assert set(MONEY_FIGURES) == set(FORMULAS) | APART


@st.composite
def documents(draw, currency):
    """Documents with negative amounts, partly paid or paid beyond, credits larger than the rest, drafts and voided ones."""
    places = minor_digits(currency)
    amount = st.decimals("-500", "9000", places=places)
    made = []
    for at in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from((*SALES, "bill", "bill_credit_note", "expense")))
        status = draw(st.sampled_from(("AUTHORISED", "PAID", "DRAFT", "VOIDED", "DELETED")))
        net, tax, paid, credited = (str(draw(amount)) for _ in range(4))
        issued = draw(st.dates(dt.date(2026, 5, 1), TODAY))
        made.append(
            part(at, kind, status, net, tax, paid, credited, currency=currency, issued_on=issued,
                 due_on=issued + dt.timedelta(days=14))
        )  # fmt: skip
    return made


@st.composite
def projects(draw, currency):
    """Facts of one project by hours in one currency, with rates at four decimals."""
    rate = st.decimals("0.0001", "300", places=4)
    seconds = st.integers(-20_000, 80_000)
    time = [
        booked(at, draw(seconds), draw(st.dates(dt.date(2026, 9, 1), TODAY)), billable=draw(st.booleans()))
        for at in range(draw(st.integers(0, 6)))
    ]
    tasks = [
        task(at, draw(st.sampled_from(("done", "todo"))), estimate_seconds=draw(st.integers(1, 40)) * 3600)
        for at in range(draw(st.integers(0, 4)))
    ]
    agreement = Agreement(
        kind="time_and_materials", budget=Money.of(draw(st.integers(1, 9000)), currency), budget_seconds=72_000
    )
    return facts_of(
        agreement=agreement, tasks=tasks, time=time, documents=draw(documents(currency)),
        rates=tuple(Rate(side=side, per_hour=Money(amount=draw(rate), currency=currency)) for side in ("bill", "cost")),
        project={"starts": dt.date(2026, 1, 1), "due": dt.date(2026, 12, 31)}.items(),
        sources=(state(), state("xero")),
    )  # fmt: skip


def booked(at, seconds, day, *, billable):
    made = entry(at, 0, day=day, billable=billable)
    return made._replace(record=structs.replace(made.record, seconds=seconds))


def shown(figure, value):
    """The value in the unit and with the digits of the figure."""
    if isinstance(figure.value, Money):
        unit = Decimal(1).scaleb(-minor_digits(figure.value.currency))
        return Money(amount=Decimal(value).quantize(unit, ROUND_HALF_UP), currency=figure.value.currency)
    return Decimal(value) / 3600 if figure.unit == "hours" else Decimal(value)


def agrees(figure, value):
    """Exactly; where a line is written with six decimals (a percentage, hours to come) to a millionth of the whole."""
    if figure.name in ("revenue_by_progress", "eac_cost"):
        return abs(figure.value.amount - value.amount) <= max(abs(value.amount) / 100_000, Decimal(1))
    return figure.value == value or (
        figure.unit in ("percent", "hours", "days") and abs(figure.value - value) < 1 / HUNDRED**9
    )


@pytest.mark.parametrize("currency", CURRENCIES)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_figure_recomputes_from_its_receipt(currency, data):
    facts = data.draw(projects(currency))
    for figure in measure_project(facts, FOUNDATION):
        formula = FORMULAS.get(figure.name)
        if formula is not None and not isinstance(figure.value, Unknown):
            assert agrees(figure, shown(figure, formula(Read(figure)))), figure


@pytest.mark.parametrize("currency", CURRENCIES)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_parts_sum_to_what_is_shown_whatever_the_order_of_documents(currency, data):
    held = data.draw(documents(currency))
    mixed = data.draw(st.permutations(held))

    def figures(rows):
        made = measure_project(facts_of(documents=rows, sources=(state("xero"),)), FOUNDATION)
        return {(one.name, one.currency): one.value for one in made if one.unit == "money"}

    found = figures(held)
    assert figures(mixed) == found
    ages = ("owed_0_30", "owed_31_60", "owed_61_90", "owed_91_120", "owed_over_120")
    for (name, code), value in found.items():
        if name == "outstanding" and isinstance(value, Money):
            assert sum((found[age, code] for age in ages), Money.zero(code)) == value
            due = [
                row for row in held if row.document.kind == "invoice" and row.document.status in ("AUTHORISED", "PAID")
            ]
            owed = sum((row.outstanding for row in due if row.document.currency == code), Decimal(0))
            assert Money(amount=owed, currency=code) - found.get(("unused_credit", code), Money.zero(code)) == value


def test_a_credit_note_larger_than_the_rest_and_a_prepayment_are_off_outstanding_and_not_off_overdue():
    late = {"issued_on": dt.date(2026, 10, 1), "due_on": dt.date(2026, 10, 15)}
    rows = [
        part(1, net="100", tax="20", paid="30", **late),
        part(2, kind="credit_note", net="50", tax="10", issued_on=TODAY),
        part(3, kind="prepayment", net="200", tax="0", issued_on=TODAY),
    ]
    made = {one.name: one.value for one in measure_project(facts_of(documents=rows), FOUNDATION)}

    assert (made["overdue"], made["outstanding"], made["unused_credit"]) == (
        Money.of(90, "GBP"),
        Money.of(-170, "GBP"),
        Money.of(260, "GBP"),
    )


def test_more_credited_than_invoiced_has_no_margin_that_looks_like_a_gain():
    rows = [part(1), part(2, kind="credit_note", net="500", tax="100", issued_on=TODAY), part(3, kind="bill", net="50")]
    made = {one.name: one.value for one in measure_project(facts_of(documents=rows), FOUNDATION)}

    assert made["margin"] == Unknown(why="more has been credited than invoiced")
    assert made["profit"] == Money.of(-450, "GBP")
