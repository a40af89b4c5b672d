"""Work in batches: items with exact sums of hours, planned one after the other, that came out in one of four ways."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Any

from sightline.sandbox.desk import Desk, Plan, day, working_days
from sightline.sandbox.world import Place, WorldProject, WorldTask

__all__ = ["Batch", "project", "work_through"]


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """`count` items with `hours` altogether, planned one after the other between two days.

    `how`: done (as planned), ahead (done before 19 November though planned later), late (due, in work), open.
    """

    how: str
    hours: str
    count: int
    starts: str
    ends: str


def project(desk: Desk, pid: str, name: str, client: str | None, **fields: Any) -> WorldProject:
    """A project of the world, entered under its id."""
    project = WorldProject(id=pid, name=name, client=client, **fields)
    desk.world.projects[pid] = project
    return project


def _windows(batch: Batch) -> list[tuple[dt.date, dt.date]]:
    """Consecutive planned windows of a batch, both days included."""
    days = working_days(day(batch.starts), day(batch.ends))
    edges = [len(days) * n // batch.count for n in range(batch.count + 1)]
    return [(days[min(a, len(days) - 1)], days[max(a, b - 1)]) for a, b in itertools.pairwise(edges)]


def _moves(how: str, plan: Plan, words: tuple[str, str, str]) -> list[tuple[dt.date, str]]:
    doing, checking, done = words
    if how == "done":
        return [(plan.starts, doing), (plan.due, checking), (plan.due, done)]
    if how == "ahead":
        return [(day("11-16"), doing), (day("11-18"), done)]
    return [(plan.starts, doing)] if how == "late" else []


def work_through(
    desk: Desk,
    where: Place,
    batches: list[Batch],
    titles: list[str],
    people: list[str],
    words: tuple[str, str, str],
    **fields: Any,
) -> list[WorldTask]:
    """All items of the batches, in order; titles are used once, then numbered."""
    found: list[WorldTask] = []
    for batch in batches:
        hours = desk.parts(batch.hours, batch.count)
        for (starts, due), estimate in zip(_windows(batch), hours, strict=True):
            n = len(found)
            title = titles[n % len(titles)] + (f" ({n // len(titles) + 1})" if n >= len(titles) else "")
            plan = Plan(starts, due, estimate)
            moves = _moves(batch.how, plan, words)
            opened = working_days(plan.starts - dt.timedelta(days=21), plan.starts)[0]
            opened = min(opened, day("11-13"))
            who = people[n % len(people)]
            found.append(
                desk.task(where, title, created=opened, moves=moves, plan=plan, who=who, **{"kind": "issue", **fields})
            )
    return found
