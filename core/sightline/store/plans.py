"""Baselines: what was promised, frozen; added, never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update

from sightline.model.plan import Baseline
from sightline.store.engine import Database
from sightline.store.tables_own import BASELINES, PLAN_ITEMS

__all__ = ["Plans"]

_PLAIN = (
    "id", "project", "name", "frozen_at", "reason", "approved_by", "approved_at", "source", "calendar", "sizing",
    "confidence",
)  # fmt: skip


class Plans(Database):
    """The plans of projects."""

    def add_baseline(self, baseline: Baseline) -> None:
        """Keep one more. Its id must be new."""
        items = [
            {"baseline": baseline.id, "position": position, "item": item}
            for position, item in enumerate(baseline.items)
        ]
        with self.writing() as connection:
            connection.execute(BASELINES.insert().values({name: getattr(baseline, name) for name in _PLAIN}))
            if items:
                connection.execute(PLAN_ITEMS.insert(), items)

    def approve_baseline(self, baseline: str, *, by: str, at: dt.datetime | None = None) -> None:
        """Somebody agreed to it."""
        with self.writing() as connection:
            change = update(BASELINES).where(BASELINES.c.id == baseline)
            connection.execute(change.values(approved_by=by, approved_at=at))

    def baseline_marks(self) -> dict[str, str]:
        """Project → what tells one state of its baselines from another."""
        columns = BASELINES.c
        query = select(columns.project, columns.id, columns.approved_by).order_by(columns.project, columns.id)
        marks: dict[str, str] = {}
        with self.reading() as connection:
            for row in connection.execute(query):
                marks[row.project] = f"{marks.get(row.project, '')}{row.id} {row.approved_by or ''};"
        return marks

    def baselines(self, project: str) -> list[Baseline]:
        """All baselines of a project, oldest first."""
        query = select(BASELINES).where(BASELINES.c.project == project).order_by(BASELINES.c.frozen_at, BASELINES.c.id)
        with self.reading() as connection:
            held = connection.execute(query).mappings().all()
            items = select(PLAN_ITEMS).where(PLAN_ITEMS.c.baseline.in_([row["id"] for row in held]))
            found = connection.execute(items.order_by(PLAN_ITEMS.c.baseline, PLAN_ITEMS.c.position)).all()
        return [
            Baseline(
                **{name: row[name] for name in _PLAIN},
                items=tuple(item.item for item in found if item.baseline == row["id"]),
            )
            for row in held
        ]
