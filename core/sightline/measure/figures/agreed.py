"""How much is done by the method that was agreed for the project, with how far that can be relied on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.earning import credit_of, earning_of, percent_by_milestones, ticked
from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.progress import completed_by_count, completed_by_estimate
from sightline.measure.receipts import Measure, line
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import Figure, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts
    from sightline.model.plan import Confidence

__all__ = ["Progress", "ProgressByChecklist", "agreed_percent"]


class Done(NamedTuple):
    """Percent complete, the method in words, how sure it is, and the share of items with the needed data."""

    value: Decimal | Unknown
    method: str
    confidence: Confidence
    coverage: Decimal | None = None


@remembered
def agreed_percent(facts: Facts) -> Done:
    """By `projects.ID.progress.method`; where none is stated by estimate if anything is estimated, else by count."""
    method = facts.project.progress.method
    special = {"manual": _manual, "milestones": _milestones, "checklist": _checklist, "earned_value": _earned}
    if method in special:
        return special[method](facts)
    leaves = work_of(facts).leaves
    estimated = sum(leaf.item.estimate is not None for leaf in leaves)
    share = Decimal(estimated) / len(leaves) if leaves else None
    if method == "count" or (method is None and not estimated):
        whole = Decimal(1) if leaves else None
        return Done(completed_by_count([leaf.item for leaf in leaves]), "by count, 0 until done", "medium", whole)
    if method in ("50/50", "remaining"):
        told = "half when begun" if method == "50/50" else "by what remains"
        items = [leaf.item._replace(closed=False, done=HUNDRED * credit_of(leaf.task, method)) for leaf in leaves]
        return Done(completed_by_estimate(items), f"by estimate, {told}", _sure(share), share)
    items = [leaf.item for leaf in leaves]
    return Done(completed_by_estimate(items), "by estimate, 0 until done", _sure(share), share)


def _milestones(facts: Facts) -> Done:
    value = percent_by_milestones(facts, facts.project.progress.weights)
    return Done(value, "weights of milestones reached", "high")


def _checklist(facts: Facts) -> Done:
    value, known = _by_lines(facts)
    return Done(value, "checklist lines ticked, items weighing the same", _sure(known), known)


def _earned(facts: Facts) -> Done:
    earning = earning_of(facts)
    if isinstance(earning, Unknown):
        return Done(earning, "earned value", "low")
    value = HUNDRED * earning.earned.ev / earning.earned.bac
    sure = earning.baseline.confidence or "medium"
    return Done(value, f"earned value of the baseline, {earning.rule}", sure, earning.matched)


def _manual(facts: Facts) -> Done:
    """What somebody says; a word older than a week is no longer sure."""
    said = facts.project.progress
    if said.percent is None:
        return Done(Unknown(why="nobody has stated a percentage"), "as stated by hand", "low")
    age = (facts.today - said.stated_on).days if said.stated_on is not None else None
    when = f" on {said.stated_on}" if said.stated_on is not None else ""
    return Done(said.percent, f"as stated by hand{when}", "medium" if age is not None and age <= 7 else "low")


def _by_lines(facts: Facts) -> tuple[Decimal | Unknown, Decimal | None]:
    """Every leaf weighs the same: done ones whole, open ones by their ticked lines; and the share that has lines or is done."""
    leaves, lines = work_of(facts).leaves, ticked(facts)
    if not leaves:
        return Unknown(why="no task is in scope"), None
    whole = sum((credit_of(leaf.task, "checklist", lines.get(leaf.ref, ())) for leaf in leaves), ZERO)
    known = sum(bool(lines.get(leaf.ref)) or leaf.item.closed for leaf in leaves)
    return HUNDRED * whole / len(leaves), Decimal(known) / len(leaves)


def _sure(share: Decimal | None) -> Confidence:
    if share is None or share < Decimal("0.6"):
        return "low"
    return "high" if share >= Decimal("0.9") else "medium"


class Progress(Measure):
    """How much is done, by the method agreed for the project; the method says which, and how far it can be relied on."""

    name = "progress"
    title = "Done"
    unit = "percent"
    source = "Redmine (count, estimate, checklist); general earned value practice (0/100, 50/50, milestone weights)"
    internal = False

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Coverage is the share of items that have what the method needs."""
        found = agreed_percent(facts)
        stated = facts.project.progress.method
        lines = [line("method", stated or "none agreed: by estimate if anything is estimated, else by count"),
                 line("confidence", found.confidence)]  # fmt: skip
        yield self.figure(
            facts, found.value, method=f"{found.method}; confidence {found.confidence}", coverage=found.coverage,
            formula="100 x what is done / what is to be done, by the method", lines=lines,
        )  # fmt: skip


class ProgressByChecklist(Measure):
    """Ticked checklist lines of open items, and done items whole; every item weighs the same."""

    name = "progress_by_checklist"
    title = "Done, by checklists"
    unit = "percent"
    source = "Redmine, Version#completed_percent, with the ticked share of an open item's lines as its done ratio"
    internal = False

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown when no item has a checklist. Coverage is the share of items that have one or are done."""
        value, known = _by_lines(facts)
        with_lines = sum(bool(lines) for lines in ticked(facts).values())
        if not with_lines:
            value = Unknown(why="no task has a checklist")
        yield self.figure(
            facts, value, method="ticked lines of open items, done items whole", coverage=known,
            formula="100 x sum of shares done / items",
            lines=[line("items with a checklist", str(with_lines)), line("items in scope", str(len(work_of(facts).leaves)))],
        )  # fmt: skip
