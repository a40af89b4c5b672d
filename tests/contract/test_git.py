"""The built-in Git connector keeps the contract, and its README says how far it can be held to it."""

from __future__ import annotations

from pathlib import Path

from sightline.testing.contract import ConnectorContract
from sightline_git.connector import Git

README = Path(__file__).parents[2] / "plugins" / "git" / "README.md"


class TestGit(ConnectorContract):
    connector = Git
    readme = str(README)
