"""What the project will have taken when it is done: hours and cost at completion, by the named variants."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.earned_value import EacMethod, Earned, estimate_at_completion
from sightline.measure.exact import HUNDRED, ZERO
from sightline.measure.figures.profit import costs_of, spent_in_one
from sightline.measure.figures.revenue import complete_percent
from sightline.measure.figures.time import unrecorded
from sightline.measure.receipts import Measure, hours, hours_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["CostAtCompletion", "HoursAtCompletion", "at_completion", "cost_at_completion"]

#: Figure → variant of the estimate at completion, and its formula.
VARIANTS: dict[str, tuple[EacMethod, str]] = {
    "eac_typical": ("typical", "AC + (BAC - EV) x AC / EV: the work goes on as it went"),
    "eac_atypical": ("atypical", "AC + BAC - EV: the rest goes as planned"),
    "eac_bottom_up": ("bottom_up", "AC + estimates of what is not done"),
}


class Hours(NamedTuple):
    """Hours in terms of earned value (no plan over time, so PV is 0), what the open estimates come to, and the basis."""

    earned: Earned
    rest: Decimal | None
    basis: str
    lines: list[ReceiptLine]


@remembered
def hours_of(facts: Facts) -> Hours | Unknown:
    """BAC from the agreed hours, else from all estimates; EV = BAC x percent complete; AC all hours worked."""
    leaves = work_of(facts).leaves
    done, by = complete_percent(facts)
    if isinstance(done, Unknown):
        return done
    agreement = facts.project.agreement
    estimates = sum((leaf.estimate or ZERO for leaf in leaves), ZERO) / 3600
    agreed = agreement.budget_seconds if agreement is not None and agreement.kind != "retainer" else None
    bac, basis = (hours(agreed), "agreed hours") if agreed else (estimates, "sum of estimates")
    if not bac:
        return Unknown(why="neither hours were agreed nor tasks estimated")
    worked = sum(entry.record.seconds for entry in facts.time)
    open_leaves = [leaf for leaf in leaves if not leaf.item.closed]
    rest = None
    if all(leaf.estimate is not None for leaf in open_leaves):
        rest = sum((leaf.estimate or ZERO for leaf in open_leaves), ZERO) / 3600
    lines = [
        line(f"BAC, {basis}", f"{plain(bac.quantize(Decimal('0.0001')))} h"),
        line(f"percent complete by {by}", f"{plain(done.quantize(Decimal('0.000001')))} %"),
        line("AC, hours worked", hours_text(worked)),
        line(
            "estimates of what is not done",
            "not all known" if rest is None else f"{plain(rest.quantize(Decimal('0.0001')))} h",
        ),
    ]
    return Hours(Earned(ZERO, bac * done / HUNDRED, hours(worked), bac), rest, basis, lines)


def at_completion(facts: Facts, variant: EacMethod) -> Decimal | Unknown:
    """Hours at completion by that variant."""
    found = hours_of(facts)
    if isinstance(found, Unknown):
        return found
    if variant == "bottom_up" and found.rest is None:
        return Unknown(why="some open tasks have no estimate")
    return estimate_at_completion(found.earned, variant, etc=found.rest)


class HoursAtCompletion(Measure):
    """Hours at completion, three ways: they differ, so each has its name."""

    name = "eac_typical"
    title = "Hours at completion"
    unit = "hours"
    source = "R package PRA; PMP texts: BAC / CPI (typical), AC + BAC - EV (atypical), AC + new estimate (bottom-up)"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown where no time is recorded, nothing is done yet or nothing is estimated."""
        none, found = unrecorded(facts, self.states(facts)), hours_of(facts)
        for name, (variant, formula) in VARIANTS.items():
            value = at_completion(facts, variant) if none is None else none
            basis = "" if isinstance(found, Unknown) else f", BAC = {found.basis}"
            lines = [] if isinstance(found, Unknown) else found.lines
            method = f"estimate at completion, {variant.replace('_', '-')}{basis}"
            yield self.figure(facts, value, name=name, method=method, formula=formula, lines=lines)


class CostAtCompletion(Measure):
    """Cost at completion: the cost so far, and the hours still to come at what an hour has cost on average."""

    name = "eac_cost"
    title = "Cost at completion"
    unit = "money"
    reads = ("include", "money")
    source = "Estimate at completion, typical variant, at the average cost rate to date"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """In the currency in which revenue and cost meet; purchases still to come are not foreseen."""
        formula = "cost to date + (hours at completion - hours worked) x cost of work / hours worked"
        method = "hours at completion, typical; purchases to date only"
        value, lines = cost_at_completion(facts)
        yield self.figure(facts, value, method=method, formula=formula, lines=lines)


@remembered
def cost_at_completion(facts: Facts) -> tuple[Money | Unknown, list[ReceiptLine]]:
    """Cost at completion in the currency in which revenue and cost meet, and the inputs it follows from."""
    none = unrecorded(facts, CostAtCompletion().states(facts))
    costs, spent = costs_of(facts), spent_in_one(facts)
    whole = at_completion(facts, "typical")
    why = next((one for one in (none, costs.unknown, whole) if isinstance(one, Unknown)), None)
    if why is None and spent.why is not None:
        why = Unknown(why=spent.why)
    worked = sum(entry.record.seconds for entry in facts.time)
    if why is None and worked <= 0:
        why = Unknown(why="no hours were worked")
    work = costs.work.by_currency()
    if why is None and set(work) - {spent.amount.currency}:
        why = Unknown(why="work is paid in several currencies")
    if why is not None or isinstance(whole, Unknown):
        return Unknown(why="not known") if why is None else why, []
    average = work.get(spent.amount.currency, ZERO) / hours(worked)
    amount = spent.amount.amount + (whole - hours(worked)) * average
    code = spent.amount.currency
    lines = [
        line("cost to date", money_text(spent.amount.amount, code)),
        line("hours at completion", f"{plain(whole.quantize(Decimal('0.0001')))} h"),
        line("hours worked", hours_text(worked)),
        line("cost of work", money_text(work.get(code, ZERO), code)),
    ]
    return Money(amount=amount, currency=code).round(), lines
