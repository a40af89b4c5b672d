"""A small workspace with everything that can be decided about: two Jira sites, a board, a repository, an invoice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.app.session import Session
from sightline.collect.clock import Clock
from sightline.model.collected import Landing
from sightline.model.records import Account, Activity, Document, Line, Link, Scope, Task, TimeEntry
from sightline.store.runs import SourceRun

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
EARLIER = dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC)

TOML = """
[workspace]
currency = "GBP"

[sources]
jira = {connector = "jira", site = "https://a.example"}
other = {connector = "jira", site = "https://b.example"}
trello = {connector = "trello"}
git = {connector = "git", path = "."}
xero = {connector = "xero"}

[clients.acme]
name = "Acme Ltd"
contacts = ["J. Hale <hale@acme.example>"]

[projects.web]
client = "acme"
name = "Website"
include = ["jira:WEB", "git:site"]
money = [{source = "xero", contact = "Acme Ltd"}]
agreement = {kind = "time_and_materials"}

[projects.app]
client = "acme"
name = "App"
include = ["other:APP"]

[people.maria]
name = "Maria Lind"
emails = ["maria@n.example"]

[[rates.bill]]
per_hour = "100"
currency = "GBP"
"""


def task(number, key, scope, title=None, **more):
    fields = {"kind": "task", "status": "Open", "state": "in_progress", **more}
    return Task(id=str(number), key=key, scope=scope, title=title or f"Task {key}", **fields)


def entry(number, scope, account, on=None, seconds=3600):
    return TimeEntry(
        id=str(number), scope=scope, seconds=seconds, day=dt.date(2026, 11, 9), task=on, account=account, billable=True
    )


RECORDS = {
    "jira": (
        Scope(id="10", key="WEB", name="Website"),
        Account(id="m", name="Maria Lind", email="maria@n.example"),
        Account(id="t", name="Tom Reed", email="tom@n.example"),
        Account(id="h", name="J. Hale", username="hale_acme"),
        task(1, "WEB-1", "10", "Homepage", assignees=("m",), estimate_seconds=7200),
        task(2, "WEB-2", "10", status="Parked?", state="todo", assignees=("t",), reporter="h"),
        entry(1, "10", "m", on="1"),
        entry(2, "10", "t", on="2"),
    ),
    "other": (
        Scope(id="10", key="APP", name="Application"),
        Account(id="m", name="Maria Lind"),
        task(1, "WEB-1", "10", "Sign-in"),
        entry(1, "10", "m", on="1", seconds=1800),
    ),
    "trello": (
        Scope(id="b", key="Bx", name="Acme website ideas"),
        Account(id="ml", name="M. Lind", username="marialind7"),
        Account(id="bot", name="Butler", kind="bot"),
        task(
            9,
            "Cx",
            "b",
            "Homepage",
            assignees=("ml",),
            estimate_seconds=7200,
            url="https://trello.example/c/Cx",
        ),
        entry(1, "b", "ml", on="9"),
    ),
    "git": (
        Scope(id="site", key="site", name="site"),
        Activity(id="c1", scope="site", kind="commit", at=EARLIER, title="WEB-1 done", keys=("WEB-1",)),
    ),
    "xero": (
        Document(
            id="d1",
            scope="o",
            kind="invoice",
            status="AUTHORISED",
            currency="GBP",
            number="INV-1",
            contact="Acme Ltd",
            issued_on=dt.date(2026, 11, 12),
            subtotal=Decimal(100),
            tax=Decimal(0),
            total=Decimal(100),
            lines=(
                Line(
                    id="l1",
                    amount=Decimal(100),
                    tax=Decimal(0),
                    description="jira:WEB-2 and https://trello.example/c/Cx",
                ),
            ),
        ),
    ),
}
LINK = Link(id="k", from_task="1", to="https://trello.example/c/Cx", kind="url")


def land_all(session):
    """Everything once more, as a sync would bring it; the link comes with the issue."""
    for source, records in RECORDS.items():
        more = (LINK,) if source == "jira" else ()
        session.store.land(
            Landing(source=source, stream="all", scope="*", learnt_at=EARLIER, records=(*records, *more))
        )


def opened(folder):
    """The workspace with all of it collected."""
    folder.mkdir(exist_ok=True)
    (folder / "sightline.toml").write_text(TOML)
    session = Session.open(folder, clock=Clock(now=lambda: NOW))
    land_all(session)
    run = session.store.begin_run(EARLIER)
    for source in RECORDS:
        session.store.log_source(
            run, SourceRun(source=source, status="complete", started_at=EARLIER, finished_at=EARLIER)
        )
    session.store.end_run(run, "complete", EARLIER)
    return session


def exported(session, *tables):
    """Whole export tables as text: what must be the same again after an undo."""
    found = {}
    for table in tables or (
        "tasks",
        "time",
        "people",
        "scopes",
        "documents",
        "lines",
        "activity",
        "links",
        "ties",
        "figures",
        "projects",
    ):
        columns, rows = session.store.export(table)
        found[table] = repr([columns, *rows])
    return found


def rows(session, table):
    """An export as dictionaries by source and id."""
    columns, found = session.store.export(table)
    listed = [dict(zip(columns, row, strict=True)) for row in found]
    return {(row["source"], row["id"]): row for row in listed}
