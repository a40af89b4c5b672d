"""When work that hangs together will be finished: each piece after its plan and after what it waits for, plus its own delay.

Positions are working days since some first day, exact: a piece that ends at 12 is over at the end of the 12th. Source
of the method: the critical path (CPM) with the plan's own starts as "not before"; delays are taken in and out as in the
"but for" analyses of the Society of Construction Law's Delay and Disruption Protocol (2nd ed., part C).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

__all__ = ["Node", "apportioned", "finishes", "parts"]

ZERO = Fraction(0)


class Node(NamedTuple):
    """A piece of work: `planned` is where it ends by plan; `after` are (place in the list before it, days of it that follow that one's end)."""

    planned: Fraction
    after: tuple[tuple[int, Fraction], ...] = ()
    delays: tuple[tuple[str, Fraction], ...] = ()
    """Days of its own by cause; negative ones are days gained."""


def finishes(nodes: Sequence[Node], causes: Collection[str] | None = None) -> list[Fraction]:
    """Where each piece ends, with only the delays of these causes (None: with all)."""
    ends: list[Fraction] = []
    for node in nodes:
        end = node.planned
        for place, tail in node.after:
            after = ends[place] + tail if tail else ends[place]
            end = max(end, after)
        for cause, days in node.delays:
            if causes is None or cause in causes:
                end += days
        ends.append(end)
    return ends


def parts(
    measure: Callable[[Collection[str]], Fraction], causes: Iterable[str]
) -> tuple[Fraction, list[tuple[str, Fraction]]]:
    """What `measure` gives without any cause, and what each one adds when they are put in one after the other.

    Start and parts sum exactly to what it gives with all of them, whatever `measure` is.
    """
    held: list[str] = []
    start = before = measure(())
    found = []
    for cause in causes:
        held.append(cause)
        after = measure(tuple(held))
        found.append((cause, after - before))
        before = after
    return start, found


def apportioned(values: Sequence[Fraction], total: int) -> list[int]:
    """Whole numbers that sum to `total`, each the value rounded down or up: the largest remainders go up, ties to the first.

    `total` must be the sum of the values rounded either way; a `ValueError` otherwise.
    """
    floors = [value.numerator // value.denominator for value in values]
    missing = total - sum(floors)
    if not 0 <= missing <= len(values):
        raise ValueError("the total is not the rounded sum of the values")
    order = sorted(range(len(values)), key=lambda n: (floors[n] - values[n], n))
    for place in order[:missing]:
        floors[place] += 1
    return floors
