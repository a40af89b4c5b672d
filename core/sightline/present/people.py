"""The people screen as values: what each did in a period, and what they have to do. No page shows another's rates."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from sightline.measure.hygiene import Finding
from sightline.model.figures import Unknown

__all__ = ["PeopleView", "PersonRow"]


@dataclasses.dataclass(frozen=True, slots=True)
class PersonRow:
    """One person. Hours are exact; percents 0-100 and beyond. There is no field for a rate or a cost."""

    id: str
    name: str
    role: str | None
    hours: Decimal
    billable: Decimal
    available: Decimal
    """Working hours of the period's days so far, by the calendar."""
    billable_share: Decimal | Unknown
    """Billable of recorded hours."""
    utilisation: Decimal | Unknown
    """Billable of available hours."""
    projects: Mapping[str, Decimal]
    """Hours by project, most first."""
    load: Decimal
    """Hours of estimated work still to do, scheduled within the time ahead."""
    capacity: Decimal
    """Working hours of that time."""
    unscheduled: Decimal
    """Hours of estimated work without a due day."""
    unestimated: int
    """Open tasks without an estimate."""
    days_over: int
    """Days ahead on which more is due than can be worked."""
    missing: tuple[Finding, ...]
    """Working days of the period without any time."""
    odd: tuple[Finding, ...]
    """Days with more hours than a day can hold."""

    @property
    def load_percent(self) -> Decimal | None:
        """Load of capacity."""
        return 100 * self.load / self.capacity if self.capacity else None


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
