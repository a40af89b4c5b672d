"""The built-in Redmine connector keeps the contract, and its README says how far it can be held to it."""

from __future__ import annotations

from pathlib import Path

from sightline.testing.contract import ConnectorContract
from sightline_redmine.connector import RedmineConnector

README = Path(__file__).parents[2] / "plugins" / "redmine" / "README.md"


class TestRedmine(ConnectorContract):
    connector = RedmineConnector
    readme = str(README)
