"""The people screens as values: what each did in a period, what they have to do, and where the team's time goes.

Rows and pages have no field for a rate. What hours come to in money stands in `Priced` beside them, which only whoever
asks for money is given; a person's page is given that person's own alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from sightline.measure.attention import Dear, Eater, Level, Starving
from sightline.measure.exact import ZERO
from sightline.measure.hygiene import Finding
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.team import Leave

__all__ = ["Day", "OpenTask", "PeopleView", "PersonPage", "PersonRow", "Priced", "Week"]


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """Hours that are due and hours that can be worked, on one day."""

    day: dt.date
    load: Decimal
    capacity: Decimal

    @property
    def over(self) -> Decimal:
        """Hours above capacity."""
        return max(ZERO, self.load - self.capacity)


@dataclasses.dataclass(frozen=True, slots=True)
class Week:
    """The same of a week; `first` is its Monday."""

    first: dt.date
    load: Decimal
    capacity: Decimal

    @property
    def spare(self) -> Decimal:
        """Hours that nothing is planned for."""
        return max(ZERO, self.capacity - self.load)


@dataclasses.dataclass(frozen=True, slots=True)
class PersonRow:
    """One person. Hours are exact; percents 0-100 and beyond."""

    id: str
    name: str
    role: str | None
    skills: tuple[str, ...]
    hours: Decimal
    billable: Decimal
    available: Decimal
    """Hours of the period's days so far that could be worked: leave is taken off."""
    billable_share: Decimal | Unknown
    """Billable of recorded hours."""
    utilisation: Decimal | Unknown
    """Billable of available hours."""
    target: Decimal | None
    """The utilisation that is aimed at."""
    projects: Mapping[str, Decimal]
    """Hours by project, most first."""
    days: tuple[Day, ...]
    """The working days ahead, and others on which something is due."""
    weeks: tuple[Week, ...]
    """The four weeks from next Monday on."""
    unscheduled: Decimal
    """Hours of estimated work without a due day."""
    unestimated: int
    """Open tasks without an estimate."""
    in_progress: int
    """Tasks begun and not finished."""
    missing: tuple[Finding, ...]
    """Working days of the period without any time."""
    odd: tuple[Finding, ...]
    """Days with more hours than a day can hold."""

    @property
    def load(self) -> Decimal:
        """Hours of estimated work still to do, scheduled within the time ahead."""
        return sum((day.load for day in self.days), ZERO)

    @property
    def capacity(self) -> Decimal:
        """Hours of that time that can be worked."""
        return sum((day.capacity for day in self.days), ZERO)

    @property
    def over(self) -> tuple[Day, ...]:
        """Days ahead on which more is due than can be worked."""
        return tuple(day for day in self.days if day.over > Decimal("0.01"))

    @property
    def days_over(self) -> int:
        """How many such days there are."""
        return len(self.over)

    @property
    def load_percent(self) -> Decimal | None:
        """Load of capacity."""
        return 100 * self.load / self.capacity if self.capacity else None


@dataclasses.dataclass(frozen=True, slots=True)
class OpenTask:
    """An open task as a person's page lists it. `hours` left is None without an estimate."""

    key: str
    title: str
    project: str
    state: str
    level: Level
    due: dt.date | None
    hours: Decimal | None
    age_days: int | None
    """Since it was begun."""


@dataclasses.dataclass(frozen=True, slots=True)
class Priced:
    """What hours come to in money: over-commitment and spare hours at the bill rate, hours worked at both rates."""

    over: Mapping[str, Money]
    spare: Mapping[str, Money]
    worked: Mapping[str, Money]
    cost: Mapping[str, Money]
    starving: Mapping[str, Money]
    """Currency → hours left of work of high priority without time, at its people's bill rates."""
    dear: tuple[Dear, ...] = ()
    """What dear hours on work of low priority cost beyond usual ones."""


@dataclasses.dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's own page."""

    row: PersonRow
    leave: tuple[Leave, ...]
    """That lies ahead."""
    open: tuple[OpenTask, ...]
    focus: Mapping[Level, Decimal]
    """Hours of the period by priority."""


@dataclasses.dataclass(frozen=True, slots=True)
class PeopleView:
    """Everybody, in one period (both days included) and the time ahead."""

    first: dt.date
    last: dt.date
    ahead: dt.date
    as_of: dt.datetime
    rows: tuple[PersonRow, ...]
    unknown_hours: Decimal
    """Time of accounts that are nobody's."""
    focus: Mapping[Level, Decimal] = dataclasses.field(default_factory=dict)
    """Hours of the period by priority."""
    starving: tuple[Starving, ...] = ()
    """Open work of high priority on which nobody worked in the period."""
    eaters: tuple[Eater, ...] = ()
    low: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    """Person → hours on work of low priority."""
    nobodys: tuple[str, ...] = ()
    """Open tasks with nobody to do them, as `key title`."""
    priced: Priced | None = None
    page: PersonPage | None = None
    """Set when one person was asked for."""
