"""`ClientFacts` as text, and back exactly: what a report was made of, kept for years.

Every value says what it is, so a later release reads an older snapshot: fields it does not know any more are left out,
fields that are new take their defaults.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from sightline.errors import StoreError
from sightline.model import facts as kinds
from sightline.model.facts import ClientFacts
from sightline.model.figures import Unknown
from sightline.model.money import Money

__all__ = ["facts_from", "snapshot_of"]

_KIND, _VALUE = "is", "of"
_STRUCTS: Mapping[str, Any] = {
    **{name: getattr(kinds, name) for name in kinds.__all__ if name.startswith("Client")},
    "Money": Money,
    "Unknown": Unknown,
}


def snapshot_of(facts: ClientFacts) -> str:
    """The facts as JSON."""
    return msgspec.json.encode(_told(facts)).decode()


def facts_from(text: str) -> ClientFacts:
    """The facts again; `StoreError` when the text is no snapshot."""
    try:
        found = _read(msgspec.json.decode(text))
    except (ArithmeticError, KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise StoreError(
            f"the snapshot cannot be read ({type(error).__name__})", where="report_copies", mend="Restore a backup."
        ) from None
    if not isinstance(found, ClientFacts):
        raise StoreError("the snapshot is no client's facts", where="report_copies", mend="Restore a backup.")
    return found


def _told(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return {_KIND: "decimal", _VALUE: str(value)}
        case dt.datetime():
            return {_KIND: "instant", _VALUE: value.isoformat()}
        case dt.date():
            return {_KIND: "day", _VALUE: value.isoformat()}
        case tuple():
            return [_told(item) for item in value]
    name = type(value).__name__
    if name not in _STRUCTS:
        raise StoreError(f"a {name} cannot be kept in a snapshot", where="snapshot", mend="Keep to client facts.")
    return {_KIND: name, **{field: _told(getattr(value, field)) for field in value.__struct_fields__}}


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(item) for item in value)
    if not isinstance(value, dict):
        return value
    kind = value[_KIND]
    if kind in _SCALARS:
        return _SCALARS[kind](value[_VALUE])
    made = _STRUCTS[kind]
    return made(**{field: _read(value[field]) for field in made.__struct_fields__ if field in value})


_SCALARS: Mapping[str, Any] = {
    "decimal": Decimal,
    "instant": lambda text: dt.datetime.fromisoformat(text).astimezone(dt.UTC),
    "day": dt.date.fromisoformat,
}
