"""How Microsoft Project writes durations, rates, lags and moments in XML.

Sources: the MSPDI schema's comments (Project 2003 to 2021 SDK, mspdi_pj*.xsd); the same facts as the mpxj library's
reader finds in files (org.mpxj.mspdi).
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

__all__ = ["LINKS", "clock", "cost", "duration_seconds", "flag", "lag_seconds", "moment", "number", "whole"]

_DURATION = re.compile(
    r"^(-)?P(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?)?$", re.ASCII
)
#: PredecessorLink/Type; a link without one is finish to start.
LINKS = {0: "FF", 1: "FS", 2: "SF", 3: "SS"}
#: LagFormat: the lag is a percentage of the predecessor's duration; + 32 means estimated.
_PERCENT = frozenset((19, 20, 51, 52))
_LARGEST = Decimal(10) ** 15


def number(text: str | None) -> Decimal | None:
    """A decimal number; None for what is absent, no number, or beyond all sense."""
    if text is None:
        return None
    try:
        found = Decimal(text.replace(",", ".") if "." not in text else text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < _LARGEST else None


def whole(text: str | None) -> int | None:
    """A whole number; what is written 480.0 is 480."""
    found = number(text)
    return int(found) if found is not None else None


def flag(text: str | None) -> bool:
    """0 or 1; some writers say true."""
    return text is not None and text.strip().casefold() in ("1", "true")


def duration_seconds(text: str | None) -> int | None:
    """Seconds of `PT8H0M0S`; hours may exceed 24, a day (of other writers) is 24 hours. None for what is no duration."""
    match = _DURATION.match(text.strip()) if text is not None else None
    if match is None:
        return None
    sign, days, hours, minutes, seconds = match.groups()
    found = int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return -found if sign else found


def moment(text: str | None) -> dt.datetime | None:
    """A local moment `2026-11-02T08:00:00`, without a zone as the file has none; `NA` and nonsense are None."""
    if text is None:
        return None
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=None, microsecond=0)


def clock(text: str | None) -> dt.time | None:
    """A time of day; some versions write a date before it."""
    if text is None:
        return None
    try:
        return dt.time.fromisoformat(text.strip().rpartition("T")[2]).replace(tzinfo=None)
    except ValueError:
        return None


def cost(text: str | None) -> Decimal | None:
    """An amount of money: the file has hundredths."""
    found = number(text)
    return found / 100 if found is not None else None


def lag_seconds(text: str | None, unit: int | None, predecessor_seconds: int | None) -> int:
    """Lag in seconds, negative for a lead: tenths of a minute, or a percentage of the predecessor's duration."""
    found = number(text) or Decimal(0)
    if unit in _PERCENT:
        return int((Decimal(predecessor_seconds or 0) * found / 100).to_integral_value())
    return int((found * 6).to_integral_value())
