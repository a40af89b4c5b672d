"""What all requests share: the open workspace, the sync under way, and a number that changes when anything to show does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from sightline.app.session import Session
from sightline.app.sync import sync
from sightline.collect.clock import Clock
from sightline.collect.outcome import Progress
from sightline.collect.redact import REDACTOR
from sightline.errors import SightlineError
from sightline.model.time import stamp

__all__ = ["Desk"]


class Desk:
    """Thread-safe. The workspace is read again when its file changes."""

    def __init__(self, folder: str | Path | None, *, clock: Clock | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._turn = threading.Lock()
        self._session = Session.open(folder, clock=clock)
        self._read = self._changed()
        self._worker: threading.Thread | None = None
        self._hinted: set[str] = set()
        self.progress: dict[str, str] = {}
        """Source → how far its reading is, while a sync runs."""
        self.said = ""
        """How the last sync from here ended."""

    def _changed(self) -> int:
        return (self._session.workspace.root / "sightline.toml").stat().st_mtime_ns

    @property
    def session(self) -> Session:
        """The workspace as its file stands now; a file that cannot be read leaves the former one in force."""
        with self._turn:
            try:
                changed = self._changed()
                if changed != self._read:
                    self._read = changed
                    self._session = Session.open(self._folder, clock=self._clock)
            except (OSError, SightlineError) as error:
                self.said = f"sightline.toml cannot be used: {REDACTOR.clean(str(error))[:300]}"
            return self._session

    def version(self) -> str:
        """Another text whenever a page may look different: a run ended, a sync is further, the file changed."""
        last = self.session.store.last_attempts().values()
        newest = max((stamp(one.finished_at) or "" for one in last), default="")
        return f"{newest}|{len(last)}|{self._read}"

    @property
    def syncing(self) -> bool:
        """Whether a sync that was begun here runs."""
        return self._worker is not None and self._worker.is_alive()

    def begin_sync(self, names: Sequence[str] = ()) -> bool:
        """Read these sources (all when none is named) in the background; False when that is under way already.

        `ConfigError` for a source that does not exist.
        """
        session = self.session
        session.sources(tuple(names))
        with self._turn:
            if self.syncing:
                return False
            self.progress, self.said = {}, ""
            self._worker = threading.Thread(target=self._sync, args=(session, tuple(names)), daemon=True)
            self._worker.start()
        return True

    def hint(self, source: str) -> None:
        """Something changed at that source: it is read now, or when the sync under way is over."""
        self._hinted.add(source)
        if not self.syncing:
            self.begin_sync(self._take_hints())

    def _take_hints(self) -> tuple[str, ...]:
        hinted = tuple(sorted(self._hinted))
        self._hinted.difference_update(hinted)
        return hinted

    def _sync(self, session: Session, names: tuple[str, ...]) -> None:
        self._read_once(session, names)
        while self._hinted:
            self._read_once(session, self._take_hints())

    def _read_once(self, session: Session, names: tuple[str, ...]) -> None:
        def report(step: Progress) -> None:
            of = f" of {step.total}" if step.total is not None else ""
            self.progress[step.source] = f"{step.stream}: {step.rows}{of}"

        try:
            result = sync(session, names, report=report)
            brought = sum(one.counts.new + one.counts.changed for one in result.sources)
            self.said = f"Sync {result.status}: {brought} rows new or changed."
        except SightlineError as error:
            self.said = REDACTOR.clean(f"The sync could not begin: {error.what}.")
        finally:
            self.progress = {}

    def close(self) -> None:
        """Wait for the sync, if any, and close the store."""
        if self._worker is not None:
            self._worker.join(timeout=30)
        with self._session:
            pass
