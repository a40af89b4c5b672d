"""What the core itself adds, through the same hooks as everybody's plug-ins."""

from __future__ import annotations

from collections.abc import Sequence

from sightline.extend import AlertRule, ClientSection, InternalSection, Metric, Notifier, WorkspaceRule
from sightline.plugins.hookspecs import SEAM, hookimpl

__all__ = [
    "SIGHTLINE_SEAM",
    "sightline_alert_rules",
    "sightline_metrics",
    "sightline_notifiers",
    "sightline_report_sections",
]

SIGHTLINE_SEAM = SEAM


@hookimpl
def sightline_metrics() -> Sequence[type[Metric]]:
    """The figures of the foundation."""
    from sightline.measure.figures import FOUNDATION  # noqa: PLC0415 - commands that show no figure need not load them

    return FOUNDATION


@hookimpl
def sightline_alert_rules() -> Sequence[type[AlertRule | WorkspaceRule]]:
    """The warnings that are built in."""
    from sightline.measure.alerts import BUILT_IN  # noqa: PLC0415 - see above

    return BUILT_IN


@hookimpl
def sightline_notifiers() -> Sequence[type[Notifier]]:
    """E-mail and web hooks."""
    from sightline.notify import NOTIFIERS  # noqa: PLC0415 - see above

    return NOTIFIERS


@hookimpl
def sightline_report_sections() -> Sequence[type[ClientSection | InternalSection]]:
    """The sections of the client report and of its internal edition."""
    from sightline.present.internal import INTERNAL_SECTIONS  # noqa: PLC0415 - see above
    from sightline.present.sections import SECTIONS  # noqa: PLC0415 - see above

    return (*SECTIONS, *INTERNAL_SECTIONS)
