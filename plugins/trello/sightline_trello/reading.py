"""How a value is taken out of an answer that may hold anything: the right type, None, or a `RowError` naming the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sightline.sdk import RowError

__all__ = ["child", "flag", "items", "need", "text"]


def text(row: Mapping[str, Any], name: str) -> str | None:
    """The text in a field; None when it is empty or absent."""
    value = row.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RowError(f"{name} is {type(value).__name__}, not text")
    return value


def need(row: Mapping[str, Any], name: str) -> str:
    """The text in a field without which the row means nothing."""
    value = text(row, name)
    if value is None:
        raise RowError(f"{name} is missing")
    return value


def flag(row: Mapping[str, Any], name: str) -> bool:
    """Whether a field is true; absent is false."""
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise RowError(f"{name} is {type(value).__name__}, not true or false")


def items(row: Mapping[str, Any], name: str) -> list[Any]:
    """The list in a field; absent is empty."""
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise RowError(f"{name} is {type(value).__name__}, not a list")
    return value


def child(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object in a field; absent is empty."""
    value = row.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RowError(f"{name} is {type(value).__name__}, not an object")
    return value
