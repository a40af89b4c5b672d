"""What is true in the made-up world, worked out from it directly: what figures are checked against."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from decimal import Decimal

from sightline.sandbox.world import Invoice, World, WorldTask

__all__ = ["Receivables", "done_percent", "hours", "planned_percent", "project_tasks", "receivables"]

#: Pull requests are changes, not work items: they carry no estimate and count for no share.
_NOT_WORK = ("pull_request",)
_COUNTS = ("AUTHORISED", "PAID")


@dataclasses.dataclass(slots=True)
class Receivables:
    """Sales of one project in one currency: invoices and credit notes that count, and what was settled."""

    invoiced_net: Decimal = Decimal(0)
    invoiced_gross: Decimal = Decimal(0)
    credited_net: Decimal = Decimal(0)
    credited_gross: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    """Cash, with tax."""
    outstanding: Decimal = Decimal(0)
    overdue: Decimal = Decimal(0)
    overdue_days: int = 0
    """Of the oldest one."""


def project_tasks(world: World, project: str) -> list[WorldTask]:
    """The work items that the project's `include` rules gather; pull requests left out."""
    rules = []
    for rule in world.projects[project].include:
        source, _, scope = rule.partition(":") if isinstance(rule, str) else (rule["source"], "", rule["scope"])
        rules.append((source, scope, None if isinstance(rule, str) else rule.get("label")))

    def mine(task: WorldTask) -> bool:
        names = (task.place.key, task.place.name, "*")
        return any(
            task.place.source == source and scope in names and (label is None or label in task.labels)
            for source, scope, label in rules
        )

    return [task for task in world.tasks if task.kind not in _NOT_WORK and mine(task)]


def hours(world: World, project: str) -> Decimal:
    """Hours worked on the project, from the tools of its tasks and from the ledger's own projects."""
    tasks = {id(task) for task in project_tasks(world, project)}
    seconds = sum(
        entry.seconds
        for entry in world.times
        if id(entry.task) in tasks or (entry.ledger_task is not None and entry.ledger_task.project.project == project)
    )
    return Decimal(seconds) / 3600


def planned_percent(world: World, project: str, on: dt.date) -> Decimal | None:
    """Hours promised up to the end of `on` in percent of all promised hours; None when none were promised.

    Counted in full when due: no promise of the story spans its present day.
    """
    promised = [t for t in project_tasks(world, project) if t.planned_seconds and t.planned_due]
    whole = sum(t.planned_seconds or 0 for t in promised)
    due = sum(t.planned_seconds or 0 for t in promised if t.planned_due and t.planned_due <= on)
    return Decimal(100 * due) / whole if whole else None


def done_percent(world: World, project: str, *, by: str = "estimate") -> Decimal | None:
    """What is done in percent of all that is not cancelled: `by` estimate (present ones), points or count.

    Only leaves count, never a parent beside its children. None when nothing carries that measure.
    """
    tasks = [t for t in project_tasks(world, project) if t.state != "cancelled"]
    parents = {id(task.parent) for task in tasks if task.parent}
    leaves = [task for task in tasks if id(task) not in parents and task.kind != "epic"]
    weights = [_weight(task, by) for task in leaves]
    done = sum((w for task, w in zip(leaves, weights, strict=True) if task.state == "done"), Decimal(0))
    return 100 * done / sum(weights) if sum(weights) else None


def _weight(task: WorldTask, by: str) -> Decimal:
    return {"estimate": Decimal(task.estimate_seconds or 0), "points": task.points or Decimal(0)}.get(by, Decimal(1))


def receivables(world: World, project: str | None) -> dict[str, Receivables]:
    """Per currency, what the project sold; None gives what belongs to no project."""
    found: dict[str, Receivables] = defaultdict(Receivables)
    for document in world.documents:
        if document.project == project and document.status in _COUNTS:
            _add(found, document, world.now.date())
    return dict(found)


def _add(found: dict[str, Receivables], document: Invoice, today: dt.date) -> None:
    if document.kind == "invoice":
        sums = found[document.currency]
        sums.invoiced_net += document.subtotal
        sums.invoiced_gross += document.total
        sums.paid += document.paid
        owed = document.total - document.paid - document.credited
        sums.outstanding += owed
        if owed and document.due_on and document.due_on < today:
            sums.overdue += owed
            sums.overdue_days = max(sums.overdue_days, (today - document.due_on).days)
    elif document.kind == "credit_note":
        sums = found[document.currency]
        sums.credited_net += document.subtotal
        sums.credited_gross += document.total
