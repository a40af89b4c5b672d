"""How early warnings came: days from the first warning to the day on which a slip was there for all to see in the dates.

A project's history is gone through day by day, each day with the facts as they were then. An item has slipped when its
due day has passed and it is not done, or when its due day was moved to a later one. The warning counts that stood on an
earlier day: one that names the item, or one about the project as a whole. Alerts that say that dates have passed
already, or are about money and data (`NOT_EARLY`), are no warnings. Definition of ours.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.past import facts_as_of
from sightline.model.alerts import Finding
from sightline.model.refs import Ref
from sightline.model.time import zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sightline.measure.alerting import Found
    from sightline.model.facts import Facts

__all__ = ["NOT_EARLY", "Replay", "Slip", "replay"]

#: What these say stands in the dates already, or is about money and data, not about when work is done.
NOT_EARLY = frozenset(
    "overdue milestone_late invoice_overdue unbilled thresholds late_entries odd_time no_rate closed_project unknown_status"
    " retainer_used".split()
)
_DAY = dt.timedelta(days=1)


class Slip(NamedTuple):
    """An item that slipped: on which day that was to be seen, and since when it (or its project) was warned of, by what."""

    ref: Ref
    key: str
    visible: dt.date
    named: tuple[dt.date, str] | None
    """First day and rule of a warning that named the item, and stood until the slip."""
    project: tuple[dt.date, str] | None
    """The same of one about the project as a whole."""

    @property
    def lead(self) -> int | None:
        """Calendar days from the first warning of either sort; None without any."""
        days = [(self.visible - found[0]).days for found in (self.named, self.project) if found is not None]
        return max(days, default=None)


class Replay(NamedTuple):
    """A project's days gone through: its slips in the order in which they were to be seen, and what each rule named."""

    slips: list[Slip]
    named: dict[str, set[Ref]]
    """Rule → every item it ever named while that had not slipped."""


def replay(facts: Facts, ask: Callable[[Facts], Iterable[Found]], first: dt.date, last: dt.date) -> Replay:
    """The project's history from the first to the last day, both included.

    `ask` gives the findings of one day. A warning's first day is that since which it has stood without a break.
    """
    standing: dict[tuple[str, Ref | None], dt.date] = {}
    due: dict[Ref, dt.date] = {}
    found: dict[Ref, Slip] = {}
    ever: defaultdict[str, set[Ref]] = defaultdict(set)
    day = first
    while day <= last:
        past = facts_as_of(
            facts, dt.datetime.combine(day, dt.time(18), zone(facts.calendar.timezone)).astimezone(dt.UTC)
        )
        for task in past.tasks:
            if task.ref not in found and _has_slipped(task.record.due_on, due.get(task.ref), task.record.state, day):
                named, project = _warned(standing, task.ref), _warned(standing, None)
                found[task.ref] = Slip(task.ref, task.record.key, day, named, project)
            if task.record.due_on is not None:
                due[task.ref] = task.record.due_on
        warned = {key for one in ask(past) for key in _keys(one)}
        standing = {key: standing.get(key, day) for key in warned}
        for rule, item in warned:
            if item is not None and item not in found:
                ever[rule].add(item)
        day += _DAY
    return Replay(list(found.values()), dict(ever))


def _has_slipped(now: dt.date | None, before: dt.date | None, state: str, day: dt.date) -> bool:
    if now is None or state in ("done", "cancelled"):
        return False
    return now < day or (before is not None and now > before)


def _keys(one: Found) -> Iterable[tuple[str, Ref | None]]:
    """(rule, item) for each item a finding names; (rule, None) where it is about the project."""
    if one.rule in NOT_EARLY or not isinstance(one.said, Finding) or one.said.level <= 0:
        return
    items = [ref for line in one.said.inputs for ref in line.refs if ref.kind == "tasks"]
    yield from ((one.rule, item) for item in items)
    if not items:
        yield one.rule, None


def _warned(standing: dict[tuple[str, Ref | None], dt.date], ref: Ref | None) -> tuple[dt.date, str] | None:
    return min(((day, rule) for (rule, item), day in standing.items() if item == ref), default=None)
