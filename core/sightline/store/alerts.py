"""Alerts with their life, and in the same transaction the messages that tell of them: neither without the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, delete, insert, select, update

from sightline.model.alerts import Alert
from sightline.model.outbox import Message
from sightline.store.engine import Database
from sightline.store.outbox import put_out
from sightline.store.tables_own import ALERTS

__all__ = ["Alerts"]

_A = ALERTS.c


class Alerts(Database):
    """What was warned of."""

    def alerts(self, project: str | None = None, *, everywhere: bool = False, closed: bool = True) -> list[Alert]:
        """The alerts of one project (None: of the workspace itself), or `everywhere`; by id."""
        query = select(ALERTS).order_by(_A.id)
        if not everywhere:
            query = query.where(_A.project.is_not_distinct_from(project))
        if not closed:
            query = query.where(_A.closed_at.is_(None))
        with self.reading() as connection:
            return [Alert(**row) for row in connection.execute(query).mappings()]

    def keep_alerts(
        self, alerts: Iterable[Alert], messages: Iterable[tuple[Message, dt.datetime]] = (), *, at: dt.datetime
    ) -> None:
        """These alerts as they are from now on, and the messages that tell of them (each with when it may go)."""
        rows = [structs.asdict(alert) for alert in alerts]
        outgoing = list(messages)
        if not rows and not outgoing:
            return
        with self.writing() as connection:
            _replace(connection, rows)
            put_out(connection, outgoing, at)

    def set_alert(self, id_: str, **values: Any) -> None:
        """Change these columns of one alert: what a person says of it."""
        with self.writing() as connection:
            connection.execute(update(ALERTS).where(_A.id == id_).values(**values))

    def close_alerts_elsewhere(self, projects: Collection[str], at: dt.datetime) -> int:
        """Close what is open of projects that are configured no more; how many."""
        gone = _A.project.is_not(None) & _A.project.not_in(list(projects)) & _A.closed_at.is_(None)
        with self.reading() as connection:
            if connection.execute(select(_A.id).where(gone).limit(1)).first() is None:
                return 0
        with self.writing() as connection:
            return connection.execute(update(ALERTS).where(gone).values(closed_at=at)).rowcount


def _replace(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    ids = [row["id"] for row in rows]
    for start in range(0, len(ids), 500):
        connection.execute(delete(ALERTS).where(_A.id.in_(ids[start : start + 500])))
    if rows:
        connection.execute(insert(ALERTS), rows)
