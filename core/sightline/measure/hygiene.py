"""What is odd about recorded time: impossible, overlapping, unfinished, late, or on a project that has ended."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.pricing import day_of
from sightline.measure.receipts import days_text, hours_text
from sightline.measure.remembered import remembered
from sightline.measure.timesheet import name_of, time_by_account
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sightline.model.facts import Facts, Sourced
    from sightline.model.portfolio import Calendar
    from sightline.model.records import TimeEntry

__all__ = ["Finding", "findings", "long_days", "missing_days"]

Kind = Literal[
    "negative", "running", "too long", "overlap", "future", "late", "after the end", "nobody's", "missing day"
]

_DAY_S = 86_400


class Finding(NamedTuple):
    """One thing to look at: what it is, whose, on which day, and the entries; `seconds` stand in `text` as `{}`."""

    kind: Kind
    person: str
    day: dt.date | None
    text: str
    entries: tuple[Sourced[TimeEntry], ...] = ()
    seconds: int = 0

    @property
    def said(self) -> str:
        """In words. There may be thousands, of which few are shown: put into words only then."""
        return self.text.format(hours_text(self.seconds))

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The entries' names."""
        return tuple(entry.ref for entry in self.entries)


@remembered
def findings(facts: Facts) -> list[Finding]:
    """Everything odd about the project's time, by day. A long day counts what was worked on this project."""
    held = [(name_of(at, facts), own) for at, own in time_by_account(facts).items()]
    found = [row for name, own in held for entry in _perhaps_odd(own, facts) for row in _of_entry(entry, facts, name)]
    for name, own in held:
        found += overlaps(own, name)
    found += long_days(held, int(facts.rules.most_hours_a_day * 3600), lambda entry: day_of(entry, facts))
    return sorted(found, key=lambda row: (row.day is None, row.day or facts.today, row.kind, row.person))


def _perhaps_odd(entries: Iterable[Sourced[TimeEntry]], facts: Facts) -> list[Sourced[TimeEntry]]:
    """A quick look at every entry, so that only a few are looked at closely."""
    last = min(facts.today, facts.project.ended or facts.today)
    # A day more or less for the zone.
    late = dt.timedelta(days=facts.rules.late_days)
    found = []
    for entry in entries:
        record = entry[1]
        day, updated = record.day, record.updated_at
        strange = day is None or day > last or record.seconds <= 0 or record.status is not None
        if strange or record.account is None or (day and updated and updated.date() - day >= late):
            found.append(entry)
    return found


def _of_entry(entry: Sourced[TimeEntry], facts: Facts, name: str) -> Iterator[Finding]:
    record, day = entry.record, day_of(entry.record, facts)
    whose = (entry,)
    if record.account is None:
        yield Finding("nobody's", name, day, "{} of nobody", whose, record.seconds)
    if record.seconds < 0:
        yield Finding("negative", name, day, "{}, a counter-entry", whose, record.seconds)
    if record.seconds == 0 or (record.status or "").casefold() == "running":
        yield Finding("running", name, day, "no time on it: still running, or left empty", whose)
    if day > facts.today:
        yield Finding("future", name, day, "{} on a day to come", whose, record.seconds)
    if facts.project.ended is not None and day > facts.project.ended:
        yield Finding("after the end", name, day, f"the project ended on {facts.project.ended}", whose)
    if record.updated_at is not None:
        late = (day_in(record.updated_at, zone(facts.calendar.timezone)) - day).days
        if late > facts.rules.late_days:
            yield Finding("late", name, day, f"written or changed {days_text(late)} later", whose)


def overlaps(entries: Iterable[Sourced[TimeEntry]], name: str) -> list[Finding]:
    """Entries of one account that begin before the one before them has ended; only where the tool states instants."""
    held = [
        (record.started_at, record.id, entry)
        for entry in entries
        if (record := entry[1]).started_at is not None and record.account and record.seconds > 0
    ]
    if len(held) < 2:
        return []
    # Ids differ, so that entries themselves are never compared.
    held.sort()
    began, _, last = held[0]
    ends = began + dt.timedelta(0, last[1].seconds)
    found = []
    for began, _, entry in held[1:]:
        until = began + dt.timedelta(0, entry[1].seconds)
        if began < ends:
            said, over = "begins {} before the one before it ends", ends - began
            found.append(Finding("overlap", name, entry[1].day, said, (last, entry), over.days * _DAY_S + over.seconds))
        if until > ends:
            last, ends = entry, until
    return found


def long_days(
    held: Iterable[tuple[str, Sequence[Sourced[TimeEntry]]]], most: int, day: Callable[[TimeEntry], dt.date]
) -> list[Finding]:
    """Days on which one person has more than `most` seconds; `held` are entries by the person's name."""
    sums: defaultdict[tuple[str, dt.date], int] = defaultdict(int)
    behind: defaultdict[tuple[str, dt.date], list[Sourced[TimeEntry]]] = defaultdict(list)
    rows = [(name, own) for name, own in held]
    for name, own in rows:
        for _, record in own:
            sums[name, record.day or day(record)] += record.seconds
    long = {at for at, seconds in sums.items() if seconds > most}
    for name, own in rows if long else ():
        for entry in own:
            if (at := (name, entry[1].day or day(entry[1]))) in long:
                behind[at].append(entry)
    return [Finding("too long", *at, "{} on one day", tuple(found), sums[at]) for at, found in behind.items()]


def missing_days(
    person: str,
    worked: Iterable[dt.date],
    first: dt.date,
    last: dt.date,
    calendar: Calendar,
    absent: Sequence[dt.date] = (),
) -> list[Finding]:
    """Working days from `first` to `last`, both included, on which the person wrote down nothing and was not away."""
    known = {*worked, *absent}
    days = (first.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return [
        Finding("missing day", person, day, "no time on a working day")
        for day in days
        if calendar.is_working(day) and day not in known
    ]
