"""A screen as values: sentences, facts, tables, charts, actions. The web page, the JSON and the CSV are made from it.

A table is described once: what a page shows, the API returns and a download holds cannot differ.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec

from sightline.model.figures import Figure, Unknown, Value
from sightline.model.money import Money
from sightline.model.time import stamp
from sightline.present.text import UNKNOWN, value_text

__all__ = [
    "Action",
    "Cell",
    "Chart",
    "Column",
    "Screen",
    "Table",
    "Tone",
    "csv_text",
    "figure_cell",
    "plain_value",
    "screen_json",
    "sorted_rows",
    "table_json",
    "text_cell",
]

Tone = Literal["good", "warn", "bad", "grey", ""]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One value as it is shown, with what it is: `value` sorts and is exported, `hint` says why or since when."""

    text: str
    value: Value | int | bool | dt.datetime | None = None
    href: str = ""
    tone: Tone = ""
    hint: str = ""


class Column(msgspec.Struct, frozen=True):
    """A column: its name in JSON and CSV, its heading, and whether it holds numbers."""

    name: str
    title: str
    number: bool = False


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something a viewer may do: a form that posts `fields` to `path`. `asks` are fields the viewer fills in."""

    label: str
    path: str
    fields: Mapping[str, str] = msgspec.field(default_factory=dict)
    asks: tuple[tuple[str, str], ...] = ()
    """(name, label) of each."""
    grave: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows under columns. `actions` belong to the row of the same position; `empty` is said when there is no row."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing here."
    note: str = ""
    actions: tuple[tuple[Action, ...], ...] = ()


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart as a Vega-Lite specification; `says` is what it shows in a sentence, and its alternative text."""

    name: str
    title: str
    says: str
    spec: Mapping[str, Any]


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one page shows."""

    name: str
    title: str
    as_of: dt.datetime
    lead: tuple[str, ...] = ()
    """What matters most, in sentences."""
    warnings: tuple[str, ...] = ()
    facts: tuple[tuple[str, Cell], ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    actions: tuple[Action, ...] = ()
    crumbs: tuple[tuple[str, str], ...] = ()
    """(label, path) of what lies above it."""


def text_cell(text: object, *, href: str = "", tone: Tone = "", hint: str = "") -> Cell:
    """A text; `-` for None."""
    return Cell(text="-" if text is None else str(text), value=None if text is None else str(text), href=href,
                tone=tone, hint=hint)  # fmt: skip


def figure_cell(figures: Figure | Sequence[Figure] | None, *, tone: Tone = "", text: str = "") -> Cell:
    """A figure, or one for each currency, that leads to its receipt; `-` when it was never measured."""
    held = [figures] if isinstance(figures, Figure) else list(figures or ())
    if not held:
        return Cell(text="-")
    first = held[0]
    why = "; ".join(one.value.why for one in held if isinstance(one.value, Unknown))
    shown = text or " + ".join(value_text(one.value, one.unit) for one in held)
    owner = f"/explain/{first.project or first.client}/{first.name}"
    return Cell(text=shown, value=first.value, href=owner, tone="grey" if why else tone, hint=why or first.method)


def plain_value(value: Any) -> Any:
    """A cell's value as JSON has it: exact decimals as text, instants in UTC, what nobody knows as null."""
    match value:
        case Unknown() | None:
            return None
        case Money():
            return format(value.amount, "f")
        case Decimal():
            return format(value, "f")
        case dt.datetime():
            return stamp(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value


def _cell_json(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {"value": plain_value(cell.value), "text": cell.text}
    if isinstance(cell.value, Money):
        found["currency"] = cell.value.currency
    if isinstance(cell.value, Unknown):
        found["why_unknown"] = cell.value.why
    if cell.tone:
        found["tone"] = cell.tone
    return found


def table_json(table: Table) -> dict[str, Any]:
    """The table by column names."""
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, map(_cell_json, row), strict=True)) for row in table.rows]
    return {"table": table.name, "title": table.title, "columns": names, "rows": rows}


def screen_json(screen: Screen) -> dict[str, Any]:
    """The whole screen."""
    return {
        "screen": screen.name,
        "title": screen.title,
        "as_of": stamp(screen.as_of),
        "lead": list(screen.lead),
        "warnings": list(screen.warnings),
        "facts": {label: _cell_json(cell) for label, cell in screen.facts},
        "tables": [table_json(table) for table in screen.tables],
        "charts": [{"chart": c.name, "title": c.title, "says": c.says, "spec": c.spec} for c in screen.charts],
    }


#: A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _csv_cell(cell: Cell) -> str:
    value = plain_value(cell.value)
    text = "" if value is None or cell.text == UNKNOWN else str(value)
    is_text = isinstance(cell.value, str)
    return f"'{text}" if is_text and text.startswith(_FORMULA) else text


def csv_text(table: Table) -> Iterator[str]:
    """The table as CSV (RFC 4180), a line at a time; money as decimals, the currency in a column of its own."""
    money = [any(isinstance(row[place].value, Money) for row in table.rows) for place in range(len(table.columns))]
    line = io.StringIO()
    writer = csv.writer(line)

    def told(values: list[str]) -> str:
        line.seek(0)
        line.truncate()
        writer.writerow(values)
        return line.getvalue()

    yield told([n for column, has in zip(table.columns, money, strict=True)
                for n in ((column.name, f"{column.name}_currency") if has else (column.name,))])  # fmt: skip
    for row in table.rows:
        values: list[str] = []
        for cell, has in zip(row, money, strict=True):
            values.append(_csv_cell(cell))
            if has:
                values.append(cell.value.currency if isinstance(cell.value, Money) else "")
        yield told(values)


def sorted_rows(table: Table, by: str, *, down: bool) -> Table:
    """The same table in the order of one column; what is unknown comes last either way. Unknown columns change nothing."""
    names = [column.name for column in table.columns]
    if by not in names:
        return table
    place = names.index(by)
    order = sorted(range(len(table.rows)), key=lambda n: _weight(table.rows[n][place]), reverse=down)
    order.sort(key=lambda n: _is_blank(table.rows[n][place]))
    actions = tuple(table.actions[n] for n in order) if table.actions else ()
    return msgspec.structs.replace(table, rows=tuple(table.rows[n] for n in order), actions=actions)


def _is_blank(cell: Cell) -> bool:
    return cell.value is None or isinstance(cell.value, Unknown)


def _weight(cell: Cell) -> tuple[int, Any]:
    value = cell.value
    match value:
        case Money():
            return (0, value.amount)
        case bool() | int() | Decimal():
            return (0, Decimal(value))
        case dt.datetime():
            return (1, Decimal(int(value.timestamp())))
        case dt.date():
            return (1, Decimal(value.toordinal()))
        case _:
            return (2, str(value or "").casefold())
