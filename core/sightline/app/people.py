"""People: hours, billable share, utilisation and load of everybody who works here, over all projects and tools."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sightline.app.measuring import Joined, facts_of, join_workspace
from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.measure.agreements import Period
from sightline.measure.attention import Hourly, Spent, Starving, dear_on_low, eaters, focus, level, starving
from sightline.measure.billable import shared_seconds, sharing
from sightline.measure.billing import RateQuestion, rate_for
from sightline.measure.exact import ZERO
from sightline.measure.hygiene import long_days, missing_days
from sightline.measure.pace import day_of
from sightline.measure.period import parse_period
from sightline.measure.profit import realization, utilization
from sightline.measure.workload import Assignment, allocated
from sightline.model.facts import Facts, Person, Sourced
from sightline.model.money import Money
from sightline.model.portfolio import Calendar
from sightline.model.records import Task, TimeEntry
from sightline.model.refs import Ref
from sightline.model.team import Team
from sightline.model.time import day_in, zone
from sightline.present.people import Day, OpenTask, PeopleView, PersonPage, PersonRow, Priced, Week

__all__ = ["people_view"]

#: Calendar days that load looks ahead, and weeks from next Monday on.
AHEAD, WEEKS = 28, 4
_DAY = dt.timedelta(days=1)
_NO_PROJECT = "(no project)"


class _Person:
    """What is gathered of one person."""

    def __init__(self) -> None:
        self.entries: list[Sourced[TimeEntry]] = []
        self.billable = 0
        self.by_project: defaultdict[str, int] = defaultdict(int)
        self.work: list[Assignment] = []
        self.unestimated = 0
        self.open: list[OpenTask] = []


class _Gathered:
    """What is gathered of all projects in one period."""

    def __init__(self, calendar: Calendar, today: dt.date, days: Period) -> None:
        self.calendar, self.today, self.days = calendar, today, days
        self.persons: defaultdict[str, _Person] = defaultdict(_Person)
        self.spent: list[Spent] = []
        self.open: list[Starving] = []
        self.nobodys: list[str] = []
        self.unknown_seconds = 0

    def day(self, entry: TimeEntry) -> dt.date:
        """The day of an entry in the workspace's zone."""
        if entry.day is not None:
            return entry.day
        return day_in(entry.started_at, zone(self.calendar.timezone)) if entry.started_at is not None else self.today

    def inside(self, entry: TimeEntry) -> bool:
        """Whether it falls into the period."""
        return self.days.first <= self.day(entry) <= self.days.last

    def time(self, facts: Facts) -> None:
        """The project's time of the period, to whoever worked it."""
        people, share = facts.people(), sharing(facts)
        tasks = {task.ref: task.record for task in facts.tasks}
        for entry in facts.time:
            if not self.inside(entry.record):
                continue
            person = people.get(Ref(entry.source, "people", entry.record.account or ""))
            if person is None:
                self.unknown_seconds += entry.record.seconds
                continue
            held = self.persons[person.id]
            held.entries.append(entry)
            held.billable += shared_seconds(entry.record, share(*entry))
            held.by_project[facts.project.name] += entry.record.seconds
            ref = Ref(entry.source, "tasks", entry.record.task) if entry.record.task else None
            task = tasks.get(ref) if ref is not None else None
            known = (ref, f"{task.key} {task.title}", level(task.priority)) if task else (None, "", level(None))
            self.spent.append(Spent(person.id, *known, entry.record.seconds, facts.project.name))

    def elsewhere(self, joined: Joined) -> None:
        """Time that belongs to no project is worked all the same; it bills nobody."""
        left = set(joined.time.left)
        for entry in joined.entries:
            if entry.ref not in left or not self.inside(entry.record):
                continue
            person = joined.people.of.get(Ref(entry.source, "people", entry.record.account or ""))
            if person is None:
                self.unknown_seconds += entry.record.seconds
                continue
            self.persons[person].entries.append(entry)
            self.persons[person].by_project[_NO_PROJECT] += entry.record.seconds
            self.spent.append(Spent(person, None, "", "normal", entry.record.seconds))

    def work(self, facts: Facts) -> None:
        """Open work to whom it is assigned, shared evenly: what remains, else the estimate less what was spent."""
        people = facts.people()
        parents = {task.record.parent for task in facts.tasks if task.record.parent}
        for source, task in facts.tasks:
            if task.state not in ("todo", "in_progress") or task.archived or task.id in parents:
                continue
            if task.kind in ("epic", "pull_request"):
                continue
            owners = [person.id for account in task.assignees if (person := people.get(Ref(source, "people", account)))]
            self._open(facts, Sourced(source, task), owners)

    def _open(self, facts: Facts, task: Sourced[Task], owners: Sequence[str]) -> None:
        record, rest = task.record, _remaining(task.record)
        late = (self.today - record.due_on).days if record.due_on is not None else 0
        title = f"{record.key} {record.title}"
        hours = None if rest is None else Decimal(rest) / 3600
        rank = level(record.priority)
        self.open.append(Starving(task.ref, title, facts.project.name, hours, tuple(owners), max(0, late), rank))
        if not owners:
            self.nobodys.append(title)
        begun = day_of(facts, record.started_at) if record.state == "in_progress" else None
        for owner in owners:
            held, part = self.persons[owner], None if hours is None else hours / len(owners)
            if part is None:
                held.unestimated += 1
            else:
                held.work.append(Assignment(part, record.start_on, record.due_on))
            age = None if begun is None else (self.today - begun).days
            held.open.append(
                OpenTask(record.key, record.title, facts.project.name, record.state, rank, record.due_on, part, age)
            )


