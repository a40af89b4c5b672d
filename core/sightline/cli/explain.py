"""`sightline explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.model.figures import Figure

__all__ = ["explain"]

_REFS = 6


@click.command()
@click.argument("project")
@click.argument("figure")
@as_json_option
@click.pass_obj
def explain(obj: dict[str, Any], project: str, figure: str, as_json: bool) -> None:
    """The receipt of one FIGURE of a PROJECT: formula, method, inputs and the records behind each."""
    from sightline.app.explaining import explain as run
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        figures = run(session, project, figure)
    if as_json:
        print_json([_json(one) for one in figures])
        return
    for one in figures:
        _show(one)


def _show(figure: Figure) -> None:
    from sightline.model.figures import Unknown
    from sightline.present.text import figure_text

    console = out()
    console.print(f"{figure.name} = {figure_text(figure)}", style="bold")
    if isinstance(figure.value, Unknown):
        console.print(f"  unknown: {plain(figure.value.why)}", style="yellow")
    console.print(f"  formula   {plain(figure.receipt.formula)}")
    console.print(f"  method    {plain(figure.method)}")
    console.print(
        f"  as of     {figure.as_of:%Y-%m-%d %H:%M} UTC"
        + (f", oldest input read {figure.oldest_input:%Y-%m-%d %H:%M} UTC" if figure.oldest_input else "")
    )
    if figure.coverage is not None:
        console.print(f"  coverage  {figure.coverage * 100:.0f} % of the items had the data")
    if figure.receipt.source:
        console.print(f"  source    {plain(figure.receipt.source)}")
    rows = [[line.label, line.value, _refs(line.refs)] for line in figure.receipt.lines]
    if rows:
        console.print(table(None, [("input", "left"), ("value", "right"), ("records", "left")], rows))


def _refs(refs: tuple[Any, ...]) -> str:
    shown = ", ".join(str(ref) for ref in refs[:_REFS])
    return shown + (f" and {len(refs) - _REFS} more" if len(refs) > _REFS else "")


def _json(figure: Figure) -> dict[str, Any]:
    from sightline.app.status import figure_json

    receipt = figure.receipt
    lines = [
        {"label": line.label, "value": line.value, "records": [str(ref) for ref in line.refs]} for line in receipt.lines
    ]
    return figure_json(figure) | {"formula": receipt.formula, "source": receipt.source, "inputs": lines}
