"""The GitHub connector: issues, pull requests and Projects boards of github.com and GitHub Enterprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.collect.connector import Connector

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_connectors() -> Sequence[type[Connector]]:
    """The connector `github`."""
    from sightline_github.connector import GithubConnector  # noqa: PLC0415 - only when the registry asks

    return [GithubConnector]
