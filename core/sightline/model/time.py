"""How vendors write instants and days, and the one form we keep: aware UTC, and plain calendar days."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sightline.errors import ConfigError, RowError

__all__ = ["EPOCH", "UTC", "day", "day_in", "from_epoch", "instant", "iso", "seconds_of_hours", "stamp", "zone"]

UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_LOOSE = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)([.,]\d+)?\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?$")


def instant(value: object, *, assume: dt.tzinfo | None = None) -> dt.datetime | None:
    """An aware UTC instant from ISO 8601 text (any offset form, any number of decimals) or an aware datetime.

    None and "" give None. A text without an offset is refused unless the vendor's rule is passed as `assume`.
    Raises `RowError` for anything else: a row with an unreadable instant is quarantined, never guessed.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        found = _parse(value)
        if found.tzinfo is UTC:
            return found
    elif isinstance(value, dt.datetime):
        found = value
    else:
        raise RowError(f"an instant is {type(value).__name__}, not text")
    if found.tzinfo is None:
        if assume is None:
            raise RowError("an instant has no time zone")
        found = found.replace(tzinfo=assume)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise RowError("an instant is out of range") from error


def _parse(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    match = _LOOSE.match(text.strip())
    if not match:
        raise RowError("an instant is not ISO 8601")
    date, clock, fraction, offset = match.groups()
    micro = (fraction or ".0")[1:7].ljust(6, "0")
    clock = clock if clock.count(":") == 2 else f"{clock}:00"
    try:
        return dt.datetime.fromisoformat(f"{date}T{clock}.{micro}{(offset or '').replace('Z', '+00:00')}")
    except ValueError as error:
        raise RowError("an instant is not ISO 8601") from error


def from_epoch(value: object, *, unit: str = "s") -> dt.datetime | None:
    """An aware UTC instant from a number of seconds (`unit="s"`) or milliseconds (`"ms"`) since 1970; exact."""
    if value is None:
        return None
    try:
        if type(value) is int:
            seconds, rest = (value, 0) if unit == "s" else divmod(value, 1000)
            return EPOCH + dt.timedelta(0, seconds, rest * 1000)
        number = Decimal(str(value))
        micro = int(number * (1_000_000 if unit == "s" else 1_000))
        return EPOCH + dt.timedelta(microseconds=micro)
    except (ArithmeticError, OverflowError, ValueError) as error:
        raise RowError("an instant is not a number of seconds in range") from error


def day(value: object) -> dt.date | None:
    """A calendar day from `YYYY-MM-DD`, alone or in front of a time (the vendor's own day is kept, no zone applied)."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str):
        raise RowError(f"a day is {type(value).__name__}, not text")
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError as error:
        raise RowError("a day is not YYYY-MM-DD") from error


def day_in(moment: dt.datetime, where: dt.tzinfo) -> dt.date:
    """The calendar day on which `moment` falls in the zone `where`."""
    return moment.astimezone(where).date()


def iso(moment: dt.datetime | None) -> str | None:
    """`2026-11-20T09:00:03Z`; decimals only when there are any, so the exported value is the exact one."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def zone(name: str, *, where: str = "timezone") -> ZoneInfo:
    """The IANA time zone of that name, or a `ConfigError` that says so."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"there is no time zone of that name: {name[:60]!r}",
            where=where,
            mend='Use an IANA name such as "Europe/London".',
        ) from error


def stamp(moment: dt.datetime | None) -> str | None:
    """`2026-11-20T09:00:03Z`: whole seconds, as everything that leaves Sightline writes an instant."""
    return iso(moment.replace(microsecond=0)) if moment is not None else None


def seconds_of_hours(hours: object) -> int | None:
    """Whole seconds from a decimal number of hours (text, int or Decimal; never float), rounded half up."""
    if hours is None or hours == "":
        return None
    if isinstance(hours, (float, bool)):
        raise RowError("hours came as a float")
    try:
        return int((Decimal(str(hours)) * 3600).to_integral_value(rounding="ROUND_HALF_UP"))
    except (ArithmeticError, ValueError, OverflowError) as error:
        raise RowError("hours are not a number") from error
