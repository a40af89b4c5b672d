"""What the workspace says about its business: clients, projects, agreements, rates. Configuration, not collected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.money import Money

__all__ = ["Agreement", "AgreementKind", "Calendar", "Client", "Include", "MoneyRule", "Project", "Rate", "StatusRule"]

AgreementKind = Literal["time_and_materials", "fixed_price", "capped", "retainer", "internal"]


class Client(Checked, frozen=True, kw_only=True):
    """Somebody who is reported to."""

    id: str
    name: str
    contacts: tuple[str, ...] = ()
    """`Name <address>`."""
    language: str = "en"


class Include(Checked, frozen=True, kw_only=True):
    """Which tasks and time belong to a project: a scope of a source (`*` = all), narrowed by the other fields."""

    source: str
    scope: str = "*"
    """Scope key, name or id."""
    label: str | None = None
    parent: str | None = None
    """Task key of the epic or parent."""
    milestone: str | None = None
    component: str | None = None
    status: str | None = None
    """A list or column."""
    query: str | None = None


class MoneyRule(Checked, frozen=True, kw_only=True):
    """Which documents belong to a project. All given fields must match; `tracking` is (category, option), per line."""

    source: str
    contact: str | None = None
    reference: str | None = None
    number: str | None = None
    tracking: tuple[str, str] | None = None
    project: str | None = None
    text: str | None = None


class Agreement(Checked, frozen=True, kw_only=True):
    """What was agreed with the client about money."""

    kind: AgreementKind
    budget: Money | None = None
    budget_seconds: int | None = None
    cap: Money | None = None
    allowance_seconds: int | None = None
    """Retainer: hours per period."""
    period: Literal["month", "quarter"] = "month"
    roll_over: bool = False
    starts: dt.date | None = None


class Project(Checked, frozen=True, kw_only=True):
    """Work for one client (or none: internal), gathered from scopes of several sources."""

    id: str
    name: str
    client: str | None = None
    include: tuple[Include, ...] = ()
    money: tuple[MoneyRule, ...] = ()
    starts: dt.date | None = None
    due: dt.date | None = None
    agreement: Agreement | None = None


class Rate(Checked, frozen=True, kw_only=True):
    """What an hour bills or costs, from a day on. Empty selectors match everything; the most specific rate wins."""

    side: Literal["bill", "cost"]
    per_hour: Money
    person: str | None = None
    project: str | None = None
    role: str | None = None
    task: str | None = None
    starts: dt.date | None = None
    """First day on which it holds; None = always."""


class StatusRule(Checked, frozen=True, kw_only=True):
    """What a status of one source means, where it differs from the tool's own category."""

    source: str
    status: str
    state: Literal["todo", "in_progress", "done", "cancelled", "unknown"] | None = None
    waiting_on: Literal["client", "supplier", "payment", "us"] | None = None
    scope: str | None = None


class Calendar(Checked, frozen=True, kw_only=True):
    """When people work: weekdays (0 = Monday), hours a day, holidays, and the zone in which a day begins."""

    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    hours_per_day: Decimal = Decimal(8)
    holidays: tuple[dt.date, ...] = ()
    timezone: str = "UTC"

    def is_working(self, day: dt.date) -> bool:
        """Whether people work on that day."""
        return day.weekday() in self.working_days and day not in self.holidays

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Working days in the half-open range [start, end); negative when end is before start."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(1 for n in range((end - start).days) if self.is_working(start + dt.timedelta(days=n)))
