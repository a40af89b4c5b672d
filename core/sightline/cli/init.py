"""`sightline init`."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["init"]


@click.command()
@click.argument("directory", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """New workspace in DIRECTORY (default: here): one commented sightline.toml, nothing else."""
    from sightline.app.init import init as run

    path = run(directory)
    click.echo(f"wrote {path}")
    click.echo(
        "next: edit it, or `sightline connect jira`; then `sightline check`, `sightline sync`, `sightline status`"
    )
    click.echo("data and tokens will live in .sightline/ beside it; sources are only read")
