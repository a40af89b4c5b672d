"""Earned value and earned schedule against the baseline in force, in hours, and in money where rates are known."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure.earned_value import (
    EacMethod,
    Earned,
    estimate_at_completion,
    estimate_to_complete,
    to_complete_index,
    variance_at_completion,
)
from sightline.measure.earning import Earning, earning_of, priced_plan
from sightline.measure.exact import percent
from sightline.measure.figures.profit import costs_of
from sightline.measure.figures.time import unrecorded
from sightline.measure.receipts import Measure, line, money_text, plain
from sightline.measure.schedule import Schedule, schedule_of
from sightline.measure.scope import scope_changes
from sightline.model.figures import Figure, ReceiptLine, Unit, Unknown
from sightline.model.money import Money
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["EarnedSchedule", "EarnedValue", "EarnedValueMoney", "ProgressEarned", "ScopeChanged"]

Of = Callable[[Earned], Decimal | Unknown]


def _eac(method: EacMethod) -> Of:
    return lambda earned: estimate_at_completion(earned, method)


#: Figure → kind (amount or ratio), formula, whether it needs what was worked, and how it follows from PV, EV, AC, BAC.
DERIVED: dict[str, tuple[str, str, bool, Of]] = {
    "bac": ("amount", "sum of the baseline's dated work", False, lambda e: e.bac),
    "pv": ("amount", "sum(work x share of its working hours passed)", False, lambda e: e.pv),
    "ev": ("amount", "sum(work x share earned)", False, lambda e: e.ev),
    "ac": ("amount", "what was worked", True, lambda e: e.ac),
    "sv": ("amount", "EV - PV", False, lambda e: e.sv),
    "cv": ("amount", "EV - AC", True, lambda e: e.cv),
    "spi": ("ratio", "EV / PV", False, lambda e: e.spi),
    "cpi": ("ratio", "EV / AC", True, lambda e: e.cpi),
    "etc": ("amount", "(BAC - EV) / CPI", True, lambda e: estimate_to_complete(e.bac, e.ev, e.cpi)),
    "vac": ("amount", "BAC - BAC / CPI", True, lambda e: variance_at_completion(e.bac, _eac("typical")(e))),
    "tcpi": ("ratio", "(BAC - EV) / (BAC - AC)", True, lambda e: to_complete_index(e.bac, e.ev, e.ac)),
}
#: Estimates at completion by the baseline; in hours two of them stand with the other estimates at completion.
EACS: dict[str, tuple[str, str, bool, Of]] = {
    "eac_typical": ("amount", "AC + (BAC - EV) x AC / EV", True, _eac("typical")),
    "eac_atypical": ("amount", "AC + BAC - EV", True, _eac("atypical")),
    "eac_combined": ("amount", "AC + (BAC - EV) / (CPI x SPI)", True, _eac("combined")),
}


def _method(facts: Facts, found: Earning) -> str:
    day = day_in(found.baseline.frozen_at, zone(facts.calendar.timezone))
    return f'baseline "{found.baseline.name}" of {day}, credit rule {found.rule}'


def _h(amount: Decimal) -> str:
    return f"{plain(amount.quantize(Decimal('0.0001')))} h"


def _receipt(found: Earning) -> list[ReceiptLine]:
    """The four sums, with the tasks that earned."""
    earned = found.earned
    done = [piece.item.task for piece, credit in found.credits if credit and piece.item.task is not None]
    planned = [piece.item.task for piece, _ in found.credits if piece.item.task is not None]
    return [
        line("BAC, work of the baseline's dated items", _h(earned.bac), planned),
        line("PV, of it planned by the end of today", _h(earned.pv)),
        line("EV, of it earned", _h(earned.ev), done),
        line("AC, hours worked", _h(earned.ac)),
    ]


class ProgressEarned(Measure):
    """What is earned of the baseline's work, in percent: comparable with what was planned, item by item."""

    name = "progress_earned"
    title = "Done, of the work planned"
    unit = "percent"
    source = "Earned value: EV / BAC, items credited by the project's rule"
    internal = False

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Coverage is the share of the planned work that is tied to tasks."""
        found = earning_of(facts)
        formula = "100 x EV / BAC"
        if isinstance(found, Unknown):
            yield self.unknown(facts, found.why, method="earned value", formula=formula)
            return
        value = percent(found.earned.ev, found.earned.bac, why="BAC is 0")
        lines = _receipt(found)
        yield self.figure(
            facts, value, method=_method(facts, found), formula=formula, lines=[lines[0], lines[2]], coverage=found.matched
        )  # fmt: skip


class EarnedValue(Measure):
    """Earned value in hours: BAC, PV, EV, AC, and what follows: SV, CV, SPI, CPI, ETC, VAC, TCPI, EAC combined."""

    name = "ev"
    title = "Earned value"
    unit = "hours"
    source = "R package PRA; PMP texts. PV by the baseline's time phasing, EV by the project's credit rule"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure each; Unknown without a baseline, and where work would have to be known and no source records it."""
        found, none = earning_of(facts), unrecorded(facts, self.states(facts))
        combined = {"eac_combined": EACS["eac_combined"]}
        for name, (kind, formula, needs_work, of) in (DERIVED | combined).items():
            unit: Unit = "hours" if kind == "amount" else "ratio"
            if isinstance(found, Unknown):
                yield self.figure(facts, found, name=name, unit=unit, method="earned value, in hours", formula=formula)
                continue
            value = none if needs_work and none is not None else of(found.earned)
            method = f"{_method(facts, found)}, in hours"
            yield self.figure(
                facts, value, name=name, unit=unit, method=method, formula=formula, lines=_receipt(found),
                coverage=found.matched,
            )  # fmt: skip


