"""Trello for Sightline: boards, cards, checklists, members, history, and time by custom field or Plus comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.collect.connector import Connector

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_connectors() -> Sequence[type[Connector]]:
    """The Trello connector."""
    from sightline_trello.connector import TrelloConnector  # noqa: PLC0415 - only when connectors are wanted

    return [TrelloConnector]
