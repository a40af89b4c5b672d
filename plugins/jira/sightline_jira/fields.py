"""Which custom field holds what on this site: sprints, story points, epics, start days. Found by schema. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["Field", "Fields", "discover"]

_GREENHOPPER = "com.pyxis.greenhopper.jira:"
_SPRINT, _EPIC_LINK, _EPIC_NAME, _POINTS = (
    _GREENHOPPER + name for name in ("gh-sprint", "gh-epic-link", "gh-epic-label", "jsw-story-points")
)
_NUMBER, _DAY = (f"com.atlassian.jira.plugin.system.customfieldtypes:{name}" for name in ("float", "datepicker"))
#: What Jira itself calls a points field of the plain number type, in company- and in team-managed projects.
_POINTS_NAMES = frozenset({"Story Points", "Story point estimate"})
_START_NAMES = frozenset({"Start date"})


class Field(NamedTuple):
    """One custom field. Ids differ from site to site; a team-managed project has its own copies."""

    id: str
    name: str


class Fields(NamedTuple):
    """The custom fields that are read, by meaning. The first that holds a value on an issue counts."""

    sprint: tuple[Field, ...] = ()
    points: tuple[Field, ...] = ()
    epic_link: tuple[Field, ...] = ()
    epic_name: tuple[Field, ...] = ()
    start: tuple[Field, ...] = ()

    @property
    def ids(self) -> list[str]:
        """All of their ids, each once: what to ask for besides the system fields."""
        return list(dict.fromkeys(field.id for kind in self for field in kind))

    def facts(self) -> dict[str, list[list[str]]]:
        """As plain lists, for `Access.facts`."""
        return {meaning: [list(field) for field in found] for meaning, found in self._asdict().items()}

    @classmethod
    def of(cls, facts: Mapping[str, Iterable[Sequence[str]]]) -> Fields:
        """Back from the facts."""
        return cls(**{meaning: tuple(Field(*field) for field in found) for meaning, found in facts.items()})


def discover(
    listed: Sequence[Any], *, estimation: Sequence[str] = (), points: str | None = None, start: str | None = None
) -> Fields:
    """The fields by meaning, from the answer of `GET /field`.

    Story points, in this order: the field the settings name, the fields by which boards estimate (`estimation`, ids),
    Jira's own points type, a number field with one of Jira's own names. Start: the field the settings name, or a day
    field with Jira's own name.
    """
    known = [row for row in listed if isinstance(row, dict) and isinstance(row.get("id"), str)]
    return Fields(
        sprint=_of_type(known, _SPRINT),
        points=_once(
            _called(known, points),
            *(_called(known, field) for field in estimation),
            _of_type(known, _POINTS),
            _of_type(known, _NUMBER, _POINTS_NAMES),
        ),
        epic_link=_of_type(known, _EPIC_LINK),
        epic_name=_of_type(known, _EPIC_NAME),
        start=_called(known, start) if start else _of_type(known, _DAY, _START_NAMES),
    )


def _field(row: dict[str, Any]) -> Field:
    return Field(row["id"], str(row.get("name") or row["id"]))


def _of_type(listed: Iterable[dict[str, Any]], custom: str, names: frozenset[str] | None = None) -> tuple[Field, ...]:
    found = (row for row in listed if isinstance(row.get("schema"), dict) and row["schema"].get("custom") == custom)
    return tuple(_field(row) for row in found if names is None or row.get("name") in names)


def _called(listed: Iterable[dict[str, Any]], wanted: str | None) -> tuple[Field, ...]:
    """The custom fields of that id or name; system fields (a board may estimate by time) are no points."""
    rows = (row for row in listed if str(row["id"]).startswith("customfield_"))
    return tuple(_field(row) for row in rows if wanted is not None and wanted in (row["id"], row.get("name")))


def _once(*kinds: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(dict.fromkeys(field for kind in kinds for field in kind))
