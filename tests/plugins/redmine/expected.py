"""What the seeded Redmine (`seed.py`) is worth as records, worked by hand: for the recording and for the real one."""

from __future__ import annotations

import datetime as dt

from sightline.sdk import Account, Activity, Change, Link, Milestone, Scope, Task, TimeEntry
from sightline.testing import Collected

HOUR = 3600


def assert_seeded(found: Collected) -> None:
    """Everything that `Desk.seed` wrote, through the connector."""
    assert (found.outcome.status, found.outcome.reasons) == ("complete", [])
    assert {s.key: (s.id, s.archived) for s in found.records(Scope).values()} == {
        "harbour": ("1", False),
        "quay": ("2", False),
        "pier": ("3", True),
        "wiki": ("4", False),
    }
    assert_tasks(found)
    assert_time(found)
    assert {a.id: a.active for a in found.records(Account).values()} == {"1": True, "5": True, "6": False}
    assert all(a.name for a in found.records(Account).values())
    (version,) = found.records(Milestone).values()
    assert (version.scope, version.name, version.state, version.due_on) == (
        "1",
        "Opening",
        "open",
        dt.date(2026, 12, 18),
    )


def assert_tasks(found: Collected) -> None:
    tasks = found.records(Task)
    told = {
        id_: (t.scope, t.parent, t.kind, t.state, t.estimate_seconds, t.remaining_seconds) for id_, t in tasks.items()
    }

    assert told == {
        "1": ("1", None, "feature", "in_progress", None, None),
        "2": ("1", "1", "feature", "done", 16 * HOUR, 16 * HOUR),
        "3": ("1", "1", "feature", "in_progress", 44 * HOUR, 110_880),  # 70 % of 44 h
        "4": ("1", None, "bug", "todo", 16_200, 16_200),
        "5": ("1", None, "support", "cancelled", None, None),
        "6": ("2", None, "feature", "todo", None, None),
        "7": ("3", None, "bug", "todo", None, None),
    }
    assert tasks["4"].title == "Gate sticks – größer 🚢"
    assert tasks["2"].started_at is not None
    assert tasks["2"].completed_at is not None
    assert tasks["3"].due_on == dt.date(2026, 12, 18)
    changes = [c for c in found.records(Change).values() if c.task == "2" and c.field == "status"]
    assert [(c.from_value, c.to_value, c.to_state) for c in sorted(changes, key=lambda c: int(c.id.split("-")[0]))] == [
        ("New", "In Progress", "in_progress"),
        ("In Progress", "Closed", "done"),
    ]
    said = found.records(Activity).values()
    assert sorted(a.text for a in said) == ["Accepted by client", "Started with the doors."]
    assert [(link.from_task, link.to, link.kind) for link in found.records(Link).values()] == [("3", "5", "precedes")]


def assert_time(found: Collected) -> None:
    entries = found.records(TimeEntry).values()

    assert sum(entry.seconds for entry in entries) == 107_388  # 29.83 h
    assert {(e.task, e.account, e.day.isoformat()) for e in entries if e.seconds == 8388} == {("3", "6", "2026-11-17")}
    assert all(entry.started_at is None for entry in entries)
