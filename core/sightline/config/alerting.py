"""`[alerts]` and `[notify]`: what is warned of, from where on, and who is told by which way."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from sightline.config.shape import Clock, Exact, Name, Table, Weekday

__all__ = ["AlertsTable", "DigestTable", "NotifyTable", "ProjectAlertsTable", "RouteTable", "RuleTable"]

Severity = Literal["notice", "warning", "critical"]


class RuleTable(Table):
    """`[alerts.rules.NAME]`: one rule."""

    off: bool = Field(default=False, description="The rule is not asked; what it had found is closed.")
    severity: Severity | None = Field(default=None, description="Of all its findings, instead of its own.")
    limits: dict[str, Exact | tuple[Exact, ...]] = Field(
        default_factory=dict, description="Its limits by name, a number or steps: {days = [3, 10]}."
    )


class ProjectAlertsTable(Table):
    """`[alerts.projects.ID]`: what is different for one project."""

    off: bool = Field(default=False, description="No warnings of this project at all.")
    owner: str | None = Field(default=None, description="Who is told where a finding has no owner of its own.")
    rules: dict[Name, RuleTable] = Field(default_factory=dict, description="Rules as under `[alerts.rules]`.")


class AlertsTable(Table):
    """`[alerts]`: what is warned of, and from where on. `sightline alerts rules` lists rules and limits."""

    rearm_hours: int = Field(
        default=24, ge=0, description="So long an alert must have been closed before it is told anew for the same."
    )
    owner: str | None = Field(default=None, description="Who is told where nobody else is named.")
    rules: dict[Name, RuleTable] = Field(default_factory=dict, description="Single rules.")
    projects: dict[Name, ProjectAlertsTable] = Field(default_factory=dict, description="What differs by project.")


class RouteTable(Table):
    """`[[notify.routes]]`: which alerts go to a channel at once. All given keys must fit; every route that fits sends."""

    to: Name = Field(description="A channel's name.")
    severity: Severity = Field(default="warning", description="This severity or worse.")
    client: str | None = Field(default=None, description="Only alerts of this client (id).")
    project: str | None = Field(default=None, description="Only alerts of this project (id).")
    rule: str | None = Field(default=None, description="Only alerts of this rule.")
    owner: str | None = Field(default=None, description="Only alerts of this owner (name).")


class DigestTable(Table):
    """`[[notify.digests]]`: all open alerts in one message, daily or weekly."""

    to: Name = Field(description="A channel's name.")
    every: Literal["day", "week"] = Field(default="day", description="How often; daily ones on working days.")
    weekday: Weekday = Field(default="mon", description="week: on this day.")
    at: Clock = Field(default="08:00", description="Not before this time of the workspace's zone.")
    severity: Severity = Field(default="notice", description="This severity or worse.")
    client: str | None = Field(default=None, description="Only alerts of this client (id).")
    project: str | None = Field(default=None, description="Only alerts of this project (id).")
    owner: str | None = Field(default=None, description="Only alerts of this owner (name): a person's own digest.")


class NotifyTable(Table):
    """`[notify]`: who is told what, by which way."""

    quiet_from: Clock | None = Field(
        default=None, description="From this time on nothing but critical alerts goes out …"
    )
    quiet_to: Clock | None = Field(default=None, description="… until this time; what waits goes then.")
    tries: int = Field(default=8, ge=1, le=50, description="After so many failed tries a message is given up.")
    channels: dict[Name, dict[str, Any]] = Field(
        default_factory=dict,
        description='Ways to tell somebody: `via` names the notifier ("email", "webhook"), the rest are its settings.',
    )
    routes: tuple[RouteTable, ...] = Field(default=(), description="Which alerts go where at once.")
    digests: tuple[DigestTable, ...] = Field(default=(), description="Which summaries go where, and when.")
