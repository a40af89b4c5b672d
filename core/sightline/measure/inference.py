"""No inference: figures that are shown together must not let a client work out what is ours.

With hours beside the amount of a fixed price, our rate and with it our margin can be worked out; hours of one person
beside an amount give that person's rate. So a fixed price is shown without any hours, and hours never by person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sightline.model.facts import ClientFacts, ClientProject

__all__ = ["inferences"]

_BY_HOURS = frozenset({"time_and_materials", "capped", "retainer"})


def inferences(facts: ClientFacts) -> list[str]:
    """What the shown figures would give away, in words; empty when nothing."""
    return [f"{project.name}: {told}" for project in facts.projects for told in _of(project)]


def _of(project: ClientProject) -> Iterator[str]:
    budget = project.budget
    if budget is not None and budget.kind in _BY_HOURS:
        return
    hours = [figure.title for figure in project.figures if figure.unit == "hours" or figure.name.endswith("_hours")]
    if budget is not None:
        named = ("agreed_hours", "used_hours", "left_hours", "carried_hours")
        hours += [name.replace("_", " ") for name in named if getattr(budget, name) is not None]
    if project.hours:
        hours.append("hours by item")
    if hours:
        yield f"hours ({', '.join(hours)}) beside an amount that was not agreed by hours"
