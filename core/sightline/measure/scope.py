"""What changed in scope since the baseline: items and hours added, removed, re-estimated; days moved; approved or not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.baseline import plan_of
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sightline.model.facts import Facts
    from sightline.model.refs import Ref

__all__ = ["ScopeChange", "approvals", "scope_changes"]


class ScopeChange(NamedTuple):
    """One change. `seconds` of work more (negative: less), 0 for what only moved; `approved` says by whom, or None."""

    kind: Literal["added", "removed", "re-estimated", "moved"]
    ref: Ref
    key: str
    title: str
    seconds: int
    due: tuple[dt.date | None, dt.date | None]
    approved: str | None


@remembered
def scope_changes(facts: Facts) -> tuple[ScopeChange, ...]:
    """From the baseline in force to what the tools hold; nothing without a baseline.

    Only sources that the baseline was made of are looked at: a plan of one tool says nothing of another's tasks.
    """
    plan = plan_of(facts)
    if plan is None:
        return ()
    said = approvals(facts)
    leaves = {leaf.ref: leaf for leaf in work_of(facts).leaves}
    inner = {item.parent for item in plan.baseline.items}
    planned = {item.task: item for item in plan.baseline.items if item.task is not None and item.uid not in inner}
    sources = {ref.source for ref in planned}
    titles = {task.ref: task.record for task in facts.tasks}
    found: list[ScopeChange] = []
    for ref, leaf in leaves.items():
        item, estimate = planned.get(ref), int(leaf.estimate.to_integral_value()) if leaf.estimate else 0
        task = leaf.task
        if item is None:
            if ref.source in sources:
                found.append(
                    ScopeChange("added", ref, task.key, task.title, estimate, (None, task.due_on), said.get(ref))
                )
            continue
        differs = estimate - (item.work_seconds or 0)
        if item.sized == "hours" and estimate and differs:
            days = (item.due_on, task.due_on)
            found.append(ScopeChange("re-estimated", ref, task.key, task.title, differs, days, said.get(ref)))
        if task.due_on is not None and item.due_on is not None and task.due_on != item.due_on:
            days = (item.due_on, task.due_on)
            found.append(ScopeChange("moved", ref, task.key, task.title, 0, days, said.get(ref)))
    for ref, item in planned.items():
        if ref not in leaves and not item.milestone:
            key = titles[ref].key if ref in titles else item.wbs or ref.id
            days = (item.due_on, None)
            found.append(ScopeChange("removed", ref, key, item.name, -(item.work_seconds or 0), days, said.get(ref)))
    return tuple(found)


def approvals(facts: Facts) -> Mapping[Ref, str]:
    """Task → who approved a change of it: an approval that was given, or a decision, that names the task."""
    keys = {(task.source, task.record.key): task.ref for task in facts.tasks}
    by_key = {key: ref for (_, key), ref in keys.items()}
    found: dict[Ref, str] = {}
    for note in facts.notes:
        source, _, key = (note.task_key or "").rpartition(":")
        ref = note.task or (keys.get((source, key)) if source else by_key.get(key))
        given = note.kind == "approval" and note.outcome == "approved"
        if ref is not None and (given or note.kind in ("decision", "agreement")):
            found[ref] = note.answered_by or note.by or "somebody"
    return found
