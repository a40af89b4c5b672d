"""The changelog of an issue as changes of tracked fields, and the moments that follow from it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from sightline.sdk import Change, State, from_epoch, instant

if TYPE_CHECKING:
    from sightline_jira.fields import Fields
    from sightline_jira.people import People

__all__ = ["CANCELLED", "Histories", "Told", "moment_of", "settled", "sprint_id"]

#: Jira's own resolutions for work that was not done, of new sites and of older ones.
CANCELLED = frozenset({"won't do", "won't fix", "duplicate", "cannot reproduce", "declined", "incomplete"})
#: By field id where a change has one, else by the field's name in lower case: parents and old sites have none.
_SYSTEM = {
    "status": "status",
    "resolution": "resolution",
    "duedate": "due_on",
    "assignee": "assignee",
    "timeoriginalestimate": "estimate",
    "parent": "parent",
    "issueparentassociation": "parent",
    "epic link": "parent",
    "fixVersions": "milestone",
    "fix version": "milestone",
    "project": "scope",
    "sprint": "sprint",
}
_ENDED = ("done", "cancelled")
#: Numbers from here on are milliseconds: as seconds they would lie after the year 5000.
_MILLISECONDS = 100_000_000_000


class Told(NamedTuple):
    """What an issue's history tells."""

    changes: list[Change]
    started_at: dt.datetime | None = None
    """The first moment in a status of the category "in progress"."""
    completed_at: dt.datetime | None = None
    """When the issue came to be done for the last time; None when it is not, or when the history does not say."""


def sprint_id(number: object) -> str:
    """The id of a sprint: Jira counts sprints and versions apart, but here they share one table."""
    return f"sprint-{number}"


def settled(category: State, resolution: str | None) -> State:
    """`category`, except that done work with a resolution like "Won't Do" was cancelled."""
    return "cancelled" if category == "done" and resolution and resolution.lower() in CANCELLED else category


def moment_of(value: Any) -> dt.datetime | None:
    """The moment of a history entry: ISO text, or seconds or milliseconds since 1970 as number or text."""
    if isinstance(value, str) and not value.isdigit():
        return instant(value)
    if isinstance(value, (int, str)) and not isinstance(value, bool) and len(str(value)) <= 16:
        return from_epoch(value, unit="ms" if int(value) >= _MILLISECONDS else "s")
    return None


class _Line:
    """The statuses of one issue in order of time."""

    def __init__(self, first: State, created: dt.datetime | None) -> None:
        self.state = first
        self.started_at = created if first == "in_progress" else None
        self.completed_at: dt.datetime | None = None

    def move(self, at: dt.datetime, to: State) -> None:
        if to == "in_progress" and self.started_at is None:
            self.started_at = at
        if to not in _ENDED:
            self.completed_at = None
        elif self.state not in _ENDED:
            self.completed_at = at
        self.state = to


class _Step(NamedTuple):
    """One entry of a changelog with what is tracked of it: (position, field, from, to, item) each."""

    at: dt.datetime
    number: int
    entry: Mapping[str, Any]
    items: list[tuple[int, str, str | None, str | None, dict[str, Any]]]


class Histories:
    """Reads the changelogs of one site; built once a run from its fields and the states of its statuses."""

    def __init__(self, fields: Fields, states: Mapping[str, State]) -> None:
        self._states = states
        self._tracked = dict(_SYSTEM)
        for meaning, found in (("sprint", fields.sprint), ("points", fields.points), ("parent", fields.epic_link)):
            for field in found:
                self._tracked[field.id] = self._tracked[field.name.lower()] = meaning

    def tell(
        self, issue: str, listed: Iterable[Any], people: People, *, created: dt.datetime | None, now: tuple[str, State]
    ) -> Told:
        """The changes, oldest first; `now` is the present status id and state.

        Creation is not in a changelog: the first status is the one that the first change leaves.
        """
        steps = sorted(self._steps(listed), key=lambda step: step[:2])
        first = next(
            (item.get("from") for step in steps for _, field, _, _, item in step.items if field == "status"), None
        )
        line = _Line(self._state(first, now, None) if first is not None else now[1], created)
        changes: list[Change] = []
        resolution: str | None = None
        for step in steps:
            by = people.note(step.entry.get("author"))
            left, resolution = resolution, _resolution(step, resolution)
            seen: set[tuple[str, str | None, str | None]] = set()
            for index, field, before, after, item in step.items:
                # A change of parent may be told twice: as "Epic Link" and as the association that replaced it.
                if field == "resolution" or before == after or (field, before, after) in seen:
                    continue
                seen.add((field, before, after))
                came = went = None
                if field == "status":
                    came, went = self._state(item.get("from"), now, left), self._state(item.get("to"), now, resolution)
                    line.move(step.at, went)
                changes.append(
                    Change(
                        id=f"{step.entry.get('id')}-{index}",
                        task=issue,
                        field=field,  # type: ignore[arg-type]  # one of the tracked fields, by the table above
                        at=step.at,
                        from_value=before,
                        to_value=after,
                        from_state=came,
                        to_state=went,
                        by=by,
                    )
                )
        return Told(changes, line.started_at, line.completed_at if now[1] in _ENDED else None)

    def _steps(self, listed: Iterable[Any]) -> Iterable[_Step]:
        for entry in listed:
            rows = entry.get("items") if isinstance(entry, dict) else None
            items = [
                (index, field, *_values(field, item), item)
                for index, item in enumerate(rows if isinstance(rows, list) else ())
                if isinstance(item, dict) and (field := self._field(item))
            ]
            if items and (at := moment_of(entry.get("created"))):
                number = str(entry.get("id"))
                yield _Step(at, int(number) if number.isdigit() else 0, entry, items)

    def _field(self, item: Mapping[str, Any]) -> str | None:
        by_id, name = item.get("fieldId"), item.get("field")
        found = self._tracked.get(by_id) if isinstance(by_id, str) else None
        return found or (self._tracked.get(name.lower()) if isinstance(name, str) else None)

    def _state(self, status: Any, now: tuple[str, State], resolution: str | None) -> State:
        """The state a status stands for; a status deleted since is unknown, unless the issue is still in it."""
        known = self._states.get(str(status))
        if known is None:
            return now[1] if str(status) == now[0] else "unknown"
        return settled(known, resolution)


def _resolution(step: _Step, before: str | None) -> str | None:
    """The resolution after this step."""
    return next((after for _, field, _, after, _ in step.items if field == "resolution"), before)


def _values(field: str, item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """What the field changed from and to: ids where things have them, else words."""
    ids = (_text(item.get("from")), _text(item.get("to")))
    words = (_text(item.get("fromString")), _text(item.get("toString")))
    if field in ("status", "resolution"):
        return words[0] or ids[0], words[1] or ids[1]
    if field == "due_on":
        return _day(ids[0] or words[0]), _day(ids[1] or words[1])
    if field == "points":
        return _number(words[0] or ids[0]), _number(words[1] or ids[1])
    if field == "sprint":
        return _sprints(ids[0]), _sprints(ids[1])
    return ids


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and value != "" else None


def _day(text: str | None) -> str | None:
    return text[:10] if text else None


def _number(text: str | None) -> str | None:
    """`8.0` is written as 8, as the field itself shows it."""
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return text
    if number is None or not number.is_finite():
        return text
    return str(int(number)) if number == number.to_integral_value() and abs(number.adjusted()) < 20 else str(number)


def _sprints(text: str | None) -> str | None:
    return ", ".join(sprint_id(number.strip()) for number in text.split(",") if number.strip()) if text else None
