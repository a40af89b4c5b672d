"""Division and averages that say when they have no answer. Decimals only."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["HUNDRED", "ZERO", "divided", "first_unknown", "floored", "percent"]

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def divided(part: Decimal, whole: Decimal, *, why: str) -> Decimal | Unknown:
    """`part` / `whole`; `Unknown(why)` when `whole` is 0."""
    return part / whole if whole else Unknown(why=why)


def percent(part: Decimal, whole: Decimal, *, why: str) -> Decimal | Unknown:
    """`part` as percent of `whole`, 0-100 and beyond; `Unknown(why)` when `whole` is 0."""
    return HUNDRED * part / whole if whole else Unknown(why=why)


def floored(value: Decimal, digits: int = 0) -> Decimal:
    """Down to `digits` decimals, so that 99.9 % is never shown as 100 %."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_FLOOR)


def first_unknown(values: Iterable[object]) -> Unknown | None:
    """The first `Unknown` among the values, None when all are known."""
    return next((value for value in values if isinstance(value, Unknown)), None)
