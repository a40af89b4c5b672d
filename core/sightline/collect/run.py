"""All sources of one run, side by side: it takes about as long as the slowest one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sightline.collect.outcome import SourceOutcome
from sightline.collect.source import SourceRun

__all__ = ["collect_all"]

_AT_ONCE = 16


def collect_all(
    runs: Sequence[SourceRun], done: Callable[[SourceOutcome], None] = lambda _outcome: None
) -> list[SourceOutcome]:
    """Collect every source; outcomes in the order given. `done` is called as each one ends, from its thread."""
    if not runs:
        return []

    def one(run: SourceRun) -> SourceOutcome:
        outcome = run.collect()
        done(outcome)
        return outcome

    with ThreadPoolExecutor(max_workers=min(_AT_ONCE, len(runs)), thread_name_prefix="source") as pool:
        return list(pool.map(one, runs))
