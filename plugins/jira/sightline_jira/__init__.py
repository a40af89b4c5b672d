"""Jira for Sightline: Cloud (REST v3) and Data Center (REST v2). Declares the connector; nothing is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.sdk import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.sdk import Connector

__all__ = ["SIGHTLINE_SEAM", "sightline_connectors"]

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_connectors() -> Sequence[type[Connector]]:
    """The Jira connector."""
    from sightline_jira.connector import Jira  # noqa: PLC0415 - loaded with the hook, not with the package

    return [Jira]
