"""`sightline plugins`."""

from __future__ import annotations

import dataclasses

import click

from sightline.cli.output import as_json_option, out, plain, print_json, table

__all__ = ["plugins"]


@click.group()
def plugins() -> None:
    """Installed plug-ins."""


@plugins.command("list")
@as_json_option
def list_(as_json: bool) -> None:
    """Name, version, origin and what each plug-in adds; broken ones with the reason."""
    from sightline.plugins.registry import load

    registry = load()
    if as_json:
        print_json(
            {
                "plugins": [dataclasses.asdict(plugin) for plugin in registry.plugins],
                "broken": [dataclasses.asdict(plugin) for plugin in registry.broken],
            }
        )
        return
    console = out()
    rows = [[plugin.name, plugin.version, plugin.origin, ", ".join(plugin.adds)] for plugin in registry.plugins]
    console.print(table(None, [("plug-in", "left"), ("version", "left"), ("from", "left"), ("adds", "left")], rows))
    for broken in registry.broken:
        console.print(f"broken: {plain(broken.line)}", style="red")
