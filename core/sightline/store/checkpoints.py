"""How far every stream was read: small JSON objects whose content is the runner's business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from sightline.store.engine import Database
from sightline.store.statements import execute_many, upsert
from sightline.store.tables_own import CHECKPOINTS
from sightline.store.types import Json

__all__ = ["Checkpoints", "write_checkpoint"]

_C = CHECKPOINTS.c


class Checkpoints(Database):
    """What the next run must know about the last one."""

    def checkpoint(self, source: str, stream: str, scope: str) -> dict[str, Any] | None:
        """The state that the last committed landing left; None before the first."""
        query = select(_C.state).where(_C.source == source, _C.stream == stream, _C.scope == scope)
        with self.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def put_checkpoint(self, source: str, stream: str, scope: str, state: Mapping[str, Any]) -> None:
        """Keep a state outside of a landing."""
        with self.writing() as connection:
            write_checkpoint(connection, source, stream, scope, state)

    def forget_checkpoints(self, source: str, *, stream: str | None = None) -> None:
        """The next run reads the source (or the one stream of it) from the beginning."""
        old = delete(CHECKPOINTS).where(_C.source == source)
        with self.writing() as connection:
            connection.execute(old if stream is None else old.where(_C.stream == stream))


def write_checkpoint(connection: Connection, source: str, stream: str, scope: str, state: Mapping[str, Any]) -> None:
    """Keep a stream's state within an open transaction."""
    row = (source, stream, scope, Json().encoder(connection.dialect.name)(dict(state)))
    columns = ("source", "stream", "scope", "state")
    execute_many(connection, upsert(connection, CHECKPOINTS, columns), [row])
