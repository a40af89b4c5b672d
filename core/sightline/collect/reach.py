"""What cannot be read, and since when: places that vanished from a source's listing, streams that are refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sightline.errors import NotFound, PermissionMissing, SightlineError
from sightline.model.records import Scope
from sightline.model.time import instant, iso

__all__ = ["Known", "Reach", "is_loss"]

_DAY = dt.timedelta(hours=24)
_NAMED = 8

#: Scope id → what people called it when it was last listed: key and name.
Known = Mapping[str, Sequence[str]]


def is_loss(error: SightlineError) -> bool:
    """Whether the source refused or hid something, rather than failed."""
    return isinstance(error, (PermissionMissing, NotFound))


class Reach:
    """The losses of one source: since when each stream of each place is out of reach. Plain state for a checkpoint."""

    def __init__(self, state: Mapping[str, Any] | None, now: dt.datetime) -> None:
        self._before: dict[str, str] = dict((state or {}).get("since", {}))
        self._now = now
        self.since: dict[str, str] = dict(self._before)

    @property
    def changed(self) -> bool:
        """Whether anything was lost or came back in this run."""
        return self.since != self._before

    def state(self) -> dict[str, Any]:
        """What to keep for the next run."""
        return {"since": self.since}

    def lost(self, stream: str, scope: str) -> dt.datetime:
        """Note the loss; the moment at which it was first met."""
        return instant(self.since.setdefault(f"{stream}/{scope}", iso(self._now) or "")) or self._now

    def was_lost(self, stream: str, scope: str) -> bool:
        """Whether earlier runs could not read it, or not enter its place at all."""
        return any(f"{name}/{scope}" in self._before for name in (stream, "", "@scope"))

    def found(self, stream: str, scope: str) -> None:
        """It can be read (again)."""
        self.since.pop(f"{stream}/{scope}", None)

    def is_settled(self, stream: str, scope: str) -> bool:
        """Whether it has been lost for so long that nobody waits for it."""
        then = instant(self.since.get(f"{stream}/{scope}"))
        return then is not None and self._now - then >= _DAY

    def vanished(self, known: Known, listed: Sequence[Scope], wanted: Sequence[str]) -> dict[str, Sequence[str]]:
        """Known places, of those that the settings want, that the source does not list any more."""
        here = {scope.id for scope in listed}
        names = {name.casefold() for name in wanted}
        gone = {
            id_: told
            for id_, told in known.items()
            if id_ not in here and (not names or not names.isdisjoint({id_.casefold(), *map(str.casefold, told)}))
        }
        for id_ in known.keys() - gone.keys():
            self.found("@scope", id_)
        return gone

    def tell_vanished(self, gone: Known, source: str) -> str:
        """One sentence about the places that vanished."""
        since = min(self.lost("@scope", id_) for id_ in gone)
        keys = sorted(told[0] for told in gone.values())
        more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
        return (
            f"{', '.join(keys[:_NAMED])}{more}: no access since {told_at(since)}, the source does not list it any more. "
            f"What was read before is kept. If it was deleted there: `sightline sync {source} --confirm-gone`"
        )


def told_at(moment: dt.datetime) -> str:
    """A moment for people: `2026-11-20 09:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
