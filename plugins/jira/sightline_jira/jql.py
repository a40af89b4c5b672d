"""How a question is put to Jira: JQL texts, and the update cursor that asks again from a safe moment. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sightline.sdk import Since, UpdatedAt

if TYPE_CHECKING:
    from sightline.sdk import Answer

__all__ = ["Changes", "changed_since", "in_projects", "issues_of", "literal"]

#: Where the account's zone is unknown: no zone on earth is behind it, so a wall time of it is early enough everywhere.
_WESTMOST = dt.timezone(dt.timedelta(hours=-12))


def in_projects(keys: Iterable[str]) -> str:
    """`project in ("WEB", "APP")`. Quoted, for a key may be a reserved word (a project called AND)."""
    return "project in ({})".format(
        ", ".join('"{}"'.format(key.replace("\\", "\\\\").replace('"', '\\"')) for key in keys)
    )


def literal(at: dt.datetime, zone: str | None) -> str:
    """`at` as a JQL date literal, never later than `at`.

    JQL knows minutes without a zone and reads them in the zone of the account's profile ("JQL fields: Created").
    An hour that the change from summer time repeats may be read as its second passing, so the wall time before the
    repeated hour is used instead.
    """
    where = _zone(zone)
    local = at.astimezone(where)
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    if first is not None and second is not None and first > second:
        local = (at - (first - second)).astimezone(where)
    return local.strftime("%Y/%m/%d %H:%M")


def _zone(name: str | None) -> dt.tzinfo:
    try:
        return ZoneInfo(name) if name else _WESTMOST
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _WESTMOST


def changed_since(at: dt.datetime | None, zone: str | None) -> str:
    """`updated >= "2026/11/22 09:41"`; empty for the beginning of time."""
    return f'updated >= "{literal(at, zone)}"' if at else ""


def issues_of(keys: Sequence[str], at: dt.datetime | None, zone: str | None, *, order: str) -> str:
    """All issues of these projects that changed at or after `at`, in that order. Always bounded by the projects."""
    clauses = [in_projects(keys), changed_since(at, zone)]
    return f"{' AND '.join(filter(None, clauses))} ORDER BY {order}"


@dataclasses.dataclass(frozen=True)
class Changes(UpdatedAt):
    """The newest `updated`, good only for the projects and the profile zone it was reached with.

    A project that was not read before has old issues that no `updated` clause would bring; and a bound that was
    computed for another zone may have left a gap. In both cases everything is read again.
    """

    field: str = "fields.updated"
    projects: tuple[str, ...] = ()
    zone: str | None = None

    def since(self, state: dict[str, Any] | None, floor: dt.datetime | None) -> Since:
        if not self.fits(state or {}):
            return Since(at=floor)
        return super().since(state, floor)

    def fits(self, state: dict[str, Any]) -> bool:
        """Whether the position in `state` holds for what is asked now."""
        return state.get("zone") == self.zone and set(self.projects) <= set(state.get("projects", ()))

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        moved = super().advance(state if self.fits(state) else {}, rows, answer)
        return {**moved, "projects": list(self.projects), "zone": self.zone}
