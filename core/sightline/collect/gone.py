"""What is gone: how the end of a pass learns which stored records the source no longer has, and which ones we lack.

Nothing is removed because of an error, an empty answer, a row that could not be read, a lost page or a lost right.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sightline.collect.clock import Clock
from sightline.collect.connector import Context, Stream
from sightline.collect.deletions import Census, FullList
from sightline.collect.fetch import Fetcher
from sightline.collect.keeper import Keeper
from sightline.collect.mapper import MappedPage, map_rows
from sightline.collect.request import Request, at_path
from sightline.errors import NotFound, PermissionMissing
from sightline.model.collected import Gone, Whole
from sightline.model.records import Activity, ChecklistItem, Document, Link, Payment, Record, Task, TimeEntry

__all__ = ["GONE_ROWS", "GONE_SHARE", "Held", "Listed", "Missing", "Rules", "hanging_on"]

#: More than this share and this many rows vanishing at once is held for a person to confirm.
GONE_SHARE, GONE_ROWS = 0.05, 20
#: At most so many records that we lack are asked for one by one; beyond it the stream is read anew.
_ONE_BY_ONE = 100
#: What hangs on a record and goes with it. History stays: it tells what happened.
CHILDREN: dict[type[Record], tuple[type[Record], ...]] = {
    Task: (ChecklistItem, Link, TimeEntry, Activity),
    Document: (Payment,),
}


def hanging_on(kind: type[Record], ids: Sequence[str]) -> list[Whole]:
    """What goes with records of that kind when they are gone: all that hangs on them, and links that lead to them."""
    found = [Whole(kind=child, of=id_) for child in CHILDREN.get(kind, ()) for id_ in ids]
    return found + [Whole(kind=Link, of=id_, by="to") for id_ in ids if kind is Task]


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """What the user asked of this run."""

    full: bool = False
    dry: bool = False
    confirm_gone: bool = False
    archive: bool = True
    floor: dt.datetime | None = None
    """First reads go back to here."""


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """Rows that seem to have vanished, too many to believe without a person's word."""

    kind: str
    missing: int
    live: int


@dataclasses.dataclass(slots=True)
class Listed:
    """What one pass saw: ids of records of the `kinds` that will be compared, and of rows that could not be read."""

    kinds: Collection[type[Record]]
    records: dict[type, set[str]] = dataclasses.field(default_factory=dict)
    unreadable: set[str] = dataclasses.field(default_factory=set)
    pages: int = 0
    everything: bool = False
    """True when the pass listed all there is, from its beginning to its end, undisturbed."""
    _otherwise: set[type] = dataclasses.field(default_factory=set)
    """Kinds whose records do not go by the ids of their rows."""

    @classmethod
    def of(cls, stream: Stream) -> Listed:
        """Empty, for a pass of that stream."""
        deletions = stream.deletions
        if isinstance(deletions, Census):
            return cls((deletions.kind,))
        return cls((deletions.kinds or stream.delivers) if isinstance(deletions, FullList) else ())

    def note(self, mapped: MappedPage) -> None:
        """Add what one page gave."""
        self.pages += 1
        self.unreadable.update(one.id for one in mapped.skipped)
        for kind in self.kinds:
            ids = {record.id for record in mapped.records if type(record) is kind}
            self.records.setdefault(kind, set()).update(ids)
            if not ids.issuperset(mapped.read):
                self._otherwise.add(kind)

    def named(self, kind: type[Record]) -> bool:
        """Whether records of that kind go by the ids of their rows, as far as the readable rows show."""
        return bool(self.records.get(kind)) and kind not in self._otherwise


