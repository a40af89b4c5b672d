"""The week: which reports are due, held, to be approved or sent, what is unbilled and overdue, who has not been heard from."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sightline.app.measuring import measure_workspace
from sightline.app.reports import GONE
from sightline.app.session import Session
from sightline.measure.cadence import Rhythm, next_due
from sightline.model.figures import Figure
from sightline.model.portfolio import Client
from sightline.model.time import day_in, zone

__all__ = ["ClientWeek", "Week", "week"]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclasses.dataclass(frozen=True, slots=True)
class ClientWeek:
    """One client: the newest report and what comes next."""

    client: Client
    cadence: str
    number: int
    """Of the report that is due or in hand."""
    due_on: dt.date | None
    """When the next report is due; today or earlier: now. None: never."""
    state: str
    """due, HELD, draft, reviewed, approved, sent or not due."""
    note: str
    unbilled: Sequence[Figure]
    overdue: Sequence[Figure]
    last_sent: dt.date | None
    last_heard: dt.date | None
    silent_days: int | None
    """Days since the client was heard from, where that is longer than agreed; None otherwise."""


@dataclasses.dataclass(frozen=True, slots=True)
class Week:
    """All clients with work, those that need something first."""

    today: dt.date
    rows: Sequence[ClientWeek]

    def count(self, *states: str) -> int:
        """How many are in one of these states."""
        return sum(row.state in states for row in self.rows)


_ORDER = ("HELD", "due", "draft", "reviewed", "approved", "not due", "sent")


def week(session: Session) -> Week:
    """What needs a person, as of now."""
    measure_workspace(session, touched=())
    today = day_in(session.clock.now(), zone(session.workspace.calendar.timezone))
    with_work = {project.client for project in session.workspace.projects.values()}
    rows = [_row(session, client) for client in session.workspace.clients.values() if client.id in with_work]
    return Week(
        today, sorted(rows, key=lambda row: (_ORDER.index(row.state), row.due_on or dt.date.max, row.client.id))
    )


def _row(session: Session, client: Client) -> ClientWeek:
    settings = session.workspace.client_reports[client.id]
    today = day_in(session.clock.now(), zone(settings.timezone or session.workspace.calendar.timezone))
    entries = sorted(
        session.store.entries("reports", client=client.id), key=lambda one: (one["ends_on"], one["version"])
    )
    gone = [entry for entry in entries if entry["status"] in GONE]
    last = gone[-1]["ends_on"] if gone else None
    in_hand = entries[-1] if entries and entries[-1]["status"] not in GONE else None
    rhythm = Rhythm(
        settings.cadence, _WEEKDAYS.index(settings.weekday), settings.day_of_month, _milestones(session, client)
    )
    due = next_due(rhythm, last, today, session.workspace.calendar)
    state, note = _state(in_hand, gone[-1] if gone else None, due, today)
    heard = _heard(session, client)
    silent = _silence(session, gone, heard, today)
    figures = _figures(session, client)
    return ClientWeek(
        client=client,
        cadence=settings.cadence,
        number=int((in_hand or {}).get("number") or 1 + max((int(one["number"]) for one in entries), default=0)),
        due_on=due,
        state=state,
        note=note,
        unbilled=figures["unbilled"],
        overdue=figures["overdue"],
        last_sent=last,
        last_heard=heard,
        silent_days=silent if silent is not None and silent > settings.silent_days else None,
    )


def _state(
    in_hand: Mapping[str, Any] | None, last: Mapping[str, Any] | None, due: dt.date | None, today: dt.date
) -> tuple[str, str]:
    """Where the report is, and what is to be done next."""
    if in_hand is not None and in_hand["held"]:
        return "HELD", str(in_hand["held"])
    if in_hand is not None:
        nexts = {"draft": "review it", "reviewed": "approve it", "approved": "send it"}
        old = due is not None and in_hand["ends_on"] < due <= today
        return str(in_hand["status"]), "draft it anew: it ends before the day it is due" if old else nexts[
            in_hand["status"]
        ]
    if due is not None and due <= today:
        return "due", "draft it" if due == today else f"since {due}: draft it"
    if last is not None and last["ends_on"] == today:
        return "sent", f"next {due}" if due else ""
    return "not due", f"next {due}" if due else "no schedule"


def _milestones(session: Session, client: Client) -> tuple[dt.date, ...]:
    """The days of the client's milestones, as its report would tell them; only asked for where reports follow them."""
    if session.workspace.client_reports[client.id].cadence != "milestones":
        return ()
    from sightline.app.reports import facts_for_client  # noqa: PLC0415 - only for this cadence; it joins everything

    facts = facts_for_client(session, client)
    days = (one.reached_on or one.due_on for project in facts.projects for one in project.milestones)
    return tuple(day for day in days if day is not None)


def _heard(session: Session, client: Client) -> dt.date | None:
    """When the client last answered a report."""
    where = zone(session.workspace.calendar.timezone)
    answered = [step.at for step in session.store.report_steps(client=client.id) if step.what == "answered"]
    return day_in(max(answered), where) if answered else None


def _silence(session: Session, gone: Sequence[Mapping[str, Any]], heard: dt.date | None, today: dt.date) -> int | None:
    """Days since the client was heard from: since the last answer, else since the first report went out."""
    if heard is not None:
        return (today - heard).days
    where = zone(session.workspace.calendar.timezone)
    sent = [entry["sent_at"] for entry in gone if entry["sent_at"] is not None]
    return (today - day_in(min(sent), where)).days if sent else None


def _figures(session: Session, client: Client) -> dict[str, list[Figure]]:
    """What is unbilled and overdue in each of the client's projects."""
    projects = [one.id for one in session.workspace.projects.values() if one.client == client.id]
    return {
        name: [figure for project in projects for figure in session.store.figures(project, name=name)]
        for name in ("unbilled", "overdue")
    }
