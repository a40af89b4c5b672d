"""How old the data behind a project is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.measure.freshness import age_hours, oldest_read
from sightline.measure.receipts import Measure, line
from sightline.model.figures import Figure, Unknown
from sightline.model.time import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["Freshness"]


class Freshness(Measure):
    """Hours since the source read longest ago was complete."""

    name = "freshness"
    title = "Age of the oldest source"
    unit = "hours"
    reads = ("include", "money")
    internal = False
    source = "The sources' last complete reads"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown when a source was never read completely, naming it with the reason."""
        states = self.states(facts)
        oldest = oldest_read(states)
        value = Unknown(why="no source is read") if oldest is None else age_hours(oldest, facts.as_of)
        lines = [
            line(
                f"{state.source}: {state.status}" + (f", {state.reason}" if state.reason else ""),
                iso(state.last_complete) or "never",
            )
            for state in states
        ]
        formula = "as of - earliest of the last complete reads"
        yield self.figure(facts, value, method="last complete read of each source", formula=formula, lines=lines)
