"""Whose are the projects of the ledger's own project module: by the `project` of the money rules.

Their tasks are not work items of the project (the board already has those) and do not count in its progress; the time
booked on them is the project's time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.model.refs import Ref
from sightline.unify.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import Sourced
    from sightline.model.portfolio import Project
    from sightline.model.records import Task

__all__ = ["LEDGER_PROJECT", "LEDGER_TASK", "ledger_work"]

#: Task kinds in which a ledger delivers its own projects and their tasks.
LEDGER_PROJECT, LEDGER_TASK = "project", "project_task"


def ledger_work(tasks: Iterable[Sourced[Task]], projects: Sequence[Project]) -> dict[Ref, str]:
    """Ledger project or ledger task → the project whose money rule names it; the first configured rule wins."""
    rules = [(rule.source, rule.project, project.id) for project in projects for rule in project.money if rule.project]
    held = [row for row in tasks if row.record.kind in (LEDGER_PROJECT, LEDGER_TASK)]
    of: dict[Ref, str] = {}
    for source, task in held:
        if task.kind == LEDGER_PROJECT:
            named = (who for where, name, who in rules if where == source and matches(name, task.title, task.id))
            if owner := next(named, None):
                of[Ref(source, "tasks", task.id)] = owner
    for source, task in held:
        owner = of.get(Ref(source, "tasks", task.parent or ""))
        if owner and task.kind == LEDGER_TASK:
            of[Ref(source, "tasks", task.id)] = owner
    return of
