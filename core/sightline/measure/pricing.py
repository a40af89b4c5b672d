"""What the time of a project is worth or costs: every entry priced by the rate in force on its day.

Each entry's amount is exact seconds times rate at four decimals, half up; sums are exact, and rounded once when shown.
"""

from __future__ import annotations

import datetime as dt
import itertools
from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.billing import RateQuestion, amount, factored, rate_for
from sightline.measure.exact import ZERO
from sightline.measure.receipts import REFS_PER_LINE, hours_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.model.money import Money, rounded
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sightline.model.facts import Facts, Sourced
    from sightline.model.figures import ReceiptLine
    from sightline.model.portfolio import Overtime
    from sightline.model.records import TimeEntry

__all__ = ["Charge", "Factors", "Priced", "PricedLine", "day_of", "priced", "priced_lines", "who"]

_ALWAYS = dt.date.min


class PricedLine(NamedTuple):
    """Time of one person at one rate; `rate` None where none is in force. `amount` is in the rate's currency."""

    person: str
    rate: Money | None
    seconds: int
    amount: Decimal
    refs: tuple[Ref, ...]
    how: str = ""
    """How the rate came about, when factors are in it."""
    entries: int = 0
    """How many entries there are, of which `refs` may name the first only."""


class Priced(NamedTuple):
    """Priced time, by person and rate, in the order met; and the time nobody can price."""

    lines: list[PricedLine]
    missing: list[PricedLine]

    @property
    def missing_seconds(self) -> int:
        """Time without a rate."""
        return sum(row.seconds for row in self.missing)

    def why_unknown(self, side: str) -> str:
        """What lacks a rate, whose it is, and what the rest comes to: a lower bound, never shown as the whole."""
        people = ", ".join(dict.fromkeys(row.person for row in self.missing))
        sums = self.by_currency().items()
        rest = " and ".join(money_text(rounded(amount, currency), currency) for currency, amount in sums)
        why = f"{hours_text(self.missing_seconds)} have no {side} rate ({people})"
        return f"{why}; the other hours come to {rest}" if rest else why

    def by_currency(self) -> dict[str, Decimal]:
        """The sums, exact."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self.lines:
            if row.rate is not None:
                sums[row.rate.currency] += row.amount
        return dict(sums)


def day_of(entry: TimeEntry, facts: Facts) -> dt.date:
    """The vendor's day, else the day of the start in the workspace's zone, else today."""
    if entry.day is not None:
        return entry.day
    if entry.started_at is not None:
        return day_in(entry.started_at, zone(facts.calendar.timezone))
    return facts.today


@remembered
def who(facts: Facts) -> dict[Ref, str]:
    """Account → the name to show: the person's, else the account's own."""
    names = {one.ref: one.record.name or one.record.username or one.record.id for one in facts.accounts}
    return names | {ref: person.name for ref, person in facts.people().items()}


def priced(
    facts: Facts,
    side: Literal["bill", "cost"],
    entries: Iterable[Sourced[TimeEntry]],
    seconds: Callable[[Sourced[TimeEntry]], int] | None = None,
) -> Priced:
    """The entries priced for billing or at cost; `seconds` says how much of each counts (default: all of it)."""
    names, asked = who(facts), _Rates(facts, side)
    groups: dict[tuple[str, Charge | None], _Group] = {}
    # Of one account the rate is the same from one change of rates to the next: found once, with the group it goes to.
    known: dict[tuple[str, str | None, int], _Group] = {}
    for entry in entries:
        source, record = entry
        counted = record.seconds if seconds is None else seconds(entry)
        day = record.day
        at = (source, record.account, 0 if day is None else asked.era(day))
        group = known.get(at) if day is not None else None
        if group is not None:
            group.add(counted, source, record.id)
            continue
        person = names.get(Ref(source, "people", record.account or ""), record.account or "nobody")
        for part, charge in asked.charged(source, record, counted):
            group = groups.get((person, charge))
            if group is None:
                group = groups[person, charge] = _Group(person, charge)
            group.add(part, source, record.id)
            if asked.by_day and day is not None:
                known[at] = group
    rows = [group.row() for group in groups.values()]
    return Priced([row for row in rows if row.rate is not None], [row for row in rows if row.rate is None])


class _Group:
    """Time of one person at one charge; an amount is worked out once for each duration."""

    __slots__ = ("amounts", "charge", "person", "refs", "seconds", "worth")

    def __init__(self, person: str, charge: Charge | None) -> None:
        self.person, self.charge = person, charge
        self.seconds, self.worth = 0, ZERO
        self.amounts: dict[int, Decimal] = {}
        self.refs: list[tuple[str, str]] = []

    def add(self, seconds: int, source: str, id_: str) -> None:
        """One more entry, or a part of one."""
        self.refs.append((source, id_))
        self.seconds += seconds
        if self.charge is not None:
            worth = self.amounts.get(seconds)
            if worth is None:
                worth = self.amounts[seconds] = amount(self.charge.per_hour.amount, seconds)
            self.worth += worth

    def row(self) -> PricedLine:
        """As a line. Of priced time only so many records are kept as a receipt lists; of unpriced time all."""
        kept = self.refs[:REFS_PER_LINE] if self.charge is not None else self.refs
        refs = tuple(Ref(source, "time", id_) for source, id_ in kept)
        rate, how = (None, "") if self.charge is None else (self.charge.per_hour, self.charge.how)
        return PricedLine(self.person, rate, self.seconds, self.worth, refs, how, len(self.refs))


class Charge(NamedTuple):
    """What an hour bills or costs, every factor in it, and how it came about."""

    per_hour: Money
    how: str = ""
    """` = 55 x 1.2 overhead`; empty for a plain rate."""


class _Rates:
    """The rate of each entry; asked once for each account, task and day."""

    def __init__(self, facts: Facts, side: Literal["bill", "cost"]) -> None:
        self.facts, self.side = facts, side
        self.people = facts.people()
        self.rates = [rate for rate in facts.rates if rate.side == side]
        self.project = _names(facts.project.id, facts.project.name)
        self.by_task = {rate.task.casefold() for rate in self.rates if rate.task is not None}
        self.by_entry = {rate.entry for rate in self.rates if rate.entry is not None}
        self.keys = {task.ref: task.record.key for task in facts.tasks} if self.by_task else {}
        self.factors = Factors(facts, side)
        self.by_day = not (self.by_task or self.by_entry or self.factors.cuts)
        """Whether account and day alone decide."""
        self.starts = sorted({rate.starts for rate in self.rates if rate.starts is not None})
        overhead = {one.starts for one in self.factors.overhead if one.starts is not None}
        self.changes = sorted({*self.starts, *overhead, *([_ALWAYS] if self.factors.overtime else [])})
        self.found: dict[tuple[str, str | None, str | None, frozenset[str], int], Money | None] = {}
        self.whole: dict[tuple[str, str | None, dt.date], Charge | None] = {}

    def era(self, day: dt.date) -> int:
        """The same number for days on which an account's hour is charged the same."""
        if not self.changes:
            return 0
        return day.toordinal() if self.factors.overtime else bisect_right(self.changes, day)

    def charged(self, source: str, entry: TimeEntry, seconds: int) -> list[tuple[int, Charge | None]]:
        """The time in pieces of one rate each; one piece unless an overtime rule cuts the day."""
        day = day_of(entry, self.facts)
        if not self.by_day:
            return self._pieces(self._per_hour(source, entry, day), entry, day, seconds, source)
        at = (source, entry.account, day)
        if at not in self.whole:
            self.whole[at] = self.factors.charge(self._per_hour(source, entry, day), day)
        return [(seconds, self.whole[at])]

    def _pieces(
        self, rate: Money | None, entry: TimeEntry, day: dt.date, seconds: int, source: str
    ) -> list[tuple[int, Charge | None]]:
        before = self.facts.before.get(Ref(source, "time", entry.id), 0)
        return [
            (part, self.factors.charge(rate, day, passed)) for part, passed in self.factors.parts(seconds, before, day)
        ]

    def _per_hour(self, source: str, entry: TimeEntry, day: dt.date) -> Money | None:
        """The rate in force; None when there is none. Between two starts of rates it is the same."""
        task = self._task(source, entry) if self.by_task else frozenset[str]()
        named = entry.id if entry.id in self.by_entry else None
        question = (source, entry.account, named, task, bisect_right(self.starts, day))
        if question not in self.found:
            self.found[question] = self._rate(source, entry.account, named, task, day)
        return self.found[question]

    def _task(self, source: str, entry: TimeEntry) -> frozenset[str]:
        key = self.keys.get(Ref(source, "tasks", entry.task or ""), entry.task_key)
        return _names(*(name for name in (entry.task, key) if name)) & self.by_task

    def _rate(
        self, source: str, account: str | None, entry: str | None, task: frozenset[str], day: dt.date
    ) -> Money | None:
        person = self.people.get(Ref(source, "people", account or ""))
        question = RateQuestion(
            day=day,
            person=_names(person.id, person.name, *person.emails) if person else frozenset(),
            role=person.role if person else None,
            project=self.project,
            task=task,
            entry=entry,
        )
        rate = rate_for(self.rates, self.side, question)
        return rate.per_hour if rate else None


