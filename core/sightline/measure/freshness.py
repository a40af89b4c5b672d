"""How old what we know is: the oldest source behind a figure, and whether one was never read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import SourceState

__all__ = ["age_hours", "never_read", "oldest_read"]


def oldest_read(states: Iterable[SourceState]) -> dt.datetime | None:
    """When the source read longest ago was last complete; None without sources or when one never was."""
    moments = [state.last_complete for state in states]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def never_read(states: Sequence[SourceState]) -> Unknown | None:
    """Why nothing can be said: the first source that was never read completely, with its reason; None if all were."""
    for state in states:
        if state.last_complete is None:
            reason = f": {state.reason}" if state.reason else ""
            return Unknown(why=f"{state.source} was never read completely{reason}")
    return None


def age_hours(moment: dt.datetime, as_of: dt.datetime) -> Decimal:
    """Hours from `moment` to `as_of`, to the minute, rounded down; 0 for a moment in the future."""
    minutes = max(0, (as_of - moment) // dt.timedelta(minutes=1))
    return Decimal(minutes) / 60
