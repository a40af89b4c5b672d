"""Where a team's time goes, and where it should: priorities, dear hours on cheap work, one task that eats the rest.

Everything is told in hours and, where the rates of the people are known, in money at those rates. Definitions are ours:
no published source was found for them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.flow import percentile
from sightline.model.money import Money
from sightline.model.refs import Ref

__all__ = [
    "Dear",
    "Eater",
    "Hourly",
    "Level",
    "Spent",
    "Starving",
    "dear_on_low",
    "eaters",
    "focus",
    "level",
    "starving",
]

Level = Literal["high", "normal", "low"]
_HIGH = ("highest", "high", "critical", "blocker", "urgent", "immediate", "major", "p0", "p1", "1")
_LOW = ("lowest", "low", "minor", "trivial", "p3", "p4", "p5", "4", "5")
#: From this share (percent) of a project's time on, a task is said to eat it; less time than a day says nothing.
EATS, _A_DAY = Decimal(40), 8 * 3600


def level(priority: str | None) -> Level:
    """What a tool's word for a priority comes to; no word, or one of no known meaning, is normal."""
    word = (priority or "").strip().casefold()
    return "high" if word in _HIGH else "low" if word in _LOW else "normal"


class Spent(NamedTuple):
    """Time of one person on one task (None: on none)."""

    person: str
    task: Ref | None
    title: str
    level: Level
    seconds: int
    project: str = ""


class Hourly(NamedTuple):
    """What an hour of a person bills and costs; None where no rate says so."""

    bill: Money | None
    cost: Money | None


class Starving(NamedTuple):
    """An open task that matters and got no time: its hours left (None: no estimate) and whose it is."""

    task: Ref
    title: str
    project: str
    hours: Decimal | None
    persons: tuple[str, ...]
    overdue_days: int = 0
    level: Level = "high"


class Eater(NamedTuple):
    """A task that took a large share (percent) of its project's time, and how many that matter got none."""

    task: Ref
    title: str
    project: str
    waiting: int
    hours: Decimal
    share: Decimal
    worth: tuple[Money, ...]
    """The hours at the people's bill rates, by currency; empty where none is known."""


class Dear(NamedTuple):
    """Hours of somebody dearer than most on work of low priority, and what a usual hour would have saved."""

    person: str
    hours: Decimal
    extra: Money
    tasks: tuple[str, ...]


def focus(spent: Iterable[Spent]) -> dict[Level, Decimal]:
    """Hours by priority."""
    hours: dict[Level, Decimal] = {"high": ZERO, "normal": ZERO, "low": ZERO}
    for one in spent:
        hours[one.level] += Decimal(one.seconds) / 3600
    return hours


def starving(open_tasks: Iterable[Starving], spent: Iterable[Spent]) -> list[Starving]:
    """Open tasks of high priority with work left on which nobody worked, the longest overdue first."""
    worked = {one.task for one in spent if one.seconds > 0}
    found = [one for one in open_tasks if one.level == "high" and one.hours != 0 and one.task not in worked]
    return sorted(found, key=lambda one: (-one.overdue_days, -(one.hours or ZERO), one.title))


def eaters(spent: Sequence[Spent], rates: Mapping[str, Hourly], open_tasks: Iterable[Starving]) -> list[Eater]:
    """Tasks with `EATS` percent or more of their project's time, while work there that is high or overdue got none."""
    worked = {one.task for one in spent if one.seconds > 0}
    waiting = Counter(
        one.project for one in open_tasks if one.task not in worked and (one.level == "high" or one.overdue_days > 0)
    )
    by_project: defaultdict[str, list[Spent]] = defaultdict(list)
    for one in spent:
        by_project[one.project].append(one)
    found = []
    for project, held in by_project.items():
        whole = sum(one.seconds for one in held)
        for task in {one.task for one in held if one.task is not None} if whole >= _A_DAY else ():
            own = [one for one in held if one.task == task]
            seconds = sum(one.seconds for one in own)
            share = HUNDRED * seconds / Decimal(whole)
            if share >= EATS and waiting[project]:
                hours = Decimal(seconds) / 3600
                found.append(Eater(task, own[0].title, project, waiting[project], hours, share, _worth(own, rates)))
    return sorted(found, key=lambda one: (-one.share, one.task))


def _worth(held: Iterable[Spent], rates: Mapping[str, Hourly]) -> tuple[Money, ...]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in held:
        bill = rates[one.person].bill if one.person in rates else None
        if bill is not None:
            sums[bill.currency] += bill.amount * one.seconds / 3600
    return tuple(Money(amount=amount, currency=code).round() for code, amount in sums.items())


def dear_on_low(spent: Iterable[Spent], rates: Mapping[str, Hourly]) -> list[Dear]:
    """Low-priority hours of people whose cost rate is above the team's median, and what they cost beyond the median's."""
    costs = {person: one.cost for person, one in rates.items() if one.cost is not None}
    held: defaultdict[str, list[Spent]] = defaultdict(list)
    for one in spent:
        if one.level == "low" and one.person in costs:
            held[one.person].append(one)
    found = []
    for person, low in held.items():
        own = costs[person]
        usual = percentile([one.amount for one in costs.values() if one.currency == own.currency], Decimal("0.5"))
        if not isinstance(usual, Decimal) or own.amount <= usual:
            continue
        hours = Decimal(sum(one.seconds for one in low)) / 3600
        extra = Money(amount=hours * (own.amount - usual), currency=own.currency).round()
        found.append(Dear(person, hours, extra, tuple(dict.fromkeys(one.title for one in low))))
    return sorted(found, key=lambda one: -one.extra.amount)
