"""Dune in a German Jira Data Center, billed in EUR: the data migration (80 % planned, 74 % done) and a training."""

from __future__ import annotations

from sightline.sandbox.batches import Batch, project, work_through
from sightline.sandbox.desk import Desk, Plan, day
from sightline.sandbox.places import place

__all__ = ["tell_dune"]


def tell_dune(desk: Desk) -> None:
    """Both projects: 201 h worked on the migration, 9 h on the training."""
    project(
        desk,
        "dune_migration",
        "Datenmigration",
        "dune",
        currency="EUR",
        agreement={"kind": "fixed_price", "budget": "15000", "currency": "EUR", "budget_hours": 240},
        starts=day("08-17"),
        due=day("12-11"),
        include=["dune_jira:DAT"],
        money=[
            {"source": "xero", "contact": "Dune Logistik GmbH", "tracking": "Project=Datenmigration"},
            {"source": "xero", "tracking": "Project=Datenmigration"},
        ],
    )
    place_ = place(desk.world, "dune_jira", "Datenmigration")
    titles = [
        "Altdaten sichten",
        "Feldzuordnung",
        "Kundenstamm",
        "Artikelstamm",
        "Prüfläufe",
        "Übergabe an Betrieb",
        "Schnittstelle „Lager“",
        "Rückfallplan",
    ]
    batches = [
        Batch("done", "172", 14, "08-17", "11-13"),
        Batch("late", "20", 2, "11-09", "11-18"),
        Batch("ahead", "6", 1, "11-23", "11-24"),
        Batch("open", "42", 5, "11-23", "12-11"),
    ]
    words = ("In Arbeit", "Validating", "Erledigt")
    tasks = work_through(desk, place_, batches, titles, ["lena", "tomasz"], words, kind="task", by="lena")
    version = desk.target(place_, "version", "Abnahme", "open", due_on=day("12-11"))
    for task in tasks:
        task.targets = [version]
    desk.change(tasks[15], "status", "Validating", "11-18", "lena")
    desk.change(tasks[15], "due_on", "2026-11-27", "11-18", "lena")
    hours = desk.parts("201", 17)
    for task, spent in zip(tasks[:17], hours, strict=True):
        first, last = task.started_at.date(), (task.completed_at or desk.world.now).date()  # type: ignore[union-attr]
        desk.work(task, task.assignees[0], spent, first, last, note="Datenübernahme")
    _training(desk)


def _training(desk: Desk) -> None:
    project(
        desk,
        "dune_training",
        "Schulung",
        "dune",
        currency="EUR",
        agreement={"kind": "time_and_materials", "budget": "3000", "currency": "EUR", "budget_hours": 30},
        starts=day("11-02"),
        due=day("12-18"),
        include=["dune_jira:TRN"],
        money=[{"source": "xero", "contact": "Dune Logistik GmbH", "tracking": "Project=Schulung"}],
    )
    where = place(desk.world, "dune_jira", "Schulung")
    for n, title in enumerate(["Unterlagen", "Termin 1: Lager", "Termin 2: Büro"]):
        moves = [(day("11-03"), "In Arbeit"), (day("11-06"), "Erledigt")] if n == 0 else []
        plan = Plan.of(("11-03", "11-23", "12-07")[n], ("11-06", "11-24", "12-08")[n], "8")
        task = desk.task(where, title, created=day("10-19"), moves=moves, plan=plan, who="lena", by="wuest")
        if n == 0:
            desk.work(task, "lena", "9", plan.starts, plan.due, note="Unterlagen")
