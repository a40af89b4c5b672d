"""How anything collected is named: the source it came from, what it is, and the vendor's own stable id."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Ref"]


class Ref(NamedTuple):
    """`source` is the configured name, `kind` a table (`tasks`, `documents` …), `id` the vendor's stable id."""

    source: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.source}/{self.kind}/{self.id}"
