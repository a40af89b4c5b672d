"""Whether a source still does something: third-party code may hang, and must not take the other sources with it."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from sightline.collect.clock import Clock
from sightline.collect.connector import Connector

__all__ = ["Watch", "blame", "whereabouts"]


class Watch:
    """Signs of life of one source, by real time. `quiet_s` without one is too long, waits on purpose not counted.

    Every use of the framework's clock is a sign: each request, wait, page and landing makes some.
    """

    def __init__(self, quiet_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.quiet_s = quiet_s
        self._monotonic = monotonic
        self._until = monotonic() + quiet_s

    def beat(self, allow_s: float = 0.0) -> None:
        """It lives, and may now be quiet for `allow_s` more than usual."""
        self._until = max(self._until if allow_s else 0.0, self._monotonic() + allow_s + self.quiet_s)

    @property
    def overdue(self) -> bool:
        """Whether it has been quiet for too long."""
        return self._monotonic() > self._until

    def over(self, clock: Clock) -> Clock:
        """The same clock, whose every use is a sign of life."""

        def sleep(seconds: float) -> None:
            self.beat(seconds)
            clock.sleep(seconds)
            self.beat()

        return Clock(now=self._noted(clock.now), monotonic=self._noted(clock.monotonic), sleep=sleep)

    def _noted(self, ask: Callable[[], Any]) -> Callable[[], Any]:
        def noted() -> Any:
            self.beat()
            return ask()

        return noted


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A line of a plug-in."""

    function: str
    file: str
    line: int | None

    def __str__(self) -> str:
        return f"{self.function}, line {self.line} of {self.file.rsplit('/', 1)[-1]}"


def blame(connector: Connector, error: BaseException) -> str:
    """Which plug-in failed, its version, the kind of error and where in the plug-in; never the error's text."""
    frames = [_Place(f.name, f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    theirs = [place for place in frames if place.file in _files(connector)] or frames[-1:]
    where = f" in {theirs[-1]}" if theirs else ""
    return f"the plug-in {named(connector)} failed ({type(error).__name__}{where})"


def named(connector: Connector) -> str:
    """The plug-in's name, with the version of the distribution that holds it where that is known."""
    package = _package(connector)
    for name in importlib.metadata.packages_distributions().get(package, ()):
        return f"{connector.name} {importlib.metadata.version(name)}"
    return connector.name


def whereabouts(connector: Connector, threads: Iterable[threading.Thread]) -> str:
    """` in FUNCTION, line N of FILE` of the first of the threads that stands in the plug-in's code; else nothing."""
    frames = sys._current_frames()  # noqa: SLF001 - the documented way to see what a thread does
    for thread in threads:
        frame: FrameType | None = frames.get(thread.ident or 0)
        while frame is not None:
            if frame.f_code.co_filename in _files(connector):
                return f" in {_Place(frame.f_code.co_name, frame.f_code.co_filename, frame.f_lineno)}"
            frame = frame.f_back
    return ""


def _package(connector: Connector) -> str:
    return type(connector).__module__.partition(".")[0]


def _files(connector: Connector) -> set[str]:
    """The files of the plug-in's modules that are loaded."""
    package = _package(connector)
    loaded = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == package]
    return {str(file) for module in loaded if (file := getattr(module, "__file__", None))}
