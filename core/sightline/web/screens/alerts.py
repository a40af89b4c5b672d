"""What needs somebody now: open alerts, worst first, to acknowledge or to put off."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from sightline.app.alerts import alerts_view
from sightline.model.access import Viewer
from sightline.model.alerts import Alert
from sightline.model.time import day_in, zone
from sightline.present.screen import Action, Cell, Column, Screen, Table, Tone, text_cell
from sightline.web.desk import Desk
from sightline.web.screens import Query

__all__ = ["alerts_screen"]

_TONES: dict[str, Tone] = {"critical": "bad", "warning": "warn", "notice": ""}
_WEEK = dt.timedelta(days=7)
#: Rules that speak of what only some may see.
_MONEY = ("invoice", "unbilled", "budget", "retainer", "thresholds", "burn")
_COST = ("margin", "cost", "rate", "profit")


def alerts_screen(desk: Desk, viewer: Viewer, _query: Query) -> Screen:
    """Every open alert with what to do about it; acknowledged and snoozed ones below."""
    session = desk.session
    view = alerts_view(session)
    today = day_in(session.clock.now(), zone(session.workspace.calendar.timezone))

    def cells(alert: Alert) -> tuple[Cell, ...]:
        project = text_cell(view.names.get(alert.project, alert.project), href=f"/projects/{alert.project}") if (
            alert.project) else text_cell("people and sources")  # fmt: skip
        since = alert.since or alert.opened_at.date()
        return (
            text_cell(alert.severity, tone=_TONES[alert.severity]), project, text_cell(alert.text),
            text_cell(alert.action), text_cell(alert.owner), Cell(text=f"{since:%d %b %Y}", value=since),
        )  # fmt: skip

    def actions(alert: Alert) -> tuple[Action, ...]:
        if not viewer.may("decide"):
            return ()
        week = (today + _WEEK).isoformat()
        return (
            Action(label="Seen", path="/alerts/seen", fields={"id": alert.id}),
            Action(label="In a week", path="/alerts/later", fields={"id": alert.id, "until": week}),
        )

    seen = [alert for alert in view.open if _visible(alert, viewer)]
    quiet = [alert for alert in view.quiet if _visible(alert, viewer)]
    columns = (Column("severity", "Severity"), Column("project", "Project"), Column("text", "What"),
               Column("action", "What to do"), Column("owner", "Owner"), Column("since", "Since"))  # fmt: skip
    counted = Counter(alert.severity for alert in seen)
    told = ", ".join(f"{counted[word]} {word}" for word in ("critical", "warning", "notice") if counted[word])
    return Screen(
        name="alerts",
        title="Alerts",
        as_of=view.as_of,
        lead=(f"Open: {told}." if told else "Nothing needs anybody now.",),
        tables=(
            Table(name="alerts", title="Open", columns=columns, rows=tuple(map(cells, seen)),
                  actions=tuple(map(actions, seen)), empty="None."),
            Table(name="quiet", title="Seen or put off", columns=columns, rows=tuple(map(cells, quiet)), empty="None."),
        ),
    )  # fmt: skip


def _visible(alert: Alert, viewer: Viewer) -> bool:
    if not viewer.may("cost") and any(word in alert.rule for word in _COST):
        return False
    return viewer.may("money") or not any(word in alert.rule for word in _MONEY)
