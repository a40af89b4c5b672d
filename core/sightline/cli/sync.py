"""`sightline sync`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, err, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.sync import SyncResult
    from sightline.collect.outcome import Progress, SourceOutcome

__all__ = ["progress", "run_log", "sync"]

_CODES = {"complete": 0, "partial": 2, "failed": 1}


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--full", is_flag=True, help="Read everything again, from the beginning; finds deletions.")
@click.option("--dry-run", is_flag=True, help="Read, but keep nothing.")
@click.option("--replay", is_flag=True, help="Map the archived pages again, without the network.")
@click.option("--confirm-gone", is_flag=True, help="Believe that many rows vanished at once.")
@click.option("--verbose", is_flag=True, help="List the rows that could not be read, and all notes.")
@as_json_option
@click.pass_obj
def sync(
    obj: dict[str, Any],
    sources: tuple[str, ...],
    full: bool,
    dry_run: bool,
    replay: bool,
    confirm_gone: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Collect what is new from SOURCES (default: all). Exit code 0: all complete; 2: some failed or incomplete, the others are kept; 1: nothing could be done."""
    from sightline.app.session import Session

    if replay and (full or dry_run or confirm_gone):
        raise click.UsageError("--replay reads nothing new: it goes with no other way to read.")

    with (
        Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session,
        progress(quiet=as_json) as (report, done),
    ):
        if replay:
            from sightline.app.replay import replay as again

            result = again(session, sources)
        else:
            from sightline.app.sync import sync as run

            result = run(
                session, sources, full=full, dry_run=dry_run, confirm_gone=confirm_gone, report=report, done=done
            )
        broken = session.broken
    for line in broken:
        note(f"warning: {line}")
    if as_json:
        print_json(result.told(verbose=verbose))
    else:
        run_log(result, verbose=verbose)
    return _CODES[result.status]


def run_log(result: SyncResult, *, verbose: bool = False) -> None:
    """The run as a table on stdout, then what is missing and why."""
    took = (result.finished_at - result.started_at).total_seconds()
    columns = [("source", "left"), ("status", "left")]
    columns += [(name, "right") for name in ("scopes", "read", "new", "changed", "same", "gone", "skipped", "requests")]
    rows = []
    for o in result.sources:
        c = o.counts
        rows.append([o.source, o.status, o.scopes, c.read, c.new, c.changed, c.same, c.gone, c.skipped, o.requests])
    title = f"sync {result.started_at:%Y-%m-%d %H:%M:%S} UTC  ({len(result.sources)} sources, {took:.1f} s, {result.measured} projects measured)"
    console = out()
    console.print(table(title, columns, rows))
    for outcome in result.sources:
        for reason in outcome.reasons:
            console.print(f"{outcome.source}: {plain(reason)}", style="red" if outcome.status == "failed" else "yellow")
        for remark in outcome.notes if verbose else ():
            console.print(f"{outcome.source}: note: {plain(remark)}")
        for row in outcome.skipped if verbose else ():
            console.print(f"{outcome.source}: skipped {row.stream} {plain(row.id)}: {plain(row.reason)}")


@contextlib.contextmanager
def progress(*, quiet: bool = False) -> Iterator[tuple[Callable[[Progress], None], Callable[[SourceOutcome], None]]]:
    """A transient line per source on a terminal's stderr; nothing elsewhere."""
    console = None if quiet else err()
    if console is None or not console.is_terminal:
        yield (lambda _progress: None), (lambda _outcome: None)
        return
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[source]:<16}"),
        TextColumn("{task.fields[what]:<40}"),
        TimeElapsedColumn(),
    )
    lock = threading.Lock()
    with Bars(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        lines: dict[str, Any] = {}
        rows: dict[tuple[str, str, str], int] = {}

        def report(step: Progress) -> None:
            with lock:
                if step.source not in lines:
                    lines[step.source] = bars.add_task("", source=step.source, what="", total=None)
                rows[step.source, step.stream, step.scope] = step.rows
                count = sum(number for (source, *_rest), number in rows.items() if source == step.source)
                bars.update(lines[step.source], what=f"{count} rows, {step.stream}")

        def done(outcome: SourceOutcome) -> None:
            with lock:
                if outcome.source in lines:
                    bars.update(lines[outcome.source], what=outcome.status, total=1, completed=1)

        yield report, done