def _remaining(task: Task) -> int | None:
    if task.remaining_seconds is not None:
        return task.remaining_seconds
    return None if task.estimate_seconds is None else max(0, task.estimate_seconds - (task.spent_seconds or 0))


def people_view(
    session: Session, *, period: str | None = None, name: str | None = None, money: bool = False
) -> PeopleView:
    """Everybody with time in the period or open work; with `name` (id, name, address) that person's own page.

    Default period: the month of today, up to today. `money` adds what hours come to at the rates in force; to a page,
    that person's own alone.
    """
    now, workspace = session.clock.now(), session.workspace
    today = day_in(now, zone(workspace.calendar.timezone))
    days = parse_period(period) if period is not None else Period(today.replace(day=1), today)
    joined = join_workspace(session)
    persons = {person.id: person for person in joined.people.persons}
    wanted = _person(persons, name) if name is not None else None
    got = _Gathered(workspace.calendar, today, days)
    for project in joined.rules.projects:
        facts = facts_of(session, joined, project)
        got.time(facts)
        got.work(facts)
    got.elsewhere(joined)
    rows = [
        _row(persons[id_], held, got, workspace.team, workspace.rules.most_hours_a_day)
        for id_, held in got.persons.items()
        if held.entries or held.open
    ]
    rows = sorted((row for row in rows if wanted in (None, row.id)), key=lambda row: (-row.hours, row.name))
    rates = {row.id: _hourly(session, persons[row.id], today) for row in rows} if money else {}
    whole = PeopleView(
        first=days.first,
        last=days.last,
        ahead=today + (AHEAD - 1) * _DAY,
        as_of=now,
        rows=tuple(rows),
        unknown_hours=Decimal(got.unknown_seconds) / 3600 if wanted is None else ZERO,
        priced=_priced(got, rows, rates, wanted) if money else None,
        page=_page(got, rows[0], workspace.team) if wanted is not None and rows else None,
    )
    return whole if wanted is not None else _with_attention(whole, got, rates)


def _with_attention(view: PeopleView, got: _Gathered, rates: Mapping[str, Hourly]) -> PeopleView:
    """The view with what concerns the team as a whole."""
    from dataclasses import replace  # noqa: PLC0415 - only here

    low: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in got.spent:
        if one.level == "low":
            low[one.person] += Decimal(one.seconds) / 3600
    return replace(
        view,
        focus=focus(got.spent),
        starving=tuple(starving(got.open, got.spent)),
        eaters=tuple(eaters(got.spent, rates, got.open)),
        low=dict(low),
        nobodys=tuple(got.nobodys),
    )


def _person(persons: Mapping[str, Person], name: str) -> str:
    """The id of the person of that id, name or address; `ConfigError` with the nearest right one."""
    known = {text.casefold(): one.id for one in persons.values() for text in (*one.emails, one.name, one.id)}
    if name.casefold() in known:
        return known[name.casefold()]
    raise ConfigError(
        f"there is no person {name[:60]!r}{nearest(name, {one.name: one for one in persons.values()})}",
        where="sightline.toml and the tools",
        mend="`sightline map people` lists everybody.",
    )


