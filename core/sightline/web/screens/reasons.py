"""The slip ledger as sentences and tables: what happened, whose turn it is, what gets it back."""

from __future__ import annotations

from fractions import Fraction

from sightline.app.why import Why
from sightline.measure.slip import TITLES, Days, Part
from sightline.model.figures import Unknown
from sightline.present.screen import Cell, Column, Table, text_cell
from sightline.present.why import amount_text, part_text, record_text, remedy_text, wait_text

__all__ = ["why_lines", "why_tables"]


def why_lines(found: Why) -> tuple[str, ...]:
    """Promised and forecast in one sentence, then each remedy."""
    said = []
    if isinstance(found.days, Days):
        days = found.days
        state = f"{abs(days.gap)} working days {'late' if days.gap > 0 else 'early'}" if days.gap else "on the day"
        said.append(f"Promised {days.promised:%d %b %Y}; at the plan's own pace {days.forecast:%d %b %Y}: {state}.")
    if found.remedies:
        told = "; ".join(remedy_text(found.facts, one) for one in found.remedies)
        said.append(f"Back on track: {told}.")
    return tuple(said)


def why_tables(found: Why) -> tuple[Table, ...]:
    """The reasons in days and in hours, which sum to the gaps; what waits, and on whom."""
    tables = []
    if isinstance(found.days, Days):
        tables.append(_days(found, found.days))
    if not isinstance(found.points, Unknown) and found.points.parts:
        rows = tuple(_part(part, "h", found) for part in found.points.parts)
        columns = (Column("hours", "Hours", number=True), Column("reason", "Reason"), Column("tasks", "Tasks"))
        tables.append(Table(name="gap", title="The gap between plan and work done", columns=columns, rows=rows))
    if found.waits:
        waits = tuple(
            (Cell(text=f"{days} d", value=days), text_cell("us" if wait.on == "us" else wait.on),
             text_cell(wait_text(found.facts, wait)), text_cell(wait.where))
            for wait, days in found.waits
        )  # fmt: skip
        heads = (Column("days", "Waits", number=True), Column("turn", "Whose turn"), Column("what", "What"),
                 Column("where", "Where"))  # fmt: skip
        tables.append(Table(name="waits", title="Waiting now", columns=heads, rows=waits))
    return tuple(tables)


def _part(part: Part, unit: str, found: Why) -> tuple[Cell, ...]:
    keys = {task.ref: task.record.key for task in found.facts.tasks}
    tasks = ", ".join(keys.get(ref, ref.id) for ref in dict.fromkeys(part.tasks))
    return (
        Cell(text=f"{amount_text(part.shown)} {unit}", value=part.shown),
        text_cell(TITLES[part.cause]),
        text_cell(tasks),
    )


def _days(found: Why, days: Days) -> Table:
    rows = [
        (Cell(text=f"{part.shown} d", value=part.shown), text_cell(TITLES[part.cause]),
         text_cell(part_text(found.facts, days, part)), text_cell(record_text(part)))
        for part in days.parts
    ]  # fmt: skip
    if not any(part.cause == "unexplained" for part in days.parts):
        none = amount_text(Fraction(0))
        rows.append((text_cell(f"{none} d"), text_cell(TITLES["unexplained"]), text_cell(None), text_cell(None)))
    columns = (Column("days", "Days", number=True), Column("reason", "Reason"),
               Column("evidence", "What the records say"), Column("records", "Records"))  # fmt: skip
    return Table(name="slip", title=f"Why {days.gap:+d} working days", columns=columns, rows=tuple(rows))
