"""Can the project's data be trusted? Statuses nobody explained, time on a closed project, odd and late entries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure.alerts.reading import listed, listing, open_items
from sightline.measure.hygiene import Finding as Odd
from sightline.measure.hygiene import findings
from sightline.measure.receipts import REFS_PER_LINE, line
from sightline.model.alerts import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure, ReceiptLine

__all__ = ["ClosedProject", "LateEntries", "OddTime", "UnknownStatus"]


def _lines(odd: Sequence[Odd]) -> tuple[ReceiptLine, ...]:
    return tuple(line(f"{row.kind}: {row.person}, {row.day}", row.said, row.refs) for row in odd[:REFS_PER_LINE])


class UnknownStatus(AlertRule):
    """Items in a status whose meaning nobody knows: they are neither open nor done."""

    name = "unknown_status"
    title = "Statuses without a meaning"

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each status."""
        unclear = [item for item in open_items(facts) if item.task.state == "unknown"]
        for status in sorted({item.task.status for item in unclear}):
            items = [item for item in unclear if item.task.status == status]
            yield Finding(
                text=f"{len(items)} items are in {status!r}, of which nobody has said what it means: {listed(items)}",
                subject=status,
                inputs=listing((item, status) for item in items),
                action="Say what it means: `sightline map statuses`.",
            )


class ClosedProject(AlertRule):
    """Time was recorded after the project had ended."""

    name = "closed_project"
    title = "Time on a closed project"

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """Told again when there is more of it."""
        after = [row for row in findings(facts) if row.kind == "after the end"]
        if after:
            yield Finding(
                text=f"{len(after)} time entries are after the project's end on {facts.project.ended}",
                level=Decimal(len(after)),
                since=after[0].day,
                inputs=_lines(after),
                action="Move them to the right project, or move its end.",
            )


class _Odd(AlertRule):
    """Odd time entries of some kinds, of late."""

    severity = "notice"
    limits = (Limit("days", Decimal(30), "calendar days looked back"),)
    kinds: tuple[str, ...] = ()
    what = ""
    todo = ""

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each person; told again when there are more."""
        first = facts.today - dt.timedelta(days=int(self.limit("days")))
        recent = [row for row in findings(facts) if row.kind in self.kinds and (row.day is None or row.day >= first)]
        for person in sorted({row.person for row in recent}):
            mine = [row for row in recent if row.person == person]
            yield Finding(
                text=f"{self.what}: {len(mine)} of {person}; the last on {mine[-1].day}, {mine[-1].said}",
                subject=person,
                level=Decimal(len(mine)),
                since=mine[0].day,
                owner=person,
                inputs=_lines(mine),
                action=self.todo,
            )


class OddTime(_Odd):
    """Time that cannot be: too much on a day, overlapping, negative, still running, in the future, of nobody."""

    name = "odd_time"
    title = "Impossible time entries"
    kinds = ("negative", "running", "too long", "overlap", "future", "nobody's")
    what = "Time that cannot be"
    todo = "Correct them in the tool, or by `sightline map`."

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each person; told again when there are more."""
        return super().check(facts, figures)


class LateEntries(_Odd):
    """Time that was written down long after the day."""

    name = "late_entries"
    title = "Late time entries"
    kinds = ("late",)
    what = "Time written down late"
    todo = "Write time down on the day: budgets and bills go by it."

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each person; told again when there are more."""
        return super().check(facts, figures)
