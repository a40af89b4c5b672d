"""What a made-up vendor tells the contract kit about itself: what it can be asked to do, what cannot be tried on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

__all__ = ["Terms"]


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """Set as `Vendor.terms`; the defaults suit a vendor of one list that is read by GET."""

    reads_by_post: tuple[str, ...] = ()
    """Parts of paths that are read by POST: searches, bulk reads, GraphQL, the sign-in."""
    caps_pages: bool = False
    """Its lists obey `Vendor.page_cap`: they hold no more rows than that, whatever was asked for."""
    small_pages: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Settings that make pages small, for tools whose page size the connector decides."""
    exempt: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Name of a check → why this tool cannot be held to it. Shown in the README's quality scale."""
