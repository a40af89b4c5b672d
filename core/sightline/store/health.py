"""How every project stood on each status date: what was shown, the verdict, and why. One row a day and dimension."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import func, select, tuple_

from sightline.model.foresight import Former
from sightline.store.engine import Database
from sightline.store.statements import execute_many, upsert
from sightline.store.tables_own import HEALTH
from sightline.store.types import Day

__all__ = ["HealthDays"]

_H = HEALTH.c


class HealthDays(Database):
    """The health of past days."""

    def keep_health(self, project: str, stood: Mapping[str, Former]) -> None:
        """How the project stands, by dimension; what was kept of the same day before is replaced."""
        columns = ("project", "dimension", "day", "shown", "verdict", "reason")
        with self.writing() as connection:
            told = Day().encoder(connection.dialect.name)
            rows = [(project, name, told(one.day), one.shown, one.verdict, one.reason) for name, one in stood.items()]
            if rows:
                execute_many(connection, upsert(connection, HEALTH, columns), rows)

    def health_before(self, project: str, day: dt.date) -> dict[str, Former]:
        """Dimension → how it stood on the last status date before that day."""
        latest = (
            select(_H.dimension, func.max(_H.day))
            .where(_H.project == project, _H.day < day)
            .group_by(_H.dimension)
            .scalar_subquery()
        )
        query = select(HEALTH).where(_H.project == project, tuple_(_H.dimension, _H.day).in_(latest))
        with self.reading() as connection:
            return {row.dimension: _former(row) for row in connection.execute(query)}

    def health_days(self, project: str, dimension: str = "") -> list[Former]:
        """All kept days of one dimension ("" is the whole), earliest first."""
        query = select(HEALTH).where(_H.project == project, _H.dimension == dimension).order_by(_H.day)
        with self.reading() as connection:
            return [_former(row) for row in connection.execute(query)]


def _former(row: object) -> Former:
    return Former(**{name: getattr(row, name) for name in ("day", "shown", "verdict", "reason")})
