"""`sightline backup` and `sightline restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sightline.cli.output import as_json_option, note, print_json

__all__ = ["backup", "restore"]


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--tokens", is_flag=True, help="Also the stored tokens: whoever has the file can then read the sources.")
@as_json_option
@click.pass_obj
def backup(obj: dict[str, Any], file: Path | None, tokens: bool, as_json: bool) -> None:
    """Copy the collected data and sightline.toml into one FILE (default: a dated one in the workspace), checked. Others may go on working meanwhile. Secrets stay out."""
    from sightline.app.backup import backup as run
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        made = run(session, file, tokens=tokens)
    if as_json:
        print_json({"file": str(made.file), "bytes": made.size, "holds": list(made.holds)})
        return
    click.echo(f"wrote {made.file} ({made.size / 1e6:.1f} MB): {', '.join(made.holds)}")
    note(f"to put it back: sightline restore {made.file}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def restore(obj: dict[str, Any], file: Path, as_json: bool) -> None:
    """Put the data of the backup FILE in the place of the present data, after checking it. The present database is kept beside it; sightline.toml is not touched."""
    from sightline.app.backup import restore as run
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        done = run(session, file)
    if as_json:
        print_json({"file": str(done.file), "holds": list(done.holds)})
        return
    click.echo(f"restored {', '.join(done.holds)}; the former database is kept as sightline.db.replaced")
    click.echo("next: sightline sync")
