"""What the time of a project is worth or costs: every entry priced by the rate in force on its day.

Each entry's amount is exact seconds times rate at four decimals, half up; sums are exact, and rounded once when shown.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.billing import RateQuestion, amount, rate_for
from sightline.measure.exact import ZERO
from sightline.measure.receipts import hours_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sightline.model.facts import Facts, Sourced
    from sightline.model.figures import ReceiptLine
    from sightline.model.money import Money
    from sightline.model.records import TimeEntry

__all__ = ["Priced", "PricedLine", "day_of", "is_billable", "priced", "priced_lines", "who"]


class PricedLine(NamedTuple):
    """Time of one person at one rate; `rate` None where none is in force. `amount` is in the rate's currency."""

    person: str
    rate: Money | None
    seconds: int
    amount: Decimal
    refs: tuple[Ref, ...]


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
        rest = " and ".join(money_text(amount, currency) for currency, amount in self.by_currency().items())
        why = f"{hours_text(self.missing_seconds)} have no {side} rate ({people})"
        return f"{why}; the other hours come to {rest}" if rest else why

    def by_currency(self) -> dict[str, Decimal]:
        """The sums, exact."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self.lines:
            if row.rate is not None:
                sums[row.rate.currency] += row.amount
        return dict(sums)


def is_billable(entry: TimeEntry, facts: Facts) -> bool:
    """What the entry says; where it says nothing, work for a client is billable unless agreed as internal."""
    if entry.billable is not None:
        return entry.billable
    agreement = facts.project.agreement
    return facts.project.client is not None and (agreement is None or agreement.kind != "internal")


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


def priced(facts: Facts, side: Literal["bill", "cost"], entries: Iterable[Sourced[TimeEntry]]) -> Priced:
    """The entries priced for billing or at cost."""
    names, asked = who(facts), _Rates(facts, side)
    groups: dict[tuple[str, Money | None], list[tuple[int, Decimal, Ref]]] = {}
    for source, entry in entries:
        per_hour = asked.per_hour(source, entry)
        worth = amount(per_hour.amount, entry.seconds) if per_hour else ZERO
        person = names.get(Ref(source, "people", entry.account or ""), entry.account or "nobody")
        groups.setdefault((person, per_hour), []).append((entry.seconds, worth, Ref(source, "time", entry.id)))
    rows = [
        PricedLine(
            person, rate, sum(s for s, _, _ in held), sum((a for _, a, _ in held), ZERO), tuple(r for *_, r in held)
        )
        for (person, rate), held in groups.items()
    ]
    return Priced([row for row in rows if row.rate is not None], [row for row in rows if row.rate is None])


class _Rates:
    """The rate of each entry; asked once for each account, task and day."""

    def __init__(self, facts: Facts, side: Literal["bill", "cost"]) -> None:
        self.facts, self.side = facts, side
        self.people = facts.people()
        self.keys = {task.ref: task.record.key for task in facts.tasks}
        self.project = _names(facts.project.id, facts.project.name)
        self.by_task = {rate.task.casefold() for rate in facts.rates if rate.side == side and rate.task is not None}
        self.found: dict[tuple[str, str | None, frozenset[str], dt.date], Money | None] = {}

    def per_hour(self, source: str, entry: TimeEntry) -> Money | None:
        """The rate in force; None when there is none."""
        task = self._task(source, entry) if self.by_task else frozenset[str]()
        question = (source, entry.account, task, day_of(entry, self.facts))
        if question not in self.found:
            self.found[question] = self._rate(*question)
        return self.found[question]

    def _task(self, source: str, entry: TimeEntry) -> frozenset[str]:
        key = self.keys.get(Ref(source, "tasks", entry.task or ""), entry.task_key)
        return _names(*(name for name in (entry.task, key) if name)) & self.by_task

    def _rate(self, source: str, account: str | None, task: frozenset[str], day: dt.date) -> Money | None:
        person = self.people.get(Ref(source, "people", account or ""))
        question = RateQuestion(
            day=day,
            person=_names(person.id, person.name, *person.emails) if person else frozenset(),
            role=person.role if person else None,
            project=self.project,
            task=task,
        )
        rate = rate_for(self.facts.rates, self.side, question)
        return rate.per_hour if rate else None


def priced_lines(found: Priced) -> list[ReceiptLine]:
    """The receipt: one line per person and rate, and one per person without."""
    lines = [
        line(
            f"{row.person}: {hours_text(row.seconds)} at {row.rate.currency} {plain(row.rate.amount)} an hour",
            money_text(row.amount, row.rate.currency),
            row.refs,
        )
        for row in found.lines
        if row.rate is not None
    ]
    return lines + [line(f"{row.person}: no rate in force", hours_text(row.seconds), row.refs) for row in found.missing]


def _names(*names: str) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
