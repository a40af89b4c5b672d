"""Working days on which work stood still, by cause, as records have it: waits, leave, a project paused over a bill."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sightline.measure.network import ZERO
from sightline.measure.receivables import standing
from sightline.measure.turns import Wait, waits
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import Task

__all__ = ["Axis", "Lost"]

_DAY = dt.timedelta(days=1)
#: Work is paused over a bill when nobody leaves a trace for so many working days while it is overdue.
_PAUSE = 5


class Axis:
    """Working days in a row: a position is how many have passed, from before `first` to the end of a day."""

    def __init__(self, facts: Facts, first: dt.date) -> None:
        self.calendar, self.team, self.project = facts.calendar, facts.team, facts.project.id
        self.zone = zone(facts.calendar.timezone)
        # Some room in front: work may have begun before the plan says.
        self.first = first - dt.timedelta(days=92)
        self.days: list[dt.date] = []
        self._until = self.first - _DAY

    def end(self, day: dt.date) -> Fraction:
        """Working days from `first` to the end of that day."""
        return Fraction(self.calendar.working_days_between(self.first, day + _DAY))

    def end_of(self, moment: dt.datetime) -> Fraction:
        """The same, of the moment's day."""
        return self.end(day_in(moment, self.zone))

    def day(self, position: Fraction) -> dt.date:
        """The working day at whose end the position is reached; the last one known within ten years at most."""
        whole = -(-position.numerator // position.denominator)
        self._grow(whole)
        return self.days[min(max(whole, 1), len(self.days)) - 1] if self.days else self.first

    def between(self, begins: Fraction, ends: Fraction) -> list[dt.date]:
        """The working days after `begins` up to `ends`."""
        last = -(-ends.numerator // ends.denominator)
        self._grow(last)
        return self.days[max(0, int(begins)) : last]

    def _grow(self, count: int) -> None:
        idle = 0
        while len(self.days) < count and idle < 3660:
            self._until += _DAY
            working = self.calendar.is_working(self._until)
            idle = 0 if working else idle + 1
            if working:
                self.days.append(self._until)


class Lost:
    """What is recorded about one project's days. `outside` are tasks blocked by work that is in no plan."""

    def __init__(self, facts: Facts, axis: Axis, answered_on: dt.date) -> None:
        self.facts, self.axis, self.answered_on = facts, axis, answered_on
        self.outside: set[Ref] = set()
        self.waits: defaultdict[Ref, list[Wait]] = defaultdict(list)
        for wait in waits(facts):
            if wait.task is not None and wait.on != "us":
                self.waits[wait.task].append(wait)
        self.spent: defaultdict[Ref, int] = defaultdict(int)
        for source, entry in facts.time:
            if entry.task:
                self.spent[Ref(source, "tasks", entry.task)] += entry.seconds
        self.people = {ref: person.id for ref, person in facts.people().items()}
        self.away = {leave.person for leave in facts.team.leave}
        self._shares: dict[tuple[str, ...], Mapping[dt.date, Fraction]] = {}
        self.paused = self._paused()
        self._paused_days = sorted(self.paused)

    def people_on(self, task: Sourced[Task]) -> list[str]:
        """Ids of the people it is assigned to; an account that is nobody's stands for itself."""
        accounts = (Ref(task.source, "people", one) for one in task.record.assignees)
        return list(dict.fromkeys(self.people.get(ref, str(ref)) for ref in accounts))

    def by_cause(self, task: Sourced[Task], begins: Fraction, ends: Fraction) -> dict[str, Fraction]:
        """Days between the two positions on which the task stood still, each given to one cause only."""
        held, people = self.waits.get(task.ref, ()), self.people_on(task)
        if not held and not self.paused and not self.away.intersection(people):
            return {}
        days = self.axis.between(begins, ends)
        if not days:
            return {}
        away = {day: share for day, share in self._away(tuple(people)).items() if days[0] <= day <= days[-1]}
        found: defaultdict[str, Fraction] = defaultdict(Fraction)
        taken = self._taken(held, days) if held else self._paused_between(days[0], days[-1])
        for cause, count in Counter(taken.values()).items():
            found[cause] += count
        short = sum((share for day, share in away.items() if day not in taken), ZERO)
        return dict(found) | ({"person_short": short} if short else {})

    def _taken(self, held: Sequence[Wait], days: Sequence[dt.date]) -> Mapping[dt.date, str]:
        """Day → what was waited for, of those days on which somebody else had the turn; a wait goes before a pause."""
        spans = [(wait.on, day_in(wait.since, self.axis.zone), self._last(wait)) for wait in held]
        found = {}
        for day in days:
            waiting = {on for on, since, last in spans if since < day <= last}
            cause = next((on for on in ("client", "payment", "supplier") if on in waiting), None)
            if cause is not None or day in self.paused:
                found[day] = cause or "payment"
        return found

    def _paused_between(self, first: dt.date, last: dt.date) -> Mapping[dt.date, str]:
        days = self._paused_days
        return dict.fromkeys(days[bisect_left(days, first) : bisect_right(days, last)], "payment")

    def _last(self, wait: Wait) -> dt.date:
        if wait.until is not None:
            return day_in(wait.until, self.axis.zone)
        return max(self.answered_on, wait.due or self.answered_on)

    def _away(self, people: tuple[str, ...]) -> Mapping[dt.date, Fraction]:
        """Working day → share of these people's day for which they were away; days without any are left out."""
        if people not in self._shares:
            gone = [one for one in self.facts.team.leave if one.person in people]
            days = {one.starts + n * _DAY for one in gone for n in range((one.ends - one.starts).days + 1)}
            working = sorted(day for day in days if self.axis.calendar.is_working(day))
            shares = ((day, self._short(people, day)) for day in working)
            self._shares[people] = {day: share for day, share in shares if share}
        return self._shares[people]

    def _short(self, people: Sequence[str], day: dt.date) -> Fraction:
        """Share (0-1) of their day for which the people on it were away; common days off are no loss."""
        team, calendar = self.facts.team, self.facts.calendar
        full = sum((Fraction(team.full_day(one, day, calendar)) for one in people), ZERO)
        away = sum((Fraction(team.away(one, day, calendar)) for one in people), ZERO)
        return away / full if full else ZERO

    def _paused(self) -> frozenset[dt.date]:
        """Working days up to today without any trace of work while an invoice was overdue, in runs of a week or more."""
        spans = self._overdue()
        if not spans:
            return frozenset()
        traces = {entry.record.day for entry in self.facts.time if entry.record.day}
        traces |= {day_in(one.record.at, self.axis.zone) for one in self.facts.activities}
        if not traces:
            return frozenset()
        first, run, found = min(first for first, _ in spans), [], set[dt.date]()
        last = self.axis.end(self.facts.today)
        for day in [*self.axis.between(self.axis.end(first - _DAY), last), None]:
            still = day is not None and day not in traces and any(a <= day <= b for a, b in spans)
            if still and day is not None:
                run.append(day)
                continue
            if len(run) >= _PAUSE:
                found |= set(run)
            run = []
        return frozenset(found)

    def _overdue(self) -> list[tuple[dt.date, dt.date]]:
        """Days on which an invoice of the project was overdue: from the day after it was due to the day it was paid."""
        found = []
        for part in self.facts.documents:
            document = part.document
            if document.kind != "invoice" or standing(document) != "counts" or document.due_on is None:
                continue
            until = self.facts.today if part.outstanding else document.paid_on
            if until is not None and until > document.due_on:
                found.append((document.due_on + _DAY, until))
        return found
