"""Every hook. They declare and touch nothing: no file, no network, no clock; classes act later, when asked.

All are optional. Each is called once, when the registry loads. A hook that raises, returns the wrong type or is
misspelt takes only its own plug-in out. A plug-in module may declare `SIGHTLINE_SEAM = "1"`, the version of the seam
it was written for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from sightline.collect.connector import Connector
    from sightline.extend import AlertRule, ClientSection, InternalSection, Metric, Notifier, Sink, WorkspaceRule

__all__ = ["GROUP", "SEAM", "hookimpl", "hookspec"]

#: Entry-point group and pluggy project name.
GROUP = "sightline"
#: Version of the seam. A plug-in that declares another one is not loaded.
SEAM = "1"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def sightline_connectors() -> Sequence[type[Connector]]:
    """Connector classes. Called at load; return classes, do not build them, do not import what only a sync needs."""
    raise NotImplementedError


@hookspec
def sightline_metrics() -> Sequence[type[Metric]]:
    """Metrics. Called at load; each name must be new. Do not compute anything here."""
    raise NotImplementedError


@hookspec
def sightline_alert_rules() -> Sequence[type[AlertRule | WorkspaceRule]]:
    """Alert rules. Called at load; return classes. Do not look at data here."""
    raise NotImplementedError


@hookspec
def sightline_report_sections() -> Sequence[type[ClientSection | InternalSection]]:
    """Sections of the client and the internal report. Called at load; return classes. Do not render here."""
    raise NotImplementedError


@hookspec
def sightline_notifiers() -> Sequence[type[Notifier]]:
    """Ways to tell somebody. Called at load; return classes. Do not connect here."""
    raise NotImplementedError


@hookspec
def sightline_sinks() -> Sequence[type[Sink]]:
    """Export formats. Called at load; return classes. Do not open files here."""
    raise NotImplementedError


@hookspec
def sightline_templates() -> Sequence[str]:
    """Folders with templates, as absolute paths. Called at load; do not read them here."""
    raise NotImplementedError


@hookspec
def sightline_commands() -> Sequence[click.Command]:
    """Further commands of `sightline`. Called when the command line starts; must be quick and must not run anything."""
    raise NotImplementedError
