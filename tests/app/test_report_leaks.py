"""No client document shows what is ours: many generated projects full of canaries, every form searched; and the search finds what is planted.

`make leak-campaign` makes 1,000 outputs; a run of the tests makes a few.
"""

from __future__ import annotations

import ctypes.util
import datetime as dt
import importlib.util
import os
import random
from decimal import Decimal

import pytest
from msgspec import structs

from app.reported import NOW, opened
from measure.made import NOW as MOMENT
from measure.made import TM, TODAY, bill_rate, cost_rate, entry, facts_of, part, task
from sightline.app import report_life as life
from sightline.app.reports import client_of, draft, newest_report
from sightline.errors import ConfigError
from sightline.measure import client as door
from sightline.measure.client import ClientPeriod, client_facts
from sightline.measure.inference import inferences
from sightline.measure.project import measure_project
from sightline.model.facts import ClientHours, ClientMilestone
from sightline.model.money import Money
from sightline.model.portfolio import Agreement
from sightline.present.documents.docx import docx_of
from sightline.present.documents.leaks import Forbidden, leaks_in
from sightline.present.documents.mail import Attached, chat_of, eml_of, mail_of
from sightline.present.documents.markdown import markdown_of
from sightline.present.documents.pdf import pdf_of
from sightline.present.documents.xlsx import xlsx_of
from sightline.present.report import Cover, job_of, page
from sightline.present.sections import SECTIONS

OUTPUTS = int(os.environ.get("SIGHTLINE_LEAK_OUTPUTS", "30"))
SEED = int(os.environ.get("SIGHTLINE_SEED", "1"))
PDF = importlib.util.find_spec("weasyprint") is not None and ctypes.util.find_library("pangoft2-1.0") is not None
PERIOD = ClientPeriod(TODAY - dt.timedelta(days=6), TODAY, TODAY + dt.timedelta(days=14))
KINDS = ("time_and_materials", "fixed_price", "capped", "retainer")


def project(rng: random.Random, mark: str):
    """A project whose every internal corner holds the mark, or the cost rate that nobody may see."""
    secret = f"{rng.randint(1000, 9999)}.{rng.randint(11, 99)}"
    states = ("todo", "in_progress", "done", "cancelled")
    tasks = [
        task(n, rng.choice(states), title=f"Item {n}", description=mark, estimate_seconds=rng.choice((None, 7200)),
             due_on=TODAY + dt.timedelta(days=rng.randint(-20, 20)), completed_at=MOMENT, assignees=("a1",),
             labels=rng.choice(((), ("Design",))), waiting_on=rng.choice((None, "client", "us")))
        for n in range(rng.randint(0, 12))
    ]  # fmt: skip
    tasks.append(task(99, "todo", title=mark, labels=("Internal",), due_on=TODAY))
    agreement = Agreement(
        kind=rng.choice(KINDS), budget=Money.of(rng.randint(100, 9000), "GBP"), budget_seconds=36000 * 20,
        allowance_seconds=72000,
    )  # fmt: skip
    facts = facts_of(
        agreement=agreement, tasks=tasks, time=[entry(n, rng.randint(1, 8), note=mark, task=str(n)) for n in range(5)],
        rates=(bill_rate("85"), cost_rate(secret)),
        documents=[part(1), part(2, "bill", net=secret, tax="0", contact=mark), part(3, status="DRAFT", number=mark)],
    )  # fmt: skip
    return facts, secret


def client(rng: random.Random, mark: str):
    """What a client of one to three such projects is told, and what must not be in it."""
    found = [project(rng, mark) for _ in range(rng.randint(1, 3))]
    every = [
        structs.replace(facts, project=structs.replace(facts.project, id=f"p{n}")) for n, (facts, _) in enumerate(found)
    ]
    figures = {facts.project.id: list(measure_project(facts)) for facts in every}
    shown = client_facts(every, figures, PERIOD)
    ours = {
        text
        for held in figures.values() for figure in held
        if figure.name in ("cost", "profit", "margin") and isinstance(figure.value, Money) and figure.value.amount
        for text in (f"{figure.value.amount:.2f}", f"{figure.value.amount:,.2f}")
    }  # fmt: skip
    return shown, [Forbidden(text, text) for text in (mark, *(secret for _, secret in found), *ours)]


def documents(shown, number: int):
    """Every form of the report; PDF, which is slow, for every tenth."""
    job = job_of(shown, SECTIONS, Cover(agency="Northgate", number=number, depth="full"))
    html = page(job)
    about = {"title": "Report", "author": "Northgate", "made_at": NOW}
    sheets = xlsx_of(html, **about)
    yield "html", html.encode()
    yield "markdown", markdown_of(html).encode()
    yield "chat", chat_of(html, title="Report").encode()
    yield "xlsx", sheets
    yield "docx", docx_of(html, language="en", **about)
    mail = mail_of(job, html, ["J. Hale <hale@acme.example>"])
    yield (
        "email",
        eml_of(mail, ["hale@acme.example"], [Attached("r.xlsx", "application/x.spreadsheetml.sheet", sheets)]),
    )
    if number % 10 == 0:
        if PDF:
            yield "pdf", pdf_of(html)


