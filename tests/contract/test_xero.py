"""The built-in Xero connector keeps the contract, and its README says how far it can be held to it."""

from __future__ import annotations

from pathlib import Path

from sightline.testing.contract import ConnectorContract
from sightline_xero.connector import Xero

README = Path(__file__).parents[2] / "plugins" / "xero" / "README.md"


class TestXero(ConnectorContract):
    connector = Xero
    readme = str(README)
