"""What a client may see, and that nothing else can get there."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from decimal import Decimal

import msgspec
import pytest
from msgspec import structs

from measure.made import NOW, TODAY, bill_rate, cost_rate, entry, facts_of, part, payment, state, task
from sightline.errors import ContractError
from sightline.measure.client import CLIENT_TITLES, ClientPeriod, ClientView, client_facts
from sightline.measure.project import measure_project
from sightline.model.facts import ClientFacts, Sourced
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.portfolio import Agreement, Client, MilestoneRule
from sightline.model.records import Milestone

PERIOD = ClientPeriod(start=dt.date(2026, 11, 13), end=TODAY, next_until=dt.date(2026, 11, 27))
#: Words that no field of a client's facts may have in its name.
INTERNAL = (
    "cost",
    "margin",
    "profit",
    "rate",
    "note",
    "internal",
    "salary",
    "unbilled",
    "receipt",
    "comment",
    "description",
)
#: Types that carry more than a client may see.
CLOSED = {
    "Facts",
    "Figure",
    "Receipt",
    "Rate",
    "TimeEntry",
    "Task",
    "Document",
    "Line",
    "DocumentPart",
    "Person",
    "Account",
}


def nested(kind, seen):
    """Every class reachable through the annotations of `kind`."""
    for part_ in typing.get_args(kind):
        nested(part_, seen)
    if isinstance(kind, type) and kind not in seen:
        seen.add(kind)
        if issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind):
            for hint in typing.get_type_hints(kind).values():
                nested(hint, seen)
    return seen


def shown(facts, period=PERIOD, **more):
    (project,) = client_facts([facts], {"web": measure_project(facts)}, period, **more).projects
    return project


def test_no_field_and_no_type_of_client_facts_is_internal():
    structs_ = [kind for kind in nested(ClientFacts, set()) if issubclass(kind, msgspec.Struct)]
    fields = [f"{kind.__name__}.{name}" for kind in structs_ for name in kind.__struct_fields__]

    assert {"ClientFacts", "ClientProject", "ClientInvoice", "Money", "Unknown"} <= {kind.__name__ for kind in structs_}
    assert [name for name in fields if any(word in name.casefold().split(".")[1] for word in INTERNAL)] == []
    assert CLOSED & {kind.__name__ for kind in structs_} == set()


def test_planted_internal_numbers_and_words_are_not_in_what_a_client_sees():
    facts = facts_of(
        tasks=[
            task(1, "done", completed_at=NOW, description="CANARY-NOTE"),
            task(2, labels=("Internal",), title="CANARY-OWN"),
        ],
        time=[entry(1, 3, note="CANARY-TIME")],
        rates=(bill_rate("87.77"), cost_rate("55.55")),
        documents=[part(1), part(2, "bill", net="4321.09", tax="0", contact="CANARY-SUPPLIER")],
    )
    text = str(client_facts([facts], {"web": measure_project(facts)}, PERIOD))

    for canary in ("CANARY", "55.55", "166.65", "87.77", "4321.09", "margin", "profit", "cost"):
        assert canary not in text


def test_a_figure_marked_internal_is_left_out_whatever_its_name():
    facts = facts_of(tasks=[task(1)])
    figures = [structs.replace(figure, internal=True) for figure in measure_project(facts)]

    assert client_facts([facts], {"web": figures}, PERIOD).projects[0].figures == ()


def test_a_figure_that_a_plug_in_calls_public_is_left_out_unless_it_is_on_the_list():
    facts = facts_of(tasks=[task(1)])
    figure = structs.replace(measure_project(facts)[0], name="luck", internal=False)

    assert "luck" not in CLIENT_TITLES
    assert client_facts([facts], {"web": [figure]}, PERIOD).projects[0].figures == ()


def test_our_reasons_for_not_knowing_stay_with_us():
    project = shown(facts_of(time=[entry(1, 3)]))

    assert project.figure("budget_used_money").value == Unknown(why="not known at present")
    assert project.budget.unknown == "not known at present"
    assert "Maria" not in str(project)


def test_two_clients_never_meet_in_one_document():
    acme, birch = facts_of(), facts_of(client="birch")

    with pytest.raises(ContractError, match="exactly one client"):
        client_facts([acme, birch], {}, PERIOD)
    with pytest.raises(ContractError, match="exactly one client"):
        client_facts([], {}, PERIOD)


def test_a_project_of_another_client_is_refused_even_under_this_ones_name():
    facts = structs.replace(facts_of(client="birch"), client=Client(id="acme", name="Acme Ltd"))

    with pytest.raises(ContractError, match="exactly one client"):
        client_facts([facts], {}, PERIOD)


def test_items_are_sorted_into_done_next_late_and_waiting():
    tasks = [
        task(1, "done", completed_at=NOW - dt.timedelta(days=2)),
        task(2, "done", completed_at=NOW - dt.timedelta(days=30)),
        task(3, due_on=TODAY, assignees=("a1",)),
        task(4, due_on=TODAY + dt.timedelta(days=30)),
        task(5, due_on=TODAY - dt.timedelta(days=8), waiting_on="client"),
        task(6, "cancelled", due_on=TODAY),
        task(7, "done", completed_at=NOW),
    ]
    project = shown(facts_of(tasks=tasks))

    assert [item.key for item in project.done] == ["WEB-7", "WEB-1"]
    assert [(item.key, item.owner, item.days_late) for item in project.next] == [("WEB-3", "Maria Lind", 0)]
    assert [(item.key, item.days_late, item.waits_for_client) for item in project.late] == [("WEB-5", 8, True)]
    assert [item.key for item in project.waiting_for_client] == ["WEB-5"]


def test_invoices_and_payments_are_shown_as_the_client_knows_them():
    documents = [
        part(1, issued_on=dt.date(2026, 10, 1), due_on=dt.date(2026, 11, 2), paid="20"),
        part(2, issued_on=dt.date(2026, 11, 1), due_on=dt.date(2026, 12, 1)),
        part(3, "credit_note", net="50", tax="10", issued_on=dt.date(2026, 11, 3), number="CN-3"),
        part(4, status="DRAFT"),
        part(5, status="PAID", paid="120", issued_on=dt.date(2026, 9, 1)),
        part(6, "bill"),
    ]
    payments = [payment(1, 1, 20), payment(2, 1, 7, status="DELETED"), payment(3, 6, 9)]
    project = shown(facts_of(documents=documents, payments=tuple(payments)))

    assert [(i.number, i.state, i.total.amount, i.outstanding.amount, i.days_overdue) for i in project.invoices] == [
        ("CN-3", "credit", -60, -60, 0),
        ("INV-2", "open", 120, 120, 0),
        ("INV-1", "overdue", 120, 100, 18),
        ("INV-5", "paid", 120, 0, 0),
    ]
    assert [(p.invoice, p.amount) for p in project.payments] == [("INV-1", Money.of(20, "GBP"))]


def test_hours_are_shown_only_where_hours_were_agreed():
    fixed = Agreement(kind="fixed_price", budget=Money.of(9000, "GBP"), budget_seconds=400 * 3600)
    by_hours, by_price = shown(facts_of(time=[entry(1, 5)])), shown(facts_of(time=[entry(1, 5)], agreement=fixed))

    assert (by_hours.budget.used_hours, by_hours.budget.agreed_hours) == (5, 20)
    assert (by_price.budget.used_hours, by_price.budget.agreed_hours) == (None, None)
    assert by_price.figure("hours_billable") is None
    assert by_hours.figure("hours_billable").value == 5


def test_milestones_have_a_day_and_sprints_are_left_out():
    rows = [
        Milestone(id="1", scope="WEB", kind="version", name="Launch", state="open", due_on=dt.date(2027, 1, 29)),
        Milestone(id="2", scope="WEB", kind="sprint", name="Sprint 4", state="active", due_on=TODAY),
        Milestone(id="3", scope="WEB", kind="milestone", name="Design", state="closed", completed_at=NOW),
        Milestone(id="4", scope="WEB", kind="milestone", name="Some day", state="open"),
    ]
    project = shown(facts_of(milestones=tuple(Sourced("jira", row) for row in rows)))

    assert [(m.name, m.open, m.reached_on) for m in project.milestones] == [
        ("Design", False, TODAY),
        ("Launch", True, None),
    ]


def test_a_milestone_that_is_not_for_the_client_never_gets_into_the_facts():
    rows = [
        Milestone(id="1", scope="WEB", kind="version", name="Launch", state="open", due_on=dt.date(2027, 1, 29)),
        Milestone(id="2", scope="WEB", kind="version", name="Dry run", state="open", due_on=dt.date(2027, 1, 22)),
    ]
    hidden = MilestoneRule(name="dry RUN", owner="Maria Petrova", client_visible=False)
    facts = facts_of(milestones=tuple(Sourced("jira", row) for row in rows), project={"milestones": (hidden,)})
    made = client_facts([facts], {"web": measure_project(facts)}, PERIOD)

    assert [one.name for one in made.projects[0].milestones] == ["Launch"]
    assert b"dry run" not in msgspec.json.encode(made).lower()
    assert b"Petrova" not in msgspec.json.encode(made)


def test_a_figure_brings_its_value_of_the_last_report():
    before, now = facts_of(tasks=[task(1), task(2)]), facts_of(tasks=[task(1, "done"), task(2)])
    project = shown(now, before={"web": measure_project(before)})

    assert (project.figure("progress_by_count").before, project.figure("progress_by_count").value) == (0, Decimal(50))


def test_the_sources_are_named_with_their_last_reading():
    project = shown(facts_of(sources=(state(), state("xero", hours_ago=9))))

    assert [(source.name, source.read_at) for source in project.sources] == [
        ("jira", NOW - dt.timedelta(hours=1)),
        ("xero", NOW - dt.timedelta(hours=9)),
    ]


def test_a_tool_has_one_name_in_all_projects_and_two_of_a_kind_are_told_apart():
    first = facts_of(sources=(state("a_jira"), state("xero")))
    second = facts_of(project={}, sources=(state("b_jira", hours_ago=90), state("a_jira")))
    view = ClientView(titles={"a_jira": "Jira", "b_jira": "Jira"}, stale_before=NOW - dt.timedelta(hours=48))
    projects = client_facts([first, second], {}, PERIOD, view=view).projects

    assert [[(one.name, one.stale) for one in project.sources] for project in projects] == [
        [("Jira", False), ("xero", False)],
        [("Jira 2", True), ("Jira", False)],
    ]
