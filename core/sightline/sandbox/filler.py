"""Everyday work beside the story, as much of it as `size` asks for: the internal project "Operations".

It fills one place of every tool, so that lists have pages, and adds commits and invoices of Gorse Partners. It never touches the
projects whose figures the story states.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.sandbox.books import Books, line
from sightline.sandbox.desk import Desk, Plan, day, working_days
from sightline.sandbox.places import place
from sightline.sandbox.repositories import Repository
from sightline.sandbox.world import Place, WorldProject, WorldTask

__all__ = ["fill", "fill_code", "fill_money"]

_VERBS = ["Check", "Update", "Replace", "Clean up", "Document", "Prüfen:", "Automate", "Review"]
_THINGS = [
    "backups",
    "licences",
    "laptops",
    "invoices ✔",
    "passwords",
    "VPN",
    "meeting room",
    "templates",
    "<head> tags",
]
_STAFF = ["jonas", "aisha", "tomasz", "priya", "lena", "owen", "noor"]

#: source, place, tasks at size 1, (doing, done, dropped) words, kind
_TOOLS = [
    ("acme_jira", "Operations", 120, ("In Progress", "Done", "Won't do"), "task"),
    ("trello", "Ideas", 30, ("Doing", "Done", "Done"), "card"),
    ("github", "toolbox", 40, (None, "closed", "not_planned"), "issue"),
]


def fill(desk: Desk, size: float) -> None:
    """Operations: about 190 tasks, 120 time entries and 12 invoices for every 1 of `size`."""
    if size <= 0:
        return
    desk.world.projects["operations"] = WorldProject(
        id="operations",
        name="Operations",
        client=None,
        currency="GBP",
        agreement={"kind": "internal"},
        starts=day("07-01"),
        due=day("2027-06-30"),
        include=["acme_jira:OPS", "trello:Ideas", "github:northgate/toolbox", "code_git:toolbox"],
        money=[{"source": "xero", "tracking": "Project=Operations"}],
    )
    for source, name, count, words, kind in _TOOLS:
        where = place(desk.world, source, name)
        for n in range(max(1, round(count * size))):
            _one(desk, where, n, words, kind)


def _one(desk: Desk, where: Place, n: int, words: tuple[str | None, str, str], kind: str) -> WorldTask:
    rng = desk.rng
    title = f"{_VERBS[n % len(_VERBS)]} {_THINGS[(n * 7) % len(_THINGS)]} {n + 1}"
    opened = day("07-01") + dt.timedelta(days=rng.randrange(130))
    began, ended = opened + dt.timedelta(days=rng.randrange(1, 5)), opened + dt.timedelta(days=rng.randrange(5, 12))
    doing, done, dropped = words
    steps = [(began, doing), (ended, done if n % 11 else dropped)][: rng.choice((0, 1, 2, 2, 2))]
    who = rng.choice(_STAFF)
    hours = Decimal(rng.randrange(2, 33)) / 4
    task = desk.task(
        where,
        title,
        created=opened,
        moves=[(working_days(on, on)[0], word) for on, word in steps if word],
        plan=Plan(opened, ended, hours) if kind != "issue" else None,
        who=who,
        kind=kind,
        labels=[where.labels[n % len(where.labels)]] if where.labels and n % 3 == 0 else [],
        priority=(None, "Low", "High")[n % 3] if kind == "task" else None,
        points=Decimal(n % 5 + 1) if n % 4 == 0 and kind != "issue" else None,
        description="Repeat every quarter.\n\n* first\n* second" if n % 6 == 0 else "",
    )
    if n % 9 == 0:
        desk.say(task, min(ended, day("11-19")).isoformat(), rng.choice(_STAFF), f"Half way, see {title!r}")
    if kind == "task" and steps:
        desk.work(task, who, hours, began, ended, "4", billable=False, note="operations")
    return task


def fill_money(books: Books, size: float) -> None:
    """Monthly advice for Gorse Partners, 12 invoices for every 1 of `size`; two thirds of them paid."""
    for n in range(round(12 * size)):
        issued = day("09-01") + dt.timedelta(days=(n * 5) % 70)
        due = issued + dt.timedelta(days=30)
        lines = [line(f"Workshop {n + 1}", "3", f"{40 + n % 9}.25", vat=True)]
        invoice = books.document(
            "invoice", f"INV-{1000 + n}", "Gorse Partners", issued, due, lines, project="gorse_advice"
        )
        if n % 3:
            books.settle(invoice, str(invoice.total), min(due, day("11-19")).isoformat())


def fill_code(desk: Desk, size: float) -> None:
    """A plain chain of 60 commits for every 1 of `size`, in the repository of the toolbox."""
    repo = Repository(desk, place(desk.world, "code_git", "toolbox"))
    count = round(60 * size)
    for n in range(count):
        on = working_days(day("07-01") + dt.timedelta(days=n * 140 // count), day("11-19"))[0]
        repo.commit(desk.moment(on), _STAFF[n % len(_STAFF)], f"{_VERBS[n % len(_VERBS)]} part {n + 1} (#{n % 40 + 1})")
