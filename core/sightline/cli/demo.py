"""`sightline demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sightline.cli.output import out

if TYPE_CHECKING:
    from sightline.app.session import Session
    from sightline.app.sync import SyncResult

__all__ = ["demo"]


@click.command()
@click.option(
    "--dir",
    "directory",
    default="sightline-demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demo workspace is written.",
)
@click.option("--seed", default=7, show_default=True, help="Another seed moves the minutes and the filler.")
@click.option("--size", default=1.0, show_default=True, help="How much filler there is beside the story.")
def demo(directory: Path, seed: int, size: float) -> int:
    """A complete made-up consultancy: starts the sandbox vendors on this machine, writes a workspace, syncs it through the real connectors over real HTTP, prints the portfolio and writes every client's report. No account needed; nothing leaves this machine."""
    from sightline.app.demo import demo as run
    from sightline.cli.sync import progress

    console = out()
    console.print("DEMO DATA: Northgate Consulting and its clients are made up.", style="bold")
    with progress() as (report, done):
        made = run(directory, seed=seed, size=size, report=report, done=done, show=_show)
    console.print("client reports (open one in a browser):")
    for path in made.reports:
        console.print(f"  {path}")
    console.print(
        f"\nlook around:  cd {directory}  then  sightline status acme_website  ·  sightline explain acme_website invoiced  ·  sightline map  ·  sightline export tasks"
    )
    return {"complete": 0, "partial": 2, "failed": 1}[made.result.status]


def _show(session: Session, result: SyncResult) -> None:
    from sightline.app.status import portfolio
    from sightline.cli.status import show_portfolio
    from sightline.cli.sync import run_log

    run_log(result)
    show_portfolio(portfolio(session))
