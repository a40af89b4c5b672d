"""The built-in Jira connector keeps the contract, and its README says how far it can be held to it."""

from __future__ import annotations

from pathlib import Path

from sightline.testing.contract import ConnectorContract
from sightline_jira.connector import Jira

README = Path(__file__).parents[2] / "plugins" / "jira" / "README.md"


class TestJira(ConnectorContract):
    connector = Jira
    readme = str(README)


class TestJiraDataCenter(ConnectorContract):
    connector = Jira
    source = "dune_jira"
