"""The days of time entries follow the workspace's zone: when the zone changes, so do they."""

from __future__ import annotations

from sqlalchemy import and_, select, update

from sightline.model.records import TimeEntry
from sightline.model.time import day_in
from sightline.store.engine import Database
from sightline.store.statements import execute_many, upsert
from sightline.store.tables import kind_of
from sightline.store.tables_own import ABOUT

__all__ = ["follow_zone"]

_E = kind_of(TimeEntry).table.c


def follow_zone(database: Database) -> None:
    """Give entries whose vendor states only an instant the day of the zone in force now, if it is another one."""
    name = str(database.zone)
    with database.reading() as connection:
        if connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == "zone")).scalar_one_or_none() == name:
            return
    own = and_(_E.day_by_vendor.is_(False), _E.started_at.is_not(None))
    with database.writing() as connection:
        for row in connection.execute(select(_E.source, _E.id, _E.started_at, _E.day).where(own)).all():
            day = day_in(row.started_at, database.zone)
            if day != row.day:
                this = and_(_E.source == row.source, _E.id == row.id)
                connection.execute(update(kind_of(TimeEntry).table).where(this).values(day=day))
        execute_many(connection, upsert(connection, ABOUT, ("name", "value")), [("zone", name)])