class Factors:
    """Overhead and overtime: what a rate is multiplied with on a day, for time beyond so many seconds of it."""

    def __init__(self, facts: Facts, side: Literal["bill", "cost"]) -> None:
        self.calendar, self.rules = facts.calendar, facts.rules
        self.overhead = sorted(facts.rules.overhead, key=lambda one: one.starts or _ALWAYS) if side == "cost" else []
        self.overtime = [rule for rule in facts.rules.overtime if side in rule.sides]
        self.cuts = sorted({rule.beyond_seconds for rule in self.overtime if rule.beyond_seconds is not None})

    def parts(self, seconds: int, before: int, day: dt.date) -> list[tuple[int, int]]:
        """(seconds, seconds of the day passed when they begin), cut where an overtime rule begins to hold."""
        if seconds <= 0 or not self.cuts:
            return [(seconds, before)]
        inner = [cut - before for cut in self.cuts if before < cut < before + seconds]
        edges = [0, *inner, seconds]
        return [(end - start, before + start) for start, end in itertools.pairwise(edges)]

    def charge(self, rate: Money | None, day: dt.date, passed: int = 0) -> Charge | None:
        """The rate with every factor of that day; `passed` seconds had been worked before."""
        if rate is None:
            return None
        said, whole = [], rate.amount
        overhead = next((one.factor for one in reversed(self.overhead) if (one.starts or _ALWAYS) <= day), None)
        if overhead is not None:
            said.append(f"x {plain(overhead)} overhead")
            whole *= overhead
        overtime = [rule.factor for rule in self.overtime if self._holds(rule, day, passed)]
        if overtime:
            factor = factored(Decimal(1), overtime, combine=self.rules.combine)
            said.append(f"x {plain(factor)} overtime")
            whole *= factor
        how = f" = {plain(rate.amount)} {' '.join(said)}" if said else ""
        return Charge(Money(amount=whole, currency=rate.currency), how)

    def _holds(self, rule: Overtime, day: dt.date, passed: int) -> bool:
        if rule.starts is not None and day < rule.starts:
            return False
        if rule.beyond_seconds is not None and passed < rule.beyond_seconds:
            return False
        if not rule.weekdays and not rule.holidays:
            return rule.beyond_seconds is not None
        return day.weekday() in rule.weekdays or (rule.holidays and day in self.calendar.holidays)


def priced_lines(found: Priced) -> list[ReceiptLine]:
    """The receipt: one line per person and rate, and one per person without."""
    lines = [
        line(
            f"{row.person}: {hours_text(row.seconds)} at {row.rate.currency} {plain(row.rate.amount)} an hour{row.how}",
            money_text(row.amount, row.rate.currency),
            row.refs,
            of=row.entries,
        )
        for row in found.lines
        if row.rate is not None
    ]
    return lines + [line(f"{row.person}: no rate in force", hours_text(row.seconds), row.refs) for row in found.missing]


def _names(*names: str) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
