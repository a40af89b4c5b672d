"""`sightline week`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, print_json, table

if TYPE_CHECKING:
    from sightline.app.week import ClientWeek
    from sightline.model.figures import Figure

__all__ = ["week"]


@click.command()
@as_json_option
@click.pass_obj
def week(obj: dict[str, Any], as_json: bool) -> None:
    """What needs a person this week: reports due, held and to be approved; unbilled and overdue; who is silent."""
    from sightline.app.session import Session
    from sightline.app.week import week as of_now

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        found = of_now(session)
    if as_json:
        print_json({"today": found.today, "clients": [_json(row) for row in found.rows]})
        return
    counts = f"due: {found.count('due')}   to review or approve: {found.count('draft', 'reviewed')}"
    counts += f"   to send: {found.count('approved')}   held: {found.count('HELD')}"
    heads = [("client", "left"), ("report", "left"), ("due", "left"), ("state", "left"), ("note", "left"),
             ("unbilled", "right"), ("overdue", "right"), ("sent", "left"), ("heard", "left")]  # fmt: skip
    rows = [
        [
            row.client.name, f"{row.cadence} #{row.number}", row.due_on or "-", row.state, row.note, _sum(row.unbilled),
            _sum(row.overdue), row.last_sent or "never", _heard(row),
        ]
        for row in found.rows
    ]  # fmt: skip
    number = found.today.isocalendar().week
    out().print(table(f"WEEK {number}   {found.today:%a %d %b %Y}   {counts}", heads, rows))


def _heard(row: ClientWeek) -> str:
    said = str(row.last_heard or "never")
    return f"{said}, silent {row.silent_days} d" if row.silent_days is not None else said


def _amounts(figures: Sequence[Figure]) -> dict[str, Decimal | None]:
    """Currency → sum; None where a part of it is not known. Currencies are never added."""
    from sightline.model.money import Money

    found: dict[str, Decimal | None] = {}
    for figure in figures:
        if isinstance(figure.value, Money):
            held = found.get(figure.value.currency, Decimal(0))
            found[figure.value.currency] = None if held is None else held + figure.value.amount
        else:
            found[figure.currency or "?"] = None
    return found


def _sum(figures: Sequence[Figure]) -> str:
    from sightline.model.money import Money
    from sightline.present.text import UNKNOWN, money_text

    parts = [
        UNKNOWN if amount is None else money_text(Money(amount=amount, currency=currency))
        for currency, amount in sorted(_amounts(figures).items())
        if amount is None or amount
    ]
    return " + ".join(parts) or "-"


def _json(row: ClientWeek) -> dict[str, Any]:
    return {
        "client": row.client.id,
        "cadence": row.cadence,
        "number": row.number,
        "due_on": row.due_on,
        "state": row.state,
        "note": row.note,
        "unbilled": _amounts(row.unbilled),
        "overdue": _amounts(row.overdue),
        "last_sent": row.last_sent,
        "last_heard": row.last_heard,
        "silent_days": row.silent_days,
    }
