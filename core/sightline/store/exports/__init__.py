"""The tables that scripts and other programs read: every one of the contract, in export form."""

from __future__ import annotations

from sightline.store.exports.read import Exports
from sightline.store.exports.tables import EXPORTS

__all__ = ["EXPORTS", "Exports"]
