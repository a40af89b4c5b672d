"""Time as an argument: the one place where collecting asks for it or waits."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable

from sightline.model.time import instant

__all__ = ["Clock", "is_recent"]


@dataclasses.dataclass(frozen=True)
class Clock:
    """Wall clock (aware UTC), monotonic seconds, and sleep; tests pass their own."""

    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def is_recent(moment: str | None, age: dt.timedelta, now: dt.datetime) -> bool:
    """Whether a stored moment is less than `age` ago. One in the future, by a clock that was wrong, is not."""
    then = instant(moment)
    return then is not None and dt.timedelta(0) <= now - then < age
