"""`sightline schema`."""

from __future__ import annotations

import click

from sightline.cli.output import print_json

__all__ = ["schema"]


@click.command()
@click.option("--json", "_as_json", is_flag=True, hidden=True, help="It is JSON anyway.")
def schema(_as_json: bool) -> None:
    """Print the JSON Schema of sightline.toml, the settings of every installed connector included."""
    from sightline.app.schema import schema as run
    from sightline.plugins.registry import load

    print_json(run(load()))
