"""The journals of an issue as changes of tracked fields and as comments, and when work on it began. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sightline.sdk import Activity, Change, Context, Mapped, State, Whole, at_path, instant, seconds_of_hours
from sightline_redmine.mapping import needed, ref, state_of, status_names

__all__ = ["Told", "map_journals"]

#: Redmine's attribute → the field whose history we keep.
_FIELDS = {
    "status_id": "status",
    "due_date": "due_on",
    "assigned_to_id": "assignee",
    "estimated_hours": "estimate",
    "parent_id": "parent",
    "fixed_version_id": "milestone",
    "project_id": "scope",
}
_TITLE = 120


@dataclasses.dataclass(slots=True)
class Told:
    """What the journals of one issue tell: records, and the first moment at which it was in progress."""

    records: list[Mapped] = dataclasses.field(default_factory=list)
    started_at: dt.datetime | None = None


def map_journals(row: Any, context: Context) -> Told:
    """Changes, oldest first, and comments; nothing where the row came without journals. Private notes are left out."""
    told = Told()
    journals = row.get("journals")
    if journals is None:
        return told
    issue = str(needed(row, "id"))
    told.records.append(Whole(kind=Activity, of=issue))
    for journal in sorted(journals, key=lambda one: (str(needed(one, "created_on")), int(needed(one, "id")))):
        changes = list(_changes(issue, journal, row, context))
        told.records += changes
        began = any(change.to_state == "in_progress" for change in changes)
        told.started_at = told.started_at or (instant(journal["created_on"]) if began else None)
        told.records += _comments(row, journal, context)
    return told


def _changes(issue: str, journal: Mapping[str, Any], row: Any, context: Context) -> Iterable[Change]:
    at = instant(journal["created_on"])
    assert at is not None
    for detail in journal.get("details") or ():
        field = _FIELDS.get(str(detail.get("name"))) if detail.get("property") == "attr" else None
        if field is None:
            continue
        (before, left), (after, reached) = (
            _value(field, detail.get(name), row, context) for name in ("old_value", "new_value")
        )
        yield Change(
            id=f"{journal['id']}-{field}",
            task=issue,
            field=field,  # type: ignore[arg-type]
            at=at,
            from_value=before,
            to_value=after,
            from_state=left,
            to_state=reached,
            by=ref(journal, "user"),
        )


def _value(field: str, value: Any, row: Any, context: Context) -> tuple[str | None, State | None]:
    """A value as text (a status by its name, an estimate in seconds), and the state of a status."""
    if value is None or value == "":
        return None, None
    if field == "status":
        # Whether work had begun shows in the status alone: the share done at that time is not known.
        state = state_of(str(value), context, row={"tracker": row.get("tracker")})
        return status_names(context).get(str(value), str(value)), state
    if field == "estimate":
        return str(seconds_of_hours(value)), None
    return str(value), None


def _comments(row: Any, journal: Mapping[str, Any], context: Context) -> Iterable[Activity]:
    text, at = journal.get("notes"), instant(journal["created_on"])
    if not text or journal.get("private_notes") or at is None:
        return
    yield Activity(
        id=str(journal["id"]),
        scope=str(needed(row, "project.id")),
        kind="comment",
        at=at,
        title=str(text).strip().split("\n", 1)[0][:_TITLE],
        task=str(needed(row, "id")),
        account=ref(journal, "user"),
        url=f"{context.settings.site}/issues/{at_path(row, 'id')}#change-{journal['id']}",
        text=str(text),
    )
