"""`sightline plugins`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.plugins_check import PluginCheck

__all__ = ["plugins"]


@click.group()
def plugins() -> None:
    """Installed plug-ins, and help for their authors."""


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


@plugins.command("new")
@click.argument("name")
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), default=Path(), help="Where its folder is made (default: here)."
)
@as_json_option
def new(name: str, folder: Path, as_json: bool) -> None:
    """Write a complete package for a connector NAME: settings, streams, mapping, sandbox, tests, README. It passes its tests at once."""
    from sightline.app.plugins_new import new_plugin

    written = new_plugin(name, folder)
    if as_json:
        print_json({"files": [str(path) for path in written]})
        return
    console = out()
    for path in written:
        console.print(f"  {plain(path)}")
    made = written[0].parent
    console.print(f"Next: pip install -e {plain(made)}; pytest {plain(made)}; sightline plugins check {plain(name)}")


@plugins.command("check")
@click.argument("name")
@click.option("--scale", is_flag=True, help="Print the quality scale for the plug-in's README.")
@as_json_option
def check(name: str, scale: bool, as_json: bool) -> int:
    """Run the contract kit on the connector NAME, against its own made-up vendor. Exit code 0: every promise is kept; 2: some are not."""
    from sightline.app.plugins_check import check_plugin

    found = check_plugin(name)
    if as_json:
        print_json(found.told())
    elif scale:
        click.echo(found.scale())
    else:
        _show(found)
    return 2 if found.broken else 0


def _show(found: PluginCheck) -> None:
    console, words = out(), {"done": "ok", "exempt": "exempt", "broken": "FAIL"}
    rows = [
        [number, result.check.area, plain(result.check.says), words[result.state], plain(result.why)]
        for number, result in enumerate(found.results, 1)
    ]
    columns = [("", "right"), ("area", "left"), ("promise", "left"), ("", "left"), ("seen", "left")]
    total = len(found.results) - found.count("exempt")
    console.print(table(f"contract of {found.connector}", columns, rows))
    console.print(f"{found.count('done')} of {total} kept, {found.count('exempt')} exempt")
    for number, result in enumerate(found.results, 1):
        if result.state == "broken":
            console.print(f"{number} {plain(result.told)}", style="red")


@plugins.command("record")
@click.argument("source")
@click.option("--out", "folder", type=click.Path(path_type=Path), required=True, help="A new folder for the answers.")
@click.option(
    "--rows", type=click.IntRange(1, 100), default=20, show_default=True, help="Rows of a list that are kept."
)
@click.option("--scopes", type=click.IntRange(1, 100), default=2, show_default=True, help="Scopes that are read.")
@as_json_option
@click.pass_obj
def record(obj: dict[str, Any], source: str, folder: Path, rows: int, scopes: int, as_json: bool) -> None:
    """Record the first pages of SOURCE as fixtures for tests: names and mail addresses are replaced, keys removed. Read them before you share them: titles and texts stay. Nothing is written when a secret of the source is found in them."""
    from sightline.app.plugins_record import record as run
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        found = run(session, source, folder, rows=rows, scopes=scopes)
    if as_json:
        print_json({"folder": str(found.folder), "files": list(found.files), "replaced": found.replaced})
        return
    told = ", ".join(f"{count} {sort}s" for sort, count in sorted(found.replaced.items()) if count)
    out().print(f"{len(found.files)} files in {plain(found.folder)}; replaced: {told or 'nothing'}")
