"""What becomes of warnings from one look to the next: opened, told once, told again when worse, put aside, closed.

Nothing is told twice for the same reason. An alert is told when it opens; again when it is worse than what was told;
again when its snooze ends and it still stands. Falling below a limit by less than the rule's margin closes nothing
(`Finding.held`), and what comes back within the re-arming time after it was closed is the same warning, not a new one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from sightline.measure.exact import ZERO
from sightline.model.alerts import Alert, Finding, Severity, Unsure, alert_id, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Decided", "Found", "Look", "decide"]


class Found(NamedTuple):
    """What one rule said of one project (None: of the workspace); `severity` is the rule's own."""

    rule: str
    severity: Severity
    said: Finding | Unsure
    project: str | None = None
    client: str | None = None

    @property
    def id(self) -> str:
        """The id of the alert it is about."""
        return alert_id(self.rule, self.project, self.said.subject or "")


class Look(NamedTuple):
    """One look: everything found, at `now` (aware UTC, the day `today`), and the rules that could not be asked."""

    found: Sequence[Found]
    now: dt.datetime
    today: dt.date
    broken: frozenset[str] = frozenset()
    rearm: dt.timedelta = dt.timedelta(days=1)
    """So long an alert must have been closed before it can be told anew for the same."""


class Decided(NamedTuple):
    """The alerts as they are now, changed or not, and those of which somebody is to be told."""

    alerts: list[Alert]
    told: list[Alert]


def decide(former: Iterable[Alert], look: Look) -> Decided:
    """The former alerts of a scope (open and closed) and one look at it → the alerts from now on, and what to tell.

    Of two findings about the same the worse one stands.
    """
    held = {alert.id: alert for alert in former}
    findings = _worst(look.found)
    alerts: list[Alert] = []
    told: list[Alert] = []
    for id_, one in findings.items():
        before = held.pop(id_, None)
        after = _seen(before, one, id_, look)
        if after is None:
            continue
        if _speaks(after, look):
            after = structs.replace(
                after, told_at=look.now, told_level=after.level, told_severity=after.severity,
                acknowledged_at=None, acknowledged_by=None, acknowledged_why=None, snoozed_until=None,
            )  # fmt: skip
            told.append(after)
        alerts.append(after)
    alerts += [_without(alert, look) for alert in held.values()]
    return Decided(alerts, told)


def _worst(found: Sequence[Found]) -> dict[str, Found]:
    kept: dict[str, Found] = {}
    for one in found:
        if isinstance(one.said, Finding) and ((other := kept.get(one.id)) is None or _weight(one) > _weight(other)):
            kept[one.id] = one
    return kept


def _weight(one: Found) -> tuple[object, ...]:
    said = one.said
    return (said.level, rank(said.severity or one.severity)) if isinstance(said, Finding) else ()


def _seen(before: Alert | None, one: Found, id_: str, look: Look) -> Alert | None:
    """The alert with what was found now; None when there is none and nothing to open one for."""
    said = one.said
    assert isinstance(said, Finding)
    held = said.level if said.held is None else max(said.level, said.held)
    stands = before is not None and before.closed_at is None
    if said.level <= 0:
        if before is None or not stands:
            return before
        if held <= 0:
            return _closed(before, look.now)
        return structs.replace(
            before, seen_at=look.now, level=min(before.level, held), told_level=min(before.told_level, held)
        )
    fresh = Alert(
        id=id_, rule=one.rule, project=one.project, client=one.client, source=said.source, subject=said.subject,
        severity=said.severity or one.severity, text=said.text, inputs=said.inputs, owner=said.owner,
        action=said.action, since=said.since, level=said.level, opened_at=look.now, seen_at=look.now,
    )  # fmt: skip
    if before is None:
        return fresh
    fresh = _taken_over(before, fresh, _TOLD)
    if not stands:
        return _opened_again(before, fresh, look)
    return structs.replace(_taken_over(before, fresh, _ASIDE), told_level=min(before.told_level, held))


_TOLD = ("told_level", "told_severity", "told_at", "times")
_ASIDE = ("opened_at", "acknowledged_at", "acknowledged_by", "acknowledged_why", "snoozed_until")


def _taken_over(before: Alert, fresh: Alert, names: tuple[str, ...]) -> Alert:
    return structs.replace(fresh, **{name: getattr(before, name) for name in names})


def _opened_again(before: Alert, fresh: Alert, look: Look) -> Alert:
    """Back after it was closed: forgotten what was told, once it has been away for long enough."""
    fresh = structs.replace(fresh, times=before.times + 1)
    if before.closed_at is not None and look.now - before.closed_at >= look.rearm:
        return structs.replace(fresh, told_level=ZERO, told_severity=None)
    return fresh


def _speaks(after: Alert, look: Look) -> bool:
    """Whether somebody is to be told of it now."""
    if after.closed_at is not None or after.level <= 0:
        return False
    if after.snoozed_until is not None:
        return look.today >= after.snoozed_until
    if after.told_severity is None:
        return True
    return after.level > after.told_level or rank(after.severity) > rank(after.told_severity)


def _without(alert: Alert, look: Look) -> Alert:
    """An alert that nothing was found for."""
    if alert.closed_at is not None or alert.rule in look.broken or _is_open_question(alert, look.found):
        return alert
    return _closed(alert, look.now)


def _is_open_question(alert: Alert, found: Sequence[Found]) -> bool:
    return any(
        isinstance(one.said, Unsure) and one.rule == alert.rule and one.said.subject in (None, alert.subject)
        for one in found
    )


def _closed(alert: Alert, now: dt.datetime) -> Alert:
    return structs.replace(alert, closed_at=now)
