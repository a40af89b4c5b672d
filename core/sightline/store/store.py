"""The one object through which everything is kept and read."""

from __future__ import annotations

import datetime as dt
from types import TracebackType
from typing import Self

from sightline.store.access import Access
from sightline.store.alerts import Alerts
from sightline.store.checkpoints import Checkpoints
from sightline.store.days import follow_zone
from sightline.store.decisions import Decisions
from sightline.store.engine import connect, place_of
from sightline.store.exports import Exports
from sightline.store.figures import Figures
from sightline.store.health import HealthDays
from sightline.store.joins import Joins
from sightline.store.journal import Journal
from sightline.store.land import Landings
from sightline.store.load import Records
from sightline.store.measured import MeasuredProjects
from sightline.store.notes import Notes
from sightline.store.outbox import Outbox
from sightline.store.plans import Plans
from sightline.store.quarantine import Quarantine
from sightline.store.raw import RawPages
from sightline.store.reports import Reports
from sightline.store.runs import Runs
from sightline.store.schema import bring_up_to_date, refuse_damage
from sightline.store.tombstones import Census

__all__ = ["Store"]


class Store(
    Landings,
    Census,
    Records,
    Checkpoints,
    Quarantine,
    RawPages,
    Runs,
    Joins,
    Decisions,
    Figures,
    MeasuredProjects,
    HealthDays,
    Plans,
    Alerts,
    Outbox,
    Journal,
    Notes,
    Reports,
    Exports,
    Access,
):
    """An open store; close it, or use it in a `with`. May be shared by threads, not by processes."""

    @classmethod
    def open(cls, address: str, *, workspace_zone: dt.tzinfo, thorough: bool = False) -> Store:
        """The store at that address, made or brought up to date as needed.

        `workspace_zone` decides on which day an entry falls whose vendor states only an instant. `thorough` reads an
        SQLite file through for damage first (about a second for 300 MB); damage is also told when it is met later.
        """
        engine = connect(address)
        store = cls(engine, place_of(engine.url), workspace_zone)
        try:
            if thorough:
                refuse_damage(store)
            bring_up_to_date(store)
            follow_zone(store)
        except BaseException:
            store.close()
            raise
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