@dataclasses.dataclass
class Missing:
    """Compares what is stored of one stream in one scope with what the source has."""

    stream: Stream
    context: Context
    places: Collection[str]
    """Ids of the scopes that this pass could read: elsewhere nothing is known to be gone."""
    fetch: Fetcher
    keeper: Keeper
    clock: Clock
    rules: Rules
    commit: Callable[[MappedPage], None]
    held: list[Held] = dataclasses.field(default_factory=list)

    @property
    def source(self) -> str:
        """The source's configured name."""
        return self.context.source

    def live(self, kind: type[Record], *, stream: str | None) -> set[str]:
        """Ids of what is stored as live, delivered by that stream (None: by any), where this pass could look."""
        if self.context.scope is not None:
            return self.keeper.live_ids(self.source, kind, self.context.scope.id, stream)
        return {id_ for place in self.places for id_ in self.keeper.live_ids(self.source, kind, place, stream)}

    def settle_list(self, listed: Listed, again: Callable[[], Listed]) -> None:
        """Remove what a complete list lacks. A list of several pages may shift while it is read: it is read twice."""
        missing = {kind: self._missing(kind, listed) for kind in listed.kinds}
        if listed.pages > 1 and any(missing.values()):
            second = again()
            missing = {kind: ids - second.records.get(kind, set()) for kind, ids in missing.items()}
        self._spare_moved(missing)
        for kind, ids in missing.items():
            self.remove(kind, ids, believable=bool(listed.records.get(kind)))

    def _spare_moved(self, missing: dict[type[Record], set[str]]) -> None:
        """Take out what lives in another scope, with what hangs on it: it left this one while all were read."""
        deletions = self.stream.deletions
        if not isinstance(deletions, FullList) or deletions.confirm is None:
            return
        kind = next(iter(missing))
        if len(missing[kind]) > GONE_ROWS and not self.rules.confirm_gone:
            return
        asked = ((id_, self._or_none(deletions.confirm(self.context.scope, id_))) for id_ in sorted(missing[kind]))
        moved = {id_ for id_, row in asked if str(at_path(row, deletions.place)) in self.places}
        missing[kind] -= moved
        for child in CHILDREN.get(kind, ()) if moved else ():
            if missing.get(child):
                missing[child] -= self.keeper.ids_under(self.source, child, parents=moved)

    def _or_none(self, request: Request) -> Any:
        try:
            return self.fetch.one(request)
        except (NotFound, PermissionMissing):
            return None

    def _missing(self, kind: type[Record], listed: Listed) -> set[str]:
        """Stored ids that were not listed, without those that a row which could not be read may hold."""
        missing = self.live(kind, stream=self.stream.name) - listed.records.get(kind, set())
        if not missing or not listed.unreadable:
            return missing
        if listed.named(kind):
            return missing - listed.unreadable
        if any(kind in CHILDREN.get(parent, ()) and listed.named(parent) for parent in listed.kinds):
            return missing - self.keeper.ids_under(self.source, kind, parents=listed.unreadable)
        return set()

    def remove(self, kind: type[Record], missing: set[str], *, believable: bool) -> None:
        """Bury these with what hangs on them, unless they are too many to believe: then they are held."""
        if not missing:
            return
        live = len(self.live(kind, stream=self.stream.name) | missing)
        few = len(missing) <= GONE_ROWS or len(missing) <= GONE_SHARE * live
        if not (believable and few) and not self.rules.confirm_gone:
            self.held.append(Held(kind.__name__, len(missing), live))
            return
        ids = sorted(missing)
        self.commit(MappedPage(gone=[Gone(kind=kind, id=id_) for id_ in ids], whole=hanging_on(kind, ids)))

    # --- census --------------------------------------------------------------------------------------------------

    def take_census(self, census: Census, listed: Listed) -> bool:
        """Compare ids both ways; True when the source has records that are lacking here and were not found singly."""
        ids = self._ids(census, listed)
        missing = self.live(census.kind, stream=self.stream.name) - ids
        if missing and census.confirm is None:
            # A list that shifted while it was read misses rows; hardly ever the same ones twice.
            missing -= ids | self._asked_ids(census)
        elif missing and (len(missing) <= GONE_ROWS or self.rules.confirm_gone):
            missing -= self._answered(census, sorted(missing))
        self.remove(census.kind, missing, believable=bool(ids))
        return self._fill(census, ids)

    def _ids(self, census: Census, listed: Listed) -> set[str]:
        if listed.everything and self.rules.floor is None and not listed.unreadable:
            return listed.records.get(census.kind, set())
        return self._asked_ids(census)

    def _asked_ids(self, census: Census) -> set[str]:
        request = census.request(self.context.scope)
        return {
            str(at_path(row, census.id)) for row in self.fetch.rows(request, rows=census.rows, paging=census.paging)
        }

    def _fill(self, census: Census, ids: set[str]) -> bool:
        """Ask for what the source has and we lack: it was overtaken by a shifting list, or landed nowhere else."""
        if self.rules.dry or self.rules.floor is not None:
            return False
        unread = {one.id for one in self.keeper.quarantined(self.source, accepted=True)}
        lacking = ids - self.keeper.live_ids(self.source, census.kind, "", None) - unread
        if lacking and (census.confirm is None or len(lacking) > _ONE_BY_ONE):
            return True
        self._answered(census, sorted(lacking))
        return False

    def _answered(self, census: Census, ids: Sequence[str]) -> set[str]:
        """Those that the source still answers for: they live, perhaps elsewhere, and are mapped as usual."""
        found: set[str] = set()
        for id_ in ids:
            try:
                row = self.fetch.one(census.confirm(self.context.scope, id_))  # type: ignore[misc]
            except NotFound:
                continue
            if row is not None:
                self.commit(map_rows(self.stream, [row], self.context))
                found.add(id_)
        return found
