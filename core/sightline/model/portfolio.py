"""What the workspace says about its business: clients, projects, agreements, rates. Configuration, not collected."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.foresight import Teams
from sightline.model.money import Money

__all__ = [
    "Agreement",
    "AgreementKind",
    "BillableRule",
    "Calendar",
    "Client",
    "CreditRule",
    "Include",
    "Instalment",
    "KindRule",
    "LinkRule",
    "MilestoneRule",
    "MoneyRule",
    "Overhead",
    "Overtime",
    "ProgressMethod",
    "ProgressRule",
    "Project",
    "Rate",
    "RevenueMethod",
    "RoundingRule",
    "StatusRule",
    "TimeRules",
]

AgreementKind = Literal["time_and_materials", "fixed_price", "capped", "retainer", "internal"]
ProgressMethod = Literal[
    "count", "estimate", "checklist", "0/100", "50/50", "remaining", "milestones", "earned_value", "manual"
]
CreditRule = Literal["0/100", "50/50", "checklist", "remaining"]
RevenueMethod = Literal["invoiced", "hours", "cost", "progress", "schedule"]


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


class Instalment(Checked, frozen=True, kw_only=True):
    """A part of the price that is earned on a day."""

    day: dt.date
    amount: Money


class Agreement(Checked, frozen=True, kw_only=True):
    """What was agreed with the client about money; one version of it when `starts` is given."""

    kind: AgreementKind
    budget: Money | None = None
    budget_seconds: int | None = None
    cap: Money | None = None
    allowance_seconds: int | None = None
    """Retainer: hours per period."""
    period: Literal["month", "quarter"] = "month"
    roll_over: bool = False
    roll_over_periods: int | None = None
    """Retainer: unused hours expire after so many further periods; None = never."""
    overage: Money | None = None
    """Retainer: an hour beyond the allowance; None = at the rates in force."""
    starts: dt.date | None = None
    """First day; of a version, the first day on which it replaces the one before."""
    revenue: RevenueMethod | None = None
    """How revenue is recognised; None = what is usual for the kind."""
    schedule: tuple[Instalment, ...] = ()
    """Revenue by schedule; without any it is spread evenly over the project's days."""
    expenses: Literal["included", "billed"] = "included"
    """Whether purchases are passed on to the client beside the work."""
    markup: Decimal = Decimal(0)
    """On purchases passed on: 0.1 = 10 %."""


class ProgressRule(Checked, frozen=True, kw_only=True):
    """How it is agreed to say how much is done. `method` None: by estimate where anything is estimated, else by count."""

    method: ProgressMethod | None = None
    percent: Decimal | None = None
    """manual: what somebody says, 0-100."""
    stated_on: dt.date | None = None
    """manual: the day it was said."""
    weights: tuple[tuple[str, Decimal], ...] = ()
    """milestones: (name, weight), in any unit."""

    @property
    def credit(self) -> CreditRule:
        """What a planned item earns before it is done."""
        return self.method if self.method in ("50/50", "checklist", "remaining") else "0/100"


class MilestoneRule(Checked, frozen=True, kw_only=True):
    """What the tools do not say of a version or milestone of that name: who answers for it, whether a client sees it."""

    name: str
    owner: str | None = None
    client_visible: bool = True


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
    """The version in force; as configured, the last one."""
    agreements: tuple[Agreement, ...] = ()
    """All versions, oldest first; empty when there has been one only."""
    ended: dt.date | None = None
    """Last day of work: time after it is questioned."""
    teams: Teams = "project"
    """Whose pace a forecast draws from: of the project as a whole, of each source, of each place in a source."""
    progress: ProgressRule = ProgressRule()
    """How much is done is told by this."""
    milestones: tuple[MilestoneRule, ...] = ()

    def milestone(self, name: str) -> MilestoneRule:
        """What is stated about the milestone of that name, whatever its case; nobody's and visible when nothing is."""
        wanted = name.strip().casefold()
        held = (one for one in self.milestones if one.name.strip().casefold() == wanted)
        return next(held, MilestoneRule(name=name))


