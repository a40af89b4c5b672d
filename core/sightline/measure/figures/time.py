"""Hours of a project, the billable ones, and what they are worth."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.billable import billing, rounding_rule
from sightline.measure.pricing import priced_lines
from sightline.measure.receipts import Measure, hours, hours_text, line
from sightline.measure.timesheet import grouped, name_of, time_by_account
from sightline.measure.worth import billable_entries, billable_seconds, billable_value
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import TimeEntry

__all__ = [
    "BillableValue",
    "BillingHours",
    "Hours",
    "HoursBillable",
    "shared_hours",
    "unrecorded",
    "untimed",
]

#: Agreements under which the client buys hours and so may see them.
_BY_HOURS = ("time_and_materials", "capped", "retainer")


def shared_hours(facts: Facts) -> bool:
    """Whether the client has agreed to pay by hours, and so may see them."""
    agreement = facts.project.agreement
    return agreement is not None and agreement.kind in _BY_HOURS


def untimed(facts: Facts, states: Sequence[object]) -> Unknown | None:
    """Why there are no hours to speak of: no entry, and no source is known to record time. None when 0 is true."""
    if facts.time or facts.timed:
        return None
    for state in facts.sources:
        if state in states and "time" in (state.delivers or ()):
            return None
    return Unknown(why="no source of this project is known to record time")


def unrecorded(facts: Facts, states: Sequence[object]) -> Unknown | None:
    """Why what people cost is not known though no hour lacks a rate: work has gone on, and nobody wrote down time.

    None when there are entries, or when nothing has been worked on yet by a source that would record it.
    """
    none = untimed(facts, states)
    if none is not None:
        return Unknown(why="no source records time")
    if facts.time or facts.timed:
        return None
    begun = sum(task.record.state in ("in_progress", "done") for task in facts.tasks)
    return Unknown(why=f"no time is recorded, though {begun} tasks are begun or done") if begun else None


def _whole(entry: Sourced[TimeEntry]) -> int:
    return entry.record.seconds


def _by_person(
    facts: Facts, entries: Iterable[Sourced[TimeEntry]], counted: Callable[[Sourced[TimeEntry]], int] = _whole
) -> list[ReceiptLine]:
    held = time_by_account(facts) if entries is facts.time else grouped(entries)
    by_name: dict[str, list[Sourced[TimeEntry]]] = {}
    for at, own in held.items():
        by_name.setdefault(name_of(at, facts), []).extend(own)
    return [
        line(name, hours_text(sum(map(counted, own))), (Ref(e[0], "time", e[1].id) for e in own), of=len(own))
        for name, own in by_name.items()
    ]


class Hours(Measure):
    """All time recorded on the project."""

    name = "hours"
    title = "Hours worked"
    unit = "hours"
    source = "Sum of the time entries as the tools state them"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Corrections by counter-entry subtract; nothing is rounded. Coverage: share of entries with a known person."""
        none = untimed(facts, self.states(facts))
        value = hours(sum(entry.record.seconds for entry in facts.time)) if none is None else none
        people = facts.people()
        known = sum(
            len(own)
            for (source, account), own in time_by_account(facts).items()
            if Ref(source, "people", account or "") in people
        )
        yield self.figure(
            facts,
            value,
            method="sum of time entries, unrounded",
            formula="sum of hours by person",
            lines=_by_person(facts, facts.time),
            coverage=Decimal(known) / len(facts.time) if facts.time else None,
            internal=not shared_hours(facts),
        )


class HoursBillable(Measure):
    """The recorded time that bills."""

    name = "hours_billable"
    title = "Billable hours"
    unit = "hours"
    source = "Sum of the time entries that are billable by their own word, else by the project's agreement"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Coverage is the share of entries that say themselves whether they bill."""
        entries, counted = billable_entries(facts), billable_seconds(facts)
        none = untimed(facts, self.states(facts))
        value = hours(sum(counted(entry) for entry in entries)) if none is None else none
        said = sum(entry.record.billable is not None for entry in facts.time)
        yield self.figure(
            facts,
            value,
            method="entries marked billable; unmarked ones by the rules, else when the project is for a client",
            formula="sum of billable hours by person, shares applied",
            lines=_by_person(facts, entries, counted),
            coverage=Decimal(said) / len(facts.time) if facts.time else None,
            internal=not shared_hours(facts),
        )


class BillableValue(Measure):
    """Billable hours at the rates in force, without tax, whatever has been invoiced."""

    name = "billable_value"
    title = "Value of billable hours"
    unit = "money"
    source = "Kimai, RateService: the most specific rate valid on the day of work"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure per currency. Unknown while any billable hour lacks a rate; coverage is the share that has one."""
        found, sums = billable_value(facts)
        seconds = sum(row.seconds for row in found.lines)
        whole = seconds + found.missing_seconds
        none = untimed(facts, self.states(facts))
        if none is not None:
            sums = none
        for currency, value in sums.items() if not isinstance(sums, Unknown) else [("", sums)]:
            yield self.figure(
                facts,
                value if isinstance(value, Unknown) else Money(amount=value, currency=currency).round(),
                method="exact time x rate in force, each entry at four decimals; without tax",
                formula=f"sum of the {currency} amounts".replace("  ", " "),
                lines=priced_lines(found),
                coverage=Decimal(seconds) / whole if whole else None,
            )


class BillingHours(Measure):
    """The billable hours as they would stand on invoices: each entry rounded by the rule in force."""

    name = "billing_hours"
    title = "Hours to bill, rounded"
    unit = "hours"
    source = "Kimai, Rounding: on the way to the invoice, never in the records; zero stays zero"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """The same as the billable hours where no rounding rule is set."""
        rule = rounding_rule(facts)
        none = untimed(facts, self.states(facts))
        entries = billable_entries(facts)
        counted = billing(facts) if rule is not None else billable_seconds(facts)
        value = hours(sum(counted(entry) for entry in entries)) if none is None else none
        said = "no rounding rule" if rule is None else f"each entry {rule.mode} to {rule.minutes} minutes"
        formula = "sum of rounded billable hours by person"
        yield self.figure(facts, value, method=said, formula=formula, lines=_by_person(facts, entries, counted))
