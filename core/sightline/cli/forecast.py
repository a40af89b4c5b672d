"""`sightline forecast`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sightline.model.figures import Figure
    from sightline.present.outlook import ForecastRow, ForecastView

__all__ = ["forecast"]


@click.command()
@click.argument("project", required=False)
@as_json_option
@click.pass_obj
def forecast(obj: dict[str, Any], project: str | None, as_json: bool) -> None:
    """When projects will be done, as a range, and how often that held in past weeks; one PROJECT with every week tested."""
    from sightline.app.forecasting import forecast_view
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        view = forecast_view(session, project)
    if as_json:
        print_json(_json(view))
    else:
        _show(view, alone=project is not None)


def _show(view: ForecastView, *, alone: bool) -> None:
    console = out()
    heads = [("project", "left"), ("50 %", "left"), ("70 %", "left"), ("85 %", "left"), ("95 %", "left")]
    heads += [("by hours, 85 %", "left"), ("promised", "left"), ("likely", "right"), ("85 % held", "left")]
    title = f"FORECAST  as of {view.as_of:%a %d %b %Y}, {view.trials} trials, seed {view.seed}"
    console.print(table(title, heads, [_line(row) for row in view.rows]))
    for row in view.rows:
        if why := _why(row):
            console.print(f"? {plain(row.name)}: {plain(why)}")
    if alone:
        _show_tests(view.rows[0])
        return
    for one in view.held:
        console.print(f"all projects: {one.share} % date held in {one.held} of {one.tests} past weeks; {one.verdict}")


def _show_tests(row: ForecastRow) -> None:
    console = out()
    for share, figure in row.held.items():
        if figure is None or not figure.receipt.lines:
            continue
        rows = [[line.label, line.value] for line in figure.receipt.lines]
        console.print(table(f"{share} %: {figure.method}", [("asked", "left"), ("came", "left")], rows))


def _line(row: ForecastRow) -> list[str]:
    from sightline.present.text import figure_text

    short = [figure_text(row.by_throughput[share]) for share in (50, 70, 85, 95)]
    held = row.held[85]
    return [
        row.name,
        *short,
        figure_text(row.by_effort[85]),
        f"{row.due:%d %b %Y}" if row.due else "-",
        figure_text(row.likelihood),
        "-" if held is None else "?" if not held.receipt.lines else held.method.partition(" date held in ")[2],
    ]


def _why(row: ForecastRow) -> str:
    """Why there is no date."""
    from sightline.model.figures import Unknown

    figure = row.by_throughput[85]
    return figure.value.why if figure is not None and isinstance(figure.value, Unknown) else ""


def _json(view: ForecastView) -> dict[str, Any]:
    return {
        "as_of": view.as_of,
        "trials": view.trials,
        "seed": view.seed,
        "projects": [_row_json(row) for row in view.rows],
        "held": [
            {"percentile": one.share, "held": one.held, "tests": one.tests, "verdict": one.verdict} for one in view.held
        ],
    }


def _row_json(row: ForecastRow) -> dict[str, Any]:
    from sightline.app.status import figure_json

    def dates(figures: Mapping[int, Figure | None]) -> dict[str, Any]:
        return {str(share): None if one is None else figure_json(one) for share, one in figures.items()}

    return {
        "project": row.id,
        "name": row.name,
        "due": row.due,
        "by_throughput": dates(row.by_throughput),
        "by_effort": dates(row.by_effort),
        "likelihood": None if row.likelihood is None else figure_json(row.likelihood),
        "held": dates(row.held),
        "tests": {
            str(share): [] if one is None else [{"asked": line.label, "came": line.value} for line in one.receipt.lines]
            for share, one in row.held.items()
        },
    }