class Rate(Checked, frozen=True, kw_only=True):
    """What an hour bills or costs, from a day on. Empty selectors match everything; the most specific rate wins."""

    side: Literal["bill", "cost"]
    per_hour: Money
    person: str | None = None
    project: str | None = None
    role: str | None = None
    task: str | None = None
    entry: str | None = None
    """Id of one time entry."""
    starts: dt.date | None = None
    """First day on which it holds; None = always."""


class Overhead(Checked, frozen=True, kw_only=True):
    """What every cost rate is multiplied with from a day on: 1.25 adds a quarter for rent, tools and leave."""

    factor: Decimal
    starts: dt.date | None = None


class Overtime(Checked, frozen=True, kw_only=True):
    """What a rate is multiplied with on some weekdays, on holidays, or beyond so much work of a person on one day."""

    factor: Decimal
    sides: tuple[Literal["bill", "cost"], ...] = ("cost",)
    weekdays: tuple[int, ...] = ()
    """0 = Monday."""
    holidays: bool = False
    beyond_seconds: int | None = None
    """Only the time of the day beyond it, all projects together."""
    starts: dt.date | None = None


class BillableRule(Checked, frozen=True, kw_only=True):
    """Whether time bills, and what share of it (0-1). One selector, named as the rules are asked: the first wins."""

    entry: str | None = None
    task: str | None = None
    label: str | None = None
    kind: str | None = None
    project: str | None = None
    client: str | None = None
    share: Decimal = Decimal(1)


class RoundingRule(Checked, frozen=True, kw_only=True):
    """How time is rounded for billing, entry by entry; the recorded time stays as it is."""

    minutes: int
    mode: Literal["up", "down", "nearest"] = "up"
    project: str | None = None
    client: str | None = None


class TimeRules(Checked, frozen=True, kw_only=True):
    """How recorded time becomes money, beside the rates."""

    overhead: tuple[Overhead, ...] = ()
    overtime: tuple[Overtime, ...] = ()
    combine: Literal["add", "multiply"] = "multiply"
    """What several overtime factors of one hour make."""
    billable: tuple[BillableRule, ...] = ()
    rounding: tuple[RoundingRule, ...] = ()
    late_days: int = 7
    """An entry written down later than this is told."""
    most_hours_a_day: Decimal = Decimal(16)
    """More than this of one person on one day is told."""


class StatusRule(Checked, frozen=True, kw_only=True):
    """What a status of one source means, where it differs from the tool's own category."""

    source: str
    status: str
    state: Literal["todo", "in_progress", "done", "cancelled", "unknown"] | None = None
    waiting_on: Literal["client", "supplier", "payment", "us"] | None = None
    scope: str | None = None


class KindRule(Checked, frozen=True, kw_only=True):
    """What a type of item of one source is taken for, where that differs from the tool's own word."""

    source: str
    word: str
    kind: str
    """task, bug, story, epic, subtask …; `epic` and `pull_request` are no work items of their own."""


class LinkRule(Checked, frozen=True, kw_only=True):
    """Whatever of a source has a text like this (`*` for any run of characters) concerns that task."""

    source: str
    text: str
    task: str
    """`source:key`, a key, or a web address."""


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
        weeks, rest = divmod((end - start).days, 7)
        days = weeks * len(self.working_days) + _worked(self.working_days)[start.weekday()][rest]
        if not self.holidays:
            return days
        return days - sum(start <= day < end and day.weekday() in self.working_days for day in {*self.holidays})


@functools.cache
def _worked(weekdays: tuple[int, ...]) -> list[list[int]]:
    """Weekday → how many of the next 0 to 6 days, itself included, are among the weekdays."""
    return [[sum((first + n) % 7 in weekdays for n in range(rest)) for rest in range(7)] for first in range(7)]
