"""Earned value: planned, earned and actual to date, what they say of the end. Any one unit: money, or hours.

Indices below 1 and negative variances are bad. Full precision is kept: rounding an index first moves the estimate at
completion. Sources: the R package PRA (Project Risk Analysis), PMP exam preparation texts; roll-ups add, never average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.exact import ZERO, first_unknown, percent
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

__all__ = [
    "EacMethod",
    "Earned",
    "actual_cost",
    "estimate_at_completion",
    "estimate_to_complete",
    "performance_index",
    "planned_value",
    "rolled_up",
    "to_complete_index",
    "variance_at_completion",
]

EacMethod = Literal["typical", "atypical", "combined", "bottom_up"]


class Earned(NamedTuple):
    """PV, EV and AC at one moment, and BAC, the budget at completion."""

    pv: Decimal
    ev: Decimal
    ac: Decimal
    bac: Decimal

    @property
    def sv(self) -> Decimal:
        """Schedule variance, EV - PV."""
        return self.ev - self.pv

    @property
    def cv(self) -> Decimal:
        """Cost variance, EV - AC."""
        return self.ev - self.ac

    @property
    def spi(self) -> Decimal | Unknown:
        """Schedule performance index; it returns to 1 at the end even when late, see earned schedule."""
        return performance_index(self.ev, self.pv, "PV")

    @property
    def cpi(self) -> Decimal | Unknown:
        """Cost performance index."""
        return performance_index(self.ev, self.ac, "AC")

    @property
    def percent_complete(self) -> Decimal | Unknown:
        """EV as percent of BAC."""
        return percent(self.ev, self.bac, why="BAC is 0")

    @property
    def percent_spent(self) -> Decimal | Unknown:
        """AC as percent of BAC, beyond 100 as it is."""
        return percent(self.ac, self.bac, why="BAC is 0")


def planned_value(bac: Decimal, planned_share_by_period: Sequence[Decimal], period: int) -> Decimal | Unknown:
    """BAC times the cumulative planned share (0-1) at the end of `period`, counted from 1; 0 before the first."""
    if not planned_share_by_period:
        return Unknown(why="there is no plan")
    if period < 1:
        return ZERO
    return bac * planned_share_by_period[min(period, len(planned_share_by_period)) - 1]


def actual_cost(costs: Sequence[Decimal], period: int, *, given: Literal["cumulative", "by_period"]) -> Decimal:
    """Cost to the end of `period`, counted from 1; whether `costs` are running totals or each period's is declared."""
    until = costs[: max(period, 0)]
    if given == "by_period":
        return sum(until, ZERO)
    return until[-1] if until else ZERO


def performance_index(ev: Decimal, base: Decimal, name: str, *, at_zero: Decimal | None = None) -> Decimal | Unknown:
    """EV / base. While the base is 0 not available; `at_zero` gives the other published convention, 1."""
    if base > 0:
        return ev / base
    return Unknown(why=f"{name} must be > 0") if at_zero is None else at_zero


def estimate_at_completion(
    earned: Earned, method: EacMethod = "typical", *, etc: Decimal | None = None
) -> Decimal | Unknown:
    """EAC by the named variant. Default `typical`: BAC / CPI, the cost performance goes on as it was.

    It equals AC + (BAC - EV) / CPI. `atypical`: AC + BAC - EV. `combined`: AC + (BAC - EV) / (CPI x SPI). `bottom_up`: AC + a new estimate `etc`.
    """
    if method == "bottom_up":
        return Unknown(why="there is no new estimate of the rest") if etc is None else earned.ac + etc
    if method == "atypical":
        return earned.ac + earned.bac - earned.ev
    unknown = first_unknown((earned.cpi, earned.spi) if method == "combined" else (earned.cpi,))
    if unknown is not None or not earned.ev:
        return Unknown(why="nothing has been earned, so CPI is 0") if unknown is None else unknown
    rest = (earned.bac - earned.ev) * earned.ac / earned.ev
    return earned.ac + (rest if method == "typical" else rest * earned.pv / earned.ev)


def estimate_to_complete(bac: Decimal, ev: Decimal, cpi: Decimal | Unknown | None = None) -> Decimal | Unknown:
    """What the rest will cost: at the planned rate (no `cpi`), or at the rate so far. 0 when all is earned."""
    rest = bac - ev
    if cpi is None or not rest:
        return rest
    if isinstance(cpi, Unknown):
        return cpi
    return rest / cpi if cpi > 0 else Unknown(why="CPI must be > 0")


def to_complete_index(
    bac: Decimal, ev: Decimal, ac: Decimal, eac: Decimal | Unknown | None = None
) -> Decimal | Unknown:
    """TCPI: the cost performance the rest needs to end at BAC (or at `eac`). Never negative or infinite.

    Not available once the target is spent.
    """
    if isinstance(eac, Unknown):
        return eac
    target, name = (bac, "budget") if eac is None else (eac, "the estimate at completion")
    if ac >= target:
        return Unknown(why=f"actual cost already meets or exceeds {name}")
    return (bac - ev) / (target - ac)


def rolled_up(parts: Iterable[Earned]) -> Earned:
    """The whole of several parts: PV, EV, AC and BAC add; the indices follow from the sums."""
    listed = list(parts)
    return Earned(*(sum(values, ZERO) for values in zip(*listed, strict=True))) if listed else Earned(*[ZERO] * 4)


def variance_at_completion(bac: Decimal, eac: Decimal | Unknown) -> Decimal | Unknown:
    """BAC - EAC; negative means over budget."""
    return eac if isinstance(eac, Unknown) else bac - eac
