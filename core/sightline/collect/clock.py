"""Time as an argument: the one place where collecting asks for it or waits."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable

__all__ = ["Clock"]


@dataclasses.dataclass(frozen=True)
class Clock:
    """Wall clock (aware UTC), monotonic seconds, and sleep; tests pass their own."""

    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
