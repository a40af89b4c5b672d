"""Exports: every table of the contract, in its own columns, in export form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.errors import ConfigError
from sightline.model.collected import Gone
from sightline.model.facts import Person
from sightline.model.figures import Figure, Receipt, Unknown
from sightline.model.money import Money
from sightline.model.portfolio import Agreement, Client, Project
from sightline.model.records import (
    Account,
    Activity,
    ChecklistItem,
    Document,
    Line,
    Link,
    Milestone,
    Payment,
    Scope,
    Task,
)
from sightline.model.refs import Ref
from sightline.store import Assigned
from sightline.store.exports import EXPORTS
from store.examples import MONDAY, TUESDAY, entry, exported, page, task

#: The contract's columns; what Sightline adds comes after them.
CONTRACT = {
    "notes": "project id kind text by at asked_of due answered_at answer answered_by outcome task client_visible",
    "slip": "project gap reason value text tasks as_of",
    "tasks": "source scope id key url title kind status state waiting_on created_at updated_at started_at completed_at start_on due_on assignees assignee_accounts reporter parent labels priority estimate_seconds remaining_seconds spent_seconds points milestone milestones sprint archived removed_at project client",
    "time": "source scope id task person account started_at day seconds billable note status project client removed_at",
    "changes": "source task field from to from_state to_state at by learnt_at",
    "people": "source id name email active person",
    "scopes": "source id key name url archived project",
    "milestones": "source scope id kind name state starts_on due_on completed_at",
    "items": "source task id list title state due_on assignee",
    "links": "source from to kind",
    "ties": "source kind id part task_source task how link",
    "documents": "source id kind number reference status contact issued_on due_on paid_on currency subtotal tax total paid credited outstanding rate_to_base project client",
    "lines": "source document id description quantity unit_price discount_rate tax amount account tracking project",
    "payments": "source id document day currency amount status",
    "allocations": "source id document credit kind day currency amount status removed_at",
    "activity": "source scope id kind task person at title url project",
    "projects": "id name client",
    "clients": "id name",
    "figures": "project figure value unit currency as_of method coverage oldest_input why_unknown",
    "alerts": "id",
    "reports": "id",
}


@pytest.mark.parametrize("table", CONTRACT)
def test_a_table_has_the_columns_of_the_contract_in_their_order(store, table):
    columns, rows = store.export(table)

    assert list(columns[: len(CONTRACT[table].split())]) == CONTRACT[table].split()
    assert list(rows) == []


def test_every_table_is_in_the_contract():
    assert set(EXPORTS) == set(CONTRACT)


@pytest.fixture
def northgate(store):
    """One project of one client over two sources, with somebody who has an account in each."""
    store.land(
        page(
            Scope(id="s1", key="WEB", name="Website"),
            Account(id="a1", name="mlind"),
            Account(id="a2", name="Sam"),
            Milestone(id="m1", scope="s1", kind="version", name="1.0", state="released", due_on=dt.date(2026, 9, 1)),
            Milestone(id="m2", scope="s1", kind="version", name="3.0", state="unreleased"),
            Milestone(id="m3", scope="s1", kind="version", name="2.0", state="unreleased", due_on=dt.date(2026, 12, 1)),
            Milestone(id="p1", scope="s1", kind="sprint", name="Sprint 1", state="closed"),
            Milestone(id="p2", scope="s1", kind="sprint", name="Sprint 2", state="active"),
            task("1", kind="epic"),
            task(
                "2",
                updated_at=MONDAY.replace(microsecond=500_000),
                assignees=("a1", "a2", "a9"),
                reporter="a1",
                parent="1",
                labels=("x",),
                points=Decimal("2.5"),
                milestones=("m1", "m2", "m3"),
                sprints=("p1", "p2"),
            ),
            entry("e1", task="2", account="a1", day=dt.date(2026, 11, 2), started_at=MONDAY, billable=True),
            ChecklistItem(id="i1", task="2", list="Ready", title="Tested", state="open", assignee="a2"),
            Link(id="l1", from_task="2", to="1", kind="relates"),
            Link(id="l2", from_task="2", to="https://x.example", kind="url"),
            Activity(
                id="v1", scope="s1", kind="commit", at=MONDAY, title="WEB-2 fix", keys=("WEB-2", "WEB-1"), account="a1"
            ),
        )
    )
    store.land(
        page(
            Document(
                id="d1",
                scope="t",
                kind="invoice",
                status="AUTHORISED",
                currency="GBP",
                number="INV-1",
                total=Decimal(1200),
                tax=Decimal("200.5"),
                rate_to_base=Decimal("1.17"),
                lines=(
                    Line(
                        id="n1", amount=Decimal("999.5"), unit_price=Decimal("33.3167"), tracking=(("Project", "Web"),)
                    ),
                    Line(id="n2", amount=Decimal(0)),
                ),
            ),
            Document(id="d2", scope="t", kind="bill", status="VOIDED", currency="JPY", total=Decimal(5000)),
            Payment(
                id="y1",
                document="d1",
                scope="t",
                day=dt.date(2026, 11, 3),
                currency="GBP",
                amount=Decimal(100),
                status="OK",
            ),
            source="xero",
        )
    )
    store.replace_portfolio(
        [Client(id="acme", name="Acme Ltd", contacts=("J. Hale <j@acme.example>",))],
        [
            Project(
                id="web",
                name="Website",
                client="acme",
                starts=dt.date(2026, 9, 1),
                agreement=Agreement(kind="capped", budget=Money.of("36000", "GBP"), budget_seconds=1_440_000),
            ),
            Project(id="inner", name="Internal"),
        ],
    )
    store.replace_persons([Person(id="maria", name="Maria Lind", accounts=(Ref("jira", "people", "a1"),))])
    store.replace_assignments(
        "web", [Assigned(Ref("jira", "scopes", "s1")), Assigned(Ref("xero", "documents", "d1"), line="n1")]
    )
    return store


def test_a_task_is_told_with_keys_names_and_its_project(northgate):
    assert exported(northgate, "tasks")[1] == {
        **dict.fromkeys(CONTRACT["tasks"].split()),
        "source": "jira",
        "scope": "WEB",
        "id": "2",
        "key": "WEB-2",
        "title": "Homepage",
        "kind": "task",
        "status": "Open",
        "state": "todo",
        "updated_at": "2026-11-02T09:00:00Z",
        "assignees": ["Maria Lind", "Sam", "a9"],
        "assignee_accounts": ["a1", "a2", "a9"],
        "reporter": "Maria Lind",
        "parent": "WEB-1",
        "labels": ["x"],
        "points": "2.5",
        "milestone": "2.0",
        "milestones": ["1.0", "3.0", "2.0"],
        "sprint": "Sprint 2",
        "archived": False,
        "project": "web",
        "client": "acme",
        "corrected": None,
    }


def test_time_is_told_with_the_person_and_the_tasks_key(northgate):
    assert exported(northgate, "time") == [
        {
            "source": "jira",
            "scope": "WEB",
            "id": "e1",
            "task": "WEB-2",
            "person": "Maria Lind",
            "account": "a1",
            "started_at": "2026-11-02T09:00:00Z",
            "day": "2026-11-02",
            "seconds": 3600,
            "billable": True,
            "note": None,
            "status": None,
            "project": "web",
            "client": "acme",
            "removed_at": None,
            "corrected": None,
        }
    ]


def test_items_links_and_activity_name_their_tasks_by_key(northgate):
    assert [(row["task"], row["assignee"]) for row in exported(northgate, "items")] == [("WEB-2", "Sam")]
    assert [(row["from"], row["to"]) for row in exported(northgate, "links")] == [
        ("WEB-2", "WEB-1"),
        ("WEB-2", "https://x.example"),
    ]
    assert [(row["task"], row["person"], row["project"]) for row in exported(northgate, "activity")] == [
        ("WEB-2", "Maria Lind", "web")
    ]


def test_people_stand_once_per_account_with_who_they_are(northgate):
    assert [(row["id"], row["name"], row["person"]) for row in exported(northgate, "people")] == [
        ("a1", "mlind", "Maria Lind"),
        ("a2", "Sam", None),
    ]


def test_money_is_text_with_at_least_the_currencys_own_decimals(northgate):
    documents = exported(northgate, "documents")
    lines = exported(northgate, "lines")

    assert [(row["total"], row["tax"], row["rate_to_base"]) for row in documents] == [
        ("1200.00", "200.50", "1.17"),
        ("5000", None, None),
    ]
    assert [(row["amount"], row["unit_price"], row["tracking"]) for row in lines] == [
        ("999.50", "33.3167", ["Project=Web"]),
        ("0.00", None, []),
    ]
    assert [row["amount"] for row in exported(northgate, "payments")] == ["100.00"]
    assert [row["budget"] for row in exported(northgate, "projects")] == [None, "36000.00"]


def test_a_line_may_belong_to_a_project_without_its_document(northgate):
    assert [row["project"] for row in exported(northgate, "lines")] == ["web", None]
    assert [row["project"] for row in exported(northgate, "documents")] == [None, None]


def test_a_task_assigned_itself_goes_before_its_scope(northgate):
    northgate.replace_assignments("inner", [Assigned(Ref("jira", "tasks", "2"))])

    assert [row["project"] for row in exported(northgate, "tasks")] == ["web", "inner"]
    assert [row["project"] for row in exported(northgate, "time")] == ["inner"]


def test_a_thing_belongs_to_the_project_that_took_it_last(northgate):
    northgate.replace_assignments("inner", [Assigned(Ref("jira", "scopes", "s1"))])
    northgate.replace_assignments("web", [])

    assert [row["project"] for row in exported(northgate, "scopes")] == ["inner"]


def test_only_what_was_asked_for_is_listed(northgate):
    assert [row["id"] for row in exported(northgate, "tasks", project="web", source="jira")] == ["1", "2"]
    assert exported(northgate, "tasks", project="inner") == []
    assert exported(northgate, "tasks", source="xero") == []


@pytest.mark.parametrize(
    ("table", "filters"), [("clients", {"project": "web"}), ("projects", {"source": "jira"}), ("tasks; --", {})]
)
def test_what_cannot_be_asked_is_refused(store, table, filters):
    with pytest.raises(ConfigError):
        store.export(table, **filters)


def test_a_filter_is_a_value_never_a_statement(northgate):
    assert exported(northgate, "tasks", source="jira' OR '1'='1") == []


def test_removed_rows_stay_listed_with_the_moment(northgate):
    northgate.land(page(gone=(Gone(kind=Task, id="1"), Gone(kind=Account, id="a2")), learnt_at=TUESDAY))

    assert [row["removed_at"] for row in exported(northgate, "tasks")] == ["2026-11-03T09:00:00Z", None]
    assert [row["removed_at"] for row in exported(northgate, "people")] == [None, "2026-11-03T09:00:00Z"]


def test_a_person_whose_name_was_erased_is_nobody_any_more(northgate):
    northgate.replace_persons([])
    northgate.land(page(Account(id="a1", active=False)))

    assert [row["person"] for row in exported(northgate, "time")] == [None]


def test_figures_are_told_by_value_and_read_back_exactly(store):
    def figure(name, value, unit, **more):
        return Figure(
            name=name,
            value=value,
            unit=unit,
            as_of=MONDAY,
            method="m",
            receipt=Receipt(formula="f"),
            project="web",
            **more,
        )

    figures = [
        figure("progress", Decimal("42.50"), "percent", coverage=Decimal("0.3333333333"), oldest_input=MONDAY),
        figure("invoiced", Money.of("1234.5", "GBP"), "money", currency="GBP", internal=False),
        figure("finish", dt.date(2027, 1, 29), "date"),
        figure("margin", Unknown(why="nothing invoiced"), "percent"),
        figure("health", "late", "text"),
    ]
    store.replace_figures("web", [figures[0]])
    store.replace_figures("web", figures)
    store.replace_figures(None, [])

    assert store.figures("web") == figures
    assert [(row["figure"], row["value"], row["currency"], row["coverage"], row["why_unknown"]) for row in exported(store, "figures", project="web")] == [
        ("progress", "42.50", None, "0.3333333333", None),
        ("invoiced", "1234.50", "GBP", None, None),
        ("finish", "2027-01-29", None, None, None),
        ("margin", None, None, None, "nothing invoiced"),
        ("health", "late", None, None, None),
    ]  # fmt: skip
