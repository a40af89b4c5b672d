"""`sightline sandbox`."""

from __future__ import annotations

import time
from pathlib import Path

import click

__all__ = ["sandbox", "wait"]


@click.command()
@click.option("--port", default=0, show_default="a free one", help="Port on 127.0.0.1.")
@click.option("--seed", default=7, show_default=True, help="Another seed moves the minutes and the filler.")
@click.option("--size", default=1.0, show_default=True, help="How much filler there is beside the story.")
@click.option("--write", type=click.Path(file_okay=False, path_type=Path), help="Also write a workspace that reads it.")
@click.option("--for", "seconds", type=float, hidden=True, help="Stop after so many seconds.")
def sandbox(port: int, seed: int, size: float, write: Path | None, seconds: float | None) -> None:
    """Serve only the made-up vendors, on this machine, until stopped with Ctrl-C."""
    from sightline.app.sandbox import open_sandbox

    with open_sandbox(port=port, seed=seed, size=size, folder=write) as (served, workspace):
        for name, address in served.items():
            click.echo(f"{name:<16} {address}")
        if workspace:
            click.echo(f"workspace: {workspace}")
        wait(seconds)


def wait(seconds: float | None) -> None:
    """Until so many seconds have passed, or until Ctrl-C."""
    end = time.monotonic() + seconds if seconds is not None else None
    while end is None or time.monotonic() < end:
        time.sleep(min(1.0, max(0.0, (end or time.monotonic() + 1) - time.monotonic())))
