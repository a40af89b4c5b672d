"""`sightline money`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from rich.console import Console

    from sightline.app.reconcile import Statement
    from sightline.app.session import Session
    from sightline.model.figures import Moved, Value
    from sightline.present.money import Cell, InboxRow, MoneyRow, MoneyView

__all__ = ["money"]

#: The word that is no project: the statement instead of the figures.
RECONCILE = "reconcile"


@click.command()
@click.argument("name", required=False)
@click.option("--period", metavar="PERIOD", help="2026-10, 2026-Q4, 2026 or 2026-10-01..2026-10-15.")
@click.option(
    "--since-change", "since", metavar="DAY", help="Also what changed rates and rules have moved since that day."
)
@as_json_option
@click.pass_obj
def money(obj: dict[str, Any], name: str | None, period: str | None, since: str | None, as_json: bool) -> int:
    """Earned, invoiced, unbilled, owed, cost and margin: of everything, or of the project or client NAME.

    `sightline money reconcile` gives a statement for each organisation: our projects, plus what belongs to none, beside
    the ledger's own totals; exit code 2 if they differ by a cent.
    """
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        if name == RECONCILE:
            return _reconcile(session, period, as_json=as_json)
        from sightline.app.money import money_view

        view = money_view(session, name, period=period, since=_day(since))
    if as_json:
        print_json(_json(view))
    else:
        _show(view)
    return 0


def _reconcile(session: Session, period: str | None, *, as_json: bool) -> int:
    from sightline.app.reconcile import reconcile

    statements = reconcile(session, period=period)
    if as_json:
        print_json([_statement_json(one) for one in statements])
    else:
        for one in statements:
            _show_statement(out(), one)
        if not statements:
            note("no ledger has been read yet")
    return 0 if all(one.agrees for one in statements) else 2


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text[:20]!r} is no day; write 2026-10-01", param_hint="--since-change") from None


def _show(view: MoneyView) -> None:
    console = out()
    if view.figures:
        _show_figures(console, view)
    if len(view.rows) != 1 or not view.figures:
        columns = [
            ("client / project", "left"),
            ("agreed", "left"),
            *((head, "right") for head in view.columns.values()),
        ]
        rows = [
            [f"{row.client or '(internal)'} / {row.name}", row.kind, *(_cell(row.cells[name]) for name in view.columns)]
            for row in view.rows
        ]
        console.print(table(f"MONEY  {plain(view.title)}  as of {view.as_of:%a %d %b %Y %H:%M} UTC", columns, rows))
        _show_totals(console, view)
        _show_credit(console, view.rows)
    _show_inbox(console, view.inbox)
    _show_moved(console, view.moved)
    if view.leaks:
        console.print(f"days with traces of work but no time: {view.leaks} (`sightline explain PROJECT leakage_days`)")


def _show_credit(console: Console, rows: Sequence[MoneyRow]) -> None:
    """Why overdue may be more than outstanding."""
    from sightline.present.text import money_text

    for row in rows:
        if row.credit:
            ahead = " + ".join(map(money_text, row.credit))
            console.print(f"{plain(row.name)}: {ahead} of credit not used yet is off outstanding, not off overdue")


def _cell(cell: Cell) -> str:
    from sightline.present.text import value_text

    shown = " + ".join(value_text(value, cell.unit) for value in cell.values) or "-"
    return f"{cell.bound} {shown}" if cell.bound else shown


def _show_totals(console: Console, view: MoneyView) -> None:
    from sightline.model.money import Money
    from sightline.present.text import hours_text, money_text, value_text

    rows = []
    for name, sums in view.totals.items():
        missing = max((count for _, count in sums.values()), default=0)
        said = [
            money_text(Money(amount=amount, currency=code)) if code else f"{hours_text(amount)} h"
            for code, (amount, _) in sums.items()
        ]
        value, rates = view.together.get(name, (None, ""))
        together = "" if value is None else f"{value_text(value, 'money')} ({rates})"
        if value is not None and not rates:
            together = "not added: no rate is stated"
        rows.append(
            [view.columns[name], " + ".join(said), f"{missing} projects not known" if missing else "", together]
        )
    if rows:
        heads = [
            ("sum of the rows", "left"),
            ("by currency", "right"),
            ("left out", "left"),
            ("in one currency", "left"),
        ]
        console.print(table(None, heads, rows))


def _show_figures(console: Console, view: MoneyView) -> None:
    from sightline.model.figures import Unknown
    from sightline.present.text import figure_text

    rows = [
        [
            figure.name + (f" ({figure.currency})" if figure.currency else ""),
            figure_text(figure),
            figure.value.why if isinstance(figure.value, Unknown) else figure.method,
        ]
        for figure in view.figures
    ]
    heads = [("figure", "left"), ("value", "right"), ("method, or why it is not known", "left")]
    console.print(table(f"MONEY  {plain(view.title)}  as of {view.as_of:%a %d %b %Y %H:%M} UTC", heads, rows))


def _show_inbox(console: Console, rows: tuple[InboxRow, ...]) -> None:
    if not rows:
        return
    from sightline.present.text import money_text

    shown = [
        [
            f"{row.source} {row.kind.replace('_', ' ')} {row.number or ''}", row.contact, row.issued_on,
            money_text(row.total) if row.total else "?",
            "; ".join(f"{hint.project} {hint.score} ({', '.join(hint.reasons)})" for hint in row.suggestions) or "-",
        ]
        for row in rows
    ]  # fmt: skip
    heads = [
        ("document in no project", "left"),
        ("contact", "left"),
        ("issued", "left"),
        ("total", "right"),
        ("perhaps", "left"),
    ]
    sums = "  ".join(f"{kind} {text}" for kind, text in _inbox_sums(rows).items())
    console.print(table(None, heads, shown, foot=f"sums with tax: {plain(sums)}"))


def _inbox_sums(rows: tuple[InboxRow, ...]) -> Mapping[str, str]:
    from sightline.model.money import Money
    from sightline.present.text import money_text

    sums: dict[tuple[str, str], Money] = {}
    for row in rows:
        if row.total:
            at = (row.kind, row.total.currency)
            sums[at] = row.total + sums[at] if at in sums else row.total
    return {f"{kind.replace('_', ' ')}": money_text(amount) for (kind, _), amount in sums.items()}


def _show_moved(console: Console, moved: tuple[Moved, ...]) -> None:
    if not moved:
        return
    rows = [[f"{one.at:%Y-%m-%d %H:%M}", one.project, one.name, _value(one.before), _value(one.after)] for one in moved]
    heads = [("changed", "left"), ("project", "left"), ("figure", "left"), ("before", "right"), ("after", "right")]
    console.print(table("moved by a change of rates, agreements or rules", heads, rows))


def _value(value: Value) -> str:
    from decimal import Decimal

    from sightline.present.text import value_text

    return f"{value:.4f}" if isinstance(value, Decimal) else value_text(value, "")


def _show_statement(console: Console, one: Statement) -> None:
    period = f"{one.period.first} to {one.period.last}" if one.period else "all that is kept"
    rows = [
        [
            row.kind.replace("_", " "), row.currency, row.documents, _exact(sum(row.projects.values())), _exact(row.unmatched),
            _exact(row.ledger), _exact(row.difference),
            f"{row.base_currency} {_exact(row.base)}" if row.base is not None else "not stated",
        ]
        for row in one.rows
    ]  # fmt: skip
    heads = [
        ("with tax", "left"),
        ("", "left"),
        ("documents", "right"),
        ("in projects", "right"),
        ("unmatched", "right"),
    ]
    heads += [("ledger", "right"), ("difference", "right"), ("in its own currency", "right")]
    verdict = "agrees to the cent" if one.agrees else "DOES NOT AGREE"
    console.print(table(f"{plain(one.organisation)} ({one.source})  {period}: {verdict}", heads, rows))
    heads = [
        ("paid and credited", "left"),
        ("", "left"),
        ("by documents", "right"),
        ("by payments", "right"),
        ("difference", "right"),
    ]
    shown = [
        [
            row.kind.replace("_", " "),
            row.currency,
            _exact(row.by_documents),
            _exact(row.by_payments),
            _exact(row.difference),
        ]
        for row in one.settled
    ]
    console.print(table(None, heads, shown))
    for count in one.counted:
        same = "" if count.kept == count.ledger else "  DIFFERS"
        console.print(
            f"{plain(count.what)}: {count.kept} kept, {count.ledger} by the ledger's own count"
            f" of {count.at:%Y-%m-%d %H:%M} UTC{same}"
        )
    for left in one.left_out:
        console.print(f"not summed: {left.documents} {left.kind.replace('_', ' ')} ({plain(left.why)})")


def _exact(amount: Any) -> str:
    return f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount:,f}"


def _json(view: MoneyView) -> dict[str, Any]:
    from sightline.app.status import figure_json

    return {
        "title": view.title,
        "as_of": view.as_of,
        "rows": [
            {"project": row.id, "client": row.client, "name": row.name, "agreement": row.kind, "notes": row.notes,
             "unused_credit": list(row.credit),
             "figures": {name: _cell_json(cell) for name, cell in row.cells.items()}}
            for row in view.rows
        ],
        "totals": {
            name: [{"currency": code, "sum": amount, "projects_without": count} for code, (amount, count) in sums.items()]
            for name, sums in view.totals.items()
        },
        "together": {name: {"value": _plain(value), "rates": rates} for name, (value, rates) in view.together.items()},
        "unmatched": [
            {"source": row.source, "kind": row.kind, "number": row.number, "contact": row.contact, "issued_on": row.issued_on,
             "total": row.total, "suggestions": [{"project": h.project, "score": h.score, "reasons": h.reasons} for h in row.suggestions]}
            for row in view.inbox
        ],
        "moved": [
            {"project": one.project, "figure": one.name, "currency": one.currency, "before": _plain(one.before),
             "after": _plain(one.after), "was_at": one.was_at, "at": one.at}
            for one in view.moved
        ],
        "figures": [figure_json(figure) for figure in view.figures],
        "days_with_traces_but_no_time": view.leaks,
    }  # fmt: skip


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {"values": [_plain(value) for value in cell.values], "unit": cell.unit, "bound": cell.bound or None}


def _plain(value: Value) -> Any:
    from sightline.model.figures import Unknown

    return {"unknown": value.why} if isinstance(value, Unknown) else value


def _statement_json(one: Statement) -> dict[str, Any]:
    return {
        "source": one.source,
        "organisation": one.organisation,
        "currency": one.currency,
        "from": one.period.first if one.period else None,
        "to": one.period.last if one.period else None,
        "agrees": one.agrees,
        "documents": [
            {"kind": row.kind, "currency": row.currency, "documents": row.documents, "projects": dict(row.projects),
             "unmatched": row.unmatched, "ledger": row.ledger, "difference": row.difference, "base": row.base}
            for row in one.rows
        ],
        "settled": [
            {"kind": row.kind, "currency": row.currency, "by_documents": row.by_documents, "by_payments": row.by_payments,
             "difference": row.difference}
            for row in one.settled
        ],
        "counted": [
            {"what": row.what, "kept": row.kept, "ledger": row.ledger, "at": row.at} for row in one.counted
        ],
        "left_out": [{"kind": left.kind, "why": left.why, "documents": left.documents} for left in one.left_out],
    }  # fmt: skip
