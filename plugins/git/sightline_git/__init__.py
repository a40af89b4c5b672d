"""Git repositories on this machine as a source: commits, merges, branches, tags, and the people who made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from sightline.sdk import Connector

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_connectors() -> list[type[Connector]]:
    """One connector: `git`."""
    from sightline_git.connector import Git  # noqa: PLC0415 - the command line starts without it

    return [Git]
