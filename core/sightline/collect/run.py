"""All sources of one run, side by side: it takes about as long as the slowest one, and never as long as a hanging one."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import msgspec

from sightline.collect.guard import Guard
from sightline.collect.keeper import Keeper
from sightline.collect.outcome import SourceOutcome
from sightline.collect.redact import REDACTOR, clean_logs, clean_output
from sightline.collect.source import SourceRun
from sightline.collect.watch import Watch, blame, named, whereabouts

__all__ = ["collect_all", "was_left_behind"]

_AT_ONCE = 16
#: How long a source may do nothing, beside two full requests: time for a plug-in to read a page of thousands of rows.
QUIET_S = 60.0
_LOOK_EVERY_S = 0.5

#: Number of the setting in glibc's malloc.h.
_M_ARENA_MAX = -8
#: Objects that come into being, net, before the collector of cycles looks at the young ones.
_YOUNG = 200_000

_left: list[str] = []


def was_left_behind() -> bool:
    """Whether a thread of this process hangs in a plug-in: then the process must not wait for its threads to end."""
    return bool(_left)


def collect_all(
    runs: Sequence[SourceRun], done: Callable[[SourceOutcome], None] = lambda _outcome: None
) -> list[SourceOutcome]:
    """Collect every source; outcomes in the order given. `done` is called as each one ends.

    A source that gives no sign of life for too long is left behind: its outcome says so, and what its threads still
    do can change nothing.
    """
    clean_logs()
    _share_memory()
    free = threading.Semaphore(_AT_ONCE)
    ended: queue.SimpleQueue[_One] = queue.SimpleQueue()
    ones = [_One(run, free, ended) for run in runs]
    with clean_output(), _rare_cycles():
        for one in ones:
            one.thread.start()
        waiting = set(ones)
        while waiting:
            try:
                over = {ended.get(timeout=_LOOK_EVERY_S)}
            except queue.Empty:
                over = {one for one in waiting if one.leave_behind_if_stuck()}
            for one in over & waiting:
                done(one.outcome)
            waiting -= over
    return [one.outcome for one in ones]


def _share_memory() -> None:
    """One heap for all threads, where the C library would give each its own: a fifth less memory at the peak."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


@contextlib.contextmanager
def _rare_cycles() -> Iterator[None]:
    """Rows are trees that go with their page: looking for cycles among them took more than half the time of decoding."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class _One:
    """One source on its own thread, which dies with the process."""

    def __init__(self, run: SourceRun, free: threading.Semaphore, ended: queue.SimpleQueue[_One]) -> None:
        self.run = run
        self.outcome = run.outcome
        self.thread = threading.Thread(target=self._work, name=f"source-{run.source}", daemon=True)
        self._free = free
        self._ended = ended
        self._begun = False
        self._watch = Watch(QUIET_S + 2 * run.connector.config.request_seconds)
        REDACTOR.learn(run.connector.config, run.source)
        self._guard = Guard(run.keeper, self._watch)
        run.keeper = cast("Keeper", self._guard)
        run.clock = self._watch.over(run.clock)

    def _work(self) -> None:
        with self._free:
            self._watch.beat()
            self._begun = True
            try:
                outcome = self.run.collect().without_secrets()
            except BaseException as error:  # noqa: BLE001 - SystemExit and worse: a plug-in may take only itself out
                outcome = self.run.outcome
                outcome.lack(f"{blame(self.run.connector, error)}. Report it to its author.")
                outcome.status = "failed" if not outcome.counts.read else "incomplete"
                outcome.finished_at = outcome.finished_at or self.run.clock.now()
                outcome.without_secrets()
        if not self._guard.left_behind:
            self.outcome = outcome
            self._ended.put(self)

    def leave_behind_if_stuck(self) -> bool:
        """Whether it has been quiet for too long; then its outcome is made here, and nothing of it counts any more."""
        if not self._begun or not self._watch.overdue:
            return False
        self._guard.left_behind = True
        source, so_far = self.run.source, self.run.outcome
        crew = [self.thread, *(t for t in threading.enumerate() if t.name.startswith(f"{source}-"))]
        where = whereabouts(self.run.connector, crew)
        _left.append(source)
        self._free.release()
        reason = (
            f"the plug-in {named(self.run.connector)} did nothing for {self._watch.quiet_s:.0f} s{where} and was left "
            "behind. What it delivered before is kept; report it to its author."
        )
        self.outcome = SourceOutcome(
            source,
            so_far.started_at,
            status="incomplete" if so_far.counts.read else "failed",
            reasons=[reason],
            scopes=so_far.scopes,
            counts=msgspec.structs.replace(so_far.counts),
            finished_at=self.run.clock.now(),
        )
        return True
