"""Redmine for Sightline: one connector, `redmine_lite`."""

from sightline.plugins.hookspecs import hookimpl

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_connectors():
    """The connector class, imported only when it is asked for."""
    from sightline_redmine_lite.connector import Redmine

    return [Redmine]
