"""The outbox: what is to be sent, written down before it is sent, and what became of every try."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select, update

from sightline.model.outbox import Message, Outgoing
from sightline.store.engine import Database
from sightline.store.tables_own import OUTBOX

__all__ = ["Outbox", "put_out"]

_O = OUTBOX.c


def put_out(connection: Connection, messages: Iterable[tuple[Message, dt.datetime]], at: dt.datetime) -> int:
    """Write messages down, each to be tried from its moment on; one whose key is known is dropped. How many were new."""
    wanted = {message.key: (message, due) for message, due in messages}
    if not wanted:
        return 0
    known = set(connection.execute(select(_O.key).where(_O.key.in_(wanted))).scalars())
    rows: list[dict[str, Any]] = [
        {
            "key": key, "kind": message.kind, "channel": message.channel, "message": message, "state": "waiting",
            "created_at": at, "due_at": due, "tries": 0,
        }
        for key, (message, due) in wanted.items() if key not in known
    ]  # fmt: skip
    if rows:
        connection.execute(insert(OUTBOX), rows)
    return len(rows)


class Outbox(Database):
    """What is to be sent, and what was."""

    def put_in_outbox(self, messages: Iterable[tuple[Message, dt.datetime]], at: dt.datetime) -> int:
        """Write messages down, each with the moment from which it may go; how many had a key that is new."""
        with self.writing() as connection:
            return put_out(connection, messages, at)

    def due_in_outbox(self, now: dt.datetime, *, most: int = 100) -> list[Outgoing]:
        """What waits and may go now, oldest first."""
        query = select(OUTBOX).where(_O.state == "waiting", _O.due_at <= now).order_by(_O.id).limit(most)
        return self._read(query)

    def outbox(self, *states: str, most: int = 200) -> list[Outgoing]:
        """Messages in these states (none named: all), the newest first."""
        query = select(OUTBOX).order_by(_O.id.desc()).limit(most)
        return self._read(query.where(_O.state.in_(states)) if states else query)

    def is_in_outbox(self, key: str) -> bool:
        """Whether a message of that key was ever taken."""
        with self.reading() as connection:
            return connection.execute(select(_O.id).where(_O.key == key)).first() is not None

    def take_from_outbox(self, id_: int, now: dt.datetime, until: dt.datetime) -> bool:
        """Take a message for one try: nobody else gets it before `until`. False when somebody has it already."""
        mine = (_O.id == id_) & (_O.state == "waiting") & (_O.due_at <= now)
        taken = update(OUTBOX).where(mine).values(due_at=until, tried_at=now, tries=_O.tries + 1)
        with self.writing() as connection:
            return connection.execute(taken).rowcount == 1

    def settle_in_outbox(self, id_: int, **values: Any) -> None:
        """What became of the try: `state`, `sent_at`, `due_at`, `why`."""
        with self.writing() as connection:
            connection.execute(update(OUTBOX).where(_O.id == id_).values(**values))

    def _read(self, query: Any) -> list[Outgoing]:
        with self.reading() as connection:
            rows = connection.execute(query).mappings()
            names = ("id", "message", "state", "created_at", "due_at", "tries", "tried_at", "sent_at", "why")
            return [Outgoing(**{name: row[name] for name in names}) for row in rows]
