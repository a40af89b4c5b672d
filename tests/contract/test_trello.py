"""The built-in Trello connector keeps the contract, and its README says how far it can be held to it."""

from __future__ import annotations

from pathlib import Path

from sightline.testing.contract import ConnectorContract
from sightline_trello.connector import TrelloConnector

README = Path(__file__).parents[2] / "plugins" / "trello" / "README.md"


class TestTrello(ConnectorContract):
    connector = TrelloConnector
    readme = str(README)
