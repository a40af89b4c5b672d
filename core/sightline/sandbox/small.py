"""The small clients: Cedar, Elm and Heron on Trello, Fjord in a bare GitHub repository, Gorse in the ledger alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.sandbox.batches import Batch, project, work_through
from sightline.sandbox.desk import Desk, Plan, day, working_days
from sightline.sandbox.places import place

__all__ = ["tell_small_clients"]


def tell_small_clients(desk: Desk) -> None:
    """Tasks, history, milestones and time of all five."""
    _cedar(desk)
    _elm(desk)
    _heron(desk)
    _fjord(desk)
    _gorse(desk)


def _cedar(desk: Desk) -> None:
    """A retainer of 20 h a month; 16.5 h are used in November."""
    project(
        desk,
        "cedar_care",
        "Care retainer",
        "cedar",
        currency="GBP",
        agreement={
            "kind": "retainer",
            "budget": "1700",
            "currency": "GBP",
            "allowance_hours": 20,
            "period": "month",
        },
        starts=day("11-01"),
        due=day("2027-10-31"),
        include=["trello:Cedar care"],
        money=[{"source": "xero", "contact": "Cedar Trust"}],
    )
    board = place(desk.world, "trello", "Cedar care")
    jobs = [
        ("Donation form broken", "4", "11-03", "Done"),
        ("Update plugins", "2.5", "11-04", "Done"),
        ("Event page \u202eabc\u202c", "3", "11-10", "Done"),
        ("Newsletter template", "3.5", "11-13", "With client"),
        ("Search is slow", "3.5", "11-17", "Doing"),
        ("New trustee photos", "0", "11-18", "To do"),
        ("Cookie text", "0", "11-19", "To do"),
    ]
    for title, hours, on, column in jobs:
        moves = [] if column == "To do" else [(day(on), "Doing")]
        moves += [(day(on), column)] if column not in ("To do", "Doing") else []
        task = desk.task(board, title, kind="card", created=day("11-02"), moves=moves, who="owen", by="stone")
        if hours != "0":
            desk.work(task, "owen", hours, day(on), day(on) + dt.timedelta(days=2), "2", note="care")
    old = desk.task(board, "Old links", kind="card", created=day("11-02"), by="pete", moves=[(day("11-03"), "Done")])
    desk.change(old, "archived", "yes", "11-05", "stone")


def _elm(desk: Desk) -> None:
    """Estimated in points, and half of it done by a freelancer nobody can match."""
    project(
        desk,
        "elm_launch",
        "Shop launch",
        "elm",
        currency="GBP",
        agreement={"kind": "fixed_price", "budget": "4800", "currency": "GBP"},
        starts=day("10-12"),
        due=day("12-04"),
        include=["trello:Elm launch"],
        money=[{"source": "xero", "contact": "Elm Bakery"}],
    )
    board = place(desk.world, "trello", "Elm launch")
    for n, title in enumerate(["Logo", "Menu cards", "Opening post", "Shop window", "Flyer", "Photo day", "Map pin"]):
        starts = day("10-12") + dt.timedelta(days=7 * n)
        moves = [(starts, "Doing"), (starts + dt.timedelta(days=3), "Done")] if n < 4 else []
        plan = Plan(starts, starts + dt.timedelta(days=4))
        desk.task(
            board,
            title,
            kind="card",
            created=day("10-08"),
            moves=moves,
            plan=plan,
            who="maria" if n % 2 else "pete",
            points=Decimal((3, 5, 2)[n % 3]),
        )


def _heron(desk: Desk) -> None:
    project(
        desk,
        "heron_shop",
        "Web shop",
        "heron",
        currency="GBP",
        agreement={"kind": "time_and_materials", "budget": "12000", "currency": "GBP", "budget_hours": 140},
        starts=day("10-19"),
        due=day("2027-03-26"),
        include=["trello:Heron shop"],
        money=[{"source": "xero", "contact": "Heron Shoes"}],
    )
    batches = [
        Batch("done", "30", 5, "10-19", "11-13"),
        Batch("late", "6", 1, "11-16", "11-19"),
        Batch("open", "104", 9, "11-23", "2027-03-26"),
    ]
    titles = ["Product list", "Basket", "Shoe sizes (EU/UK)", "Returns", "Stock feed", "=1+1 label test", "VAT"]
    board = place(desk.world, "trello", "Heron shop")
    tasks = work_through(desk, board, batches, titles, ["tomasz"], ("Doing", "Done?", "Done"), kind="card")
    for task, hours in zip(tasks[:6], ["7", "6.5", "8", "5", "7.5", "2"], strict=True):
        first, last = task.started_at.date(), (task.completed_at or desk.world.now).date()  # type: ignore[union-attr]
        desk.work(task, "tomasz", hours, first, last, note="shop")


def _fjord(desk: Desk) -> None:
    """A repository without a board: open or closed, dates only from milestones, no estimates, no time."""
    project(
        desk,
        "fjord_portal",
        "Customer portal",
        "fjord",
        currency="GBP",
        agreement={"kind": "fixed_price", "budget": "9000", "currency": "GBP"},
        starts=day("09-21"),
        due=day("2027-01-15"),
        include=["github:northgate/fjord-portal"],
        money=[{"source": "xero", "contact": "Fjord Energy"}],
    )
    repo = place(desk.world, "github", "fjord-portal")
    first = desk.target(repo, "milestone", "Prototype", "open", due_on=day("11-27"))
    second = desk.target(repo, "milestone", "Portal live", "open", due_on=day("2027-01-15"))
    titles = ["Meter list", "Invoice download", "Tariff switch", "Outage map", "Log-in with BankID", "PDF größer 10 MB"]
    for n in range(12):
        opened = day("09-21") + dt.timedelta(days=4 * n)
        opened = working_days(opened, opened + dt.timedelta(days=3))[0]
        moves = [(opened + dt.timedelta(days=7), "closed")] if n % 2 == 0 else []
        task = desk.task(
            repo,
            titles[n % 6] + (" v2" if n >= 6 else ""),
            kind="issue",
            created=opened,
            moves=moves,
            who="aisha" if n % 3 else "jonas",
            targets=[first if n < 6 else second],
            labels=["bug"] if n % 4 == 1 else [],
        )
        if n % 5 == 0:
            desk.say(task, (opened + dt.timedelta(days=1)).isoformat(), "noor", "Steps to repeat: `curl -I …`")


def _gorse(desk: Desk) -> None:
    """No tasks at all: time and money in the ledger."""
    project(
        desk,
        "gorse_advice",
        "Advice",
        "gorse",
        currency="GBP",
        agreement={"kind": "time_and_materials", "budget": "20000", "currency": "GBP", "budget_hours": 210},
        starts=day("09-01"),
        due=day("2027-03-31"),
        money=[{"source": "xero", "contact": "Gorse Partners"}, {"source": "xero", "project": "Gorse advice"}],
    )
