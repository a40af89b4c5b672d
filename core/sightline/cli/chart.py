"""`sightline chart`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sightline.cli.output import as_json_option, note, print_json

__all__ = ["chart"]


@click.command()
@click.argument("name")
@click.argument("project", required=False)
@click.option("--out", "path", metavar="FILE", help="A picture, .svg or .png (extra `charts`), or the data as .json.")
@as_json_option
@click.pass_obj
def chart(obj: dict[str, Any], name: str, project: str | None, path: str | None, as_json: bool) -> None:
    """A chart by NAME (burn-up, burn-up-hours, budget, health, cumulative-flow, cycle-times of a PROJECT; workload of everybody), as data or picture."""
    from sightline.app.charting import make_chart
    from sightline.app.pictures import write_picture
    from sightline.app.session import Session

    if path is None and not as_json:
        raise click.UsageError("Say where to: --out FILE, or --json for the data.")
    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        spec = make_chart(session, name, project)
    if path is not None:
        write_picture(spec, Path(path))
        note(f"written: {path}")
    if as_json:
        print_json(spec)
