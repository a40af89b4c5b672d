"""How an export is read: streamed row by row, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select

from sightline.errors import ConfigError
from sightline.store.engine import Database
from sightline.store.exports.form import outside
from sightline.store.exports.names import Names
from sightline.store.exports.tables import EXPORTS, Export

__all__ = ["Exports"]

_AT_A_TIME = 1000


class Exports(Database):
    """What others read."""

    def export(
        self, table: str, *, project: str | None = None, source: str | None = None
    ) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """The columns of an export table and its rows in export form, in a stable order.

        Rows of one project or source only, where the table tells them apart; else a `ConfigError`.
        """
        if table not in EXPORTS:
            raise ConfigError(
                f"there is no table {table[:40]!r}", where="export", mend=f"Choose one of {', '.join(EXPORTS)}."
            )
        found = EXPORTS[table]()
        query = found.query
        for name, wanted in (("project", project), ("source", source)):
            if wanted is not None:
                column = getattr(found, name)
                if column is None:
                    raise ConfigError(
                        f"{table} do not tell one {name} from another", where="export", mend=f"Leave out --{name}."
                    )
                query = query.where(column == wanted)
        return found.columns, self._rows(found, query)

    def _rows(self, found: Export, query: Select[*tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        with self.reading() as connection:
            names = Names(connection)
            for row in connection.execution_options(yield_per=_AT_A_TIME).execute(query).mappings():
                values = dict(row)
                for tell in found.tells:
                    tell(values, names)
                yield tuple(outside(values[name]) for name in found.columns)
