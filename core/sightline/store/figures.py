"""Figures as they were measured, with their receipts, read back exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from sightline.model.figures import Figure, Unknown, Value
from sightline.model.money import Money
from sightline.store.engine import Database
from sightline.store.tables_own import FIGURES

__all__ = ["Figures", "figure_row", "value_of", "value_told"]

_F = FIGURES.c


class Figures(Database):
    """What was measured last."""

    def replace_figures(self, project: str | None, figures: Iterable[Figure]) -> None:
        """The figures of one project (None: of the workspace and its clients) from now on."""
        rows = [figure_row(figure) for figure in figures]
        with self.writing() as connection:
            connection.execute(delete(FIGURES).where(_F.project.is_not_distinct_from(project)))
            if rows:
                connection.execute(FIGURES.insert(), rows)

    def figures(self, project: str | None = None, *, name: str | None = None) -> list[Figure]:
        """The figures of one project (None: of the workspace and its clients), in the order in which they came."""
        query = select(FIGURES).where(_F.project.is_not_distinct_from(project)).order_by(_F.id)
        if name is not None:
            query = query.where(_F.name == name)
        with self.reading() as connection:
            return [_figure(row) for row in connection.execute(query).mappings()]


def figure_row(figure: Figure) -> dict[str, Any]:
    """The figure as a row of its table."""
    kind, text, currency = value_told(figure.value)
    plain = ("project", "client", "name", "unit", "currency", "as_of", "method", "coverage", "oldest_input", "receipt")
    return {
        **{name: getattr(figure, name) for name in (*plain, "internal")},
        "type": kind,
        "value": text,
        "money_currency": currency,
    }


def value_told(value: Value) -> tuple[str, str, str | None]:
    """The type of a value, the value as exact text, and its currency."""
    if isinstance(value, Unknown):
        return "unknown", value.why, None
    if isinstance(value, Money):
        return "money", str(value.amount), value.currency
    if isinstance(value, Decimal):
        return "decimal", str(value), None
    if isinstance(value, dt.date):
        return "date", value.isoformat(), None
    return "text", value, None


def value_of(kind: str, text: str, currency: str | None) -> Value:
    """Back from `value_told`."""
    if kind == "unknown":
        return Unknown(why=text)
    if kind == "money":
        return Money(amount=Decimal(text), currency=currency or "")
    if kind == "decimal":
        return Decimal(text)
    return dt.date.fromisoformat(text) if kind == "date" else text


def _figure(row: Any) -> Figure:
    plain = ("name", "unit", "as_of", "method", "project", "client", "currency", "coverage", "oldest_input", "receipt")
    value = value_of(row["type"], row["value"], row["money_currency"])
    return Figure(value=value, internal=row["internal"], **{name: row[name] for name in plain})
