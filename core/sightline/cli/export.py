"""`sightline export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from sightline.cli.output import note

__all__ = ["export"]


@click.command()
@click.argument("table")
@click.option("--format", "form", default="jsonl", show_default=True, help="jsonl or csv, or one that a plug-in adds.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: stdout).")
@click.option("--project", help="Only this project (id).")
@click.option("--source", help="Only this source.")
@click.option("--json", "_as_json", is_flag=True, hidden=True, help="JSON Lines are the default.")
@click.pass_obj
def export(
    obj: dict[str, Any],
    table: str,
    form: str,
    out: Path | None,
    project: str | None,
    source: str | None,
    _as_json: bool,
) -> None:
    """One TABLE as JSON Lines or CSV: tasks, time, changes, people, scopes, milestones, items, links, documents, lines, payments, allocations, activity, projects, clients, figures, alerts, reports.

    Instants are UTC, durations whole seconds, money decimal text beside `currency`; removed rows have `removed_at`.
    """
    from sightline.app.exporting import export_table
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        stream = None if out else sys.stdout
        if stream is not None and form == "csv" and hasattr(stream, "reconfigure"):
            stream.reconfigure(newline="")
        count = export_table(session, table, form=form, out=out, stream=stream, project=project, source=source)
    note(f"{count} rows" + (f" in {out}" if out else ""))
