"""How values are kept: instants as UTC, days as days, money as integers, exact decimals and lists as text.

Every type gives an `encoder` and a `decoder` for one database, so that the fast path of `land` and the slow path of
SQLAlchemy store the same thing. There is no float anywhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import TIMESTAMP, BigInteger, Date, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from sightline.errors import ContractError, RowError
from sightline.model.money import from_scaled, scaled

__all__ = ["LARGEST", "Day", "Exact", "Instant", "Json", "Scaled", "Stored", "clean", "whole"]

#: The largest integer both databases hold.
LARGEST = 2**63 - 1
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MOST_DIGITS = 40
_WHOLE_SECOND = len("2026-11-20T09:00:03Z")
_encode = msgspec.json.Encoder().encode

Convert = Callable[[Any], Any]


def clean(text: str) -> str:
    """`text` with NUL and lone surrogates, which no database holds, replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def whole(value: int) -> int:
    """`value` if both databases can hold it, else a `RowError`."""
    if -LARGEST <= value <= LARGEST:
        return value
    raise RowError("a number is too large to keep")


class Stored(TypeDecorator[Any]):
    """Base: one conversion to the database and one back, chosen by the database's name."""

    impl: Any = Text
    cache_ok = True

    def encoder(self, dialect: str) -> Convert:
        """The conversion of a value that is not None to what the driver is given."""
        raise NotImplementedError

    def decoder(self, dialect: str) -> Convert:
        """The conversion of what the driver returns, if not None."""
        raise NotImplementedError

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """For statements of SQLAlchemy."""
        return None if value is None else self.encoder(dialect.name)(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """For results of SQLAlchemy."""
        return None if value is None else self.decoder(dialect.name)(value)


def _aware(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        raise ContractError("an instant without a time zone", where="store", mend="Pass aware UTC instants.")
    return value.astimezone(dt.UTC)


def _instant_text(value: dt.datetime) -> str:
    if value.tzinfo is not dt.UTC:
        value = _aware(value)
    # msgspec writes an instant many times faster than isoformat does, without decimals if there are none.
    text: str = msgspec.to_builtins(value)
    return f"{text[:19]}.000000Z" if len(text) == _WHOLE_SECOND else text


class Instant(Stored):
    """An aware instant: `timestamptz` in PostgreSQL, sortable text `2026-11-20T09:00:03.000000Z` in SQLite."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type."""
        return TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(27)

    def encoder(self, dialect: str) -> Convert:
        """Refuses a naive value."""
        return _aware if dialect == "postgresql" else _instant_text

    def decoder(self, dialect: str) -> Convert:
        """Always in UTC."""
        return _aware if dialect == "postgresql" else dt.datetime.fromisoformat


class Day(Stored):
    """A calendar day: `date` in PostgreSQL, text `2026-11-20` in SQLite."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type."""
        return Date() if dialect.name == "postgresql" else String(10)

    def encoder(self, dialect: str) -> Convert:
        """The day."""
        return (lambda day: day) if dialect == "postgresql" else dt.date.isoformat

    def decoder(self, dialect: str) -> Convert:
        """The day."""
        return (lambda day: day) if dialect == "postgresql" else dt.date.fromisoformat


def _scaled(value: Decimal) -> int:
    if not value.is_finite():
        raise RowError("an amount is not a finite number")
    if value.adjusted() > _MOST_DIGITS:
        raise RowError("an amount is too large to keep")
    try:
        return whole(scaled(value))
    except ContractError as error:
        raise RowError("an amount has more than four decimals") from error


class Scaled(Stored):
    """An amount of money as an integer in 1/10 000 of the currency unit."""

    impl = BigInteger
    cache_ok = True

    def encoder(self, dialect: str) -> Convert:
        """Refuses more than four decimals."""
        return _scaled

    def decoder(self, dialect: str) -> Convert:
        """A Decimal."""
        return from_scaled


def _exact(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise RowError("a number is too large or too small to keep")
    return format(value, "f")


class Exact(Stored):
    """A decimal number that is no money (points, rates, quantities), exactly as stated, as text."""

    cache_ok = True

    def encoder(self, dialect: str) -> Convert:
        """Plain digits, no exponent."""
        return _exact

    def decoder(self, dialect: str) -> Convert:
        """A Decimal with the same digits."""
        return Decimal


def _json(value: Any) -> str:
    try:
        text = _encode(value).decode()
    except UnicodeEncodeError:
        return _encode(_cleaned(value)).decode()
    return text if "\\u0000" not in text else _encode(_cleaned(value)).decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item) for item in value]
    return value


class Json(Stored):
    """A list or an object as JSON text; `of` is the Python type that comes back."""

    cache_ok = True

    def __init__(self, of: Any = Any) -> None:
        super().__init__()
        self.of = of
        self._decoder = msgspec.json.Decoder(of)

    def encoder(self, dialect: str) -> Convert:
        """Text without NUL or lone surrogates."""
        return _json

    def decoder(self, dialect: str) -> Convert:
        """A value of the type `of`."""
        return self._decoder.decode
