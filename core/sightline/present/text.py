"""How values are written for people who read tables: exact where it matters, rounded once, unknown as a question mark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from sightline.model.figures import Figure, Unknown, Value
from sightline.model.money import Money, minor_digits, rounded

__all__ = [
    "UNKNOWN",
    "age_text",
    "figure_text",
    "hours_text",
    "money_text",
    "money_texts",
    "percent_text",
    "shortened",
    "value_text",
]

#: Shown for a value nobody knows; the reason stands beside it or in the receipt.
UNKNOWN = "?"
#: How the names of figures end that are no value but the least or the most it can be.
_BOUNDS = {"_at_most": "≤ ", "_at_least": "≥ "}

#: Indices (SPI), counts and days are shown to two decimals.
_SHOWN = Decimal("0.01")


def percent_text(percent: Decimal) -> str:
    """Whole percent, rounded down: 99.9 is never shown as 100. Source of the rule: Redmine's display of done ratios."""
    return str(int(percent.to_integral_value(rounding=ROUND_FLOOR)))


def hours_text(hours: Decimal) -> str:
    """Hours with at most one decimal."""
    shown = hours.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{shown:,.0f}" if shown == shown.to_integral_value() else f"{shown:,.1f}"


def money_text(money: Money, *, code: bool = True) -> str:
    """`GBP 4,500.00` at the currency's own decimals; without the code only where it stands in the heading."""
    amount = f"{rounded(money.amount, money.currency):,.{minor_digits(money.currency)}f}"
    return f"{money.currency} {amount}" if code else amount


def money_texts(figures: Iterable[Figure]) -> str:
    """Amounts in several currencies side by side, never added; unknown ones as `?`."""
    parts = [figure_text(figure) for figure in figures]
    return " + ".join(parts) if parts else "-"


def value_text(value: Value, unit: str) -> str:  # noqa: PLR0911 - one return per kind of value
    """One value in its unit; indices and counts with at most two decimals (the exact one is in the JSON)."""
    match value:
        case Unknown():
            return UNKNOWN
        case Money():
            return money_text(value)
        case Decimal():
            if unit == "percent":
                return f"{percent_text(value)} %"
            if unit == "hours":
                return f"{hours_text(value)} h"
            return f"{(value.quantize(_SHOWN, rounding=ROUND_HALF_UP) + 0).normalize():f}"
        case dt.date():
            return f"{value:%d %b %Y}"
        case _:
            return str(value)


def figure_text(figure: Figure | None) -> str:
    """A figure's value, a bound with its sign (`≤ 8 %`); `-` when it was never measured."""
    if figure is None:
        return "-"
    sign = next((sign for end, sign in _BOUNDS.items() if figure.name.endswith(end)), "")
    return ("" if isinstance(figure.value, Unknown) else sign) + value_text(figure.value, figure.unit)


def shortened(text: str, most: int) -> str:
    """The text in at most so many characters, with `…` where it is cut; line breaks become spaces."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def age_text(moment: dt.datetime | None, now: dt.datetime) -> str:
    """How long ago: `3 min`, `5 h`, `2 d`; `never` for None."""
    if moment is None:
        return "never"
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 60:
        return f"{max(0, minutes)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
