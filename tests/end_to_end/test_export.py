"""Exports: every table of the contract with its columns and forms, and totals that equal what is true in the world."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from sightline.sandbox import truth

# As promised: the public description of the export tables.
COLUMNS = {
    "tasks": "source scope id key url title kind status state waiting_on created_at updated_at started_at completed_at "
    "start_on due_on assignees assignee_accounts reporter parent labels priority estimate_seconds remaining_seconds "
    "spent_seconds points milestone milestones sprint archived removed_at project client",
    "time": "source scope id task person account started_at day seconds billable note status project client removed_at",
    "changes": "source task field from to from_state to_state at by learnt_at",
    "people": "source id name email active person",
    "scopes": "source id key name url archived project",
    "milestones": "source scope id kind name state starts_on due_on completed_at",
    "items": "source task id list title state due_on assignee",
    "links": "source from to kind",
    "documents": "source id kind number reference status contact issued_on due_on paid_on currency subtotal tax total "
    "paid credited outstanding rate_to_base project client",
    "lines": "source document id description quantity unit_price discount_rate tax amount account tracking project",
    "payments": "source id document day currency amount status",
    "activity": "source scope id kind task person at title url project",
    "figures": "project figure value unit currency as_of method coverage oldest_input why_unknown",
    "projects": "",
    "clients": "",
    "alerts": "",
    "reports": "",
}
FILLED = {"tasks", "time", "changes", "people", "scopes", "milestones", "items", "documents", "lines", "payments",
          "activity", "figures", "projects", "clients", "alerts"}  # fmt: skip

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
DECIMAL = re.compile(r"-?\d+(\.\d+)?")
INSTANTS = "created_at updated_at started_at completed_at removed_at learnt_at at as_of oldest_input".split()
DECIMALS = (
    "subtotal tax total paid credited outstanding rate_to_base unit_price amount quantity discount_rate points".split()
)
LISTS = "assignees assignee_accounts labels milestones".split()
SECONDS = "seconds estimate_seconds remaining_seconds spent_seconds".split()


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_has_the_promised_columns_in_both_formats(whole, table):
    rows = whole.rows(table)
    told = whole.run("export", table, "--format", "csv")
    heading, *cells = csv.reader(io.StringIO(told.out, newline=""))

    wanted = COLUMNS[table].split()
    assert set(wanted) <= set(heading)
    assert heading[: len(wanted)] == wanted
    assert len(cells) == len(rows)
    assert bool(rows) == (table in FILLED) or table == "links"
    assert all(list(row) == heading for row in rows)


def _cells(whole):
    for table in COLUMNS:
        for row in whole.rows(table):
            for name, value in row.items():
                yield table, name, value


def test_every_value_has_the_promised_form(whole):
    checked = Counter()
    for table, name, value in _cells(whole):
        if value is None:
            continue
        checked[name] += 1
        if name in LISTS:
            assert isinstance(value, list), (table, name, value)
        elif name in SECONDS:
            assert type(value) is int, (table, name, value)
        elif name in DECIMALS:
            assert isinstance(value, str), (table, name, value)
            assert DECIMAL.fullmatch(value), (table, name, value)
        elif name in INSTANTS:
            assert INSTANT.fullmatch(value), (table, name, value)
        elif name == "day" or (name.endswith("_on") and name != "waiting_on"):
            assert DAY.fullmatch(value), (table, name, value)

    assert all(checked[name] for name in ["seconds", "total", "labels", "created_at", "due_on", "day", "points"])


def test_hours_of_every_project_equal_the_worlds(whole):
    seconds = defaultdict(int)
    for row in whole.rows("time"):
        if row["removed_at"] is None:
            seconds[row["project"]] += row["seconds"]

    for project in whole.world.projects:
        assert (project, Decimal(seconds[project]) / 3600) == (project, truth.hours(whole.world, project))


def test_tasks_of_every_source_equal_the_worlds(whole):
    told = Counter(row["source"] for row in whole.rows("tasks") if row["removed_at"] is None)
    true = Counter(task.place.source for task in whole.world.tasks)

    ledger = {"xero"}
    assert {s: n for s, n in told.items() if s not in ledger} == dict(true)


def test_what_was_invoiced_paid_and_is_overdue_equals_the_world_for_each_project_and_currency(whole):
    today = whole.world.now.date()
    sums = defaultdict(lambda: defaultdict(Decimal))
    for row in whole.rows("documents"):
        if row["kind"] != "invoice" or row["status"].upper() not in ("AUTHORISED", "PAID"):
            continue
        found = sums[row["project"], row["currency"]]
        found["invoiced"] += Decimal(row["total"])
        found["paid"] += Decimal(row["paid"])
        if row["due_on"] and dt.date.fromisoformat(row["due_on"]) < today:
            found["overdue"] += Decimal(row["outstanding"])

    for project in [*whole.world.projects, None]:
        for currency, true in truth.receivables(whole.world, project).items():
            found = sums.pop((project, currency), defaultdict(Decimal))
            told = (found["invoiced"], found["paid"], found["overdue"])
            assert (project, *told) == (project, true.invoiced_gross, true.paid, true.overdue)
    # What is left belongs to several projects at once; its lines say to which.
    assert all(project is None for project, _ in sums)


def test_figures_are_the_same_in_status_export_and_explain(whole):
    # Status may measure a new day; the others read what it stored.
    told = whole.run("status", "acme_website", "--json").json
    exported = whole.rows("figures", "--project", "acme_website")
    explained = [
        figure
        for name in dict.fromkeys(row["figure"] for row in exported)
        for figure in whole.run("explain", "acme_website", name, "--json").json
    ]

    def known(rows):
        keys = ("figure", "value", "unit", "currency", "as_of", "method", "why_unknown")
        return sorted([str(row[key]) for key in keys] for row in rows)

    assert len(exported) > 10
    assert known(exported) == known(told["figures"]) == known(explained)


def test_one_project_or_source_can_be_asked_for(whole):
    some = whole.rows("tasks", "--source", "trello")
    acme = whole.rows("tasks", "--project", "acme_website")

    assert {row["source"] for row in some} == {"trello"}
    assert {row["project"] for row in acme} == {"acme_website"}


def test_what_a_spreadsheet_would_run_is_defused_in_csv_and_left_alone_in_json(serve):
    place = serve("trello")
    for task, title in zip(
        [t for t in place.world.tasks if t.place.source == "trello"],
        ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx", 'a "quoted", comma\nline'],
        strict=False,
    ):
        task.title = title
    assert place.run("sync", "--json").code == 0

    told = place.run("export", "tasks", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told.out, newline="")))
    titles = {row["title"] for row in rows}

    assert {"'=cmd|' /C calc'!A0", "'+1+1", "'-2+3", "'@SUM(A1)"} <= titles
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row.values() if cell)
    assert "=cmd|' /C calc'!A0" in {row["title"] for row in place.rows("tasks")}


def test_removed_rows_stay_listed_with_the_moment(serve):
    place = serve("trello")
    place.run("sync", "--json")
    before = {row["id"]: row["removed_at"] for row in place.rows("tasks")}
    gone = next(t for t in place.world.tasks if t.place.source == "trello" and not any(
        other.parent is t for other in place.world.tasks))  # fmt: skip
    place.world.tasks.remove(gone)
    place.world.times[:] = [entry for entry in place.world.times if entry.task is not gone]

    run = place.run("sync", "--full", "--json").json
    after = {row["id"]: row["removed_at"] for row in place.rows("tasks")}

    assert run["sources"][0]["gone"] >= 1
    assert set(after) == set(before)
    assert sum(moment is not None for moment in after.values()) == 1 + sum(m is not None for m in before.values())


def test_an_export_into_a_file_is_whole_or_not_there(whole, tmp_path):
    file = tmp_path / "tasks.jsonl"
    told = whole.run("export", "tasks", "--out", str(file))
    refused = whole.run("export", "tasks", "--out", str(tmp_path / "nowhere" / "tasks.jsonl"))

    assert (told.code, told.out) == (0, "")
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == whole.rows("tasks")
    assert (refused.code, "No such file or directory" in refused.err) == (1, True)
