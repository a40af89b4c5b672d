"""Redmine for Sightline: projects, issues with their journals, links and comments, time entries, versions, people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.collect.connector import Connector

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_connectors() -> Sequence[type[Connector]]:
    """The Redmine connector."""
    from sightline_redmine.connector import RedmineConnector  # noqa: PLC0415 - only when connectors are wanted

    return [RedmineConnector]
