"""The plan a project is measured against: the baseline in force, over time. Worked out once for all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.phasing import Phasing, phased
from sightline.measure.remembered import remembered
from sightline.model.plan import Baseline, current_baseline

if TYPE_CHECKING:
    from sightline.model.facts import Facts

__all__ = ["Plan", "plan_of"]


class Plan(NamedTuple):
    """A baseline, and its work over time."""

    baseline: Baseline
    phasing: Phasing


@remembered
def plan_of(facts: Facts) -> Plan | None:
    """The latest approved (else the latest) baseline over time; None when the project has none."""
    baseline = current_baseline(facts.baselines)
    return Plan(baseline, phased(baseline, facts.calendar)) if baseline is not None else None
