"""How values look outside: instants end in Z, decimals are text, lists are lists; nothing is a float."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sightline.model.money import minor_digits
from sightline.model.time import stamp

__all__ = ["money_text", "outside"]


def outside(value: Any) -> Any:
    """A value in export form."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dt.datetime):
        return stamp(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (tuple, list)):
        return [outside(item) for item in value]
    raise TypeError(type(value).__name__)


def money_text(amount: Decimal | None, currency: str | None) -> str | None:
    """An amount with at least the currency's own decimals, and more only where it has more: 36000.00, 0.1234."""
    if amount is None:
        return None
    digits = minor_digits(currency or "")
    exponent = amount.normalize().as_tuple().exponent
    places = max(digits, -exponent if isinstance(exponent, int) else 0)
    return format(amount, f".{places}f")
