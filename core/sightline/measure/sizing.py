"""Estimates of several kinds made comparable: hours, points, checklists and none, as hours, by stated rules.

Hours count as they are. A point is worth what finished work says a point took; a checklist line what a line of an
estimated task comes to; what has neither counts as the median. The confidence says how much of it was really stated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import ZERO
from sightline.measure.phasing import middle
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.measure.work import Leaf
    from sightline.model.facts import Facts
    from sightline.model.plan import Confidence, Sized

__all__ = ["Part", "Rate", "Sizing", "parts_of", "sized", "spent_by_task"]

#: Of so many items (share) stated in hours the sizes are sure; of so many stated at all they are usable.
SURE, USABLE = Decimal("0.9"), Decimal("0.6")


class Part(NamedTuple):
    """What is known of one item's size: estimate and time worked in seconds, points, lines of its checklists."""

    ref: Ref
    estimate: Decimal | None
    points: Decimal | None
    lines: int
    spent: int
    finished: bool


class Rate(NamedTuple):
    """Seconds for one point (or one checklist line), from how many items, and in words from where."""

    seconds: Decimal
    items: int
    basis: str


class Sizing(NamedTuple):
    """Each item's size in whole seconds and how it came about; the rule in words, and the confidence."""

    seconds: Mapping[Ref, int]
    how: Mapping[Ref, Sized]
    text: str
    confidence: Confidence


def spent_by_task(facts: Facts) -> dict[Ref, int]:
    """Seconds worked on each task: time entries on it, else the tool's own total."""
    keys = {(source, task.key): task.id for source, task in facts.tasks}
    found: defaultdict[Ref, int] = defaultdict(int)
    for source, entry in facts.time:
        id_ = entry.task or keys.get((source, entry.task_key or ""))
        if id_ is not None:
            found[Ref(source, "tasks", id_)] += entry.seconds
    for task in facts.tasks:
        if task.ref not in found and task.record.spent_seconds:
            found[task.ref] = task.record.spent_seconds
    return dict(found)


def parts_of(facts: Facts, leaves: Iterable[Leaf]) -> list[Part]:
    """What is known of each leaf's size."""
    spent = spent_by_task(facts)
    lines = Counter(Ref(source, "tasks", item.task) for source, item in facts.items)
    return [
        Part(leaf.ref, leaf.estimate, leaf.task.points or None, lines[leaf.ref], spent.get(leaf.ref, 0), leaf.item.closed)
        for leaf in leaves
    ]  # fmt: skip


def sized(parts: Sequence[Part], history: Sequence[Part] | None = None) -> Sizing:
    """Every part in hours. `history` is where rates come from (default: the parts themselves)."""
    known = parts if history is None else history
    point, per_line = _per_point(known), _per_line(known)
    seconds: dict[Ref, Decimal] = {}
    how: dict[Ref, Sized] = {}
    for part in parts:
        found = _stated(part, point, per_line)
        if found is not None:
            seconds[part.ref], how[part.ref] = found
    common = middle(seconds.values())
    for part in parts:
        if part.ref not in seconds:
            seconds[part.ref], how[part.ref] = common, "median"
    whole = {ref: int(value.to_integral_value()) for ref, value in seconds.items()}
    counts = Counter(how.values())
    return Sizing(whole, how, _said(counts, point, per_line, common), _confidence(counts, point))


def _stated(part: Part, point: Rate | None, per_line: Rate | None) -> tuple[Decimal, Sized] | None:
    if part.estimate:
        return part.estimate, "hours"
    if part.points and point is not None:
        return part.points * point.seconds, "points"
    if part.lines and per_line is not None:
        return part.lines * per_line.seconds, "checklist"
    return None


def _per_point(parts: Sequence[Part]) -> Rate | None:
    """From finished items with time; else from items with both estimates; else assumed; None without any points."""
    worked = [(Decimal(part.spent), part.points) for part in parts if part.finished and part.spent > 0 and part.points]
    both = [(part.estimate, part.points) for part in parts if part.estimate and part.points]
    for pairs, basis in ((worked, "from own history"), (both, "from items estimated both ways")):
        if pairs:
            whole = sum((seconds for seconds, _ in pairs), ZERO)
            return Rate(whole / sum((points for _, points in pairs), ZERO), len(pairs), basis)
    points = [part.points for part in parts if part.points]
    if not points:
        return None
    typical = middle(part.estimate or 0 for part in parts)
    return Rate(typical / middle(points), 0, "assumed: the usual item in hours is the usual item in points")


def _per_line(parts: Sequence[Part]) -> Rate | None:
    pairs = [(part.estimate, part.lines) for part in parts if part.estimate and part.lines]
    if not pairs:
        return None
    whole = sum((seconds for seconds, _ in pairs), ZERO)
    return Rate(whole / sum(lines for _, lines in pairs), len(pairs), "from estimated items with a checklist")


def _said(counts: Counter[Sized], point: Rate | None, per_line: Rate | None, common: Decimal) -> str:
    """`41 items: 29 by hours, 8 by points (1 pt = 5.1 h from own history), 4 without estimate (counted as median)`."""
    parts = [f"{counts['hours']} by hours"] if counts["hours"] else []
    if counts["points"] and point is not None:
        parts.append(f"{counts['points']} by points (1 pt = {_hours(point.seconds)} h {point.basis})")
    if counts["checklist"] and per_line is not None:
        parts.append(f"{counts['checklist']} by checklist (1 line = {_hours(per_line.seconds)} h {per_line.basis})")
    if counts["median"]:
        alone = counts["median"] == sum(counts.values())
        told = "all weigh the same" if alone else f"counted as median, {_hours(common)} h"
        parts.append(f"{counts['median']} without estimate ({told})")
    number = sum(counts.values())
    return f"{number} item{'' if number == 1 else 's'}: {', '.join(parts)}" if number else "no items"


def _hours(seconds: Decimal) -> str:
    return f"{seconds / 3600:.1f}"


def _confidence(counts: Counter[Sized], point: Rate | None) -> Confidence:
    """High: nine of ten stated in hours; medium: three of five stated at all, points by own history; else low."""
    number = sum(counts.values())
    if not number:
        return "low"
    if Decimal(counts["hours"]) / number >= SURE:
        return "high"
    assumed = counts["points"] if point is not None and not point.items else 0
    stated = number - counts["median"] - assumed
    return "medium" if Decimal(stated) / number >= USABLE else "low"