def campaign(outputs: int, seed: int) -> tuple[int, list[str]]:
    """How many documents were searched, and what was found in them."""
    rng = random.Random(seed)
    searched, hits = 0, []
    while searched < outputs:
        shown, forbidden = client(rng, f"CANARY-{rng.randint(10**6, 10**7)}")
        for form, body in documents(shown, rng.randint(0, 99)):
            searched += 1
            hits += [f"{form}: {what}" for what in leaks_in(body, form, forbidden)]
    return searched, hits


def test_no_generated_document_shows_a_canary():
    searched, hits = campaign(OUTPUTS, SEED)
    print(f"leak campaign: {searched} documents searched, {len(hits)} hits")

    assert searched >= OUTPUTS
    assert hits == []


def test_the_campaign_fails_when_somebody_opens_a_door_for_cost(monkeypatch):
    """A change that puts a cost into what the client is given, under whatever name, is found by the same search."""
    before = door._milestones

    def with_cost(facts):
        cost = next(f.value for f in measure_project(facts) if f.name == "cost")
        return (*before(facts), ClientMilestone(name=f"spent {cost.amount:,.2f}"))

    monkeypatch.setattr(door, "_milestones", with_cost)
    _, hits = campaign(10, SEED)

    assert len(hits) >= 5


@pytest.mark.parametrize("text", ["description", "note"])
def test_the_campaign_fails_when_somebody_passes_an_internal_text(text, monkeypatch):
    before = door._Items._item
    monkeypatch.setattr(
        door._Items, "_item", lambda self, s, t, d: structs.replace(before(self, s, t, d), title=t.description or "")
    )
    _, hits = campaign(12, SEED)

    assert hits


# --- no inference ----------------------------------------------------------------------------------------------------


def of(agreement, **more):
    facts = facts_of(agreement=agreement, tasks=[task(1)], time=[entry(1, 5)], **more)
    return client_facts([facts], {"web": measure_project(facts)}, PERIOD)


def test_a_fixed_price_is_never_shown_with_hours():
    fixed = Agreement(kind="fixed_price", budget=Money.of(9000, "GBP"), budget_seconds=400 * 3600)

    assert inferences(of(fixed)) == []
    assert inferences(of(TM)) == []
    assert of(fixed).projects[0].hours == ()


def test_hours_beside_a_fixed_price_are_told_whichever_way_they_came():
    shown = of(Agreement(kind="fixed_price", budget=Money.of(9000, "GBP")))
    (held,) = shown.projects
    by_item = structs.replace(held, hours=(ClientHours(key="", title="", hours=Decimal(5)),))
    in_budget = structs.replace(held, budget=structs.replace(held.budget, used_hours=Decimal(5)))

    for project_ in (by_item, in_budget):
        (told,) = inferences(structs.replace(shown, projects=(project_,)))
        assert "beside an amount that was not agreed by hours" in told


# --- before a report is kept -----------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path):
    with opened(tmp_path / "w") as session:
        yield session


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("Like the one of Birch & Co", "another client: birch"),
        ("Ask K. Oak", "another client: birch"),
        ("oak@birch.example wants it too", "another client: birch"),
        ("As in Booking  application", "another client's project: booking"),
        ("Costs us 57.31 an hour", "a rate of staff"),
        ("canary-word", "a word of reports.never"),
        ("Client is nearly bankrupt, careful", "an internal note"),
    ],
)
def test_a_report_that_would_show_what_is_ours_or_anothers_is_not_written(office, title, what):
    from app.reported import land
    from app.reported import task as row

    acme = client_of(office, "acme")
    office.store.write("notes", project="web", kind="note", text="Client is nearly bankrupt, careful", by="ann", at=NOW,
                       client_visible=False)  # fmt: skip
    land(office, row(4, "10", "WEB-4", title, due_on=dt.date(2026, 11, 27)))
    with pytest.raises(ConfigError, match=what):
        draft(office, acme)

    assert not list(office.workspace.root.glob("reports/*"))
    assert office.store.entries("reports") == []


def test_words_that_would_leak_are_refused_and_the_report_stays_as_it_was(office):
    acme = client_of(office, "acme")
    made = draft(office, acme)
    before = made.path.read_bytes()
    with pytest.raises(ConfigError, match="another client"):
        life.edit(office, acme, newest_report(office, acme), {"in_short": "Unlike Birch & Co, all is well."}, by="ann")

    assert made.path.read_bytes() == before
