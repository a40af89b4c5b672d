"""Nothing overlooked, nothing twice: work not yet billed and how old, tracked against billed, traces without time."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.billed import EntryState, bridges, open_seconds, states_of
from sightline.measure.exact import ZERO
from sightline.measure.figures.time import untimed
from sightline.measure.hygiene import findings
from sightline.measure.leaks import leaks
from sightline.measure.ledger import name_of
from sightline.measure.pricing import Priced, day_of, priced, priced_lines
from sightline.measure.receipts import Measure, hours, hours_text, line
from sightline.model.figures import Figure, Unknown
from sightline.model.money import Money
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import Facts

__all__ = ["BilledDifference", "Leakage", "TimeFindings", "WorkInProgress"]


#: So many odd entries stand in the receipt one by one; of the others it says how many there are of each kind.
_SINGLY = 50


class WorkInProgress(Measure):
    """The value of billable time that stands on no invoice yet; `bill_ready` is what could be billed today."""

    name = "wip"
    title = "Work in progress"
    unit = "money"
    reads = ("include", "money")
    source = "ERPNext, timesheet billing: a link is released when its invoice is voided or credited"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Per currency, in the billing view; and the age of the oldest unbilled hour in days."""
        why = self._why_not(facts)
        states = [row for row in states_of(facts) if row.state in ("open", "bill_ready") and row.seconds]
        yield from self._worth(facts, why, "wip", states, "billable time on no invoice, rounded for the bill, x rate")
        ready = [row for row in states if row.state == "bill_ready"]
        method = "of it ready to be billed: with a rate, of today or before"
        yield from self._worth(facts, why, "bill_ready", ready, method)
        oldest = min((day_of(row.entry.record, facts) for row in states), default=None)
        age = Decimal((facts.today - oldest).days) if oldest is not None else ZERO
        yield self.figure(
            facts, age if why is None else why, name="wip_age_days", unit="days", method="days since the oldest unbilled hour",
            formula="today - earliest day of a billable entry on no invoice",
            lines=[line(f"oldest of {len(states)} entries", str(oldest), (row.entry.ref for row in states), of=len(states))] if oldest else [],
        )  # fmt: skip

    def _why_not(self, facts: Facts) -> Unknown | None:
        agreement = facts.project.agreement
        if agreement is not None and agreement.kind in ("fixed_price", "retainer"):
            return Unknown(why=f"a {agreement.kind.replace('_', ' ')} is not billed by the hour: see `accrued`")
        if facts.project.client is None or (agreement is not None and agreement.kind == "internal"):
            return Unknown(why="nobody is billed for it")
        if not facts.project.money:
            return Unknown(why="no money rule says which documents are this project's")
        return untimed(facts, self.states(facts))

    def _worth(
        self, facts: Facts, why: Unknown | None, name: str, states: Sequence[EntryState], method: str
    ) -> Iterable[Figure]:
        left = open_seconds(states)
        found = priced(facts, "bill", [row.entry for row in states], lambda e: left[Ref(e[0], "time", e[1].id)])
        if why is None and found.missing:
            why = Unknown(why=found.why_unknown("bill"))
        formula = "sum of unbilled time x rate"
        if why is not None:
            yield self.figure(facts, why, name=name, method=method, formula=formula, lines=priced_lines(found))
            return
        for currency, amount in (found.by_currency() or {facts.money_currency(): ZERO}).items():
            money = Money(amount=amount, currency=currency).round()
            lines = priced_lines(_in(found, currency))
            yield self.figure(facts, money, name=name, method=method, formula=formula, lines=lines)


def _in(found: Priced, currency: str) -> Priced:
    return Priced([row for row in found.lines if row.rate is not None and row.rate.currency == currency], found.missing)


class BilledDifference(Measure):
    """Hours billed less hours tracked, over all invoices that state hours; the receipt explains it for each."""

    name = "billed_difference"
    title = "Billed less tracked hours"
    unit = "hours"
    reads = ("include", "money")
    source = "Tracked hours of each invoice's days: + earlier ones + rounding + never tracked - left open = billed"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Above 0: more billed than tracked. Unknown when no invoice states hours."""
        rows = bridges(facts)
        value = hours(sum(row.billed - row.tracked for row in rows))
        lines = [
            line(
                f"{name_of(row.part)} to {row.last}: {hours_text(row.billed)} billed, {hours_text(row.tracked)} tracked; "
                f"{hours_text(row.earlier)} from before, {hours_text(row.rounding)} rounding, "
                f"{hours_text(row.untracked)} never tracked, {hours_text(row.left_open)} left open",
                hours_text(row.billed - row.tracked),
                (row.part.ref,),
            )
            for row in rows
        ]
        shown = value if rows else Unknown(why="no invoice of this project states hours")
        method = "lines of hours by rate or text; entries taken oldest first up to the invoice's day"
        yield self.figure(facts, shown, method=method, formula="sum of billed - tracked by invoice", lines=lines)


class Leakage(Measure):
    """Days on which somebody worked here, as commits, comments or closed tasks show, and wrote down no time."""

    name = "leakage_days"
    title = "Days with traces but no time"
    unit = "count"
    source = "Definition of ours: a person's traces on a day, without a time entry that day on the project"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Person-days, with the evidence. Unknown where no source records time."""
        found = leaks(facts)
        none = untimed(facts, self.states(facts))
        lines = [line(f"{row.person}, {row.day}: {row.what}", "1", row.evidence) for row in found]
        value = Decimal(len(found)) if none is None else none
        method = "our own people's commits, comments, reviews and closed tasks, by day"
        yield self.figure(facts, value, method=method, formula="number of person-days", lines=lines)


class TimeFindings(Measure):
    """What is odd about the recorded time: impossible, overlapping, unfinished, late, after the end."""

    name = "time_findings"
    title = "Odd time entries"
    unit = "count"
    source = "Definitions of ours; limits `late_days` and `most_hours_a_day` in `[time]`"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """How many, each with its day and reason."""
        found = findings(facts)
        lines = [line(f"{row.kind}: {row.person}, {row.day}, {row.said}", "1", row.refs) for row in found[:_SINGLY]]
        for kind in sorted({row.kind for row in found[_SINGLY:]}):
            more = [row for row in found[_SINGLY:] if row.kind == kind]
            lines.append(line(f"{kind}: further ones", str(len(more)), (row.refs[-1] for row in more), of=len(more)))
        none = untimed(facts, self.states(facts))
        value = Decimal(len(found)) if none is None else none
        yield self.figure(facts, value, method="every entry looked at once", formula="number of findings", lines=lines)
