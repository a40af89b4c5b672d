"""Reports and notes as plain entries, for whoever needs no more of them than their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Table, delete, select

from sightline.errors import ContractError
from sightline.store.engine import Database
from sightline.store.tables_own import NOTES, REPORTS

__all__ = ["Journal"]

Book = Literal["notes", "reports"]
_BOOKS: dict[str, Table] = {"notes": NOTES, "reports": REPORTS}


class Journal(Database):
    """Books of entries; an entry is the values of its table's columns by name."""

    def write(self, book: Book, **entry: Any) -> None:
        """Add an entry, or replace the one with the same id."""
        table = _checked(book, entry)
        with self.writing() as connection:
            if entry.get("id") is not None:
                connection.execute(delete(table).where(table.c.id == entry["id"]))
            connection.execute(table.insert().values(**entry))

    def entries(self, book: Book, **having: Any) -> list[Mapping[str, Any]]:
        """Entries whose columns have these values, by id."""
        table = _checked(book, having)
        found = [table.c[name].is_not_distinct_from(value) for name, value in having.items()]
        with self.reading() as connection:
            rows = connection.execute(select(table).where(*found).order_by(table.c.id)).mappings()
            return [dict(row) for row in rows]


def _checked(book: str, names: Mapping[str, Any]) -> Table:
    table = _BOOKS[book]
    unknown = sorted(set(names) - set(table.c.keys()))
    if unknown:
        raise ContractError(f"{book} have no {', '.join(unknown)}", where="store", mend="See store/tables_own.py.")
    return table
