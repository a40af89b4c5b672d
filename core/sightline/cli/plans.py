"""How plans are printed: a baseline with its curve and items, a list, two compared; as tables or JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sightline.cli.output import note, out, plain, table

if TYPE_CHECKING:
    from sightline.app.plan_files import Imported
    from sightline.measure.comparing import Comparison
    from sightline.model.plan import Baseline, PlanItem
    from sightline.model.portfolio import Calendar

__all__ = [
    "baseline_json",
    "comparison_json",
    "head_json",
    "note_left",
    "show_baseline",
    "show_comparison",
    "show_list",
]

#: So many points of the curve are printed.
_POINTS = 12


def head_json(one: Baseline, calendar: Calendar) -> dict[str, Any]:
    """A baseline without its items."""
    from sightline.measure.phasing import phased

    phasing = phased(one, calendar)
    return {
        "id": one.id,
        "project": one.project,
        "name": one.name,
        "frozen_at": one.frozen_at,
        "approved_by": one.approved_by,
        "approved_at": one.approved_at,
        "reason": one.reason,
        "source": one.source,
        "items": len(phasing.pieces) + len(phasing.undated),
        "undated": len(phasing.undated),
        "work_seconds": int(phasing.seconds),
        "starts_on": phasing.first,
        "ends_on": phasing.last,
        "sizing": one.sizing,
        "confidence": one.confidence,
    }


def baseline_json(one: Baseline, calendar: Calendar) -> dict[str, Any]:
    """A baseline whole, with its planned curve in percent."""
    return {
        **head_json(one, calendar),
        "curve": [{"day": day, "planned_percent": share * 100} for day, share in _curve(one, calendar)],
        "plan": [item_json(item) for item in one.items],
    }


def item_json(item: PlanItem) -> dict[str, Any]:
    """One item of a plan."""
    return {
        "uid": item.uid,
        "name": item.name,
        "task": str(item.task) if item.task else None,
        "wbs": item.wbs,
        "parent": item.parent,
        "starts_on": item.starts_on,
        "due_on": item.due_on,
        "work_seconds": item.work_seconds,
        "points": item.points,
        "sized": item.sized,
        "cost": item.cost,
        "milestone": item.milestone,
        "under": item.under,
        "client_visible": item.client_visible,
        "owner": item.owner,
        "depends_on": [
            {"uid": one.predecessor, "type": one.type, "lag_seconds": one.lag_seconds} for one in item.depends_on
        ],
    }


def _curve(one: Baseline, calendar: Calendar) -> list[tuple[dt.date, Decimal]]:
    """The planned share at the end of each week (Friday) of the plan, and of its last day."""
    from sightline.measure.phasing import phased

    phasing = phased(one, calendar)
    first, last = phasing.first, phasing.last
    if first is None or last is None:
        return []
    day, days = first + dt.timedelta(days=(4 - first.weekday()) % 7), []
    while day < last:
        days.append(day)
        day += dt.timedelta(days=7)
    found = [(day, phasing.share(day)) for day in (*days, last)]
    return [(day, share) for day, share in found if isinstance(share, Decimal)]


def show_baseline(one: Baseline, calendar: Calendar, *, items: bool = False) -> None:
    """What was frozen, by which rules, and the curve; with `items` also those."""
    console = out()
    head = head_json(one, calendar)
    agreed = f"approved by {plain(one.approved_by)}" if one.approved_by else "not approved"
    frozen = f"{one.frozen_at:%Y-%m-%d}"
    console.print(
        f'baseline {one.id} "{plain(one.name)}"  {frozen}  from {plain(one.source or "-")}  {agreed}', style="bold"
    )
    console.print(f"{plain(one.sizing or '-')}; confidence: {one.confidence or '-'}")
    span = f"{head['starts_on']} to {head['ends_on']}" if head["starts_on"] else "no dates"
    left = f"; {head['undated']} without days, not in the curve" if head["undated"] else ""
    console.print(f"{hours_text(head['work_seconds'])} h, {span}{left}")
    if one.reason:
        console.print(f"reason: {plain(one.reason)}")
    _show_curve(one, calendar)
    _show_milestones(one)
    if items:
        _show_items(one)


def _show_curve(one: Baseline, calendar: Calendar) -> None:
    curve = _curve(one, calendar)
    step = max(1, -(-len(curve) // _POINTS))
    shown = [*curve[:-1:step], *curve[-1:]] if curve else []
    rows = [[f"{day:%a %d %b %Y}", f"{int(share * 100)} %", "#" * int(share * 40)] for day, share in shown]
    if rows:
        out().print(table(None, [("planned by the end of", "left"), ("share", "right"), ("", "left")], rows))


def _show_milestones(one: Baseline) -> None:
    rows = [
        [item.name, item.due_on or "-", item.owner or "-", "yes" if item.client_visible else "no"]
        for item in one.items
        if item.milestone
    ]
    if rows:
        heads = [("milestone", "left"), ("due", "left"), ("owner", "left"), ("client sees it", "left")]
        out().print(table(None, heads, rows))


def _show_items(one: Baseline) -> None:
    from sightline.measure.phasing import leaves_of

    rows = [
        [item.wbs or item.uid, item.name, item.starts_on or "-", item.due_on or "-", hours_text(item.work_seconds),
         item.sized or "", item.owner or "-"]
        for item in leaves_of(one.items)
    ]  # fmt: skip
    heads = [("item", "left"), ("name", "left"), ("starts", "left"), ("due", "left"), ("hours", "right")]
    out().print(table(None, [*heads, ("by", "left"), ("owner", "left")], rows))


def note_left(imported: Imported) -> None:
    """On stderr: what of a file is not in the plan, and how many of its items are tied to tasks."""
    for text in imported.notes:
        note(f"left out: {text}")
    items = sum(not item.milestone for item in imported.baseline.items)
    note(f"{imported.tied} of {items} items stand for a task of the tools (by key or title)")


def show_list(held: Mapping[str, Sequence[Baseline]], calendar: Calendar) -> None:
    """All baselines by project; * marks the one in force."""
    from sightline.model.plan import current_baseline

    rows = []
    for project, baselines in held.items():
        current = current_baseline(baselines)
        for one in baselines:
            head = head_json(one, calendar)
            mark = "*" if current is not None and current.id == one.id else ""
            rows.append(
                [project, f"{one.id.rpartition('/')[2]}{mark}", one.name, f"{one.frozen_at:%Y-%m-%d}", head["items"],
                 hours_text(head["work_seconds"]), head["ends_on"] or "-", one.approved_by or "no", one.confidence or "-"]
            )  # fmt: skip
    heads = [("project", "left"), ("no", "right"), ("name", "left"), ("frozen", "left"), ("items", "right")]
    heads += [("hours", "right"), ("ends", "left"), ("approved by", "left"), ("confidence", "left")]
    console = out()
    console.print(table("BASELINES", heads, rows))
    if not rows:
        console.print("none yet: `sightline plan baseline PROJECT` makes one")


def comparison_json(first: Baseline, second: Baseline, found: Comparison, calendar: Calendar) -> dict[str, Any]:
    """What leads from the one to the other."""
    return {
        "from": first.name,
        "to": second.name,
        "added": [item_json(item) for item in found.added],
        "removed": [item_json(item) for item in found.removed],
        "moved": [
            {"uid": one.after.uid, "name": one.after.name, "starts_on": [one.before.starts_on, one.after.starts_on],
             "due_on": [one.before.due_on, one.after.due_on], "working_days": one.days}
            for one in found.moved
        ],
        "resized": [
            {"uid": one.after.uid, "name": one.after.name, "seconds": one.seconds,
             "work_seconds": [one.before.work_seconds, one.after.work_seconds]}
            for one in found.resized
        ],
        "same": found.same,
        "added_seconds": found.added_seconds,
        "removed_seconds": found.removed_seconds,
        "resized_seconds": found.resized_seconds,
        "seconds": found.seconds,
        "end_moved_working_days": found.last_day(calendar, first.items, second.items),
    }  # fmt: skip


def show_comparison(first: Baseline, second: Baseline, found: Comparison, calendar: Calendar) -> None:
    """What leads from the one to the other, item by item, and the sums."""
    rows: list[list[object]] = [
        ["added", item.wbs or item.uid, item.name, f"+{hours_text(item.work_seconds)}", "", item.due_on or "-"]
        for item in found.added
    ]
    rows += [
        ["removed", item.wbs or item.uid, item.name, f"-{hours_text(item.work_seconds)}", "", item.due_on or "-"]
        for item in found.removed
    ]
    rows += [
        ["re-estimated", one.after.wbs or one.after.uid, one.after.name, signed_hours(one.seconds), "",
         f"{hours_text(one.before.work_seconds)} > {hours_text(one.after.work_seconds)} h"]
        for one in found.resized
    ]  # fmt: skip
    rows += [
        ["moved", one.after.wbs or one.after.uid, one.after.name, "", "" if one.days is None else f"{one.days:+d}",
         f"due {one.before.due_on or '-'} > {one.after.due_on or '-'}"]
        for one in found.moved
    ]  # fmt: skip
    heads = [
        ("change", "left"),
        ("item", "left"),
        ("name", "left"),
        ("hours", "right"),
        ("days", "right"),
        ("", "left"),
    ]
    console = out()
    console.print(table(f'SCOPE AND DATES  from "{plain(first.name)}" to "{plain(second.name)}"', heads, rows))
    ends = found.last_day(calendar, first.items, second.items)
    later = "" if ends is None else f"; the end moves {ends:+d} working days"
    console.print(
        f"{len(found.added)} added (+{hours_text(found.added_seconds)} h), {len(found.removed)} removed "
        f"(-{hours_text(found.removed_seconds)} h), {len(found.resized)} re-estimated "
        f"({signed_hours(found.resized_seconds)} h), {len(found.moved)} moved, {found.same} as they were: "
        f"{signed_hours(found.seconds)} h altogether{later}"
    )


def hours_text(seconds: int | None) -> str:
    """Hours with at most two decimals, `-` where nobody knows."""
    return "-" if seconds is None else f"{(Decimal(seconds) / 3600).quantize(Decimal('0.01')).normalize():f}"


def signed_hours(seconds: int) -> str:
    """The same with its sign."""
    return f"{'+' if seconds >= 0 else '-'}{hours_text(abs(seconds))}"
