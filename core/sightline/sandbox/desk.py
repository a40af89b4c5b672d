"""The tools with which the story is written: working days, moments, tasks that move, time that adds up, numbers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sightline.sandbox.changes import change, touch
from sightline.sandbox.world import (
    Checkitem,
    Comment,
    LedgerTask,
    Place,
    Target,
    World,
    WorldTask,
    WorldTime,
)

__all__ = ["Desk", "Plan", "day", "working_days"]

_QUARTER = 900
_FIRST_NUMBER = {"target": 100, "task": 10_000, "time": 100_000, "comment": 5_000_000, "item": 8_000_000}


def day(text: str) -> dt.date:
    """A day of the story: `11-12` is 12 November 2026; days of other years are written in full."""
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def working_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Mondays to Fridays from `first` to `last`, both included; the first alone when there is none."""
    span = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [d for d in span if d.weekday() < 5] or [first]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What was promised for one task: both days included, hours of work."""

    starts: dt.date
    due: dt.date
    hours: Decimal | None = None

    @classmethod
    def of(cls, starts: str, due: str, hours: str | Decimal | None = None) -> Plan:
        """From texts as `day` reads them."""
        return cls(day(starts), day(due), None if hours is None else Decimal(hours))


class Desk:
    """Writes into one world. Everything random comes from its generator, so the same seed writes the same world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = random.Random(world.seed)
        self._used: dict[tuple[str, str], int] = defaultdict(int)

    def number(self, source: str, kind: str) -> int:
        """The next free number of that kind (target, task, time, comment, item) in the source."""
        self._used[source, kind] += 1
        return _FIRST_NUMBER[kind] + self._used[source, kind]

    def moment(self, on: dt.date, after: dt.datetime | None = None) -> dt.datetime:
        """A moment of that working day, later than `after`, and never later than five minutes before now."""
        early = on >= self.world.now.date()
        hour, minute = (7, self.rng.randrange(60)) if early else (8 + self.rng.randrange(8), self.rng.randrange(60))
        found = dt.datetime(on.year, on.month, on.day, hour, minute, self.rng.randrange(60), tzinfo=dt.UTC)
        if after is not None and found <= after:
            found = after + dt.timedelta(minutes=7)
        return min(found, self.world.now - dt.timedelta(minutes=5))

    def target(self, place: Place, kind: str, name: str, state: str, **fields: Any) -> Target:
        """A version, sprint or milestone."""
        found = Target(self.number(place.source, "target"), place, kind, name, state, **fields)
        self.world.targets.append(found)
        return found

    def task(
        self,
        place: Place,
        title: str,
        *,
        created: dt.date,
        moves: Sequence[tuple[dt.date, str]] = (),
        plan: Plan | None = None,
        who: str | None = None,
        by: str = "priya",
        **fields: Any,
    ) -> WorldTask:
        """A task with its way over the board. The plan gives the first dates and estimate; `who` works on it."""
        at = self.moment(created)
        task = WorldTask(
            number=self.number(place.source, "task"),
            place=place,
            seq=0,
            title=title,
            kind=fields.pop("kind", "task"),
            status=fields.pop("first", place.statuses[0][0]),
            created_at=at,
            updated_at=at,
            reporter=fields.pop("reporter", by),
            assignees=[who] if who else [],
            **fields,
        )
        if plan:
            self._promise(task, plan)
        self.world.tasks.append(task)
        for on, status in moves:
            at = self.moment(on, at)
            change(self.world, task, "status", status, at, who or by)
        return task

    def _promise(self, task: WorldTask, plan: Plan) -> None:
        task.planned_start, task.planned_due = plan.starts, plan.due
        task.start_on, task.due_on = plan.starts, plan.due
        if plan.hours is not None:
            task.planned_seconds = task.estimate_seconds = int(plan.hours * 3600)

    def change(self, task: WorldTask, field: str, after: str | None, on: str, by: str = "priya") -> None:
        """A change of a tracked field on that day of the story, later than what the field's history holds."""
        last = max((h.at for h in task.history if h.field == field), default=task.created_at)
        change(self.world, task, field, after, self.moment(day(on), last), by)

    def say(self, task: WorldTask, on: str, by: str, text: str, **fields: Any) -> Comment:
        """A comment (or review) on that day."""
        number = self.number(task.place.source, "comment")
        said = Comment(number, self.moment(day(on), task.created_at), by, text, **fields)
        task.comments.append(said)
        touch(task, max(said.at, said.edited_at or said.at))
        return said

    def checklist(self, task: WorldTask, name: str, lines: Iterable[tuple[str, bool]]) -> None:
        """A checklist of (title, done) lines."""
        source = task.place.source
        task.checklist += [Checkitem(self.number(source, "item"), name, title, done) for title, done in lines]

    def log(self, task: WorldTask | LedgerTask, who: str, on: dt.date, seconds: int, **fields: Any) -> WorldTime:
        """One time entry. Ledgers know only the day, so theirs begin at midnight UTC."""
        ledger = isinstance(task, LedgerTask)
        source = task.project.organisation.source if isinstance(task, LedgerTask) else task.place.source
        began = self.moment(on)
        written = min(began + dt.timedelta(seconds=seconds + 300), self.world.now - dt.timedelta(minutes=2))
        if ledger:
            began = dt.datetime(on.year, on.month, on.day, tzinfo=dt.UTC)
        entry = WorldTime(
            number=self.number(source, "time"),
            source=source,
            person=who,
            started_at=began,
            seconds=seconds,
            note=fields.pop("note", ""),
            updated_at=fields.pop("updated_at", written),
            task=None if isinstance(task, LedgerTask) else task,
            ledger_task=task if isinstance(task, LedgerTask) else None,
            **fields,
        )
        self.world.times.append(entry)
        if isinstance(task, WorldTask):
            touch(task, entry.updated_at)
        return entry

    def present(self, who: str, first: dt.date, last: dt.date) -> list[dt.date]:
        """The working days of that span, before today, on which the person was not on leave.

        When there is none the span opens backwards until there is one.
        """
        away = self.world.people[who].leave
        last = min(last, self.world.now.date() - dt.timedelta(days=1))
        days = working_days(min(first, last), last)
        found = [d for d in days if not any(leave.starts <= d <= leave.ends for leave in away)]
        return found or self.present(who, first - dt.timedelta(days=1), last)

    def work(
        self,
        task: WorldTask | LedgerTask,
        who: str,
        hours: str | Decimal,
        first: dt.date,
        last: dt.date,
        piece: str = "3.5",
        **fields: Any,
    ) -> list[WorldTime]:
        """Time entries of `who` that sum to exactly `hours`, none longer than `piece` hours, on days of the span."""
        days, left = self.present(who, first, last), int(Decimal(hours) * 3600)
        longest = int(Decimal(piece) * 3600)
        done: list[WorldTime] = []
        while left > 0:
            seconds = min(left, longest)
            done.append(self.log(task, who, days[len(done) % len(days)], seconds, **fields))
            left -= seconds
        return done

    def parts(self, hours: str | Decimal, count: int) -> list[Decimal]:
        """`count` estimates in quarters of an hour, at least one quarter each, that sum to exactly `hours`."""
        quarters = int(Decimal(hours) * 4)
        cuts = sorted(self.rng.sample(range(1, quarters), count - 1))
        return [Decimal(b - a) / 4 for a, b in zip([0, *cuts], [*cuts, quarters], strict=True)]

    def finish(self) -> None:
        """Number everything in the order in which it came to be, as tools do, and put histories in order."""
        seqs: dict[int, int] = defaultdict(int)
        numbers: dict[str, int] = defaultdict(int)
        for task in sorted(self.world.tasks, key=lambda t: (t.created_at, t.number)):
            seqs[task.place.number] += 1
            numbers[task.place.source] += 1
            task.seq, task.number = seqs[task.place.number], _FIRST_NUMBER["task"] + numbers[task.place.source]
            task.history.sort(key=lambda h: h.at)
            task.comments.sort(key=lambda c: c.at)
        self.world.times.sort(key=lambda t: (t.source, t.updated_at, t.number))
        counts: dict[str, int] = defaultdict(int)
        for entry in self.world.times:
            counts[entry.source] += 1
            entry.number = _FIRST_NUMBER["time"] + counts[entry.source]
        self._remaining()

    def _remaining(self) -> None:
        """Jira counts remaining work down with every worklog; the other tools know none."""
        spent: dict[int, int] = defaultdict(int)
        for entry in self.world.times:
            spent[id(entry.task)] += entry.seconds
        for task in self.world.tasks:
            if task.estimate_seconds is not None and self.world.sources[task.place.source].connector == "jira":
                rest = max(0, task.estimate_seconds - spent[id(task)])
                task.remaining_seconds = 0 if task.completed_at else rest
