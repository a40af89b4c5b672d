"""What work is worth and what an invoice comes to: rates, amounts, factors, time rounding, taxes, revenue.

Two public conventions exist for most of it; the convention is an argument and its default is stated. Sources: Kimai
(src/Timesheet/RateCalculator, RateService, Rounding; src/Invoice/Calculator), ERPNext (deferred revenue, timesheet),
Projector PSA ("When to Use Revenue Recognition").
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.exact import HUNDRED, ZERO, percent
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.portfolio import Rate

__all__ = [
    "AmountMethod",
    "Invoiced",
    "RateQuestion",
    "Rounding",
    "amount",
    "billed_percent",
    "capped_revenue",
    "decimal_hours",
    "deferred_by_days",
    "entry_amount",
    "entry_cost",
    "factored",
    "fixed_price_revenue",
    "rate_for",
    "rounded_seconds",
    "rounded_time",
    "taxed",
]

AmountMethod = Literal["exact_seconds", "decimal_hours"]
Rounding = Literal["up", "down", "nearest", "outward"]
_MODES = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "nearest": ROUND_HALF_DOWN}
_HOUR = Decimal(3600)
_FOUR = Decimal("0.0001")
_CENT = Decimal("0.01")


class RateQuestion(NamedTuple):
    """Whose hour, on what, on which day: what a rate is asked for. None where it is not known."""

    day: dt.date
    person: frozenset[str] = frozenset()
    """Name, id and addresses in lower case; empty for an unmatched account."""
    role: str | None = None
    project: frozenset[str] = frozenset()
    """Id and name in lower case."""
    task: frozenset[str] = frozenset()
    """Id and key in lower case."""
    entry: str | None = None
    """Id of the time entry."""


def rate_for(rates: Iterable[Rate], side: Literal["bill", "cost"], question: RateQuestion) -> Rate | None:
    """The rate in force: of those that fit, the most specific; of those, the one that started last; then the last one.

    Entry beats task, then person and project together, project, person, role, none of them. None when no rate fits:
    the amount is unknown then, never 0.
    """
    best: tuple[tuple[bool, ...], dt.date] | None = None
    found = None
    for rate in rates:
        if rate.side != side or (rate.starts is not None and rate.starts > question.day) or not _fits(rate, question):
            continue
        rank = (_specificity(rate), rate.starts or dt.date.min)
        if best is None or rank >= best:
            best, found = rank, rate
    return found


def _fits(rate: Rate, question: RateQuestion) -> bool:
    if rate.entry is not None and rate.entry != question.entry:
        return False
    wanted = ((rate.person, question.person), (rate.project, question.project), (rate.task, question.task))
    if any(name is not None and name.casefold() not in known for name, known in wanted):
        return False
    return rate.role is None or (question.role is not None and rate.role.casefold() == question.role.casefold())


def _specificity(rate: Rate) -> tuple[bool, ...]:
    task, project, person, role = (getattr(rate, name) is not None for name in ("task", "project", "person", "role"))
    return (rate.entry is not None, task, person and project, project, person, role)


def decimal_hours(seconds: int) -> Decimal:
    """Hours at two decimals, half up, as people write them on invoices."""
    return (seconds / _HOUR).quantize(_CENT, rounding=ROUND_HALF_UP)


def amount(rate: Decimal, seconds: int, method: AmountMethod = "exact_seconds") -> Decimal:
    """Rate per hour times time, at four decimals, half up.

    Default by exact seconds; `decimal_hours` rounds the time to 0.01 h first. The same ten hours in twelve entries come
    to 1147.50 or 1147.51, so a document names its method.
    """
    hours = seconds / _HOUR if method == "exact_seconds" else decimal_hours(seconds)
    return (rate * hours).quantize(_FOUR, rounding=ROUND_HALF_UP)


def factored(rate: Decimal, factors: Sequence[Decimal], *, combine: Literal["add", "multiply"] = "add") -> Decimal:
    """The rate with overtime, weekend or weekday factors. Default: matching factors add (2 and 1.5 make 3.5)."""
    if not factors:
        return rate
    if combine == "add":
        return rate * sum(factors, ZERO)
    for factor in factors:
        rate *= factor
    return rate


def entry_amount(seconds: int, hourly: Decimal | None, fixed: Decimal | None = None) -> Decimal | Unknown:
    """What one entry bills: its fixed price if it has one, else rate times time; Unknown without a rate."""
    if fixed is not None:
        return fixed
    return Unknown(why="no rate") if hourly is None else amount(hourly, seconds)


def entry_cost(
    seconds: int,
    hourly: Decimal | None,
    billed: Decimal | None = None,
    *,
    missing: Literal["unknown", "billed"] = "unknown",
) -> Decimal | Unknown:
    """What one entry costs by the person's internal rate, whatever it bills.

    Without such a rate Unknown; `missing="billed"` takes what it bills (Kimai), which shows a margin of 0.
    """
    if hourly is not None:
        return amount(hourly, seconds)
    if missing == "billed" and billed is not None:
        return billed
    return Unknown(why="no cost rate")


def rounded_seconds(seconds: int, step_minutes: int, mode: Literal["up", "down", "nearest"]) -> int:
    """A duration to whole steps; exactly half a step goes down. A step of 0 changes nothing, and zero stays zero."""
    if step_minutes <= 0:
        return seconds
    step = step_minutes * 60
    return int((Decimal(seconds) / step).to_integral_value(rounding=_MODES[mode])) * step


def rounded_time(begin: int, end: int, step_minutes: int, mode: Rounding) -> tuple[int, int, int]:
    """Begin, end (seconds of the day) and duration (seconds), rounded to whole steps, for the billing view only.

    `outward` takes the begin down and the end and the duration up (Kimai's default mode).
    """
    sides = {"outward": ("down", "up", "up")}.get(mode, (mode, mode, mode))
    first = rounded_seconds(begin, step_minutes, sides[0])  # type: ignore[arg-type]
    last = rounded_seconds(end, step_minutes, sides[1])  # type: ignore[arg-type]
    return first, last, rounded_seconds(last - first, step_minutes, sides[2])  # type: ignore[arg-type]


class Invoiced(NamedTuple):
    """Amounts of a document at its minor unit: without tax, the tax, with tax, and the tax of each line."""

    subtotal: Decimal
    tax: Decimal
    total: Decimal
    line_taxes: tuple[Decimal, ...]


def taxed(
    lines: Sequence[tuple[Decimal, Decimal]], *, on: Literal["total", "line"] = "total", unit: Decimal = _CENT
) -> Invoiced:
    """A document from (net amount, tax percent) lines, half up at `unit`.

    Default: the tax of each rate on the sum of its lines, rounded once; `on="line"` rounds each line's tax and adds.
    A ledger's own totals always win over this.
    """
    subtotal = sum((net for net, _ in lines), ZERO).quantize(unit, rounding=ROUND_HALF_UP)
    line_taxes = tuple((net * rate / HUNDRED).quantize(unit, rounding=ROUND_HALF_UP) for net, rate in lines)
    if on == "line":
        tax = sum(line_taxes, ZERO)
    else:
        by_rate: dict[Decimal, Decimal] = {}
        for net, rate in lines:
            by_rate[rate] = by_rate.get(rate, ZERO) + net
        taxes = (net * rate / HUNDRED for rate, net in by_rate.items())
        tax = sum((each.quantize(unit, rounding=ROUND_HALF_UP) for each in taxes), ZERO)
    return Invoiced(subtotal, tax, subtotal + tax, line_taxes)


def fixed_price_revenue(complete_percent: Decimal, price: Decimal) -> Decimal:
    """What has been earned of a fixed price: percent complete (0-100) times price, at most the price."""
    return min(complete_percent, HUNDRED) * price / HUNDRED


def capped_revenue(value: Decimal, cap: Decimal | None) -> Decimal:
    """Time and materials to date, at most the cap; what is above is written off."""
    return value if cap is None else min(value, cap)


def deferred_by_days(
    whole: Decimal, start: dt.date, end: dt.date, periods: Sequence[tuple[dt.date, dt.date]], unit: Decimal = _CENT
) -> list[Decimal]:
    """`whole` spread over `periods` by calendar days of [start, end], both included; the last takes the remainder."""
    days = (end - start).days + 1
    parts: list[Decimal] = []
    for first, last in periods:
        inside = max(0, (min(last, end) - max(first, start)).days + 1)
        parts.append((whole * inside / days).quantize(unit, rounding=ROUND_HALF_UP))
    if parts and periods[-1][1] >= end and periods[0][0] <= start:
        parts[-1] += whole - sum(parts)
    return parts


def billed_percent(
    billed_hours: Decimal, hours: Decimal, billed_amount: Decimal, billable_amount: Decimal
) -> Decimal | Unknown:
    """Billed as percent of billable, beyond 100 too: by amount, or by hours while those are 0. Source: ERPNext."""
    if billable_amount and billed_amount:
        return HUNDRED * billed_amount / billable_amount
    return percent(billed_hours, hours, why="nothing is billable")
