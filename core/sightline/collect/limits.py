"""How fast a source may be read: a sliding window of calls, a number at a time, so many a day, and what headers ask for."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator, Mapping

from sightline.collect.clock import Clock
from sightline.collect.connector import Limits
from sightline.errors import RetryLater

__all__ = ["Budget"]


class Budget:
    """The rate budget of one source, shared by all its threads.

    Never lets more than `limits.requests` calls begin within any `per_seconds` (no burst at a window's edge), nor more
    than `concurrent` run at once, nor more than `per_day` be made in 24 hours, `spent_today` of them by earlier runs.
    `hold` makes everybody wait: that is how a 429 for one stream slows all others. All waiting of a run, however many
    threads wait at the same time, is bounded by `patience` seconds; beyond it `RetryLater` is raised.
    """

    def __init__(self, limits: Limits, *, patience: float, clock: Clock, spent_today: int = 0) -> None:
        self.limits = limits
        self.clock = clock
        self.waited = 0.0
        """Seconds that this run has waited."""
        self._patience = patience
        self._spent = spent_today
        self._slots = threading.BoundedSemaphore(max(1, limits.concurrent))
        self._lock = threading.Lock()
        self._begun: deque[float] = deque()
        self._held_until = 0.0
        self._counted_until = 0.0

    @contextlib.contextmanager
    def call(self, where: str) -> Iterator[None]:
        """Wait for a slot and a turn, then hold the slot while the call runs."""
        with self._slots:
            self._wait_for_turn(where)
            yield

    def _wait_for_turn(self, where: str) -> None:
        while True:
            with self._lock:
                now = self.clock.monotonic()
                self._check_day(where)
                wait = max(self._held_until - now, self._window_wait(now))
                if wait <= 0:
                    self._begun.append(now)
                    self._spent += 1
                    return
                self._spend(now, wait, where)
            self.clock.sleep(wait)

    def _check_day(self, where: str) -> None:
        most = self.limits.per_day
        if most is not None and self._spent >= most:
            raise RetryLater(
                f"the {most} calls that may be made in 24 hours are used up",
                where=where,
                mend="What was read is kept; run the sync again later, or less often.",
            )

    def _window_wait(self, now: float) -> float:
        horizon = now - self.limits.per_seconds
        while self._begun and self._begun[0] <= horizon:
            self._begun.popleft()
        if len(self._begun) < self.limits.requests:
            return 0.0
        return self._begun[0] - horizon

    def _spend(self, now: float, wait: float, where: str) -> None:
        """Count the part of the wait that nobody else is waiting already."""
        more = max(0.0, now + wait - max(now, self._counted_until))
        if self.waited + more > self._patience:
            raise RetryLater(
                f"the source asks to wait {wait:.0f} s more, beyond the {self._patience:.0f} s this run may wait",
                where=where,
                mend="Run `sightline sync` again later, or raise `patience_seconds`.",
            )
        self.waited += more
        self._counted_until = max(self._counted_until, now + wait)

    def hold(self, seconds: float) -> None:
        """Nobody calls for that long."""
        with self._lock:
            self._held_until = max(self._held_until, self.clock.monotonic() + seconds)

    def pause(self, seconds: float, where: str) -> None:
        """This thread waits that long, the others go on; `RetryLater` when it would wait beyond the run's patience."""
        with self._lock:
            self._spend(self.clock.monotonic(), seconds, where)
        self.clock.sleep(seconds)

    def feed(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer's headers: with no call left in the vendor's window, wait until it starts anew."""
        left = [number for name in self.limits.remaining if (number := _number(headers.get(name))) is not None]
        if not left or min(left) > 0:
            return
        wait = self._until_reset(headers)
        if wait > 0:
            self.hold(wait)

    def _until_reset(self, headers: Mapping[str, str]) -> float:
        if self.limits.reset_after and (after := _number(headers.get(self.limits.reset_after))) is not None:
            return after
        if self.limits.reset and (at := _number(headers.get(self.limits.reset))) is not None:
            return max(0.0, at - self.clock.now().timestamp())
        return self.limits.per_seconds


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
