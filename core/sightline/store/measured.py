"""What was measured with which rules: figures and their short form in one transaction, and what a change of rules moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import delete, insert, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from sightline.model.figures import Figure, Moved, Receipt, Unit, Value
from sightline.model.time import instant, iso
from sightline.store.engine import Database
from sightline.store.figures import figure_row, value_of, value_told
from sightline.store.statements import execute_many, upsert
from sightline.store.tables_own import FIGURES, MEASURED, MOVED
from sightline.store.types import Instant

__all__ = ["Headline", "LastMeasured", "Listed", "MeasuredProjects"]


class LastMeasured(NamedTuple):
    """The digest of the rules a project was measured with, and when."""

    rules: str
    at: dt.datetime


class Headline(msgspec.Struct, frozen=True, array_like=True):
    """A figure without its receipt, as lists show it; `value`, `kind` and `money` as the figures' table keeps them."""

    name: str
    kind: str
    value: str
    unit: Unit
    money: str | None = None
    currency: str | None = None
    internal: bool = True
    oldest_input: str | None = None
    """As ISO text: lists of a thousand projects seldom look at it."""
    method: str = ""
    """Only in what `listed` gives."""
    coverage: str | None = None

    def told(self) -> Value:
        """The value."""
        return value_of(self.kind, self.value, self.money)

    def oldest(self) -> dt.datetime | None:
        """When the source behind it that was read longest ago was complete."""
        return instant(self.oldest_input)

    def figure(self, project: str, as_of: dt.datetime) -> Figure:
        """As a figure of that project; its receipt is not with it."""
        return Figure(
            name=self.name, value=self.told(), unit=self.unit, as_of=as_of, method=self.method, project=project,
            currency=self.currency, coverage=Decimal(self.coverage) if self.coverage is not None else None,
            oldest_input=self.oldest(), receipt=_NOT_READ, internal=self.internal,
        )  # fmt: skip


_NOT_READ = Receipt(formula="")


class Listed(NamedTuple):
    """The figures of one project that the portfolio lists, and when they were measured."""

    at: dt.datetime
    figures: list[Headline]


_headlines = msgspec.json.Decoder(list[Headline])


class MeasuredProjects(Database):
    """Figures as measured, and how they came to be."""

    def keep_measured(
        self,
        project: str,
        figures: Sequence[Figure],
        *,
        rules: str,
        at: dt.datetime,
        moved: Iterable[Moved] = (),
        listed: Collection[str] = (),
    ) -> None:
        """The figures of one project from now on, with the rules they were measured with, in one transaction.

        `listed` names those that the portfolio shows.
        """
        rows = [figure_row(figure) for figure in figures]
        shown = [_headline(row, with_method=True) for row in rows if row["name"] in listed]
        short = [_headline(row) for row in rows]
        steps = [_moved_row(one) for one in moved]
        with self.writing() as connection:
            connection.execute(delete(FIGURES).where(FIGURES.c.project == project))
            if rows:
                connection.execute(insert(FIGURES), rows)
            columns = ("project", "rules", "at", "headline", "listed")
            kept = Instant().encoder(connection.dialect.name)(at)
            row = (project, rules, kept, msgspec.json.encode(short).decode(), msgspec.json.encode(shown).decode())
            execute_many(connection, upsert(connection, MEASURED, columns), [row])
            if steps:
                connection.execute(insert(MOVED), steps)

    def keep_client_figures(self, clients: Collection[str], figures: Iterable[Figure]) -> None:
        """The figures of these clients from now on."""
        rows = [figure_row(figure) for figure in figures]
        with self.writing() as connection:
            connection.execute(delete(FIGURES).where(FIGURES.c.project.is_(None), FIGURES.c.client.in_(list(clients))))
            if rows:
                connection.execute(insert(FIGURES), rows)

    def measured(self, projects: Collection[str] | None = None) -> dict[str, LastMeasured]:
        """Project → with what and when it was measured last (None: every project)."""
        columns = MEASURED.c
        query = select(columns.project, columns.rules, columns.at)
        if projects is not None:
            query = query.where(columns.project.in_(list(projects)))
        with self.reading() as connection:
            rows = connection.execute(query)
            return {row.project: LastMeasured(row.rules, row.at) for row in rows}

    def headlines(self, projects: Collection[str] | None = None) -> dict[str, list[Headline]]:
        """Project → all its figures in short (None: of every project): the whole portfolio in one read."""
        query = select(MEASURED.c.project, MEASURED.c.headline)
        if projects is not None:
            query = query.where(MEASURED.c.project.in_(list(projects)))
        with self.reading() as connection:
            rows = connection.execute(query)
            return {project: _headlines.decode(text) for project, text in rows}

    def listed(self) -> dict[str, Listed]:
        """Project → what the portfolio lists of it: the whole portfolio in one read."""
        columns = MEASURED.c
        plain: list[ColumnElement[Any]] = [columns.project, type_coerce(columns.at, NullType()), columns.listed]
        with self.reading() as connection:
            told = Instant().decoder(connection.dialect.name)
            rows = connection.execute(select(*plain)).all()
            return {row[0]: Listed(told(row[1]), _headlines.decode(row[2])) for row in rows}

    def keep_workspace_figures(self, figures: Iterable[Figure]) -> None:
        """The figures of the workspace as a whole, which are no project's and no client's, from now on."""
        rows = [figure_row(figure) for figure in figures]
        with self.writing() as connection:
            connection.execute(delete(FIGURES).where(FIGURES.c.project.is_(None), FIGURES.c.client.is_(None)))
            if rows:
                connection.execute(insert(FIGURES), rows)

    def moved(self, since: dt.datetime | None = None) -> list[Moved]:
        """What changes of rules did to figures, latest first; only those from `since` on."""
        query = select(MOVED).order_by(MOVED.c.at.desc(), MOVED.c.id)
        if since is not None:
            query = query.where(MOVED.c.at >= since)
        with self.reading() as connection:
            return [_moved(row) for row in connection.execute(query).mappings()]


def _headline(row: dict[str, Any], *, with_method: bool = False) -> Headline:
    coverage = row["coverage"]
    return Headline(
        row["name"], row["type"], row["value"], row["unit"], row["money_currency"], row["currency"], row["internal"],
        iso(row["oldest_input"]), row["method"] if with_method else "",
        str(coverage) if with_method and coverage is not None else None,
    )  # fmt: skip


def _moved_row(one: Moved) -> dict[str, Any]:
    sides = {side: msgspec.json.encode(value_told(getattr(one, side))).decode() for side in ("before", "after")}
    return {
        "project": one.project,
        "name": one.name,
        "currency": one.currency,
        "was_at": one.was_at,
        "at": one.at,
        **sides,
    }


def _moved(row: Any) -> Moved:
    before, after = (value_of(*msgspec.json.decode(row[side])) for side in ("before", "after"))
    return Moved(
        project=row["project"], name=row["name"], currency=row["currency"], before=before, after=after,
        was_at=row["was_at"], at=row["at"],
    )  # fmt: skip
