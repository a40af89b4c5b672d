"""`sightline report`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sightline.cli.output import as_json_option, note, out, print_json, table

__all__ = ["report"]


@click.group()
def report() -> None:
    """Client reports. They are built from what a client may see, and from nothing else."""


@report.command()
@click.argument("clients", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="Every client that has a project.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to (default: reports/ in the workspace).",
)
@as_json_option
@click.pass_obj
def draft(obj: dict[str, Any], clients: tuple[str, ...], everybody: bool, out: Path | None, as_json: bool) -> None:
    """Write the report of each of CLIENTS as one self-contained HTML page."""
    from sightline.app.reports import client_of, draft_report, write_reports
    from sightline.app.session import Session

    if not clients and not everybody:
        raise click.UsageError("Name a client, or use --all.")
    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        paths = (
            write_reports(session)
            if everybody
            else [draft_report(session, client_of(session, name), folder=out) for name in clients]
        )
    if as_json:
        print_json({"reports": [str(path) for path in paths]})
    for path in paths:
        note(f"wrote {path}")


@report.command("list")
@as_json_option
@click.pass_obj
def list_(obj: dict[str, Any], as_json: bool) -> None:
    """The reports written so far."""
    from sightline.app.reports import list_reports
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        reports = list_reports(session)
    if as_json:
        print_json(reports)
        return
    rows = [[one["client"], one["starts_on"], one["ends_on"], one["status"], one["file"]] for one in reports]
    out().print(
        table(None, [("client", "left"), ("from", "left"), ("to", "left"), ("state", "left"), ("file", "left")], rows)
    )


@report.command()
@click.argument("client")
@click.pass_obj
def show(obj: dict[str, Any], client: str) -> None:
    """Print the newest report of CLIENT (HTML) on stdout."""
    from sightline.app.reports import newest_report
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        click.echo(newest_report(session, client).read_text("utf-8"))
