"""How a name in a rule meets a name in a tool: any case, outer spaces ignored, `*` for any run of characters."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["matches", "plain"]


def plain(name: str) -> str:
    """The name as names are compared: any case, no outer spaces."""
    return name.strip().casefold()


def matches(pattern: str, *names: str | None) -> bool:
    """Whether any of the names fits. Only `*` is special: tools' names hold brackets and question marks."""
    if pattern == "*":
        return True
    if "*" not in pattern:
        wanted = plain(pattern)
        return any(name is not None and plain(name) == wanted for name in names)
    fits = _compiled(pattern)
    return any(name is not None and fits.fullmatch(plain(name)) is not None for name in names)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in pattern.strip().casefold().split("*"))
    return re.compile(".*".join(parts), re.DOTALL)
