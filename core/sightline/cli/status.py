"""`sightline status`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table
from sightline.cli.why import as_of_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table
    from rich.text import Text

    from sightline.app.status import ProjectView
    from sightline.measure.past import Clock
    from sightline.model.figures import Figure
    from sightline.present.portfolio import Portfolio, ProjectRow

__all__ = ["show_portfolio", "status"]

_STYLES = {"red": "bold red", "amber": "yellow", "green": "green", "grey": "dim"}
#: Characters that the portfolio needs in one piece, and below which columns stand closer.
_WIDE, _NARROW = 165, 120


@click.command()
@click.argument("project", required=False)
@as_of_options
@as_json_option
@click.pass_obj
def status(obj: dict[str, Any], project: str | None, as_of: dt.datetime | None, as_known: bool, as_json: bool) -> None:
    """The portfolio, worst first; or one PROJECT (id or name) with all its figures; now, or at the end of a past day."""
    from sightline.app.session import Session
    from sightline.app.status import portfolio, project_view
    from sightline.app.then import portfolio_then, project_then

    clock: Clock = "learnt" if as_known else "source"
    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        if project is not None:
            view = project_then(session, project, as_of.date(), clock) if as_of else project_view(session, project)
            if as_json:
                print_json(_project_json(view))
            else:
                _show_project(view)
            return
        whole = portfolio_then(session, as_of.date(), clock) if as_of else portfolio(session)
    if as_json:
        print_json(_portfolio_json(whole))
    else:
        show_portfolio(whole)


def show_portfolio(view: Portfolio) -> None:
    """The portfolio as a table on stdout."""
    from sightline.present.text import age_text, figure_text, hours_text, money_texts

    columns = [
        ("client / project", "left"),
        ("plan", "right"),
        ("done", "right"),
        ("gap", "right"),
        ("due > 85 %", "left"),
    ]
    columns += [
        ("hours", "right"),
        ("invoiced", "right"),
        ("paid", "right"),
        ("overdue", "right"),
        ("unbilled", "right"),
        ("margin", "right"),
        ("health", "left"),
        ("read", "right"),
    ]
    rows = []
    for row in view.rows:
        used = figure_text(row.hours).removesuffix(" h")
        budget = f"/{hours_text(row.budget_hours)}" if row.budget_hours is not None else ""
        rows.append(
            [
                f"{row.client or '(internal)'} / {row.name}",
                figure_text(row.planned),
                figure_text(row.done),
                _gap(row),
                _due(row),
                used + budget,
                money_texts(row.invoiced),
                money_texts(row.paid),
                money_texts(row.overdue),
                money_texts(row.unbilled),
                money_texts(row.margin_shown),
                coloured(row.colour or "-"),
                age_text(row.oldest, view.as_of) + (" !" if row.lacking else ""),
            ]
        )
    console = out()
    title = f"PORTFOLIO  {plain(view.name)}  as of {view.as_of:%a %d %b %Y %H:%M} UTC"
    if console.width >= _WIDE:
        console.print(table(title, columns, rows))
    else:
        # Thirteen columns in a narrow terminal are unreadable: work and money stand one below the other.
        work, money = (0, 1, 2, 3, 4, 5, 11, 12), (0, 6, 7, 8, 9, 10)
        for part, heading in ((work, title), (money, "MONEY")):
            cut = [[row[column] for column in part] for row in rows]
            console.print(table(heading, [columns[column] for column in part], cut, tight=console.width < _NARROW))
    if reasons := [row for row in view.rows if row.colour not in ("", "green")]:
        console.print(_reasons(reasons))
    for line in _below(view):
        console.print(line)


def _reasons(rows: Sequence[ProjectRow]) -> Table:
    """Why projects are not green."""
    cells = [[row.name, coloured(row.colour), row.health.method if row.health else ""] for row in rows]
    return table("HEALTH", [("project", "left"), ("", "left"), ("why", "left")], cells)


def _due(row: ProjectRow) -> str:
    """The promised day and, behind it, the day by which 85 % of the trials are done."""
    import datetime as dt

    finish = row.finish.value if row.finish is not None else None
    foreseen = f" > {finish:%d %b}" if isinstance(finish, dt.date) else ""
    return (f"{row.due:%d %b}" if row.due else "-") + foreseen


def coloured(colour: str) -> Text:
    """A colour of health in its colour."""
    from rich.text import Text

    return Text(colour, style=_STYLES.get(colour, ""))


def _below(view: Portfolio) -> list[str]:
    """What the table cannot show: what belongs to no project, what could not be read."""
    from sightline.cli.alerts import alerts_line
    from sightline.model.money import Money
    from sightline.present.text import money_text

    lines = [alerts_line(view.alerts)] if view.alerts else []
    if not view.rows:
        lines.append("no project is configured yet: name one in sightline.toml under [projects.ID]")
    if not view.sources:
        lines.append("no source is configured yet: add one with `sightline connect`")
    for kind, currency, number, total in view.unmatched:
        lines.append(f"unmatched {kind}s: {number} ({money_text(Money(amount=total, currency=currency))})")
    if view.leftover_seconds:
        lines.append(f"time that belongs to no project: {view.leftover_seconds / 3600:.1f} h")
    if view.unmatched_people:
        lines.append(f"accounts not matched to a person: {view.unmatched_people}")
    if len(lines) > bool(view.alerts):
        lines.append("`sightline map` lists them")
    lines += [
        f"! {state.source} is {state.status}: {plain(state.reason or 'it was never read')}"
        for state in view.sources
        if state.status != "complete"
    ]
    return lines


def _gap(row: ProjectRow) -> str:
    """Points between the two percentages as shown, so that the line adds up."""
    from decimal import Decimal

    from sightline.model.figures import Unknown
    from sightline.present.text import percent_text

    gap = row.gap
    if gap is None or row.done is None or row.planned is None:
        return "-"
    if (
        isinstance(gap, Unknown)
        or not isinstance(row.done.value, Decimal)
        or not isinstance(row.planned.value, Decimal)
    ):
        return "?"
    return f"{int(percent_text(row.done.value)) - int(percent_text(row.planned.value)):+d}"


def _show_project(view: ProjectView) -> None:
    from sightline.model.figures import Unknown
    from sightline.present.text import figure_text, value_text

    row = view.row
    console = out()
    rows = []
    named = {figure.name: figure for figure in view.figures}
    for figure in view.figures:
        if figure.unit == "text":
            continue
        unknown = figure.value.why if isinstance(figure.value, Unknown) else ""
        label = figure.name + (f" ({figure.currency})" if figure.currency else "")
        coverage = f"{figure.coverage * 100:.0f} %" if figure.coverage is not None else ""
        rows.append([label, figure_text(figure), figure.method, coverage, unknown])
    title = f"{row.client or '(internal)'} / {row.name}   due {row.due or '-'}"
    columns = [
        ("figure", "left"),
        ("value", "right"),
        ("method", "left"),
        ("coverage", "right"),
        ("why unknown", "left"),
    ]
    console.print(table(plain(title), columns, rows))
    console.print(
        table(
            f"HEALTH  {row.colour}",
            [("dimension", "left"), ("colour", "left"), ("why", "left")],
            [
                [name.removeprefix("health_"), coloured(_colour(figure)), figure.method]
                for name, figure in named.items()
                if name.startswith("health_")
            ],
        )
    )
    if ahead := named.get("payment_line"):
        console.print(plain(value_text(ahead.value, ahead.unit)))
    console.print(_foreseen(named))
    for lack in row.lacking:
        console.print(f"! {plain(lack)}", style="yellow")
    console.print(f"`sightline explain {row.id} FIGURE` opens a figure to its formula and records")


def _foreseen(named: Mapping[str, Figure]) -> str:
    """The forecast as a range, and how often such forecasts have held."""
    from sightline.model.figures import Unknown
    from sightline.present.text import figure_text

    finish, held = named.get("finish_85"), named.get("forecast_held_85")
    if finish is None or isinstance(finish.value, Unknown):
        return f"forecast: {finish.value.why if finish and isinstance(finish.value, Unknown) else 'not measured'}"
    span = f"at the pace so far it is done between {figure_text(named.get('finish_50'))} (50 %) and {figure_text(finish)} (85 %)"
    if held is None:
        return span
    return f"{span}; {held.value.why if isinstance(held.value, Unknown) else held.method}"


def _colour(figure: Figure) -> str:
    return figure.value if isinstance(figure.value, str) else "grey"


def _project_json(view: ProjectView) -> dict[str, Any]:
    from sightline.app.status import figure_json

    row = view.row
    return {
        "project": row.id,
        "name": row.name,
        "client": row.client,
        "due": row.due,
        "figures": [figure_json(figure) for figure in view.figures],
        "sources": [
            {"source": s.source, "status": s.status, "last_complete": s.last_complete, "reason": s.reason}
            for s in view.sources
        ],
    }


def _portfolio_json(view: Portfolio) -> dict[str, Any]:
    return {
        "as_of": view.as_of,
        "projects": [_row_json(row) for row in view.rows],
        "sources": [
            {"source": s.source, "status": s.status, "last_complete": s.last_complete, "reason": s.reason}
            for s in view.sources
        ],
        "unmatched": [
            {"kind": kind, "currency": currency, "documents": number, "total": total}
            for kind, currency, number, total in view.unmatched
        ],
        "unmatched_people": view.unmatched_people,
        "leftover_seconds": view.leftover_seconds,
        "alerts": view.alerts,
    }


def _row_json(row: ProjectRow) -> dict[str, Any]:
    from sightline.app.status import figure_json
    from sightline.model.figures import Unknown

    figures = [row.planned, row.done, row.hours, *row.invoiced, *row.paid, *row.overdue, *row.unbilled, *row.margin]
    figures += row.margin_at_most
    gap = row.gap
    return {
        "project": row.id,
        "name": row.name,
        "client": row.client,
        "due": row.due,
        "gap_points": None if gap is None or isinstance(gap, Unknown) else gap,
        "figures": [figure_json(figure) for figure in figures if figure is not None],
        "health": row.colour or None,
        "health_reason": row.health.method if row.health is not None else None,
        "forecast_85": None if row.finish is None or isinstance(row.finish.value, Unknown) else row.finish.value,
        "oldest_input": row.oldest,
        "lacking": list(row.lacking),
    }
