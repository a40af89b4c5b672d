"""What the custom fields of a card say. Trello gives every value as text, and options of a list by their id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sightline.sdk import RowError, at_path, seconds_of_hours

__all__ = ["Fields", "read_fields"]

#: A text that is a number, with or without the unit people write behind it: 3, 2.5, 2,5 h.
_NUMBER = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|p|pts?|points?)?\s*", re.IGNORECASE)


class Fields:
    """The custom fields of one card by name, whatever the case."""

    def __init__(self, values: Mapping[str, tuple[str, str]]) -> None:
        self._values = values

    def text(self, name: str | None) -> str | None:
        """What the field shows; None when it is not set, or the workspace names no such field."""
        found = self._values.get(name.strip().casefold()) if name else None
        return found[1] if found else None

    def number(self, name: str | None) -> Decimal | None:
        """The number in it. A number field must hold one; a text or option that is none says nothing."""
        found = self._values.get(name.strip().casefold()) if name else None
        if found is None:
            return None
        kind, text = found
        if kind == "number":
            return _decimal(text)
        match = _NUMBER.fullmatch(text)
        return _decimal(match.group(1).replace(",", ".")) if match else None

    def seconds(self, name: str | None) -> int | None:
        """Whole seconds of the hours in it."""
        return seconds_of_hours(self.number(name))


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise RowError("a number field holds no number") from error
    if not found.is_finite():
        raise RowError("a number field holds no number")
    return found


def read_fields(items: object, definitions: Sequence[Any]) -> Fields:
    """The fields of one card from its `customFieldItems` and the board's definitions. What is unset has no item."""
    if items is None:
        return Fields({})
    if not isinstance(items, list):
        raise RowError(f"customFieldItems is {type(items).__name__}, not a list")
    known = {one["id"]: one for one in definitions if isinstance(one, dict) and isinstance(one.get("id"), str)}
    values = {}
    for item in items:
        definition = known.get(str(at_path(item, "idCustomField")))
        if definition is None:
            continue
        shown = _shown(item, definition)
        if shown is not None:
            values[str(definition.get("name") or "").strip().casefold()] = shown
    return Fields(values)


def _shown(item: Mapping[str, Any], definition: Mapping[str, Any]) -> tuple[str, str] | None:
    """(kind, text) of one value: number, text, date, checked, or the text of the chosen option."""
    value = item.get("value")
    if isinstance(value, Mapping):
        for kind in ("number", "text", "date", "checked"):
            if isinstance(value.get(kind), str):
                return kind, value[kind]
    options = definition.get("options")
    for option in options if isinstance(options, list) else ():
        if at_path(option, "id") == item.get("idValue") is not None:
            return "list", str(at_path(option, "value.text", ""))
    return None
