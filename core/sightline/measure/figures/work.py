"""Progress of a project by count and by estimate, and what should be done by today."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.baseline import plan_over_time
from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.progress import average_estimate, completed_by_count, completed_by_estimate
from sightline.measure.receipts import Measure, hours_text, line
from sightline.measure.work import Leaf, Work, work_of
from sightline.model.figures import Figure, ReceiptLine, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import Facts

__all__ = ["PlannedPercent", "ProgressByCount", "ProgressByEstimate"]

_RULE = "0 until done, then 100"


def _outside(work: Work) -> list[ReceiptLine]:
    return [line(f"not weighed: {outside.why}", str(outside.tasks)) for outside in work.outside]


def _known_state(leaves: Sequence[Leaf]) -> Decimal | None:
    """Share of the leaves whose status has a meaning."""
    if not leaves:
        return None
    return Decimal(sum(leaf.task.state != "unknown" for leaf in leaves)) / len(leaves)


class ProgressByCount(Measure):
    """Tasks done of all tasks in scope, each weighing the same."""

    name = "progress_by_count"
    title = "Done, by number of tasks"
    unit = "percent"
    source = "Redmine, Version#completed_percent, every item weighing 1"
    internal = False

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Coverage is the share of tasks whose status is mapped; an unmapped one counts as not done."""
        work = work_of(facts)
        done = [leaf.ref for leaf in work.leaves if leaf.task.state == "done"]
        todo = [leaf.ref for leaf in work.leaves if leaf.task.state != "done"]
        yield self.figure(
            facts,
            completed_by_count([leaf.item for leaf in work.leaves], empty=_nothing(work)),
            method=f"leaves in scope by count, {_RULE}",
            formula="100 x tasks done / tasks in scope",
            lines=[
                line("tasks done", str(len(done)), done),
                line("tasks not done", str(len(todo)), todo),
                *_outside(work),
            ],
            coverage=_known_state(work.leaves),
        )


class ProgressByEstimate(Measure):
    """Estimated hours of the tasks done, of all estimated hours in scope."""

    name = "progress_by_estimate"
    title = "Done, by estimated hours"
    unit = "percent"
    source = "Redmine, Version#completed_percent: an unestimated item weighs the average estimate"
    internal = False

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Coverage is the share of tasks with an estimate. Without any estimate Unknown: see the count."""
        work = work_of(facts)
        estimated = [leaf for leaf in work.leaves if leaf.estimate is not None]
        value = completed_by_estimate([leaf.item for leaf in work.leaves], empty=_nothing(work))
        if work.leaves and not estimated:
            value = Unknown(why=f"none of {len(work.leaves)} tasks has an estimate")
        yield self.figure(
            facts,
            value,
            method=f"leaves in scope by estimate, {_RULE}; a task without estimate weighs the average",
            formula="100 x weight of tasks done / weight of all tasks in scope",
            lines=[*_weights(work.leaves), *_outside(work)],
            coverage=Decimal(len(estimated)) / len(work.leaves) if work.leaves else None,
        )


def _nothing(work: Work) -> Unknown:
    left_out = ", ".join(f"{outside.tasks} {outside.why}" for outside in work.outside)
    return Unknown(why=f"no task is in scope ({left_out})" if left_out else "no task is in scope")


def _weights(leaves: Sequence[Leaf]) -> list[ReceiptLine]:
    """Exact seconds where the estimates are whole; the average is shown so that the sum can be made again."""
    lines = []
    for label, closed in (("done", True), ("not done", False)):
        here = [leaf for leaf in leaves if leaf.item.closed is closed]
        stated = [leaf for leaf in here if leaf.estimate is not None]
        bare = [leaf for leaf in here if leaf.estimate is None]
        weight = sum((leaf.estimate or ZERO for leaf in stated), ZERO)
        lines.append(line(f"{len(stated)} estimated tasks {label}", _seconds(weight), (leaf.ref for leaf in stated)))
        lines.append(line(f"tasks without estimate {label}", str(len(bare)), (leaf.ref for leaf in bare)))
    average = average_estimate([leaf.item for leaf in leaves])
    return [*lines, line("average estimate, the weight of a task without one", _seconds(average))]


def _seconds(seconds: Decimal) -> str:
    whole = int(seconds.to_integral_value())
    return hours_text(whole) if whole == seconds else f"{seconds / 3600:.6f} h"


class PlannedPercent(Measure):
    """What share of the planned work should be done at the end of today, by the plan's own dates."""

    name = "planned_percent"
    title = "Planned to be done by today"
    unit = "percent"
    source = "Time-phased plan: each item's work spread evenly over its working days (redmine_issue_evm, calculate_pv)"
    internal = False

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """From the latest approved (else latest) baseline; without one from the tasks' present dates.

        Coverage is the share of items with both dates in order; the others are left out and counted.
        """
        plan, basis = plan_over_time(facts)
        whole, due = plan.seconds, plan.planned(facts.today)
        items = len(plan.pieces) + len(plan.undated)
        refs = [piece.item.task for piece in plan.pieces if piece.item.task]
        lines = [
            line(f"weight of {len(plan.pieces)} dated items", _seconds(whole), refs),
            line("of it due by the end of today", _seconds(due)),
            line("items without start or due day, or due before their start, left out", str(len(plan.undated))),
        ]
        value = HUNDRED * due / whole if whole else plan.share(facts.today)
        formula = "100 x sum(weight x hours of work passed / hours of work in the item's days) / sum(weight)"
        coverage = Decimal(len(plan.pieces)) / items if items else None
        yield self.figure(facts, value, method=basis, formula=formula, lines=lines, coverage=coverage)
