"""What a person asks and says about alerts: which stand and why, seen, not now; and the digest."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sightline.app.alerting import judge_practice, settings_of
from sightline.app.measuring import measure_workspace, source_states
from sightline.app.outbox import Delivery, deliver_due
from sightline.app.routing import digest_of, put_out_digests
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.errors import ConfigError
from sightline.extend import WorkspaceRule
from sightline.model.alerts import SEVERITIES, Alert
from sightline.model.time import day_in, zone
from sightline.present.alerts import worst_first

if TYPE_CHECKING:
    from decimal import Decimal

    from sightline.app.deciding import By

__all__ = ["AlertsView", "RuleRow", "acknowledge", "alerts_view", "digest", "rule_rows", "send_digests", "snooze"]


@dataclasses.dataclass(frozen=True, slots=True)
class AlertsView:
    """What stands, worst first; `quiet` are acknowledged or snoozed ones, `closed` those that are over."""

    as_of: dt.datetime
    open: tuple[Alert, ...]
    quiet: tuple[Alert, ...]
    closed: tuple[Alert, ...]
    names: Mapping[str, str]
    """Project id → name."""
    read: bool = True
    """Whether any source was ever read; without that, no alert means nothing."""

    @property
    def worst(self) -> str | None:
        """The worst severity that stands open."""
        found = {alert.severity for alert in self.open}
        return next((word for word in reversed(SEVERITIES) if word in found), None)


@dataclasses.dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: what it warns of, whether it is asked, and its limits as they are in force, with their meaning."""

    name: str
    title: str
    about: str
    severity: str
    off: bool
    limits: tuple[tuple[str, str, str], ...]


def alerts_view(session: Session, project: str | None = None) -> AlertsView:
    """The alerts of everything, or of one project; the rules are asked first where a day has passed since."""
    _look(session)
    chosen = project_of(session, project).id if project is not None else None
    alerts = session.store.alerts(chosen, everywhere=chosen is None)
    today = _today(session)
    standing = [alert for alert in alerts if alert.closed_at is None]
    return AlertsView(
        as_of=session.clock.now(),
        open=tuple(worst_first([alert for alert in standing if not alert.is_quiet(today)])),
        quiet=tuple(worst_first([alert for alert in standing if alert.is_quiet(today)])),
        closed=tuple(worst_first([alert for alert in alerts if alert.closed_at is not None])),
        names={id_: one.name for id_, one in session.workspace.projects.items()},
        read=bool(session.store.last_attempts()),
    )


def acknowledge(session: Session, ids: Sequence[str], by: By) -> list[Alert]:
    """Seen: quiet until it gets worse. An id may be cut short as long as one alert begins so."""
    chosen = [_alert(session, one) for one in ids]
    now = session.clock.now()
    for alert in chosen:
        session.store.set_alert(alert.id, acknowledged_at=now, acknowledged_by=by.who, acknowledged_why=by.reason)
    return [_alert(session, alert.id) for alert in chosen]


def snooze(session: Session, ids: Sequence[str], until: dt.date) -> list[Alert]:
    """Not now: quiet until that day, then told again if it still stands. `ConfigError` for a day that is not to come."""
    if until <= _today(session):
        raise ConfigError(f"{until} is not to come", where="--until", mend="Name a later day.")
    chosen = [_alert(session, one) for one in ids]
    for alert in chosen:
        session.store.set_alert(alert.id, snoozed_until=until)
    return [_alert(session, alert.id) for alert in chosen]


def rule_rows(session: Session) -> list[RuleRow]:
    """Every rule there is, with what the workspace sets."""
    rows = []
    for name, cls in session.alert_rules.items():
        table = settings_of(session, name)
        rule = cls()
        rule.given = dict(table.limits)
        limits = tuple((limit.name, _numbers(rule.steps(limit.name)), limit.text) for limit in cls.limits)
        about = "the practice" if issubclass(cls, WorkspaceRule) else "each project"
        rows.append(RuleRow(name, cls.title, about, table.severity or cls.severity, table.off, limits))
    return rows


def _numbers(steps: Sequence[Decimal]) -> str:
    return ", ".join(f"{step:f}" for step in steps)


def digest(session: Session, *, owner: str | None = None) -> str:
    """The digest as it would be sent now, of everything or of one owner's."""
    view = alerts_view(session)
    mine = [one for one in view.open if owner is None or (one.owner or "").casefold() == owner.casefold()]
    return digest_of(session, mine)


def send_digests(session: Session) -> tuple[int, Delivery]:
    """Put out the digests that are due, and send what waits; how many digests, and what became of the outbox."""
    _look(session)
    made = put_out_digests(session)
    return made, deliver_due(session)


def _look(session: Session) -> None:
    """The day's first look, where it is due; sources grow old by the hour, so they are looked at each time."""
    if not measure_workspace(session, touched=()):
        judge_practice(session, source_states(session, session.workspace.sources), None)


def _alert(session: Session, given: str) -> Alert:
    found = (
        [one for one in session.store.alerts(everywhere=True) if one.id.startswith(given.casefold())] if given else []
    )
    if len(found) == 1:
        return found[0]
    what = "several alerts begin so" if found else "there is no such alert"
    raise ConfigError(f"{what}: {given[:20]!r}", where="alerts", mend="`sightline alerts --all` lists the ids.")


def _today(session: Session) -> dt.date:
    return day_in(session.clock.now(), zone(session.workspace.calendar.timezone))
