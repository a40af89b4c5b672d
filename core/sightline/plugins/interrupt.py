"""Whether somebody pressed Ctrl-C, or a plug-in raised what a Ctrl-C raises."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

__all__ = ["Interrupts"]


class Interrupts:
    """While entered, notes a real Ctrl-C before it is handled as usual: `real`. Python handles it on the main thread only."""

    def __init__(self) -> None:
        self.real = False
        self._usual: Callable[[int, FrameType | None], object] | None = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            usual = signal.getsignal(signal.SIGINT)
            if callable(usual):
                self._usual = usual
                signal.signal(signal.SIGINT, self._note)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)
            self._usual = None

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.real = True
        if self._usual is not None:
            self._usual(number, frame)