def _row(person: Person, held: _Person, got: _Gathered, team: Team, most: Decimal) -> PersonRow:
    days, today, calendar = got.days, got.today, got.calendar
    hours, billable = (Decimal(s) / 3600 for s in (sum(e.record.seconds for e in held.entries), held.billable))

    def capacity(day: dt.date) -> Decimal:
        return team.capacity(person.id, day, calendar)

    passed = sum((capacity(day) for day in _days(days.first, min(days.last, today))), ZERO)
    monday = today + (7 - today.weekday()) * _DAY
    load = allocated(held.work, today, calendar, lambda day: capacity(day) > 0)
    ahead = [Day(day, load.by_day.get(day, ZERO), capacity(day)) for day in _days(today, today + (AHEAD - 1) * _DAY)]
    weeks = [
        Week(first, sum((load.by_day.get(day, ZERO) for day in week), ZERO), sum(map(capacity, week), ZERO))
        for first in (monday + 7 * n * _DAY for n in range(WEEKS))
        if (week := _days(first, first + 6 * _DAY))
    ]
    worked = [got.day(entry.record) for entry in held.entries]
    absent = [day for day in _days(days.first, min(days.last, today)) if not capacity(day)]
    missing = missing_days(person.name, [*worked, *absent], days.first, min(days.last, today - _DAY), calendar)
    return PersonRow(
        id=person.id,
        name=person.name,
        role=person.role,
        skills=team.member(person.id).skills,
        hours=hours,
        billable=billable,
        available=passed,
        billable_share=realization(billable, hours),
        utilisation=utilization(billable, passed),
        target=team.target(person.id),
        projects={name: Decimal(s) / 3600 for name, s in sorted(held.by_project.items(), key=lambda row: -row[1])},
        days=tuple(day for day in ahead if day.load or day.capacity),
        weeks=tuple(weeks),
        unscheduled=load.unscheduled,
        unestimated=held.unestimated,
        in_progress=sum(task.state == "in_progress" for task in held.open),
        missing=tuple(missing) if worked else (),
        odd=tuple(long_days([(person.name, held.entries)], int(most * 3600), got.day)),
    )


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + n * _DAY for n in range((last - first).days + 1)]


def _page(got: _Gathered, row: PersonRow, team: Team) -> PersonPage:
    """That person's own page: nothing of anybody else's."""
    open_ = sorted(got.persons[row.id].open, key=lambda task: (task.due is None, task.due or got.today, task.key))
    leave = [one for one in team.leave if one.person == row.id and one.ends >= got.today]
    own = [one for one in got.spent if one.person == row.id]
    return PersonPage(row, tuple(sorted(leave, key=lambda one: one.starts)), tuple(open_), focus(own))


def _hourly(session: Session, person: Person, today: dt.date) -> Hourly:
    """The person's usual rates of today, whatever the project."""
    names = frozenset(text.casefold() for text in (person.id, person.name, *person.emails))
    asked = RateQuestion(today, names, person.role)
    bill, cost = (rate_for(session.workspace.rates, side, asked) for side in ("bill", "cost"))
    return Hourly(bill.per_hour if bill else None, cost.per_hour if cost else None)


def _priced(got: _Gathered, rows: Iterable[PersonRow], rates: Mapping[str, Hourly], wanted: str | None) -> Priced:
    """What hours come to, person by person; only of the rows that are shown."""
    over, spare, worked, cost = (dict[str, Money](), dict[str, Money](), dict[str, Money](), dict[str, Money]())
    for row in rows:
        bill, own = rates[row.id]
        if bill is not None:
            over[row.id] = _times(bill, sum((day.over for day in row.over), ZERO))
            spare[row.id] = _times(bill, sum((week.spare for week in row.weeks), ZERO))
            worked[row.id] = _times(bill, row.billable)
        if own is not None:
            cost[row.id] = _times(own, row.hours)
    waiting: dict[str, Money] = {}
    for task in starving(got.open, got.spent) if wanted is None else ():
        bill = next((found for one in task.persons if one in rates and (found := rates[one].bill)), None)
        if bill is not None and task.hours:
            sum_ = waiting.get(bill.currency, Money(amount=ZERO, currency=bill.currency))
            waiting[bill.currency] = sum_ + _times(bill, task.hours)
    return Priced(over, spare, worked, cost, waiting, tuple(dear_on_low(got.spent, rates)) if wanted is None else ())


def _times(rate: Money, hours: Decimal) -> Money:
    return Money(amount=rate.amount * hours, currency=rate.currency).round()
