"""The built-in GitHub connector keeps the contract, and its README says how far it can be held to it."""

from __future__ import annotations

from pathlib import Path

from sightline.testing.contract import ConnectorContract
from sightline_github.connector import GithubConnector

README = Path(__file__).parents[2] / "plugins" / "github" / "README.md"


class TestGithub(ConnectorContract):
    connector = GithubConnector
    readme = str(README)
