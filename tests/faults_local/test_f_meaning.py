"""Group F, what time and money mean: days, odd entries, currencies, rates, rounding, credit, and what a client sees.

As far as figures, exports and drafts go today; F064 ends at the draft, because approving and sending come later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults.sources import Site
from faults.toy import Items, ToyVendor, item, toy
from faults_local.small import Office
from measure.made import TODAY, bill_rate, cost_rate, entry, facts_of, one, part, payment, task
from sightline.measure.currency import Rates, added
from sightline.measure.figures.control import TimeFindings
from sightline.measure.figures.ledger import Invoiced, Outstanding
from sightline.measure.figures.profit import Cost
from sightline.measure.figures.time import BillableValue, Hours
from sightline.measure.hygiene import findings
from sightline.measure.receivables import ageing, allocate
from sightline.model.collected import Landing
from sightline.model.facts import ClientFacts
from sightline.model.figures import Unknown
from sightline.model.money import Money, rounded
from sightline.model.records import TimeEntry
from sightline.sandbox.edits import Edits
from sightline.sdk import Task
from sightline.store import Store
from sightline.testing import collect

D = Decimal
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


# --- F064: a report that was written stays as it was -------------------------------------------------------------------


def test_f064_time_edited_after_the_report_leaves_the_report_as_it_was_and_moves_the_figure(tmp_path):
    with Office(tmp_path, ["acme_jira"]) as office:
        office.sync()
        office.cli("report", "draft", "acme")
        (report,) = (office.folder / "reports").glob("acme-*.html")
        written = hashlib.sha256(report.read_bytes()).hexdigest()
        before = hours(office)
        entry = next(t for t in office.world.times_of("acme_jira") if t.started_at.month < 11)
        with office.server.lock:
            Edits(office.world).edit_time(entry, entry.seconds + 3600)
        office.sync()
        after = hours(office)
        with office.session() as session:
            (logged,) = session.store.entries("reports", client="acme")

    assert after - before == 1
    assert hashlib.sha256(report.read_bytes()).hexdigest() == written == logged["digest"]


def hours(office: Office) -> Decimal:
    ran = office.cli("export", "time")
    return Decimal(sum(json.loads(line)["seconds"] for line in ran.out.splitlines())) / 3600


# --- F065: the day of work -------------------------------------------------------------------------------------------

#: Zone, an instant at 23:30 there, and the days that zone and UTC see.
LATE = [
    ("America/Los_Angeles", "2026-11-16T23:30:00-08:00", dt.date(2026, 11, 16), dt.date(2026, 11, 17)),
    ("Asia/Kathmandu", "2026-11-16T23:30:00+05:45", dt.date(2026, 11, 16), dt.date(2026, 11, 16)),
    ("Pacific/Auckland", "2026-11-16T23:30:00+13:00", dt.date(2026, 11, 16), dt.date(2026, 11, 16)),
    ("Pacific/Auckland", "2026-11-17T00:30:00+13:00", dt.date(2026, 11, 17), dt.date(2026, 11, 16)),
]


@pytest.mark.parametrize(("zone", "moment", "there", "in_utc"), LATE)
def test_f065_an_entry_without_a_day_falls_on_the_day_of_the_workspaces_zone_everywhere(
    zone, moment, there, in_utc, tmp_path
):
    at = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
    address = f"sqlite:///{tmp_path / 'days.db'}"

    assert (
        day_of(address, ZoneInfo(zone), TimeEntry(id="1", scope="a", seconds=1800, account="x", started_at=at)) == there
    )
    # The same database, read by a workspace in another zone: the same rule.
    assert day_of(address, dt.UTC) == in_utc


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kathmandu", "Pacific/Auckland", "UTC"])
def test_f065_the_vendors_own_day_wins_over_every_zone(zone, tmp_path):
    at = dt.datetime(2026, 11, 16, 23, 30, tzinfo=dt.UTC)
    own = TimeEntry(id="1", scope="a", seconds=1800, account="x", started_at=at, day=dt.date(2026, 11, 14))

    assert day_of(f"sqlite:///{tmp_path / 'own.db'}", ZoneInfo(zone), own) == dt.date(2026, 11, 14)


@pytest.mark.parametrize(("zone", "moment", "there", "in_utc"), LATE)
@pytest.mark.parametrize("source", ["acme_jira", "dune_jira", "trello"])
def test_f065_every_connectors_time_falls_on_the_day_of_the_workspaces_zone_or_its_tools_own(
    source, zone, moment, there, in_utc, tmp_path
):
    site = Site(source, tmp_path)
    entry = site.world.times_of(source)[0]
    entry.started_at, entry.seconds = dt.datetime.fromisoformat(moment).astimezone(dt.UTC), 4320
    with Store.open(f"sqlite:///{tmp_path}/days.db", workspace_zone=ZoneInfo(zone)) as site.keeper:
        site.read()
        days = [e.day for e in site.live(TimeEntry).values() if e.seconds == entry.seconds]

    # Plus for Trello counts the days of its comments in UTC.
    assert days == [in_utc if source == "trello" else there]


def day_of(address: str, zone: dt.tzinfo, entry: TimeEntry | None = None) -> dt.date | None:
    with Store.open(address, workspace_zone=zone) as store:
        if entry is not None:
            store.land(Landing(source="s", stream="time", scope="a", learnt_at=NOW, records=(entry,)))
        (found,) = store.load(TimeEntry, "s")
        columns, rows = store.export("time")
        exported = [dict(zip(columns, row, strict=True))["day"] for row in rows]
        assert exported == [found.record.day.isoformat()]
        return found.record.day


# --- F067: impossible time -------------------------------------------------------------------------------------------


def test_f067_a_negative_entry_subtracts_a_running_one_is_worth_nothing_and_thirty_hours_are_kept():
    facts = facts_of(time=[entry(1, 30), entry(2, -2), entry(3, 0, status="running")])

    assert one(Hours, facts).value == 28
    assert len(facts.time) == 3
    assert {finding.kind for finding in findings(facts)} >= {"too long", "negative", "running"}
    assert one(TimeFindings, facts).value >= 3


def test_f067_a_negative_estimate_is_none_and_told_and_the_task_is_kept():
    class Estimated(Items):
        def map(self, row, context):
            for made in super().map(row, context):
                yield msgspec.structs.replace(made, estimate_seconds=row["estimate"], points=D(row["points"]))

    rows = [item(1, estimate=-3600, points=3), item(2, estimate=7200, points=-1)]
    found = collect(toy(Estimated), ToyVendor({"a": rows}))

    tasks = found.records(Task)
    assert {id_: (task.estimate_seconds, task.points) for id_, task in tasks.items()} == {
        "1": (None, D(3)),
        "2": (7200, None),
    }
    assert "items: 2 tasks have a negative estimate (1, 2); it is taken for none" in found.outcome.notes


# --- F068, F069, F070: currencies, rates, rounding ---------------------------------------------------------------------


def test_f068_three_currencies_are_three_totals():
    documents = [
        part(1, net="5749.99", tax="0", currency="USD"),
        part(2, net="700", tax="0", currency="EUR"),
        part(3, net="10", tax="0"),
    ]
    facts = facts_of(documents=documents)

    assert one(Invoiced, facts, currency="USD").value == Money.of("5749.99", "USD")
    assert one(Invoiced, facts, currency="EUR").value == Money.of("700", "EUR")
    assert one(Invoiced, facts, currency="GBP").value == Money.of("10", "GBP")
    with pytest.raises(Exception, match="USD"):
        Money.of("5749.99", "USD") + Money.of("700", "EUR")
    assert added([Money.of(1, "USD"), Money.of(2, "EUR"), Money.of(3, "USD")]) == [
        Money.of(4, "USD"),
        Money.of(2, "EUR"),
    ]


RATES = Rates({("EUR", "GBP"): [(dt.date(2026, 3, 1), D("0.85")), (dt.date(2026, 6, 1), D("0.90"))]})


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 2, 28), None),
        (dt.date(2026, 3, 1), "85"),
        (dt.date(2026, 5, 31), "85"),
        (dt.date(2026, 6, 1), "90"),
    ],
)
def test_f069_a_day_before_the_first_rate_has_none_and_a_gap_takes_the_last_one_never_the_next(day, expected):
    found = RATES.convert(Money.of(100, "EUR"), "GBP", day)

    if expected is None:
        assert isinstance(found, Unknown)
        assert found.why == "no rate from EUR to GBP on 2026-02-28"
    else:
        assert found.amount == Money.of(expected, "GBP")
        assert not found.derived


def test_f069_an_unknown_pair_is_never_one_to_one():
    assert RATES.convert(Money.of(100, "USD"), "GBP", TODAY) == Unknown(why=f"no rate from USD to GBP on {TODAY}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.decimals(min_value="-9999.9999", max_value="99999.9999", places=4), min_size=1, max_size=30))
def test_f070_parts_always_sum_to_the_total(amounts):
    documents = [part(n, net=str(amount), tax="0") for n, amount in enumerate(amounts)]
    figure = one(Invoiced, facts_of(documents=documents))

    # Exact to the last digit, and rounded once, when it is shown.
    assert figure.value == Money(amount=rounded(sum(amounts, D(0)), "GBP"), currency="GBP")


def test_f070_ten_thousand_times_ten_pence_is_a_thousand_pounds():
    assert one(Invoiced, facts_of(documents=[part(n, net="0.1", tax="0") for n in range(10_000)])).value == Money.of(
        1000, "GBP"
    )


# --- F071: credit ----------------------------------------------------------------------------------------------------


def test_f071_credit_notes_partial_over_and_prepayments_leave_the_right_amount_open():
    documents = [
        part(1, net="100", tax="20", paid="50"),
        part(2, net="80", tax="16", credited="96"),
        part(3, "credit_note", net="30", tax="6"),
        part(4, "overpayment", net="25", tax="0"),
        part(5, net="10", tax="2", status="VOIDED"),
    ]
    payments = [payment(1, 1, "50")]
    facts = facts_of(documents=documents, payments=payments)

    # 120 - 50, 96 - 96, and what is the client's: a credit of 36 and 25 paid too much.
    assert one(Outstanding, facts).value == Money.of("9", "GBP")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.decimals(min_value=0, max_value=1000, places=2), min_size=1, max_size=8),
    st.decimals(min_value=0, max_value=9000, places=2),
)
def test_f071_a_payment_over_terms_is_never_lost_and_never_doubled(due, amount):
    found = allocate(due, amount)

    assert sum(found.applied) + found.rest == amount
    assert [a + b for a, b in zip(found.applied, found.open, strict=True)] == due
    assert all(part >= 0 for part in [*found.applied, *found.open, found.rest])


def test_f071_ageing_keeps_every_penny_in_one_bucket():
    terms = [(TODAY + dt.timedelta(days=n), D("10.01")) for n in (5, 0, -1, -31, -61, -91, -400)]

    assert sum(ageing(terms, TODAY)) == D("70.07")


# --- F074: rates change with a date -----------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", [BillableValue, Cost])
def test_f074_a_new_rate_does_not_touch_what_was_worked_before_it(figure):
    make = bill_rate if figure is BillableValue else cost_rate
    days = [dt.date(2026, 10, 15), dt.date(2026, 11, 14), dt.date(2026, 11, 15), dt.date(2026, 11, 16)]
    time = [entry(n, 1, day=day) for n, day in enumerate(days)]
    old = one(figure, facts_of(time=time, rates=(make("50"),))).value
    middle = one(figure, facts_of(time=time, rates=(make("50"), make("70", starts=dt.date(2026, 11, 15))))).value
    backdated = one(figure, facts_of(time=time, rates=(make("50"), make("70", starts=dt.date(2026, 10, 1))))).value

    assert (old, middle, backdated) == (Money.of(200, "GBP"), Money.of(240, "GBP"), Money.of(280, "GBP"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), min_size=2, max_size=6, unique=True))
def test_f074_history_is_fixed_whatever_comes_later(starts):
    days = sorted(starts)
    worked = [entry(n, 1, day=day) for n, day in enumerate(days[:-1])]
    rates = tuple(cost_rate(str(10 + n), starts=day) for n, day in enumerate(days[:-1]))

    before = one(Cost, facts_of(time=worked, rates=rates)).value
    after = one(Cost, facts_of(time=worked, rates=(*rates, cost_rate("999", starts=days[-1])))).value

    assert before == after == Money.of(sum(10 + n for n in range(len(days) - 1)), "GBP")
    assert all(first < second for first, second in pairwise(days))


# --- F075: internal cost never reaches a client -----------------------------------------------------------------------


def test_f075_planted_costs_and_other_clients_are_in_no_byte_of_any_report(tmp_path):
    with Office(tmp_path, None, size=0.05) as office:
        toml = office.folder / "sightline.toml"
        text = toml.read_text()
        rates = [line for line in text.splitlines() if line.startswith("per_hour")]
        cost = text[text.index("[[rates.cost]]") :].replace('per_hour = "', 'per_hour = "7131')
        toml.write_text(text[: text.index("[[rates.cost]]")] + cost)
        office.sync()
        clients = {one.id: one.name for one in office.session().workspace.clients.values()}
        ran = [office.cli("report", "draft", client) for client in clients]
        pages = {
            path.name: re.sub("<style>.*?</style>", "", path.read_text("utf-8"), flags=re.DOTALL)
            for path in (office.folder / "reports").glob("*.html")
        }

    assert len(rates) > 5
    assert {one.code for one in ran} <= {0, 1}
    assert len(pages) >= 3
    for name, page in pages.items():
        others = [told for id_, told in clients.items() if not name.startswith(id_.replace("_", "-"))]
        assert [told for told in others if told in page] == [], name
        assert [word for word in ("7131", "margin", "profit", "cost rate", "per_hour") if word in page.lower()] == [], (
            name
        )


def test_f075_a_client_report_can_be_made_of_nothing_else():
    from sightline.errors import ContractError
    from sightline.present.report import Cover, client_report

    with pytest.raises(ContractError, match="ClientFacts only"):
        client_report(facts_of(tasks=[task(1)]), [], Cover(agency="x"))
    assert "rates" not in ClientFacts.__struct_fields__
