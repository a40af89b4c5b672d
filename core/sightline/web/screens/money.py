"""Money, and people."""

from __future__ import annotations

from decimal import Decimal

from sightline.app.money import money_view
from sightline.app.people import people_view
from sightline.errors import ConfigError
from sightline.model.access import Viewer
from sightline.model.figures import Unknown
from sightline.present.money import Cell as MoneyCell
from sightline.present.money import MoneyView
from sightline.present.people import PersonRow
from sightline.present.screen import Cell, Column, Screen, Table, Tone, text_cell
from sightline.present.text import hours_text, value_text
from sightline.web.desk import Desk
from sightline.web.guard import Problem
from sightline.web.screens import Query

__all__ = ["money_screen", "people_screen"]

_INTERNAL = ("cost", "margin")


def money_screen(desk: Desk, viewer: Viewer, query: Query) -> Screen:
    """What is earned, invoiced, unbilled, owed; cost and margin for those who may see them. `period` as in the CLI."""
    try:
        view = money_view(desk.session, period=query.get("period") or None)
    except ConfigError as error:
        raise Problem(400, "This is no period. Write 2026-11, 2026-Q4 or 2026.") from error
    names = [name for name in view.columns if name not in _INTERNAL or viewer.may("cost")]
    columns = (Column("project", "Project"), Column("client", "Client"), Column("kind", "Agreement"),
               *(Column(name, view.columns[name].capitalize(), number=True) for name in names))  # fmt: skip
    rows = tuple(
        (
            text_cell(row.name, href=f"/projects/{row.id}"),
            text_cell(row.client or "internal"),
            text_cell(row.kind.replace("_", " ")),
            *(_money_cell(row.cells.get(name), f"/explain/{row.id}/{name}") for name in names),
        )
        for row in view.rows
    )
    return Screen(
        name="money",
        title="Money",
        as_of=view.as_of,
        lead=_sums(view, names),
        tables=(Table(name="money", title=view.title, columns=columns, rows=rows), _inbox(view)),
    )


def _money_cell(cell: MoneyCell | None, href: str) -> Cell:
    if cell is None or not cell.values:
        return Cell(text="-")
    text = " + ".join(value_text(value, cell.unit) for value in cell.values)
    why = "; ".join(value.why for value in cell.values if isinstance(value, Unknown))
    tone: Tone = "grey" if why else ""
    return Cell(text=f"{cell.bound} {text}".strip(), value=cell.values[0], href=href, hint=why, tone=tone)


def _sums(view: MoneyView, names: list[str]) -> tuple[str, ...]:
    said = []
    for name in names:
        for currency, (amount, missing) in view.totals.get(name, {}).items():
            lacking = f", {missing} without a value" if missing else ""
            shown = f"{currency} {amount:,.2f}" if currency else f"{hours_text(amount)} h"
            said.append(f"{view.columns[name].capitalize()}: {shown}{lacking}.")
    return tuple(said)


def _inbox(view: MoneyView) -> Table:
    rows = tuple(
        (
            text_cell(f"{one.kind} {one.number or ''}".strip()), text_cell(one.contact), text_cell(one.issued_on),
            Cell(text=value_text(one.total, "money") if one.total else "-", value=one.total),
            text_cell("; ".join(f"{s.project} ({s.score}: {', '.join(s.reasons)})" for s in one.suggestions) or None),
        )
        for one in view.inbox
    )  # fmt: skip
    columns = (Column("document", "Document"), Column("contact", "Contact"), Column("issued_on", "Issued"),
               Column("total", "Total", number=True), Column("may_belong_to", "May belong to"))  # fmt: skip
    return Table(name="unmatched", title="Unmatched documents", columns=columns, rows=rows, empty="All are matched.")


def people_screen(desk: Desk, viewer: Viewer, query: Query) -> Screen:
    """Who worked how much, on what, and has how much to do; a member sees their own row."""
    try:
        view = people_view(desk.session, period=query.get("period") or None)
    except ConfigError as error:
        raise Problem(400, "This is no period. Write 2026-11, 2026-Q4 or 2026.") from error
    rows = [row for row in view.rows if viewer.role != "member" or row.id == viewer.person]
    columns = (
        Column("person", "Person"), Column("role", "Role"), Column("hours", "Hours", number=True),
        Column("billable", "Billable", number=True), Column("utilisation", "Utilisation", number=True),
        Column("load", "To do", number=True), Column("capacity", "Can do", number=True),
        Column("days_over", "Days over", number=True), Column("unestimated", "No estimate", number=True),
        Column("projects", "Worked on"),
    )  # fmt: skip
    busy = [row.name for row in rows if row.days_over]
    return Screen(
        name="people",
        title="People",
        as_of=view.as_of,
        lead=(f"{view.first:%d %b} to {view.last:%d %b %Y}; load until {view.ahead:%d %b %Y}.",
              *((f"More to do than can be done: {', '.join(busy)}.",) if busy else ())),
        tables=(Table(name="people", title="Work and load", columns=columns, rows=tuple(map(_person, rows)),
                      empty="Nobody has time or open work."),),
    )  # fmt: skip


def _hours(hours: Decimal, tone: Tone = "") -> Cell:
    return Cell(text=hours_text(hours), value=hours, tone=tone)


def _person(row: PersonRow) -> tuple[Cell, ...]:
    use = row.utilisation
    used = Cell(text=value_text(use, "percent"), value=use, hint=use.why if isinstance(use, Unknown) else "")
    worked = ", ".join(f"{name} {hours_text(hours)} h" for name, hours in row.projects.items())
    return (
        text_cell(row.name), text_cell(row.role), _hours(row.hours), _hours(row.billable), used,
        _hours(row.load, "bad" if row.load > row.capacity else ""), _hours(row.capacity),
        Cell(text=str(row.days_over), value=row.days_over, tone="bad" if row.days_over else ""),
        Cell(text=str(row.unestimated), value=row.unestimated), text_cell(worked or None),
    )  # fmt: skip