class EarnedValueMoney(Measure):
    """The same at cost: planned work at its owner's cost rate (or its own planned cost), against the cost of work."""

    name = "ev_cost"
    title = "Earned value, in money"
    unit = "money"
    reads = ("include", "money")
    source = "R package PRA; PMP texts. Work at cost rates in force on each item's first day; purchases are not in it"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """In the one currency that work is paid in; Unknown when an item or an hour has no cost rate."""
        found, why = self._found(facts)
        earned, currency, lines = found
        for name, (kind, formula, _needs, of) in (DERIVED | EACS).items():
            unit: Unit = "money" if kind == "amount" else "ratio"
            value: Decimal | Money | Unknown = why if why is not None else of(earned)
            if isinstance(value, Decimal) and kind == "amount":
                value = Money(amount=value, currency=currency).round()
            # `eac_cost` and its kin are estimates of everything, purchases among it.
            stem = f"ev_{name}" if name.startswith("eac") else name
            yield self.figure(
                facts, value, name=f"{stem}_cost", unit=unit, method="the baseline's hours at cost rates",
                formula=formula, lines=lines,
            )  # fmt: skip

    def _found(self, facts: Facts) -> tuple[tuple[Earned, str, list[ReceiptLine]], Unknown | None]:
        none = Earned(*[Decimal(0)] * 4), "", list[ReceiptLine]()
        earning, unread = earning_of(facts), unrecorded(facts, self.states(facts))
        why = earning if isinstance(earning, Unknown) else unread
        if isinstance(earning, Unknown) or why is not None:
            return none, why
        work = costs_of(facts).work
        if work.missing:
            return none, Unknown(why=work.why_unknown("cost"))
        sums = work.by_currency()
        if len(sums) > 1:
            return none, Unknown(why=f"work is paid in several currencies: {', '.join(sorted(sums))}")
        currency = next(iter(sums), facts.money_currency())
        plan = priced_plan(facts, earning, currency)
        if plan.unpriced:
            return none, Unknown(
                why=f"{plan.unpriced} of {len(earning.credits)} planned items have no cost rate in {currency}"
            )
        earned = Earned(plan.pv, plan.ev, sums.get(currency, Decimal(0)), plan.bac)
        told = (("BAC", earned.bac), ("PV", earned.pv), ("EV", earned.ev), ("AC, cost of work", earned.ac))
        return (earned, currency, [line(name, money_text(amount, currency)) for name, amount in told]), None


