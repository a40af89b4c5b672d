"""`sightline raw`."""

from __future__ import annotations

from typing import Any

import click

from sightline.cli.output import as_json_option, note, print_json

__all__ = ["raw"]


@click.command()
@click.argument("ref")
@as_json_option
@click.pass_obj
def raw(obj: dict[str, Any], ref: str, as_json: bool) -> None:
    """What the tool sent about one record, from the archive. REF is SOURCE/TABLE/ID, as `sightline explain` writes it."""
    from sightline.app.archive import payload
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        found = payload(session, ref)
    if as_json:
        print_json(found)
        return
    where = f" of {found['scope']}" if found["scope"] else ""
    note(f"{found['source']}: {found['stream']}{where}, read at {found['read_at']}")
    print_json(found["row"])
