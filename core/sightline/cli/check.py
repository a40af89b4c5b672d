"""`sightline check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json

if TYPE_CHECKING:
    from sightline.app.check import SourceCheck

__all__ = ["check"]

_SHOWN = 12


@click.command()
@click.argument("sources", nargs=-1)
@as_json_option
@click.pass_obj
def check(obj: dict[str, Any], sources: tuple[str, ...], as_json: bool) -> int:
    """Credentials, permissions, clock and reachability of SOURCES (default: all), in plain words with the fix. Exit code 0: all can be read; 2: some cannot; 1: none can."""
    from sightline.app.check import check as run
    from sightline.app.session import Session

    found = []
    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        for one in run(session, sources):
            found.append(one)
            if not as_json:
                _show(one)
        if not found:
            note("no source is configured yet: add one with `sightline connect`")
        broken = [b.line for b in session.registry.broken]
    if as_json:
        print_json({"sources": [one.told() for one in found], "broken_plugins": broken})
    for line in broken:
        note(f"warning: {line}")
    good = sum(one.ok for one in found)
    return 0 if good == len(found) else 2 if good else 1


def _show(one: SourceCheck) -> None:
    console = out()
    console.print(f"{one.source} ({one.connector})", style="bold")
    if not one.ok:
        console.print(f"  cannot be read: {plain(one.problem)}", style="red")
        console.print(f"  {plain(one.mend)}")
        return
    console.print(f"  login ok as {plain(one.who)}", style="green")
    names = [plain(scope.key) for scope in one.scopes]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    console.print(f"  visible: {len(names)}  {', '.join(names[:_SHOWN])}{more}")
    for right in one.missing:
        console.print(f"  missing right: {plain(right)}", style="yellow")
    for remark in one.notes:
        console.print(f"  note: {plain(remark)}")
