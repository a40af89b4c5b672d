"""The run log: what every run did with every source."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.sql.elements import ColumnElement

from sightline.store.engine import Database
from sightline.store.tables_own import RUN_SOURCES, RUNS

__all__ = ["Runs", "SourceRun"]

_S = RUN_SOURCES.c


@dataclasses.dataclass(frozen=True, kw_only=True)
class SourceRun:
    """One source in one run, as `sync --json` tells it."""

    source: str
    status: Literal["complete", "incomplete", "failed"]
    started_at: dt.datetime
    finished_at: dt.datetime
    reason: str | None = None
    scopes: int = 0
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    skipped: int = 0
    requests: int = 0
    checks: tuple[Mapping[str, str], ...] = ()
    """Totals told twice: `what`, by the `store` and by the `source`."""
    notes: tuple[str, ...] = ()
    unreadable: tuple[Mapping[str, str], ...] = ()
    """The skipped rows: `stream`, `id`, `reason`."""


class Runs(Database):
    """What happened when."""

    def begin_run(self, started_at: dt.datetime) -> int:
        """The number of a new run; raw pages that land until its end are noted with it."""
        with self.writing() as connection:
            begun = RUNS.insert().values(started_at=started_at).returning(RUNS.c.id)
            self.run = connection.execute(begun).scalar_one()
        return self.run

    def log_source(self, run: int, outcome: SourceRun) -> None:
        """Note what became of one source in the run."""
        with self.writing() as connection:
            connection.execute(RUN_SOURCES.insert().values(run=run, **dataclasses.asdict(outcome)))

    def end_run(self, run: int, status: Literal["complete", "partial", "failed"], finished_at: dt.datetime) -> None:
        """The run is over. One that never ends was killed."""
        with self.writing() as connection:
            connection.execute(update(RUNS).where(RUNS.c.id == run).values(status=status, finished_at=finished_at))
        self.run = None

    def is_to_be_read_through(self, now: dt.datetime) -> bool:
        """Whether damage is to be looked for: the last run did not end, or is not of the last 24 hours."""
        newest = select(RUNS.c.started_at, RUNS.c.finished_at).order_by(RUNS.c.id.desc()).limit(1)
        with self.reading() as connection:
            last = connection.execute(newest).one_or_none()
        return last is not None and (last.finished_at is None or abs(now - last.started_at) > dt.timedelta(days=1))

    def run_sources(self, run: int) -> list[SourceRun]:
        """All sources of one run, by name."""
        with self.reading() as connection:
            rows = connection.execute(select(RUN_SOURCES).where(_S.run == run).order_by(_S.source)).mappings()
            return [_source_run(row) for row in rows]

    def requests_since(self, source: str, moment: dt.datetime) -> int:
        """Calls that runs which ended after the moment made to the source."""
        query = select(func.coalesce(func.sum(_S.requests), 0)).where(_S.source == source, _S.finished_at > moment)
        with self.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def last_attempts(self) -> dict[str, SourceRun]:
        """The newest run of every source, whatever became of it."""
        return self._newest()

    def last_complete(self) -> dict[str, SourceRun]:
        """The newest complete run of every source that ever had one."""
        return self._newest(_S.status == "complete")

    def last_checked(self) -> dict[str, SourceRun]:
        """The newest run of every source in which its own totals were compared with what is kept."""
        return self._newest(_S.checks != ())

    def _newest(self, *where: ColumnElement[bool]) -> dict[str, SourceRun]:
        found = select(_S.source, func.max(_S.run).label("run")).where(*where).group_by(_S.source).subquery()
        query = select(RUN_SOURCES).join(found, (_S.run == found.c.run) & (_S.source == found.c.source))
        with self.reading() as connection:
            return {row["source"]: _source_run(row) for row in connection.execute(query).mappings()}


def _source_run(row: Any) -> SourceRun:
    fields = {field.name: row[field.name] for field in dataclasses.fields(SourceRun)}
    return SourceRun(**{**fields, "checks": tuple(fields["checks"]), "unreadable": tuple(fields["unreadable"])})
