"""Two plans beside each other: what was added, removed, moved and re-estimated, in hours and working days.

Comparing B with A is the mirror of comparing A with B. Items are matched by uid, so a renamed task stays itself.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.calendar import working_days
from sightline.measure.phasing import leaves_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.model.plan import PlanItem
    from sightline.model.portfolio import Calendar

__all__ = ["Comparison", "Moved", "Resized", "compared"]


class Moved(NamedTuple):
    """An item whose days differ; `days` working days later (negative: earlier) by its due day, None when one has none."""

    before: PlanItem
    after: PlanItem
    days: int | None


class Resized(NamedTuple):
    """An item whose work differs, by `seconds` more (negative: less)."""

    before: PlanItem
    after: PlanItem
    seconds: int


class Comparison(NamedTuple):
    """From the first plan to the second; leaves and milestones only, in the order of the plan they stand in."""

    added: tuple[PlanItem, ...]
    removed: tuple[PlanItem, ...]
    moved: tuple[Moved, ...]
    resized: tuple[Resized, ...]
    same: int
    """Items with the same days and work in both."""

    @property
    def added_seconds(self) -> int:
        """Work of the added items."""
        return sum(item.work_seconds or 0 for item in self.added)

    @property
    def removed_seconds(self) -> int:
        """Work of the removed items."""
        return sum(item.work_seconds or 0 for item in self.removed)

    @property
    def resized_seconds(self) -> int:
        """What re-estimating came to."""
        return sum(one.seconds for one in self.resized)

    @property
    def seconds(self) -> int:
        """How much more work the second plan holds altogether."""
        return self.added_seconds - self.removed_seconds + self.resized_seconds

    def last_day(self, calendar: Calendar, first: Sequence[PlanItem], second: Sequence[PlanItem]) -> int | None:
        """Working days by which the plan's end is later; None when one of them has no dates."""
        ends = [max((item.due_on for item in items if item.due_on), default=None) for items in (first, second)]
        return _later(ends[0], ends[1], calendar)


def compared(first: Sequence[PlanItem], second: Sequence[PlanItem], calendar: Calendar) -> Comparison:
    """What leads from `first` to `second`."""
    before, after = _weighing(first), _weighing(second)
    both = [(before[uid], item) for uid, item in after.items() if uid in before]
    moved = tuple(
        Moved(old, new, _later(old.due_on, new.due_on, calendar))
        for old, new in both
        if (old.starts_on, old.due_on) != (new.starts_on, new.due_on)
    )
    resized = tuple(
        Resized(old, new, (new.work_seconds or 0) - (old.work_seconds or 0))
        for old, new in both
        if (old.work_seconds or 0) != (new.work_seconds or 0)
    )
    changed = {one.after.uid for one in moved} | {one.after.uid for one in resized}
    return Comparison(
        added=tuple(item for uid, item in after.items() if uid not in before),
        removed=tuple(item for uid, item in before.items() if uid not in after),
        moved=moved,
        resized=resized,
        same=len(both) - len(changed),
    )


def _weighing(items: Sequence[PlanItem]) -> dict[str, PlanItem]:
    """Leaves and milestones by uid."""
    return {item.uid: item for item in (*leaves_of(items), *(item for item in items if item.milestone))}


def _later(first: dt.date | None, second: dt.date | None, calendar: Calendar) -> int | None:
    """Working days from the one to the other: those after the earlier up to and with the later."""
    if first is None or second is None:
        return None
    day = dt.timedelta(days=1)
    if second >= first:
        return working_days(first + day, second + day, calendar)
    return -working_days(second + day, first + day, calendar)
