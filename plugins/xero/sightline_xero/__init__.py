"""Xero: contacts, invoices, bills, credits, payments, quotes, orders, and the Projects module's tasks and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sightline.collect.connector import Connector

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_connectors() -> Sequence[type[Connector]]:
    """The Xero connector."""
    from sightline_xero.connector import Xero  # noqa: PLC0415 - loading the plug-in stays cheap

    return (Xero,)
