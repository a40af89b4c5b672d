"""What a Trello id tells: its first 8 hex digits are the moment of creation, in whole seconds since 1970 (UTC)."""

from __future__ import annotations

import datetime as dt
import re

from sightline.sdk import from_epoch

__all__ = ["created_at", "id_at", "is_id"]

_ID = re.compile(r"[0-9a-f]{24}")


def is_id(value: object) -> bool:
    """Whether this is the 24 hex digits of an id."""
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def created_at(id_: str) -> dt.datetime | None:
    """When the thing with this id was made, to the second; None when it is not such an id."""
    return from_epoch(int(id_[:8], 16)) if is_id(id_) else None


def id_at(moment: dt.datetime) -> str:
    """The smallest id that could be made at `moment`: a lower bound for `since`, which takes ids as well as dates."""
    return f"{min(max(0, int(moment.timestamp())), 0xFFFFFFFF):08x}" + "0" * 16
