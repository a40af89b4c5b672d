"""How late it will be and why, how far behind it is, and who keeps it waiting: the slip ledger as figures."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.receipts import Measure, line, plain
from sightline.measure.slip import TITLES, Days, Part, days_of, points_of
from sightline.measure.turns import waited, waits
from sightline.model.figures import Figure, ReceiptLine, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from sightline.model.facts import Facts

__all__ = ["Behind", "Slip", "Waiting"]

_METHOD = "deterministic: each task after its plan, what it waits for and the days it lost"

_UNITS = {"hours": "h", "points": "points"}


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


class Slip(Measure):
    """Working days from the promised to the forecast day, by reason; the reasons sum to it exactly."""

    name = "slip_days"
    title = "Slip against the promised day"
    unit = "days"
    internal = False
    source = "Critical path with but-for analysis (SCL Delay and Disruption Protocol); rounded by largest remainder"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """`slip_days`, above 0 when late; `slip_finish`, the day itself; `slip_REASON` for each reason that has days."""
        days = days_of(facts)
        formula = "forecast day - promised day, in working days = sum of the reasons"
        if isinstance(days, Unknown):
            yield self.figure(facts, days, method=_METHOD, formula=formula)
            yield self.figure(facts, days, method=_METHOD, formula=formula, name="slip_finish", unit="date")
            return
        held = days.schedule
        open_tasks = sum(piece.task.record.state != "done" for piece in held.pieces)
        coverage = Decimal(open_tasks) / (open_tasks + len(held.undated)) if open_tasks or held.undated else None
        method = f"{_METHOD}; {held.basis}; open waits end {held.answered_on}"
        lines = _lines(days)
        yield self.figure(facts, Decimal(days.gap), method=method, formula=formula, lines=lines, coverage=coverage)
        yield self.figure(
            facts, days.forecast, method=method, formula="promised day + slip_days working days", lines=lines,
            coverage=coverage, name="slip_finish", unit="date",
        )  # fmt: skip
        for part in days.parts:
            yield self.figure(
                facts, part.shown, method=method, formula="what the reason adds to the finish", name=f"slip_{part.cause}",
                lines=[_line(part)], internal=True,
            )  # fmt: skip


def _lines(days: Days) -> list[ReceiptLine]:
    head = [line("promised day", f"{days.promised}"), line("forecast day", f"{days.forecast}")]
    return head + [_line(part) for part in days.parts]


def _line(part: Part) -> ReceiptLine:
    label = f"{TITLES[part.cause]} ({plain(_decimal(part.exact).quantize(Decimal('0.01')))} exact)"
    return line(label, f"{part.shown} d", [one.piece.task.ref for one in part.evidence])


class Behind(Measure):
    """Hours of the plan that should be done by now and are not, by reason; below 0 when ahead."""

    name = "behind_hours"
    title = "Behind the plan"
    unit = "hours"
    internal = False
    source = "Planned less earned share of the plan, of the same items as planned_percent and progress"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """The gap between `planned_percent` and the percent done, as hours of the plan."""
        points = points_of(facts)
        formula = "(planned % - done %) x hours of the plan / 100 = sum of the reasons"
        if isinstance(points, Unknown):
            yield self.figure(facts, points, method="planned less done", formula=formula)
            return
        lines: Sequence[ReceiptLine] = [
            line("planned", f"{plain(_decimal(points.planned).quantize(Decimal('0.01')))} %"),
            line("done", f"{plain(_decimal(points.done).quantize(Decimal('0.01')))} %"),
            *(
                line(TITLES[part.cause], f"{plain(part.shown)} {_UNITS[points.unit]}", dict.fromkeys(part.tasks))
                for part in points.parts
            ),
        ]
        value = _decimal(points.amount) if points.unit == "hours" else Unknown(why="no task has an estimate in hours")
        yield self.figure(facts, value, method=points.basis, formula=formula, lines=lines)


class Waiting(Measure):
    """Working days that open waits on the client have lasted, all together."""

    name = "waiting_client_days"
    title = "Waiting for the client"
    unit = "days"
    internal = False
    source = "Status histories and notes; days after the day on which the wait began"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """`waiting_client_days`, `waiting_supplier_days`, `waiting_payment_days`, `waiting_us_days`: 0 where nothing waits."""
        for on in ("client", "supplier", "payment", "us"):
            held = [(wait, waited(facts, wait)) for wait in waits(facts) if wait.until is None and wait.on == on]
            yield self.figure(
                facts,
                Decimal(sum(days for _, days in held)),
                method="statuses that wait on somebody, questions and approvals that are open",
                formula="sum of working days since each wait began",
                lines=[
                    line(f"{wait.what} ({wait.where})", f"{days} d", [wait.task] if wait.task else [])
                    for wait, days in held
                ],
                name=f"waiting_{on}_days",
                internal=on != "client",
            )
