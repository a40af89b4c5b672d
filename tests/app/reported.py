"""A small consultancy with two clients: one by hours with late work, one at a fixed price. Everything has just been read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.app.session import Session
from sightline.collect.clock import Clock
from sightline.model.collected import Landing
from sightline.model.records import Account, Document, Milestone, Scope, Task, TimeEntry
from sightline.store.runs import SourceRun

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
D = dt.date

TOML = """
[workspace]
name = "Northgate Consulting"
currency = "GBP"

[reports]
never = ["CANARY-WORD"]

[sources]
jira = {connector = "jira", site = "https://a.example"}
xero = {connector = "xero"}

[clients.acme]
name = "Acme Ltd"
contacts = ["J. Hale <hale@acme.example>"]
[clients.acme.report]
forms = ["html", "markdown"]

[clients.birch]
name = "Birch & Co"
contacts = ["K. Oak <oak@birch.example>"]

[projects.web]
client = "acme"
name = "Website"
include = ["jira:WEB"]
money = [{source = "xero", contact = "Acme Ltd"}]
starts = 2026-11-01
due = 2027-01-29
agreement = {kind = "time_and_materials", budget = "8000", currency = "GBP", budget_hours = 80}

[projects.booking]
client = "birch"
name = "Booking application"
include = ["jira:BOOK"]
agreement = {kind = "fixed_price", budget = "9000", currency = "GBP"}

[people.maria]
name = "Maria Lind"
emails = ["maria@n.example"]

[[rates.bill]]
per_hour = "100"
currency = "GBP"

[[rates.cost]]
per_hour = "57.31"
currency = "GBP"
"""


def task(number, scope, key, title, **more):
    fields = {"kind": "task", "status": "Open", "state": "todo", "estimate_seconds": 36000, **more}
    return Task(id=str(number), scope=scope, key=key, title=title, **fields)


TASKS = (
    task(1, "10", "WEB-1", "Home page", state="done", completed_at=dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)),
    task(2, "10", "WEB-2", "Contact form", due_on=D(2026, 11, 16), assignees=("m",)),
    task(3, "10", "WEB-3", "Wording", due_on=D(2026, 11, 18), state="in_progress", waiting_on="client"),
    task(4, "10", "WEB-4", "Search", due_on=D(2026, 11, 27), assignees=("m",)),
    task(5, "10", "WEB-5", "Our own clean-up", due_on=D(2026, 11, 25), labels=("internal",)),
    task(6, "20", "BOOK-1", "Calendar", due_on=D(2026, 12, 1)),
)
RECORDS = {
    "jira": (
        Scope(id="10", key="WEB", name="Website"),
        Scope(id="20", key="BOOK", name="Booking"),
        Account(id="m", name="Maria Lind", email="maria@n.example"),
        *TASKS,
        Milestone(id="1", scope="10", name="Launch", kind="version", state="open", due_on=D(2027, 1, 29)),
        TimeEntry(id="1", scope="10", task="1", account="m", day=D(2026, 11, 17), seconds=36000, billable=True),
        TimeEntry(id="2", scope="20", task="6", account="m", day=D(2026, 11, 17), seconds=7200, billable=True),
    ),
    "xero": (
        Document(
            id="d1", scope="o", kind="invoice", status="AUTHORISED", currency="GBP", number="INV-1",
            contact="Acme Ltd", issued_on=D(2026, 10, 1), due_on=D(2026, 10, 31), subtotal=Decimal(500),
            tax=Decimal(100), total=Decimal(600), outstanding=Decimal(600),
        ),
    ),
}  # fmt: skip


def read(session, at=NOW):
    """Both sources were read completely at that moment."""
    run = session.store.begin_run(at)
    for source in RECORDS:
        session.store.log_source(run, SourceRun(source=source, status="complete", started_at=at, finished_at=at))
    session.store.end_run(run, "complete", at)


def land(session, *records, source="jira"):
    """What a sync brings."""
    session.store.land(Landing(source=source, stream="all", scope="*", learnt_at=NOW, records=records))


def opened(folder, now=NOW, toml=TOML):
    """The workspace at a moment, everything collected and read at that moment."""
    folder.mkdir(exist_ok=True)
    (folder / "sightline.toml").write_text(toml)
    session = Session.open(folder, clock=Clock(now=lambda: now))
    for source, records in RECORDS.items():
        land(session, *records, source=source)
    read(session, now)
    return session


def again(session, now):
    """The same workspace at a later moment."""
    return Session(session.workspace, session.given, Clock(now=lambda: now))
