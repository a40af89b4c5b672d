"""What is odd about recorded time: impossible, overlapping, unfinished, late, or on a project that has ended."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.pricing import day_of, who
from sightline.measure.receipts import hours_text
from sightline.measure.remembered import remembered
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


class Finding(NamedTuple):
    """One thing to look at: what it is, whose, on which day, in words, and the entries."""

    kind: Kind
    person: str
    day: dt.date | None
    said: str
    refs: tuple[Ref, ...]


@remembered
def findings(facts: Facts) -> list[Finding]:
    """Everything odd about the project's time, by day. A long day counts what was worked on this project."""
    names = who(facts)

    def name(entry: Sourced[TimeEntry]) -> str:
        return names.get(Ref(entry.source, "people", entry.record.account or ""), entry.record.account or "nobody")

    found = [
        row for entry in facts.time if _is_odd(entry.record, facts) for row in _of_entry(entry, facts, name(entry))
    ]
    found += overlaps(facts.time, name)
    found += long_days(facts.time, name, int(facts.rules.most_hours_a_day * 3600), lambda entry: day_of(entry, facts))
    return sorted(found, key=lambda row: (row.day is None, row.day or facts.today, row.kind, row.person))


def _is_odd(record: TimeEntry, facts: Facts) -> bool:
    """Whether the entry may be odd: a quick look, so that only a few are looked at closely."""
    day = record.day
    if day is None or record.account is None or record.seconds <= 0 or record.status is not None or day > facts.today:
        return True
    if facts.project.ended is not None and day > facts.project.ended:
        return True
    updated = record.updated_at
    # A day more or less for the zone.
    return updated is not None and (updated.date() - day).days >= facts.rules.late_days


def _of_entry(entry: Sourced[TimeEntry], facts: Facts, name: str) -> Iterator[Finding]:
    record, day = entry.record, day_of(entry.record, facts)
    refs = (entry.ref,)
    if record.account is None:
        yield Finding("nobody's", name, day, f"{hours_text(record.seconds)} of nobody", refs)
    if record.seconds < 0:
        yield Finding("negative", name, day, f"{hours_text(record.seconds)}, a counter-entry", refs)
    if record.seconds == 0 or (record.status or "").casefold() == "running":
        yield Finding("running", name, day, "no time on it: still running, or left empty", refs)
    if day > facts.today:
        yield Finding("future", name, day, f"{hours_text(record.seconds)} on a day to come", refs)
    if facts.project.ended is not None and day > facts.project.ended:
        yield Finding("after the end", name, day, f"the project ended on {facts.project.ended}", refs)
    if record.updated_at is not None:
        late = (day_in(record.updated_at, zone(facts.calendar.timezone)) - day).days
        if late > facts.rules.late_days:
            yield Finding("late", name, day, f"written or changed {late} days later", refs)


def overlaps(entries: Iterable[Sourced[TimeEntry]], name: Callable[[Sourced[TimeEntry]], str]) -> list[Finding]:
    """Entries of one account that begin before the one before them has ended; only where the tool states instants."""
    by_account: defaultdict[tuple[str, str], list[tuple[dt.datetime, str, Sourced[TimeEntry]]]] = defaultdict(list)
    for entry in entries:
        source, record = entry
        if record.started_at is not None and record.account and record.seconds > 0:
            by_account[source, record.account].append((record.started_at, record.id, entry))
    found = []
    for held in by_account.values():
        held.sort(key=lambda row: row[:2])
        began, _, last = held[0]
        ends = began + dt.timedelta(seconds=last.record.seconds)
        for began, _, entry in held[1:]:
            if began < ends:
                said = f"begins {hours_text(int((ends - began).total_seconds()))} before the one before it ends"
                found.append(Finding("overlap", name(entry), entry.record.day, said, (last.ref, entry.ref)))
            until = began + dt.timedelta(seconds=entry.record.seconds)
            if until > ends:
                last, ends = entry, until
    return found


def long_days(
    entries: Iterable[Sourced[TimeEntry]],
    name: Callable[[Sourced[TimeEntry]], str],
    most: int,
    day: Callable[[TimeEntry], dt.date],
) -> list[Finding]:
    """Days on which one person has more than `most` seconds."""
    by_day: defaultdict[tuple[str, dt.date], list[Sourced[TimeEntry]]] = defaultdict(list)
    for entry in entries:
        by_day[name(entry), day(entry.record)].append(entry)
    found = []
    for (person, when), held in by_day.items():
        whole = sum(entry.record.seconds for entry in held)
        if whole > most:
            found.append(
                Finding("too long", person, when, f"{hours_text(whole)} on one day", tuple(e.ref for e in held))
            )
    return found


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
        Finding("missing day", person, day, "no time on a working day", ())
        for day in days
        if calendar.is_working(day) and day not in known
    ]
