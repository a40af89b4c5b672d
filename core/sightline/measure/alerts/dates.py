"""Will it be there in time? The forecast against the promise, done against plan, items and milestones past their day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import (
    Item,
    is_over,
    listed,
    listing,
    number,
    open_items,
    shown,
    stepped,
    told_figure,
    working_text,
)
from sightline.measure.calendar import working_days
from sightline.measure.exact import ZERO
from sightline.measure.receipts import days_text, hours_text, line
from sightline.model.alerts import Finding, Unsure
from sightline.model.figures import Unknown
from sightline.model.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure

__all__ = ["AtRisk", "BehindPlan", "MilestonesLate", "Overdue", "PromisePassed"]


class PromisePassed(AlertRule):
    """The forecast of the end lies after the promised day, or that day has passed with work still open."""

    name = "promise"
    title = "The end is forecast after the promised day"
    severity = "critical"
    limits = (
        Limit("days", (Decimal(1), Decimal(5), Decimal(10), Decimal(20)), "working days late; each step is told once"),
        Limit("margin", Decimal(2), "working days of recovery before a step is told anew"),
        Limit("likely", Decimal(50), "percent: kept in fewer of the trials it is critical, else a warning"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding | Unsure]:
        """By the day that 85 of 100 trials of the forecast keep, at the pace so far."""
        due, left = facts.project.due, open_items(facts)
        if due is None or is_over(facts) or not left:
            return
        name, ends = _forecast(figures)
        if isinstance(ends, Unknown) and facts.today <= due:
            yield Unsure(why=ends.why)
            return
        end = max(ends, facts.today) if isinstance(ends, dt.date) else facts.today
        late = Decimal(working_days(due, end, facts.calendar))
        level, held = stepped(late, self.steps("days"), self.limit("margin"))
        likely = number(figures.get("promise_likelihood"))
        chance = f", which is kept in {shown(likely)} % of the trials" if isinstance(likely, Decimal) else ""
        text = f"At the pace so far it ends by {end}, {working_text(int(late))} after the promised {due}{chance}"
        if facts.today > due:
            text = f"The promised {due} has passed with {counted(len(left), 'item')} open; the end is not before {end}"
        yield Finding(
            text=text,
            level=level,
            held=held,
            severity="warning" if isinstance(likely, Decimal) and likely >= self.limit("likely") else None,
            inputs=(
                *told_figure(figures, name, "promise_likelihood", "forecast_held_85"),
                line("promised day", str(due)),
                line("items open", str(len(left))),
            ),
            action="Tell the client the new day and why, or agree on less; `sightline why` lists the reasons.",
        )


def _forecast(figures: Mapping[str, Figure]) -> tuple[str, dt.date | Unknown]:
    """The forecast's name and day: by throughput, else by effort."""
    for name in ("finish_85", "effort_finish_85"):
        if name in figures and isinstance(value := figures[name].value, dt.date):
            return name, value
    held = figures.get("finish_85")
    return "finish_85", held.value if held is not None and isinstance(held.value, Unknown) else Unknown(
        why="there is no forecast"
    )


class BehindPlan(AlertRule):
    """Less is done than the plan says for today."""

    name = "behind_plan"
    title = "Less is done than planned"
    limits = (
        Limit("points", (Decimal(5), Decimal(10), Decimal(20), Decimal(40)), "percentage points behind; each step is told once"),
        Limit("margin", Decimal(2), "points of recovery before a step is told anew"),
    )  # fmt: skip

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding | Unsure]:
        """Planned by today less done, by estimates where there are any."""
        if is_over(facts):
            return
        names = ("progress_by_estimate", "progress_by_count")
        done_by = next((n for n in names if isinstance(number(figures.get(n)), Decimal)), names[0])
        planned, done = number(figures.get("planned_percent")), number(figures.get(done_by))
        if isinstance(planned, Unknown) or isinstance(done, Unknown):
            yield Unsure(why=planned.why if isinstance(planned, Unknown) else "done is not known")
            return
        level, held = stepped(planned - done, self.steps("points"), self.limit("margin"))
        steps = self.steps("points")
        yield Finding(
            text=f"{shown(done)} % is done where the plan says {shown(planned)} % for today",
            level=level,
            held=held,
            severity="critical" if len(steps) > 1 and level > steps[1] else None,
            inputs=tuple(told_figure(figures, "planned_percent", done_by)),
            action="See `sightline why` for the reasons and for what gets it back on track.",
        )