#: Figure → unit, formula, and how it follows.
_TIMES: dict[str, tuple[Unit, str, Callable[[Schedule], object]]] = {
    "earned_schedule": ("days", "the working day by which the plan had earned EV", lambda s: s.es),
    "sv_t": ("days", "ES - AT", lambda s: s.sv),
    "spi_t": ("ratio", "ES / AT", lambda s: s.spi),
    "ieac_t": ("days", "PD / SPI(t)", lambda s: s.ieac),
    "ieac_t_on": ("date", "the plan's first day + IEAC(t) working days", lambda s: s.ends),
}


class EarnedSchedule(Measure):
    """In working days: how far the plan was when it had earned as much, SV(t), SPI(t), IEAC(t), and on which day that ends."""

    name = "earned_schedule"
    title = "Earned schedule"
    unit = "days"
    source = "Lipke, Earned Schedule: ES = C + (EV - PV_C) / (PV_C+1 - PV_C); periods are working days"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Negative SV(t) is behind. Unlike SPI it stays truthful to the end."""
        found, earning = schedule_of(facts), earning_of(facts)
        for name, (unit, formula, of) in _TIMES.items():
            if isinstance(found, Unknown) or isinstance(earning, Unknown):
                why = found if isinstance(found, Unknown) else earning
                assert isinstance(why, Unknown)
                yield self.figure(facts, why, name=name, unit=unit, method="earned schedule", formula=formula)
                continue
            lines = [
                line("EV", _h(earning.earned.ev)),
                line("ES, earned schedule", f"{plain(found.es.quantize(Decimal('0.0001')))} working days"),
                line("AT, working days passed since the plan began", plain(found.at)),
                line("PD, working days of the plan", plain(found.pd)),
                line("the plan's first day", str(found.first)),
            ]
            value: object = of(found)
            yield self.figure(
                facts, value, name=name, unit=unit, method=f"{_method(facts, earning)}, by working days",  # type: ignore[arg-type]
                formula=formula, lines=lines,
            )  # fmt: skip


class ScopeChanged(Measure):
    """Hours by which the work has grown (or shrunk) since the baseline, and how much of the change nobody approved."""

    name = "scope_change"
    title = "Scope since the baseline"
    unit = "hours"
    source = "Definition of ours: added - removed + re-estimated, item by item; approved by a note that names the task"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """The receipt is the log of changes, moved days among them."""
        earning = earning_of(facts)
        formula = "sum of hours added - removed + re-estimated"
        if isinstance(earning, Unknown) and not facts.baselines:
            for name in (self.name, "scope_unapproved"):
                yield self.figure(facts, earning, name=name, method="against the baseline", formula=formula)
            return
        changes = scope_changes(facts)
        lines = [
            line(
                f"{one.kind} {one.key} {one.title[:60]}"
                + (f", due {one.due[0] or '-'} > {one.due[1] or '-'}" if one.kind == "moved" else "")
                + (f", approved by {one.approved}" if one.approved else ", not approved"),
                _h(Decimal(one.seconds) / 3600),
                (one.ref,),
            )
            for one in changes
        ]
        net = Decimal(sum(one.seconds for one in changes)) / 3600
        yield self.figure(facts, net, method="against the baseline in force", formula=formula, lines=lines)
        open_ = [one for one in changes if one.approved is None and one.kind != "moved"]
        yield self.figure(
            facts, Decimal(sum(abs(one.seconds) for one in open_)) / 3600, name="scope_unapproved",
            method="changes that no note approves", formula="sum of hours changed without approval, whatever the sign",
            lines=[one for one, change in zip(lines, changes, strict=True) if change in open_],
        )  # fmt: skip
