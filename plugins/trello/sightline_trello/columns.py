"""Which state a list stands for. Trello has lists and no states, so: settings, then plain names, then the place.

The first open list is to do, the last one is done, what lies between is in progress; but where a list is called done,
no other list is done by its place. A closed list has no place any more: without a telling name its state is unknown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sightline.sdk import State
from sightline_trello.config import TrelloSettings

__all__ = ["Column", "columns_of", "slim_lists", "state_of_name"]

#: Names that say it themselves, compared whole: "Done?" is not "Done".
_NAMES: dict[State, frozenset[str]] = {
    "todo": frozenset(
        {"to do", "todo", "to-do", "backlog", "ideas", "icebox", "inbox", "next", "next up", "up next", "planned",
         "ready", "selected", "sprint backlog", "this week", "upcoming"}
    ),
    "in_progress": frozenset(
        {"doing", "in progress", "wip", "working on", "in review", "review", "code review", "testing", "in testing",
         "qa", "blocked", "waiting", "on hold", "with client", "waiting for client", "to be approved"}
    ),
    "done": frozenset({"done", "complete", "completed", "finished", "closed", "shipped", "released", "live"}),
    "cancelled": frozenset({"won't do", "wont do", "won’t do", "cancelled", "canceled", "rejected", "dropped"}),
}  # fmt: skip
_STATES: dict[str, State] = {name: state for state, names in _NAMES.items() for name in names}


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One list of a board."""

    name: str
    state: State
    closed: bool


def slim_lists(lists: object) -> list[dict[str, Any]] | None:
    """What we keep of a board's lists, in the order of the board; None when the answer has none."""
    if not isinstance(lists, list):
        return None
    kept = [one for one in lists if isinstance(one, dict) and isinstance(one.get("id"), str)]
    return [
        {"id": one["id"], "name": str(one.get("name") or ""), "closed": one.get("closed") is True}
        for one in sorted(kept, key=_position)
    ]


def _position(one: Mapping[str, Any]) -> Decimal:
    pos = one.get("pos")
    return Decimal(pos) if isinstance(pos, (int, Decimal)) else Decimal(0)


def state_of_name(name: str, settings: TrelloSettings) -> State | None:
    """The state that the settings or the name itself tell; None when neither does."""
    wanted = name.strip().casefold()
    chosen: tuple[tuple[State, tuple[str, ...]], ...] = (
        ("todo", settings.todo_lists),
        ("in_progress", settings.doing_lists),
        ("done", settings.done_lists),
        ("cancelled", settings.cancelled_lists),
    )
    for state, names in chosen:
        if wanted in {one.strip().casefold() for one in names}:
            return state
    return _STATES.get(wanted)


def columns_of(lists: Sequence[Mapping[str, Any]], settings: TrelloSettings) -> dict[str, Column]:
    """Every list of one board (as `slim_lists` gives them) by id."""
    told = {one["id"]: state_of_name(one["name"], settings) for one in lists}
    places = _by_place([one["id"] for one in lists if not one["closed"]], done_is_told="done" in told.values())
    return {
        one["id"]: Column(one["name"], told[one["id"]] or places.get(one["id"], "unknown"), one["closed"])
        for one in lists
    }


def _by_place(ids: Sequence[str], *, done_is_told: bool) -> dict[str, State]:
    states: dict[str, State] = dict.fromkeys(ids, "in_progress")
    if ids:
        if not done_is_told:
            states[ids[-1]] = "done"
        states[ids[0]] = "todo"
    return states
