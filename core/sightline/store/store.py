"""The one object through which everything is kept and read."""

from __future__ import annotations

import datetime as dt
from types import TracebackType
from typing import Self

from sightline.store.checkpoints import Checkpoints
from sightline.store.engine import connect, place_of
from sightline.store.land import Landings
from sightline.store.quarantine import Quarantine
from sightline.store.raw import RawPages
from sightline.store.tables import METADATA
from sightline.store.tombstones import Census

__all__ = ["Store"]


class Store(Landings, Census, Checkpoints, Quarantine, RawPages):
    """An open store; close it, or use it in a `with`. May be shared by threads, not by processes."""

    @classmethod
    def open(cls, address: str, *, workspace_zone: dt.tzinfo) -> Store:
        """The store at that address, made or brought up to date as needed.

        `workspace_zone` decides on which day an entry falls whose vendor states only an instant.
        """
        engine = connect(address)
        store = cls(engine, place_of(engine.url), workspace_zone)
        with store.writing() as connection:
            METADATA.create_all(connection)
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
