"""Who can work when: hours a week, leave, days on which nobody works on a project. Configuration, not collected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sightline.model.checked import Checked

if TYPE_CHECKING:
    from sightline.model.portfolio import Calendar

__all__ = ["Blackout", "Leave", "LeaveKind", "Member", "Team"]

LeaveKind = Literal["holiday", "sick", "parental", "training", "other"]


class Member(Checked, frozen=True, kw_only=True):
    """How one person works. What is not said is as the workspace's calendar has it."""

    person: str
    """A person's id."""
    skills: tuple[str, ...] = ()
    hours_a_week: Decimal | None = None
    working_days: tuple[int, ...] | None = None
    """0 = Monday."""
    target_utilisation: Decimal | None = None
    """Billable of available hours that is aimed at, in percent."""


class Leave(Checked, frozen=True, kw_only=True):
    """Days on which a person is away, both included. `hours` away on each of them; None = the whole day."""

    person: str
    """A person's id."""
    starts: dt.date
    ends: dt.date
    hours: Decimal | None = None
    kind: LeaveKind = "holiday"

    def covers(self, day: dt.date) -> bool:
        """Whether that day is one of them."""
        return self.starts <= day <= self.ends


class Blackout(Checked, frozen=True, kw_only=True):
    """Days on which nobody works, both included: on one project, or (None) on all."""

    starts: dt.date
    ends: dt.date
    project: str | None = None
    why: str = ""

    def covers(self, day: dt.date) -> bool:
        """Whether that day is one of them."""
        return self.starts <= day <= self.ends


class Team(Checked, frozen=True, kw_only=True):
    """Everybody's working time, leave and the common breaks."""

    members: tuple[Member, ...] = ()
    leave: tuple[Leave, ...] = ()
    blackouts: tuple[Blackout, ...] = ()
    target_utilisation: Decimal | None = None
    """Of whoever has no target of their own, in percent."""

    def member(self, person: str) -> Member:
        """How that person works; as the calendar says, for somebody about whom nothing is stated."""
        return next((one for one in self.members if one.person == person), Member(person=person))

    def target(self, person: str) -> Decimal | None:
        """The person's target of utilisation in percent, else the workspace's."""
        own = self.member(person).target_utilisation
        return own if own is not None else self.target_utilisation

    def full_day(self, person: str, day: dt.date, calendar: Calendar) -> Decimal:
        """Hours the person works on that day when not away: none on weekends, holidays and common breaks.

        Hours a week are spread evenly over the person's working days.
        """
        member = self.member(person)
        days = member.working_days if member.working_days is not None else calendar.working_days
        common = any(one.project is None and one.covers(day) for one in self.blackouts)
        if common or day.weekday() not in days or day in calendar.holidays:
            return Decimal(0)
        return calendar.hours_per_day if member.hours_a_week is None else member.hours_a_week / len(days)

    def away(self, person: str, day: dt.date, calendar: Calendar) -> Decimal:
        """Working hours the person is on leave that day, never more than a full day."""
        full = self.full_day(person, day, calendar)
        gone = (one.hours for one in self.leave if one.person == person and one.covers(day))
        return min(full, sum((full if hours is None else hours for hours in gone), Decimal(0)))

    def capacity(self, person: str, day: dt.date, calendar: Calendar) -> Decimal:
        """Hours the person can work on that day: a full day less leave."""
        return self.full_day(person, day, calendar) - self.away(person, day, calendar)

    def is_working(self, day: dt.date, calendar: Calendar, project: str | None = None) -> bool:
        """Whether work goes on that day: a working day, and no break of all or of that project."""
        breaks = any(one.covers(day) for one in self.blackouts if one.project in (None, project))
        return calendar.is_working(day) and not breaks
