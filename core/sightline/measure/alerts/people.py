"""Who has too much, and whose time is missing? Load and begun work across projects, days without time, nobody's accounts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.extend import Limit, WorkspaceRule
from sightline.measure.alerts.reading import shown
from sightline.measure.exact import ZERO
from sightline.measure.hygiene import missing_days
from sightline.measure.receipts import days_text, hours_text, line
from sightline.measure.workload import Assignment, allocated, overallocated
from sightline.model.alerts import Finding, Unsure
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sightline.model.figures import ReceiptLine
    from sightline.model.practice import Practice, Work
    from sightline.model.records import Task, TimeEntry

__all__ = ["MissingDays", "OverCommitted", "TooMuchAtOnce", "UnmappedPeople"]

_DAY = dt.timedelta(days=1)
_NOT_JOINED = Unsure(why="records were not joined this time")


class _Begun(NamedTuple):
    project: str
    ref: Ref
    task: Task
    owners: tuple[str, ...]


def _open(work: Work) -> Iterator[_Begun]:
    """Open items with the persons (ids) they are assigned to; parents of others are left out."""
    for project, tasks in work.tasks.items():
        parents = {task.record.parent for task in tasks if task.record.parent}
        for source, task in tasks:
            if task.state in ("todo", "in_progress") and not task.archived and task.id not in parents:
                people = (work.of.get(Ref(source, "people", one)) for one in task.assignees)
                yield _Begun(project, Ref(source, "tasks", task.id), task, tuple(p for p in people if p))


def _named(work: Work) -> dict[str, str]:
    return {person.id: person.name for person in work.persons}


class OverCommitted(WorkspaceRule):
    """Somebody is promised for more hours than they have, over all projects."""

    name = "over_committed"
    title = "More promised than there is time"
    limits = (
        Limit("days", Decimal(10), "working days looked ahead"),
        Limit("percent", Decimal(110), "percent of capacity that the work of those days may take"),
        Limit("margin", Decimal(5), "points it must fall below before it is told anew"),
    )

    def check(self, whole: Practice) -> Iterable[Finding | Unsure]:
        """By what remains of items, spread over the working days up to their due day; work without a day is left out.

        Hours a week, leave and breaks are taken off what there is.
        """
        if whole.work is None:
            yield _NOT_JOINED
            return
        held: defaultdict[str, list[tuple[_Begun, Assignment]]] = defaultdict(list)
        for item in _open(whole.work):
            rest = _remaining(item.task)
            for person in item.owners if rest else ():
                hours = Decimal(rest or 0) / 3600 / len(item.owners)
                held[person].append((item, Assignment(hours, item.task.start_on, item.task.due_on)))
        names = _named(whole.work)
        ahead = self._ahead(whole)
        for person, rows in sorted(held.items()):
            capacities = {day: whole.team.capacity(person, day, whole.calendar) for day in ahead}
            load = allocated([one for _, one in rows], whole.today, whole.calendar)
            yield self._of(names.get(person, person), load.by_day, capacities, rows, whole)

    def _ahead(self, whole: Practice) -> list[dt.date]:
        days: list[dt.date] = []
        day = whole.today
        # Two weeks of holidays in the span make it longer, never endless.
        while sum(map(whole.calendar.is_working, days)) < self.limit("days") and len(days) < 90:
            days.append(day)
            day += _DAY
        return days

    def _of(
        self,
        name: str,
        by_day: dict[dt.date, Decimal],
        capacities: dict[dt.date, Decimal],
        rows: list[tuple[_Begun, Assignment]],
        whole: Practice,
    ) -> Finding:
        inside = {day: hours for day, hours in by_day.items() if day in capacities}
        load, room = sum(inside.values(), ZERO), sum(capacities.values(), ZERO)
        # Nobody can be found at work for any of it: as bad as it gets.
        share = 100 * load / room if room else Decimal(1000) if load else ZERO
        over = overallocated(inside, capacities)
        projects = list(dict.fromkeys(item.project for item, one in rows if one.due))
        titles = [whole.projects[one].name for one in projects if one in whole.projects]
        limit = self.limit("percent")
        return Finding(
            text=f"{name} has {shown(load)} h to do in {shown(room)} h up to {max(capacities)} ({shown(share)} %), "
            f"over on {days_text(len(over))}: {', '.join(titles[:3])}",
            subject=name,
            level=Decimal(int(share // 25)) if share >= limit else ZERO,
            held=Decimal(int(share // 25) or 1) if share + self.limit("margin") > limit else ZERO,
            severity="critical" if share >= 150 else None,
            owner=name,
            inputs=tuple(
                line(f"{item.task.key} {item.task.title}"[:200], f"{shown(one.hours)} h to {one.due}", (item.ref,))
                for item, one in sorted(rows, key=lambda row: (row[1].due or dt.date.max, row[0].ref))
                if one.due is not None
            )[:100],
            action="Move work to somebody who has room (`sightline people`), or move days.",
        )


def _remaining(task: Task) -> int | None:
    if task.remaining_seconds is not None:
        return task.remaining_seconds
    return None if task.estimate_seconds is None else max(0, task.estimate_seconds - (task.spent_seconds or 0))


class TooMuchAtOnce(WorkspaceRule):
    """Somebody has more items in progress than one can work on."""

    name = "too_much_at_once"
    title = "Too much in progress at once"
    severity = "notice"
    limits = (
        Limit("items", Decimal(5), "items in progress of one person, over all projects"),
        Limit("margin", Decimal(1), "items it must fall below before it is told anew"),
    )

    def check(self, whole: Practice) -> Iterable[Finding | Unsure]:
        """What waits for somebody else is not counted; told again when there are more."""
        if whole.work is None:
            yield _NOT_JOINED
            return
        held: defaultdict[str, list[_Begun]] = defaultdict(list)
        for item in _open(whole.work):
            if item.task.state == "in_progress" and item.task.waiting_on in (None, "us"):
                for person in item.owners:
                    held[person].append(item)
        names, limit = _named(whole.work), self.limit("items")
        for person, items in sorted(held.items()):
            count = Decimal(len(items))
            name = names.get(person, person)
            yield Finding(
                text=f"{name} has {len(items)} items in progress in {_projects(items)}",
                subject=name,
                level=count if count > limit else ZERO,
                held=count + self.limit("margin") if count + self.limit("margin") > limit else ZERO,
                owner=name,
                inputs=tuple(
                    line(f"{i.task.key} {i.task.title}"[:200], f"due {i.task.due_on or 'on no day'}", (i.ref,))
                    for i in items[:100]
                ),
                action="Finish or put back what is begun before beginning more.",
            )


def _projects(items: list[_Begun]) -> str:
    count = len({item.project for item in items})
    return "1 project" if count == 1 else f"{count} projects"


class MissingDays(WorkspaceRule):
    """Working days without any time of somebody who records time."""

    name = "missing_days"
    title = "Working days without time"
    severity = "notice"
    limits = (
        Limit("days", Decimal(10), "working days looked back, without today and yesterday"),
        Limit("missing", Decimal(2), "so many of them without time"),
    )

    def check(self, whole: Practice) -> Iterable[Finding | Unsure]:
        """Of people with time in the four weeks before, leave and free days left out; told again when there are more."""
        if whole.work is None:
            yield _NOT_JOINED
            return
        first, last = self._span(whole)
        worked = _worked(whole, whole.work, first - dt.timedelta(days=28))
        names = _named(whole.work)
        for person, days in sorted(worked.items()):
            if not any(day < first for day in days):
                continue
            name = names.get(person, person)
            away = [day for day in _days(first, last) if not whole.team.capacity(person, day, whole.calendar)]
            missing = missing_days(name, days, first, last, whole.calendar, away)
            if len(missing) >= self.limit("missing"):
                yield Finding(
                    text=f"{name} has no time on {len(missing)} working days from {first} to {last}",
                    subject=name,
                    level=Decimal(len(missing)),
                    since=missing[0].day,
                    owner=name,
                    inputs=tuple(line(str(row.day), row.said) for row in missing),
                    action="Write the time down, or enter the leave.",
                )

    def _span(self, whole: Practice) -> tuple[dt.date, dt.date]:
        last = whole.today - 2 * _DAY
        first, left = last, int(self.limit("days"))
        for _ in range(120):
            left -= whole.calendar.is_working(first)
            if left <= 0:
                break
            first -= _DAY
        return first, last


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + n * _DAY for n in range((last - first).days + 1)]


def _worked(whole: Practice, work: Work, since: dt.date) -> dict[str, set[dt.date]]:
    found: defaultdict[str, set[dt.date]] = defaultdict(set)
    for source, entry in work.time:
        day = _day(entry, whole)
        if day is not None and day >= since and (person := work.of.get(Ref(source, "people", entry.account or ""))):
            found[person].add(day)
    return found


def _day(entry: TimeEntry, whole: Practice) -> dt.date | None:
    if entry.day is not None or entry.started_at is None:
        return entry.day
    return day_in(entry.started_at, zone(whole.calendar.timezone))


class UnmappedPeople(WorkspaceRule):
    """Accounts with time on them that are nobody's: their hours have no rate and no owner."""

    name = "unmapped_people"
    title = "Accounts that are nobody's"

    def check(self, whole: Practice) -> Iterable[Finding | Unsure]:
        """One for the workspace; told again when there are more. Accounts without time are a notice."""
        if whole.work is None:
            yield _NOT_JOINED
            return
        seconds: defaultdict[Ref, int] = defaultdict(int)
        for source, entry in whole.work.time:
            seconds[Ref(source, "people", entry.account or "")] += entry.seconds
        rows = sorted(whole.work.unmatched, key=lambda account: (-seconds[account.ref], account.ref))
        if rows:
            spent = sum(seconds[account.ref] for account in rows)
            yield Finding(
                text=f"{len(rows)} accounts belong to nobody; {hours_text(spent)} are recorded on them",
                level=Decimal(len(rows)),
                severity=None if spent else "notice",
                inputs=tuple(_told(f"{a.source}: {a.record.name or a.record.id}", seconds[a.ref], a.ref) for a in rows[:100]),
                action="Say who they are: `sightline map people`.",
            )  # fmt: skip


def _told(name: str, seconds: int, ref: Ref) -> ReceiptLine:
    return line(name[:200], hours_text(seconds), (ref,))
