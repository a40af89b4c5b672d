"""People: hours, billable share, utilisation and load of everybody who works here, over all projects."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from sightline.app.measuring import facts_of, join_workspace
from sightline.app.session import Session
from sightline.measure.agreements import Period
from sightline.measure.billable import shared_seconds, sharing
from sightline.measure.exact import ZERO
from sightline.measure.hygiene import long_days, missing_days
from sightline.measure.period import parse_period
from sightline.measure.profit import realization, utilization
from sightline.measure.workload import Assignment, allocated, capacity, overallocated
from sightline.model.facts import Facts, Person, Sourced
from sightline.model.portfolio import Calendar
from sightline.model.records import Task, TimeEntry
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone
from sightline.present.people import PeopleView, PersonRow

__all__ = ["people_view"]

#: Calendar days that load looks ahead.
AHEAD = 28
_DAY = dt.timedelta(days=1)


class _Person:
    """What is gathered of one person."""

    def __init__(self) -> None:
        self.entries: list[Sourced[TimeEntry]] = []
        self.billable = 0
        self.by_project: defaultdict[str, int] = defaultdict(int)
        self.open: list[Assignment] = []
        self.unestimated = 0


def people_view(session: Session, *, period: str | None = None) -> PeopleView:
    """Everybody with time in the period or open work. Default period: the month of today, up to today."""
    now, calendar = session.clock.now(), session.workspace.calendar
    today = day_in(now, zone(calendar.timezone))
    days = parse_period(period) if period is not None else Period(today.replace(day=1), today)
    joined = join_workspace(session)
    found: defaultdict[str, _Person] = defaultdict(_Person)
    nobody = 0
    for project in joined.rules.projects:
        facts = facts_of(session, joined, project)
        nobody += _time(facts, days, found)
        _work(facts, found)
    nobody += _elsewhere(joined.entries, set(joined.time.left), joined.people.of, days, found, calendar, today)
    persons = {person.id: person for person in joined.people.persons}
    rows = [
        _row(persons[id_], held, days, today, calendar, session.workspace.rules.most_hours_a_day)
        for id_, held in found.items()
        if held.entries or held.open or held.unestimated
    ]
    return PeopleView(
        first=days.first,
        last=days.last,
        ahead=today + (AHEAD - 1) * _DAY,
        as_of=now,
        rows=tuple(sorted(rows, key=lambda row: (-row.hours, row.name))),
        unknown_hours=Decimal(nobody) / 3600,
    )


def _day(entry: TimeEntry, calendar: Calendar, today: dt.date) -> dt.date:
    if entry.day is not None:
        return entry.day
    return day_in(entry.started_at, zone(calendar.timezone)) if entry.started_at is not None else today


def _time(facts: Facts, days: Period, found: defaultdict[str, _Person]) -> int:
    """The project's time of the period to whoever worked it; seconds of nobody known."""
    people, share, nobody = facts.people(), sharing(facts), 0
    for entry in facts.time:
        if not days.first <= _day(entry.record, facts.calendar, facts.today) <= days.last:
            continue
        person = people.get(Ref(entry.source, "people", entry.record.account or ""))
        if person is None:
            nobody += entry.record.seconds
            continue
        held = found[person.id]
        held.entries.append(entry)
        held.billable += shared_seconds(entry.record, share(*entry))
        held.by_project[facts.project.name] += entry.record.seconds
    return nobody


def _elsewhere(
    entries: Iterable[Sourced[TimeEntry]],
    left: set[Ref],
    of: dict[Ref, str],
    days: Period,
    found: defaultdict[str, _Person],
    calendar: Calendar,
    today: dt.date,
) -> int:
    """Time that belongs to no project is worked all the same; it bills nobody."""
    nobody = 0
    for entry in entries:
        if entry.ref not in left or not days.first <= _day(entry.record, calendar, today) <= days.last:
            continue
        person = of.get(Ref(entry.source, "people", entry.record.account or ""))
        if person is None:
            nobody += entry.record.seconds
            continue
        found[person].entries.append(entry)
        found[person].by_project["(no project)"] += entry.record.seconds
    return nobody


def _work(facts: Facts, found: defaultdict[str, _Person]) -> None:
    """Open work to whom it is assigned, shared evenly: what remains, else the estimate less what was spent."""
    people = facts.people()
    parents = {task.record.parent for task in facts.tasks if task.record.parent}
    for source, task in facts.tasks:
        if task.state not in ("todo", "in_progress") or task.archived or task.id in parents:
            continue
        owners = [person for account in task.assignees if (person := people.get(Ref(source, "people", account)))]
        rest = _remaining(task)
        for person in owners:
            if rest is None:
                found[person.id].unestimated += 1
            else:
                hours = Decimal(rest) / 3600 / len(owners)
                found[person.id].open.append(Assignment(hours, task.start_on, task.due_on))


def _remaining(task: Task) -> int | None:
    if task.remaining_seconds is not None:
        return task.remaining_seconds
    return None if task.estimate_seconds is None else max(0, task.estimate_seconds - (task.spent_seconds or 0))


def _row(person: Person, held: _Person, days: Period, today: dt.date, calendar: Calendar, most: Decimal) -> PersonRow:
    seconds = sum(entry.record.seconds for entry in held.entries)
    hours, billable = Decimal(seconds) / 3600, Decimal(held.billable) / 3600
    passed = _capacity(days.first, min(days.last, today), calendar)
    load = allocated(held.open, today, calendar)
    ahead = [today + n * _DAY for n in range(AHEAD)]
    capacities = {day: capacity(day, calendar) for day in ahead}
    inside = {day: amount for day, amount in load.by_day.items() if day in capacities}

    def name(_entry: Sourced[TimeEntry]) -> str:
        return person.name

    def day_of(entry: TimeEntry) -> dt.date:
        return _day(entry, calendar, today)

    worked = [day_of(entry.record) for entry in held.entries]
    return PersonRow(
        id=person.id,
        name=person.name,
        role=person.role,
        hours=hours,
        billable=billable,
        available=passed,
        billable_share=realization(billable, hours),
        utilisation=utilization(billable, passed),
        projects={name: Decimal(s) / 3600 for name, s in sorted(held.by_project.items(), key=lambda row: -row[1])},
        load=sum(inside.values(), ZERO),
        capacity=sum(capacities.values(), ZERO),
        unscheduled=load.unscheduled,
        unestimated=held.unestimated,
        days_over=len(overallocated(inside, capacities)),
        missing=tuple(missing_days(person.name, worked, days.first, min(days.last, today - _DAY), calendar))
        if worked
        else (),
        odd=tuple(long_days(held.entries, name, int(most * 3600), day_of)),
    )


def _capacity(first: dt.date, last: dt.date, calendar: Calendar) -> Decimal:
    return sum((capacity(first + n * _DAY, calendar) for n in range((last - first).days + 1)), ZERO)