class AtRisk(AlertRule):
    """Items that are due soon and not begun, or with more to do than there are working hours left."""

    name = "at_risk"
    title = "Items that will hardly be done by their day"
    limits = (
        Limit("days", Decimal(3), "working days before its due day by which an item should have been begun"),
        Limit("share", Decimal(1), "of the working hours up to the due day that the item's remaining hours may take"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each person; told again when there is another. Several owners share what remains."""
        if is_over(facts):
            return
        mine: defaultdict[str, list[tuple[Item, str]]] = defaultdict(list)
        for item in open_items(facts):
            due = item.task.due_on
            if due is not None and due >= facts.today and (why := self._why(item, due, facts)):
                mine[item.owners[0] if item.owners else ""].append((item, why))
        for owner, rows in sorted(mine.items()):
            rows.sort(key=lambda row: (row[0].task.due_on or facts.today, row[0].task.key))
            items = [item for item, _ in rows]
            yield Finding(
                text=f"{counted(len(items), 'item')} of {owner or 'nobody'} will hardly be done in time: {listed(items)}; "
                f"{items[0].task.key} is {rows[0][1]}",
                subject=owner,
                level=Decimal(len(items)),
                owner=owner or None,
                inputs=listing(rows),
                action="Begin them now, give them to somebody else, or agree on a new day while there is time.",
            )

    def _why(self, item: Item, due: dt.date, facts: Facts) -> str | None:
        left = working_days(facts.today, due + dt.timedelta(days=1), facts.calendar)
        task = item.task
        rest = task.remaining_seconds
        if rest is None and task.estimate_seconds is not None:
            rest = max(0, task.estimate_seconds - (task.spent_seconds or 0))
        room = self.limit("share") * left * facts.calendar.hours_per_day * max(1, len(item.owners))
        if rest is not None and Decimal(rest) / 3600 > room:
            return f"due {due} with {hours_text(rest)} to do"
        if task.state == "todo" and left <= self.limit("days"):
            return f"due {due} and not begun"
        return None


class Overdue(AlertRule):
    """Items past their due day, by whose they are."""

    name = "overdue"
    title = "Items past their due day"
    limits = (
        Limit("critical_days", Decimal(10), "working days late from which it is critical"),
        Limit("people", Decimal(3), "where more people than this are late, one alert speaks for all"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each person, or one for all where many are late; told again when another item falls due."""
        if is_over(facts):
            return
        late = [i for i in open_items(facts) if i.task.due_on is not None and i.task.due_on < facts.today]
        mine: defaultdict[str, list[Item]] = defaultdict(list)
        for item in sorted(late, key=lambda item: (item.task.due_on or facts.today, item.task.key)):
            mine[item.owners[0] if item.owners else ""].append(item)
        if len(mine) > self.limit("people"):
            items = [item for held in mine.values() for item in held]
            items.sort(key=lambda item: (item.task.due_on or facts.today, item.task.key))
            yield self._of(items, f"{len(mine)} people", "", None, facts)
            return
        for owner, items in sorted(mine.items()):
            yield self._of(items, owner or "nobody", f"of {owner}", owner or None, facts)

    def _of(self, items: list[Item], whose: str, subject: str, owner: str | None, facts: Facts) -> Finding:
        oldest = items[0].task.due_on or facts.today
        late = working_days(oldest, facts.today, facts.calendar)
        return Finding(
            text=f"{counted(len(items), 'item')} of {whose} past the due day: {listed(items)}; the oldest by {days_text((facts.today - oldest).days)}",
            subject=subject,
            severity="critical" if late >= self.limit("critical_days") else None,
            level=Decimal(len(items)),
            since=oldest,
            owner=owner,
            inputs=listing((i, f"due {i.task.due_on}, {', '.join(i.owners) or 'nobody'}") for i in items),
            action="Finish them, or agree on a new day for each.",
        )


class MilestonesLate(AlertRule):
    """A milestone or version past its day, or near it with most of its work open."""

    name = "milestone_late"
    title = "A milestone is late or at risk"
    limits = (
        Limit("days_before", Decimal(5), "working days before its day from which open work is looked at"),
        Limit("open_percent", Decimal(50), "percent of its items still open that make it a risk"),
    )

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """Sprints are the team's own rhythm and left out."""
        if is_over(facts):
            return
        items = open_items(facts)
        for source, milestone in facts.milestones:
            if milestone.kind == "sprint" or milestone.completed_at is not None or milestone.due_on is None:
                continue
            inside = [i for i in items if i.ref.source == source and milestone.id in i.task.milestones]
            whole = sum(t.source == source and milestone.id in t.record.milestones for t in facts.tasks)
            left = working_days(facts.today, milestone.due_on, facts.calendar)
            late = facts.today > milestone.due_on
            share = Decimal(100 * len(inside)) / whole if whole else ZERO
            near = 0 <= left <= self.limit("days_before") and share >= self.limit("open_percent")
            if not (late or near) or (whole and not inside):
                continue
            said = "was due" if late else "is due"
            yield Finding(
                text=f"{milestone.name} {said} on {milestone.due_on}; {len(inside)} of {whole} items are open",
                subject=f"{source}:{milestone.id}",
                severity="critical" if late else None,
                level=Decimal(2 if late else 1),
                since=milestone.due_on if late else None,
                owner=facts.project.milestone(milestone.name).owner,
                inputs=listing((item, item.task.status) for item in inside),
                action="Move the day with the client, or take items out of it.",
            )
