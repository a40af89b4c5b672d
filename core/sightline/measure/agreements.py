"""What was agreed when: the versions of a project's agreement, the terms they make, the periods of a retainer.

Versions of one kind that follow each other are one term: the later one changes price, cap or allowance. Another kind
ends the term and begins a new one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import structs

from sightline.measure.budget import period_start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sightline.model.portfolio import Agreement, Project, RevenueMethod

__all__ = [
    "Period",
    "RetainerPeriod",
    "Term",
    "allowance",
    "in_force",
    "next_period",
    "revenue_method",
    "run_retainer",
    "terms",
    "versions",
    "whole_periods",
]

_DAY = dt.timedelta(days=1)
Length = Literal["month", "quarter"]


class Period(NamedTuple):
    """Days, both included."""

    first: dt.date
    last: dt.date


class Term(NamedTuple):
    """Days (both included; None: open) under agreements of one kind; `agreement` is their last version."""

    first: dt.date | None
    last: dt.date | None
    agreement: Agreement

    def holds(self, day: dt.date) -> bool:
        """Whether the day falls in it."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def versions(project: Project) -> tuple[Agreement, ...]:
    """All versions, oldest first; the first one also holds before its own start."""
    if project.agreements:
        return tuple(sorted(project.agreements, key=lambda one: one.starts or dt.date.min))
    return (project.agreement,) if project.agreement is not None else ()


def in_force(project: Project, day: dt.date) -> Agreement | None:
    """The version that holds on that day; before the first, the first."""
    held = versions(project)
    begun = [one for one in held if one.starts is None or one.starts <= day]
    return begun[-1] if begun else next(iter(held), None)


def terms(project: Project, today: dt.date) -> list[Term]:
    """The terms that have begun by `today`, oldest first; a version still to come changes nothing yet."""
    begun = [one for one in versions(project) if one.starts is None or one.starts <= today] or list(
        versions(project)[:1]
    )
    found: list[Term] = []
    for one in begun:
        if found and found[-1].agreement.kind == one.kind:
            found[-1] = found[-1]._replace(agreement=_continued(found[-1].agreement, one))
            continue
        if found and one.starts is not None:
            found[-1] = found[-1]._replace(last=one.starts - _DAY)
        found.append(Term(one.starts if found else None, None, one))
    return found


def _continued(former: Agreement, later: Agreement) -> Agreement:
    """The later version; a retainer keeps the day on which its first period began."""
    return structs.replace(later, starts=former.starts or later.starts)


def revenue_method(agreement: Agreement) -> RevenueMethod | None:
    """How revenue is recognised: as agreed, else by hours, by progress (fixed price) or by schedule (retainer)."""
    usual: dict[str, RevenueMethod] = {
        "time_and_materials": "hours",
        "capped": "hours",
        "fixed_price": "progress",
        "retainer": "schedule",
    }
    return agreement.revenue or usual.get(agreement.kind)


def next_period(first: dt.date, length: Length) -> dt.date:
    """First day of the period after the one that begins on `first`."""
    return period_start(first + dt.timedelta(days=31 if length == "month" else 93), length)


class RetainerPeriod(NamedTuple):
    """One period of a retainer, all in seconds. `carried` came from before, `expired` lapsed at the period's begin."""

    first: dt.date
    allowance: int
    carried: int
    expired: int
    used: int

    @property
    def available(self) -> int:
        """What may be used in it."""
        return self.allowance + self.carried

    @property
    def left(self) -> int:
        """What is left of it; 0 when it was overdrawn."""
        return max(0, self.available - self.used)

    @property
    def over(self) -> int:
        """What was used beyond it: overage, which is billed and not taken off the next period."""
        return max(0, self.used - self.available)


def run_retainer(
    held: Sequence[Agreement], used: Mapping[dt.date, int], first: dt.date, today: dt.date
) -> list[RetainerPeriod]:
    """The periods of a retainer from `first` to the one of `today`, oldest first; `used` is seconds by period's first day.

    Hours are used oldest first, carried ones before the period's own. With `roll_over` what is left goes on, for
    `roll_over_periods` further periods if that is agreed; each period follows the version in force on its first day.
    """
    batches: list[tuple[int, int]] = []
    periods: list[RetainerPeriod] = []
    start = first
    while start <= today:
        agreement = _of_period(held, start)
        number = len(periods)
        kept = [(born, left) for born, left in batches if _alive(agreement, number - born)]
        carried = sum(left for _, left in kept)
        expired = sum(left for _, left in batches) - carried
        spent, granted = used.get(start, 0), allowance(agreement) or 0
        periods.append(RetainerPeriod(start, granted, carried, expired, spent))
        batches = _after([*kept, (number, granted)], spent)
        start = next_period(start, agreement.period)
    return periods


def allowance(agreement: Agreement) -> int | None:
    """Seconds of a retainer's period; the agreed hours where no allowance is named; None when neither is."""
    return agreement.budget_seconds if agreement.allowance_seconds is None else agreement.allowance_seconds


def _of_period(held: Sequence[Agreement], start: dt.date) -> Agreement:
    begun = [one for one in held if one.starts is None or period_start(one.starts, one.period) <= start]
    return begun[-1] if begun else held[0]


def _alive(agreement: Agreement, age: int) -> bool:
    return agreement.roll_over and (agreement.roll_over_periods is None or age <= agreement.roll_over_periods)


def _after(batches: list[tuple[int, int]], spent: int) -> list[tuple[int, int]]:
    """What is left of each batch, the oldest used first."""
    left = []
    for born, held in batches:
        taken = min(held, max(0, spent))
        spent -= taken
        if held > taken:
            left.append((born, held - taken))
    return left


def whole_periods(first: dt.date, last: dt.date, length: Length) -> int:
    """Periods that have begun from the one of `first` to the one of `last`, both counted; 0 when `last` is before."""
    count, start = 0, period_start(first, length)
    while start <= last:
        count += 1
        start = next_period(start, length)
    return count
