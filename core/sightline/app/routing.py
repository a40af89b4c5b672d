"""Who is told: routes for single alerts, digests for all that stand; when, with regard to quiet hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sightline.model.alerts import Alert, rank
from sightline.model.outbox import Message
from sightline.model.time import zone
from sightline.present.alerts import alert_subject, alert_text, digest_text

if TYPE_CHECKING:
    from sightline.app.session import Session
    from sightline.config.alerting import DigestTable, NotifyTable, RouteTable

__all__ = ["digest_due", "digest_of", "due_digests", "may_go_at", "put_out_digests", "told_messages"]


def told_messages(session: Session, told: Iterable[Alert], now: dt.datetime) -> list[tuple[Message, dt.datetime]]:
    """One message for each alert and channel that a route sends it to, with the moment from which it may go."""
    notify, made = session.workspace.notify, []
    for alert in told:
        for channel in dict.fromkeys(route.to for route in notify.routes if _fits(route, alert)):
            message = Message(
                key=f"alert:{alert.id}:{alert.told_at:%Y%m%dT%H%M%S%f}:{channel}",
                kind="alert",
                channel=channel,
                subject=alert_subject(alert, session.workspace.name),
                text=alert_text(alert, _named(session, alert)),
            )
            urgent = alert.severity == "critical"
            made.append((message, now if urgent else may_go_at(notify, now, _zone(session))))
    return made


def _named(session: Session, alert: Alert) -> str:
    project = session.workspace.projects.get(alert.project or "")
    return project.name if project is not None else session.workspace.name


def _fits(rule: RouteTable | DigestTable, alert: Alert) -> bool:
    wanted = {"client": alert.client, "project": alert.project, "owner": alert.owner, "rule": alert.rule}
    return rank(alert.severity) >= rank(rule.severity) and all(
        getattr(rule, name, None) is None or (getattr(rule, name).casefold() == (have or "").casefold())
        for name, have in wanted.items()
    )


def may_go_at(notify: NotifyTable, now: dt.datetime, where: dt.tzinfo) -> dt.datetime:
    """`now`, or the end of the quiet hours it falls into."""
    if notify.quiet_from is None or notify.quiet_to is None:
        return now
    local = now.astimezone(where)
    start, end = dt.time.fromisoformat(notify.quiet_from), dt.time.fromisoformat(notify.quiet_to)
    time = local.time()
    inside = start <= time < end if start <= end else time >= start or time < end
    if not inside:
        return now
    day = local.date() + dt.timedelta(days=int(time >= end))
    return dt.datetime.combine(day, end, where).astimezone(dt.UTC)


def digest_of(session: Session, alerts: Sequence[Alert], digest: DigestTable | None = None) -> str:
    """The digest's text: what stands and is not put aside, worst first; a table of `[[notify.digests]]` narrows it."""
    today = session.clock.now().astimezone(_zone(session)).date()
    shown = [
        alert for alert in alerts
        if alert.closed_at is None and not alert.is_quiet(today) and (digest is None or _fits(digest, alert))
    ]  # fmt: skip
    names = {id_: project.name for id_, project in session.workspace.projects.items()}
    whose = f" for {digest.owner}" if digest is not None and digest.owner else ""
    return digest_text(shown, names, title=f"{session.workspace.name}: what needs a look{whose}", today=today)


def digest_due(digest: DigestTable, session: Session, now: dt.datetime) -> str | None:
    """The period (a day or week) for which the digest is due now; None before its time."""
    local = now.astimezone(_zone(session))
    day, calendar = local.date(), session.workspace.calendar
    late = local.time() >= dt.time.fromisoformat(digest.at)
    if digest.every == "day":
        return day.isoformat() if late and calendar.is_working(day) else None
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(digest.weekday)
    passed = (day.weekday(), late) >= (weekday, True)
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}" if passed else None


def due_digests(session: Session, now: dt.datetime) -> list[tuple[Message, dt.datetime]]:
    """A message for each digest that is due and was not put out for its period yet."""
    made = []
    alerts: list[Alert] | None = None
    for number, digest in enumerate(session.workspace.notify.digests):
        period = digest_due(digest, session, now)
        key = f"digest:{digest.to}:{digest.every}:{digest.owner or digest.client or digest.project or number}:{period}"
        if period is None or session.store.is_in_outbox(key):
            continue
        alerts = session.store.alerts(everywhere=True, closed=False) if alerts is None else alerts
        text = digest_of(session, alerts, digest)
        subject = text.splitlines()[0]
        message = Message(key=key, kind="digest", channel=digest.to, subject=subject, text=text)
        made.append((message, may_go_at(session.workspace.notify, now, _zone(session))))
    return made


def put_out_digests(session: Session) -> int:
    """Put the digests that are due into the outbox, each once a period; how many."""
    now = session.clock.now()
    return session.store.put_in_outbox(due_digests(session, now), now)


def _zone(session: Session) -> dt.tzinfo:
    return zone(session.workspace.calendar.timezone)
