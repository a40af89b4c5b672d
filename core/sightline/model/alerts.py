"""Warnings: what a rule finds (`Finding`), and what becomes of it over time (`Alert`)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from hashlib import blake2b
from typing import Literal

from sightline.model.checked import Checked
from sightline.model.figures import ReceiptLine

__all__ = ["SEVERITIES", "Alert", "Finding", "Severity", "Unsure", "alert_id", "rank"]

Severity = Literal["notice", "warning", "critical"]
#: From the least to the worst.
SEVERITIES: tuple[Severity, ...] = ("notice", "warning", "critical")


def rank(severity: Severity) -> int:
    """Its place: the higher, the worse."""
    return SEVERITIES.index(severity)


class Finding(Checked, frozen=True, kw_only=True):
    """One thing a rule found. Rule, project and `subject` together are its identity: keep `subject` stable.

    `level` says how far it has gone (a threshold passed, days waited, items late): who was told is told again only when
    it is higher. `held` is the level that still counts as reached, so that what hovers around a limit is told once: with
    `level` 0 and `held` above it, an alert that stands goes on standing and none is opened.
    """

    text: str
    """One sentence with the numbers in it."""
    subject: str = ""
    severity: Severity | None = None
    """None: the rule's own."""
    level: Decimal = Decimal(1)
    held: Decimal | None = None
    """None: the same as `level`."""
    inputs: tuple[ReceiptLine, ...] = ()
    """What it was judged by: figures and limits with their values, and the records behind them."""
    since: dt.date | None = None
    """Since when it is so, where the records tell."""
    owner: str | None = None
    """Who should act, by name."""
    action: str | None = None
    """What to do, in the imperative."""
    source: str | None = None
    """The source it concerns."""


class Unsure(Checked, frozen=True, kw_only=True):
    """The rule cannot tell at present: what stands is neither closed nor told anew. `subject` None: all of the rule's."""

    why: str
    subject: str | None = None


class Alert(Checked, frozen=True, kw_only=True):
    """A warning and its life. `id` is the same for the same rule, project and subject, for ever."""

    id: str
    rule: str
    project: str | None = None
    """None: it concerns the whole workspace."""
    client: str | None = None
    source: str | None = None
    subject: str = ""
    severity: Severity
    text: str
    inputs: tuple[ReceiptLine, ...] = ()
    owner: str | None = None
    action: str | None = None
    since: dt.date | None = None
    opened_at: dt.datetime
    """First seen, since it was closed last."""
    seen_at: dt.datetime
    """Last found."""
    closed_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_why: str | None = None
    snoozed_until: dt.date | None = None
    """Quiet until that day."""
    level: Decimal = Decimal(1)
    told_level: Decimal = Decimal(0)
    """The highest level that was told and has not been left since."""
    told_severity: Severity | None = None
    told_at: dt.datetime | None = None
    times: int = 1
    """How often it was opened."""

    def is_quiet(self, today: dt.date) -> bool:
        """Whether somebody has put it aside: acknowledged, or snoozed to a later day."""
        return self.acknowledged_at is not None or (self.snoozed_until is not None and today < self.snoozed_until)


def alert_id(rule: str, project: str | None, subject: str) -> str:
    """Ten characters that stand for it."""
    return blake2b("\0".join((rule, project or "", subject)).encode(), digest_size=5).hexdigest()
