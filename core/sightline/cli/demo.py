"""`sightline demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sightline.cli.output import out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sightline.app.demo import Demo
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
@click.option("--serve", is_flag=True, help="Keep the made-up vendors up afterwards, until Ctrl-C.")
@click.option("--for", "seconds", type=float, hidden=True, help="With --serve: stop after so many seconds.")
def demo(directory: Path, seed: int, size: float, serve: bool, seconds: float | None) -> int:
    """A complete made-up consultancy: starts the sandbox vendors on this machine, writes a workspace, syncs it through the real connectors over real HTTP, prints the portfolio and writes every client's report. No account needed; nothing leaves this machine."""
    from sightline.app.demo import demo as run
    from sightline.cli.sync import progress

    console = out()
    console.print("DEMO DATA: Northgate Consulting and its clients are made up.", style="bold")
    with progress() as (report, done):
        made = run(
            directory,
            seed=seed,
            size=size,
            report=report,
            done=done,
            show=_show,
            stay=_stay(seconds) if serve else _tell,
        )
    return {"complete": 0, "partial": 2, "failed": 1}[made.result.status]


def _tell(made: Demo, _served: Mapping[str, str]) -> None:
    console = out()
    console.print("client reports (open one in a browser):")
    for path in made.reports:
        console.print(f"  {path}")
    console.print(
        f"\nlook around:  cd {made.folder}  then  sightline status acme_website  ·  sightline explain acme_website invoiced  ·  sightline map  ·  sightline export tasks"
    )


def _stay(seconds: float | None) -> Callable[[Demo, Mapping[str, str]], None]:
    def stay(made: Demo, served: Mapping[str, str]) -> None:
        from sightline.cli.sandbox import wait

        _tell(made, served)
        console = out()
        console.print("\nthe made-up vendors are served until Ctrl-C:")
        for name, address in served.items():
            console.print(f"  {name:<16} {address}")
        console.print(f"read them again from another terminal:  sightline --workspace {made.folder} sync")
        wait(seconds)

    return stay


def _show(session: Session, result: SyncResult) -> None:
    from sightline.app.status import portfolio
    from sightline.cli.status import show_portfolio
    from sightline.cli.sync import run_log

    run_log(result)
    show_portfolio(portfolio(session))
