"""Small records and pages for the store's tests."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sightline.model.collected import Landing
from sightline.model.records import Task, TimeEntry

LONDON = ZoneInfo("Europe/London")
MONDAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
TUESDAY = MONDAY + dt.timedelta(days=1)
WEDNESDAY = MONDAY + dt.timedelta(days=2)


def task(number="1", **fields):
    given = {
        "scope": "s1",
        "key": f"WEB-{number}",
        "title": "Homepage",
        "kind": "task",
        "status": "Open",
        "state": "todo",
    }
    return Task(id=number, **{**given, **fields})


def entry(number="1", **fields):
    return TimeEntry(id=number, **{"scope": "s1", "seconds": 3600, **fields})


def page(*records, learnt_at=MONDAY, source="jira", stream="issues", scope="s1", **rest):
    return Landing(source=source, stream=stream, scope=scope, learnt_at=learnt_at, records=records, **rest)


def exported(store, table, **filters):
    """The rows of an export as dictionaries."""
    columns, rows = store.export(table, **filters)
    return [dict(zip(columns, row, strict=True)) for row in rows]
