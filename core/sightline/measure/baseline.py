"""The plan a project is measured against: the baseline in force, over time. Worked out once for all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.phasing import Phasing, phased
from sightline.measure.progress import average_estimate
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.plan import Baseline, PlanItem, current_baseline
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from sightline.model.facts import Facts

__all__ = ["Plan", "plan_of", "plan_over_time"]


class Plan(NamedTuple):
    """A baseline, and its work over time."""

    baseline: Baseline
    phasing: Phasing


@remembered
def plan_of(facts: Facts) -> Plan | None:
    """The latest approved (else the latest) baseline over time; None when the project has none."""
    baseline = current_baseline(facts.baselines)
    return Plan(baseline, phased(baseline, facts.calendar)) if baseline is not None else None


@remembered
def plan_over_time(facts: Facts) -> tuple[Phasing, str]:
    """What was planned over time, and in words by what: the baseline, else the tasks' present days."""
    found = plan_of(facts)
    if found is not None:
        day = day_in(found.baseline.frozen_at, zone(facts.calendar.timezone))
        return found.phasing, f'baseline "{found.baseline.name}" of {day}, spread over working days'
    leaves = work_of(facts).leaves
    average = average_estimate([leaf.item for leaf in leaves])
    items = [
        PlanItem(
            uid=str(leaf.ref), name=leaf.task.title, task=leaf.ref, starts_on=leaf.task.start_on, due_on=leaf.task.due_on,
            work_seconds=int((leaf.estimate or average).to_integral_value()),
        )
        for leaf in leaves
    ]  # fmt: skip
    present = Baseline(id="", project=facts.project.id, name="", frozen_at=facts.as_of, items=tuple(items))
    return phased(
        present, facts.calendar
    ), "no baseline: the tasks' present start and due days, spread over working days"
