"""What is known about the board while its rows are mapped: its lists, its fields, the settings, the zone of days."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sightline.sdk import Account, Context, RowError, State, instant
from sightline_trello.columns import Column, columns_of, state_of_name
from sightline_trello.config import TrelloSettings
from sightline_trello.reading import text

__all__ = ["Board"]


@dataclasses.dataclass(frozen=True, slots=True)
class Board:
    """One board, made once for all its rows."""

    columns: Mapping[str, Column]
    definitions: Sequence[Any]
    """Of the custom fields."""
    settings: TrelloSettings
    timezone: dt.tzinfo
    told: set[str] = dataclasses.field(default_factory=set)
    """Ids of the accounts already delivered from this board in this run."""

    @classmethod
    def of(cls, context: Context) -> Board:
        """The board of this scope, from the first row on the same one."""
        found: Board | None = context.cache.get("board")
        if found is None:
            id_ = context.scope.id if context.scope else ""
            boards = {one["id"]: one for one in context.facts.get("boards", ())}
            lists = boards.get(id_, {}).get("lists") or ()
            found = cls(
                columns_of(lists, context.settings),
                context.lookups.get("custom_fields", ()),
                context.settings,
                context.timezone,
            )
            context.cache["board"] = found
        return found

    def state(self, list_id: str | None, name: str | None) -> State:
        """What a list stands for; a list of another board, or one that is gone, speaks by its name alone."""
        column = self.columns.get(list_id or "")
        if column is not None:
            return column.state
        return (state_of_name(name, self.settings) if name else None) or "unknown"

    def day(self, value: object) -> dt.date | None:
        """The calendar day on which an instant falls in the zone of the workspace."""
        moment = instant(value)
        try:
            return moment.astimezone(self.timezone).date() if moment else None
        except OverflowError as error:
            raise RowError("an instant is out of range") from error

    def start_day(self, value: object) -> dt.date | None:
        """The day of a start date. Trello keeps a plain day as midnight UTC: such a day is taken as written."""
        moment = instant(value)
        if moment is not None and moment.time() == dt.time():
            return moment.date()
        return self.day(value)

    def accounts(self, members: Iterable[Any]) -> list[Account]:
        """Those of the members whom this board has not yet told of. Ask last: they count as told from then on."""
        found: dict[str, Account] = {}
        for member in members:
            if not isinstance(member, Mapping) or not member:
                continue
            id_ = text(member, "id")
            if id_ is not None and id_ not in self.told:
                found[id_] = Account(id=id_, name=text(member, "fullName"), username=text(member, "username"))
        self.told.update(found)
        return list(found.values())
