"""`sightline people`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, print_json, table

if TYPE_CHECKING:
    from sightline.model.figures import Unknown
    from sightline.present.people import PeopleView, PersonRow

__all__ = ["people"]


@click.command()
@click.option(
    "--period", metavar="PERIOD", help="2026-10, 2026-Q4, 2026 or 2026-10-01..2026-10-15; default: this month so far."
)
@as_json_option
@click.pass_obj
def people(obj: dict[str, Any], period: str | None, as_json: bool) -> None:
    """Everybody: hours, billable share and utilisation in a period, and the load of the four weeks ahead. No rates."""
    from sightline.app.people import people_view
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        view = people_view(session, period=period)
    if as_json:
        print_json(_json(view))
    else:
        _show(view)


def _show(view: PeopleView) -> None:
    heads = [
        ("person", "left"),
        ("hours", "right"),
        ("billable", "right"),
        ("utilisation", "right"),
        ("days without time", "right"),
    ]
    heads += [("load ahead", "right"), ("of capacity", "right"), ("days over", "right"), ("no due day", "right")]
    heads += [("no estimate", "right"), ("mostly on", "left")]
    console = out()
    title = f"PEOPLE  {view.first} to {view.last}, load to {view.ahead}"
    console.print(table(title, heads, [_line(row) for row in view.rows]))
    if view.unknown_hours:
        console.print(f"time of accounts that are nobody's: {_h(view.unknown_hours)} (`sightline map people`)")
    for row in view.rows:
        for finding in row.odd:
            console.print(f"! {finding.person}, {finding.day}: {finding.said}")


def _line(row: PersonRow) -> list[str]:
    load = row.load_percent
    return [
        row.name,
        _h(row.hours),
        _percent(row.billable_share),
        _percent(row.utilisation),
        str(len(row.missing)),
        _h(row.load),
        "-" if load is None else _percent(load),
        str(row.days_over),
        _h(row.unscheduled),
        str(row.unestimated),
        ", ".join(list(row.projects)[:2]),
    ]


def _h(hours: Decimal) -> str:
    from sightline.present.text import hours_text

    return f"{hours_text(hours)} h"


def _percent(value: Decimal | Unknown) -> str:
    from sightline.present.text import value_text

    return value_text(value, "percent")


def _json(view: PeopleView) -> dict[str, Any]:
    return {
        "from": view.first,
        "to": view.last,
        "load_until": view.ahead,
        "as_of": view.as_of,
        "unknown_hours": view.unknown_hours,
        "people": [_person(row) for row in view.rows],
    }


def _person(row: PersonRow) -> dict[str, Any]:
    return {
        "person": row.id,
        "name": row.name,
        "role": row.role,
        "hours": row.hours,
        "billable_hours": row.billable,
        "available_hours": row.available,
        "billable_share": _value(row.billable_share),
        "utilisation": _value(row.utilisation),
        "hours_by_project": dict(row.projects),
        "load_hours": row.load,
        "capacity_hours": row.capacity,
        "unscheduled_hours": row.unscheduled,
        "open_tasks_without_estimate": row.unestimated,
        "days_over": row.days_over,
        "missing_days": [finding.day for finding in row.missing],
        "long_days": [{"day": finding.day, "said": finding.said} for finding in row.odd],
    }


def _value(value: Decimal | Unknown) -> Any:
    from sightline.model.figures import Unknown

    return {"unknown": value.why} if isinstance(value, Unknown) else value
