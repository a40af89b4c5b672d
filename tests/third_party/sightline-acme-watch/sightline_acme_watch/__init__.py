"""Acme's watch: one alert rule, one notifier."""

from sightline.plugins.hookspecs import hookimpl

SIGHTLINE_SEAM = "1"


@hookimpl
def sightline_alert_rules():
    """The rule, imported only when it is asked for."""
    from sightline_acme_watch.watch import Crowd

    return [Crowd]


@hookimpl
def sightline_notifiers():
    """The notifier."""
    from sightline_acme_watch.watch import Wall

    return [Wall]
