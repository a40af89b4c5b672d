"""What would get a project back: each remedy tried out in the same model that gave the reasons."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.calendar import add_working_days
from sightline.measure.delays import Piece, schedule
from sightline.measure.network import Node
from sightline.measure.slip import Days, days_of, drive, ends_of
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.model.facts import Facts

__all__ = ["Remedy", "remedies"]

#: Splitting work between two people pays only from so many days on.
_SPLIT = Fraction(1)


class Remedy(NamedTuple):
    """Something to do, and the working days by which everything would end sooner; below 0: later, if it is not done."""

    kind: str
    """answer, later, drop, help, move."""
    piece: Piece | None
    days: int
    hours: Fraction | None = None
    on: dt.date | None = None


def remedies(facts: Facts) -> list[Remedy]:
    """What saves at least a day, most first; and what each further day of an open wait costs. Nothing while in time."""
    days = days_of(facts)
    if isinstance(days, Unknown) or days.gap <= 0:
        return []
    found = [*_answers(facts, days), *_drops(days), *_helps(days)]
    found.sort(key=lambda one: -one.days)
    return [*found, Remedy("move", None, days.gap, on=days.forecast)]


def _whole(position: Fraction) -> int:
    return -(-position.numerator // position.denominator)


def _saved(days: Days, nodes: Sequence[Node]) -> int:
    """Working days by which the last piece ends sooner, not counting what would be before the promise."""
    held = days.schedule
    limit = held.axis.end(days.promised)
    return _whole(ends_of(held.nodes)) - max(_whole(ends_of(nodes)), int(limit))


def _answers(facts: Facts, days: Days) -> list[Remedy]:
    """Answers today, and a day later than assumed; told of the wait that counts most."""
    waiting = [
        piece for piece in days.schedule.pieces
        if piece.wait is not None and any(cause == piece.wait.on for cause, _ in piece.delays)
    ]  # fmt: skip
    if not waiting:
        return []
    longest = max(waiting, key=lambda piece: (piece.ends - piece.planned, piece.task.ref))
    found = []
    sooner = _saved(days, schedule(facts, answered_on=facts.today).nodes)
    if sooner > 0:
        found.append(Remedy("answer", longest, sooner, on=facts.today))
    next_day = add_working_days(days.schedule.answered_on, 1, facts.calendar)
    if not isinstance(next_day, Unknown):
        cost = _saved(days, schedule(facts, answered_on=next_day).nodes)
        if cost < 0:
            found.append(Remedy("later", longest, cost, on=days.schedule.answered_on))
    return found


def _drops(days: Days) -> list[Remedy]:
    """Added work left out."""
    held, found = days.schedule, []
    for place, piece in enumerate(held.pieces):
        if piece.added and (saved := _saved(days, drive(held.nodes, place, "scope"))) > 0:
            found.append(Remedy("drop", piece, saved, hours=_hours(piece)))
    return found


def _helps(days: Days) -> list[Remedy]:
    """A second person on unfinished work that has lost days of its own: half of what is left, at the same pace each."""
    held, found = days.schedule, []
    for place, piece in enumerate(held.pieces):
        behind = any(days > 0 for _, days in piece.delays) and piece.wait is None and not piece.added
        if not behind or piece.task.record.state == "done" or piece.left <= _SPLIT:
            continue
        node = held.nodes[place]
        faster = node._replace(delays=(*node.delays, ("help", -piece.left / 2)))
        saved = _saved(days, [*held.nodes[:place], faster, *held.nodes[place + 1 :]])
        if saved > 0:
            found.append(Remedy("help", piece, saved, hours=_hours(piece, share=Fraction(1, 2))))
    found.sort(key=lambda one: -one.days)
    return found[:2]


def _hours(piece: Piece, share: Fraction = Fraction(1)) -> Fraction | None:
    """Hours of that share of what is left, where the task has an estimate."""
    seconds = piece.task.record.estimate_seconds
    if not seconds or not piece.days:
        return None
    return share * seconds * (piece.left / piece.days) / 3600
