"""A project at any moment: its facts now, or as they were, with what has vanished since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import structs

from sightline.app.joining import Joined, join_workspace
from sightline.app.measuring import facts_of
from sightline.app.session import Session
from sightline.errors import ConfigError
from sightline.measure.past import Clock, facts_as_of
from sightline.model.facts import Facts, Known, Sourced
from sightline.model.portfolio import Project
from sightline.model.records import Record
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

__all__ = ["EARLIEST", "Past", "end_of"]

#: No day before it is looked back at: no tool knows work that old, and calendars end somewhere.
EARLIEST = dt.date(1980, 1, 1)


def end_of(session: Session, day: dt.date) -> dt.datetime:
    """The last second of that day in the workspace's zone; now, for today. A day to come is a `ConfigError`."""
    here, now = zone(session.workspace.calendar.timezone), session.clock.now()
    today = day_in(now, here)
    if day > today:
        raise ConfigError(f"{day} is not over yet", where="--as-of", mend=f"Name a day up to {today}.")
    if day == today:
        return now
    if day < EARLIEST:
        raise ConfigError(f"{day} is before {EARLIEST}", where="--as-of", mend="Name a day on which there was work.")
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), here)
    return midnight.astimezone(dt.UTC) - dt.timedelta(seconds=1)


class Past:
    """Facts of projects at past moments; everything is joined once, whichever moments are asked for."""

    def __init__(self, session: Session, clock: Clock = "source") -> None:
        self.session, self.clock = session, clock
        self.joined: Joined = join_workspace(session, removed=True)
        self._held: dict[str, Facts] = {}

    def facts(self, project: Project, moment: dt.datetime) -> Facts:
        """The project's facts at that moment."""
        if project.id not in self._held:
            facts = facts_of(self.session, self.joined, project, removed=True)
            self._held[project.id] = structs.replace(facts, known=_known(self.session, facts))
        return facts_as_of(self._held[project.id], moment, clock=self.clock)


def _known(session: Session, facts: Facts) -> Mapping[Ref, Known]:
    heaps: list[Iterable[Sourced[Any]]] = [
        facts.tasks, facts.time, facts.activities, facts.changes, facts.milestones, facts.payments, facts.links,
        facts.items,
    ]  # fmt: skip
    found: dict[Ref, Known] = {}
    for heap in heaps:
        ids: defaultdict[tuple[str, type[Record]], list[str]] = defaultdict(list)
        for source, record in heap:
            ids[source, type(record)].append(record.id)
        for (source, kind), held in ids.items():
            found |= session.store.known(kind, source, held)
    for part in facts.documents:
        found |= session.store.known(type(part.document), part.source, [part.document.id])
    return found
