"""From rows to records: issues, worklogs, versions, sprints. Pure; everything about the site comes with the context."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sightline.sdk import (
    Activity,
    Context,
    Gone,
    Link,
    Mapped,
    Milestone,
    RowError,
    State,
    Task,
    TimeEntry,
    Whole,
    day,
    instant,
)
from sightline_jira.history import Histories, Told, settled, sprint_id
from sightline_jira.people import People
from sightline_jira.site import Site
from sightline_jira.texts import first_line, plain

__all__ = ["SYSTEM_FIELDS", "Mapper", "mapper_of"]

#: The system fields that are mapped; nothing else is asked for.
SYSTEM_FIELDS = (
    "summary description issuetype project status statuscategorychangedate priority resolution resolutiondate assignee "
    "reporter labels components fixVersions duedate created updated parent issuelinks timeoriginalestimate "
    "timeestimate timespent comment worklog"
).split()
#: Keys of Jira's four status categories, whose names follow the reader's language ("GET /statuscategory").
_STATES: dict[Any, State] = {"new": "todo", "indeterminate": "in_progress", "done": "done"}
_KINDS = frozenset({"task", "bug", "story", "epic"})
#: Jira words its link types as verbs; this one reads as a tie in our vocabulary.
_LINKS = {"relates to": "relates"}
#: How Jira Software of old writes a sprint: `…service.sprint.Sprint@1f[id=7,state=CLOSED,startDate=…,…]`.
_OLD_SPRINT = re.compile(r"[\[,](id|state|startDate)=([^,\]]*)")


def mapper_of(context: Context) -> Mapper:
    """The mapper of this run, built at the first row."""
    found = context.cache.get("jira")
    if not isinstance(found, Mapper):
        found = context.cache["jira"] = Mapper(Site.of(context.facts, context.settings.scopes), context.lookups)
    return found


class Mapper:
    """Everything mapping needs, looked up once a run."""

    def __init__(self, site: Site, lookups: Mapping[str, Any]) -> None:
        self._web = site.web
        self._keys = {project.id: project.key for project in site.projects}
        self._chosen = frozenset(project.id for project in site.chosen)
        self._chosen_keys = frozenset(project.key for project in site.chosen)
        states = {str(row.get("id")): _category(row) for row in lookups.get("statuses", ()) if isinstance(row, dict)}
        self._histories = Histories(site.fields, states)
        self._people = People()
        self._sprint, self._points, self._epic_link, self._epic_name, self._start = (
            [field.id for field in kind] for kind in site.fields
        )

    # --- issues ----------------------------------------------------------------------------------------------------

    def issue(self, row: Mapping[str, Any]) -> list[Mapped]:
        """The task with its history, links, comments and worklogs; what left the chosen projects is gone."""
        fields = row.get("fields")
        if not isinstance(fields, dict):
            raise RowError("fields are missing")
        key = _need(row, "id")
        project = _need(_object(fields, "project"), "id", "project")
        if project not in self._chosen:
            wholes = (Whole(kind=kind, of=key) for kind in (TimeEntry, Activity, Link))
            ours = self._links(fields, key, only=self._chosen_keys)
            return [Gone(kind=Task, id=key), *wholes, Whole(kind=Link, of=key, by="to"), *ours]
        status = _object(fields, "status")
        resolution = _optional(fields, "resolution")
        state = settled(_category(status), _word(resolution, "name"))
        created = instant(fields.get("created"))
        told = self._told(row, key, created, (str(status.get("id")), state))
        found: list[Mapped] = [self._task(row, fields, key, project, state, created, told)]
        found += told.changes
        found += self._links(fields, key)
        found += self._comments(fields, key, project, _need(row, "key"))
        found += (self._entry(log, key, project) for log in _rows(fields, "worklog", "worklogs"))
        found += _wholes(fields, key)
        found += self._people.take()
        return found

    def _told(self, row: Mapping[str, Any], key: str, created: dt.datetime | None, now: tuple[str, State]) -> Told:
        changelog = row.get("changelog")
        if not isinstance(changelog, dict):
            return Told([])
        return self._histories.tell(
            key, _list(changelog.get("histories"), "changelog"), self._people, created=created, now=now
        )

    def _task(
        self,
        row: Mapping[str, Any],
        fields: Mapping[str, Any],
        key: str,
        project: str,
        state: State,
        created: dt.datetime | None,
        told: Told,
    ) -> Task:
        people, parent, said = self._people, _optional(fields, "parent"), _need(row, "key")
        assignee = people.note(fields.get("assignee"))
        epic = None if parent else self._first(fields, self._epic_link)
        ended = told.completed_at or _ended(fields) if state in ("done", "cancelled") else None
        return Task(
            id=key,
            scope=project,
            key=said,
            title=_need(fields, "summary"),
            kind=self._kind(fields),
            status=_need(_object(fields, "status"), "name", "status"),
            state=state,
            url=f"{self._web}/browse/{said}",
            description=plain(fields.get("description")),
            created_at=created,
            updated_at=instant(fields.get("updated")),
            started_at=told.started_at,
            completed_at=ended,
            start_on=day(self._first(fields, self._start)),
            due_on=day(fields.get("duedate")),
            assignees=(assignee,) if assignee else (),
            reporter=people.note(fields.get("reporter")),
            parent=_need(parent, "id", "parent") if parent else None,
            parent_key=epic if isinstance(epic, str) else None,
            labels=tuple([str(label) for label in _list(fields.get("labels"), "labels")]),
            components=_names(fields, "components", "name"),
            priority=_word(_optional(fields, "priority"), "name"),
            estimate_seconds=_seconds(fields, "timeoriginalestimate"),
            remaining_seconds=_seconds(fields, "timeestimate"),
            spent_seconds=_seconds(fields, "timespent"),
            points=_decimal(self._first(fields, self._points)),
            milestones=_names(fields, "fixVersions", "id"),
            sprints=_sprints(self._first(fields, self._sprint)),
        )

    def _first(self, fields: Mapping[str, Any], ids: list[str]) -> Any:
        """The value of the first of these fields that has one."""
        for field in ids:
            value = fields.get(field)
            if value is not None:
                return value
        return None

    def _kind(self, fields: Mapping[str, Any]) -> str:
        """Sub-task and epic by what Jira says of the type's level; else the type's own word."""
        kind = _object(fields, "issuetype")
        if kind.get("subtask") is True or kind.get("hierarchyLevel") == -1:
            return "subtask"
        if kind.get("hierarchyLevel") == 1 or self._first(fields, self._epic_name) is not None:
            return "epic"
        name = _need(kind, "name", "issuetype")
        return name.lower() if name.lower() in _KINDS else name

    def _links(self, fields: Mapping[str, Any], key: str, *, only: Collection[str] | None = None) -> Iterator[Link]:
        """Both ends tell the same link under the same id; each is written from the end that acts.

        `only`: links to issues of the projects with these keys.
        """
        for row in _list(fields.get("issuelinks"), "issuelinks"):
            kind = _optional(row, "type") if isinstance(row, dict) else None
            if not kind:
                raise RowError("a link has no type")
            word = str(kind.get("outward") or kind.get("name") or "relates").lower()
            outward, inward = _optional(row, "outwardIssue"), _optional(row, "inwardIssue")
            project = str((outward or inward or {}).get("key")).rpartition("-")[0]
            if (outward or inward) and (only is None or project in only):
                ends = (key, _need(outward, "id")) if outward else (_need(inward or {}, "id"), key)
                yield Link(id=_need(row, "id", "link"), from_task=ends[0], to=ends[1], kind=_LINKS.get(word, word))

    def _comments(self, fields: Mapping[str, Any], key: str, project: str, said: str) -> Iterator[Activity]:
        for row in _rows(fields, "comment", "comments"):
            number, at = _need(row, "id", "comment"), instant(row.get("created"))
            if at is None:
                raise RowError("a comment has no date")
            text = plain(row.get("body"))
            yield Activity(
                id=number,
                scope=project,
                kind="comment",
                at=at,
                title=first_line(text, otherwise="comment"),
                task=key,
                account=self._people.note(row.get("author")),
                url=f"{self._web}/browse/{said}?focusedCommentId={number}",
                text=text,
            )

    # --- time ------------------------------------------------------------------------------------------------------

    def worklog(self, row: Mapping[str, Any]) -> list[Mapped]:
        """The time entry of one row of the worklog feed."""
        log = _object(row, "worklog")
        return [self._entry(log, _need(log, "issueId"), _need(row, "project")), *self._people.take()]

    def _entry(self, log: Mapping[str, Any], issue: str, project: str) -> TimeEntry:
        seconds = _seconds(log, "timeSpentSeconds")
        if seconds is None:
            raise RowError("a worklog has no duration")
        return TimeEntry(
            id=_need(log, "id", "worklog"),
            scope=project,
            task=issue,
            seconds=seconds,
            # No day of its own: Jira writes the moment in the zone of the site, which is neither author's nor reader's.
            started_at=instant(log.get("started")),
            account=self._people.note(log.get("author")),
            note=plain(log.get("comment")),
            updated_at=instant(log.get("updated")),
        )

    # --- milestones ------------------------------------------------------------------------------------------------

    def version(self, row: Mapping[str, Any], scope: str) -> Milestone:
        """A version of a project; it is due on its release day and completed once released."""
        released = row.get("released") is True
        ends = day(row.get("releaseDate"))
        ended = dt.datetime.combine(ends, dt.time(), dt.UTC) if ends and released else None
        return Milestone(
            id=_need(row, "id"),
            scope=scope,
            kind="version",
            name=_need(row, "name"),
            state="archived" if row.get("archived") is True else "released" if released else "open",
            starts_on=day(row.get("startDate")),
            due_on=ends,
            completed_at=ended,
            description=_word(row, "description"),
            url=f"{self._web}/projects/{self._keys.get(scope, scope)}/versions/{_need(row, 'id')}",
        )

    def sprint(self, row: Mapping[str, Any], scope: str) -> Milestone:
        """A sprint: future, active or closed. Its days are those on which the moments fall where they are written."""
        return Milestone(
            id=sprint_id(_need(row, "id")),
            scope=scope,
            kind="sprint",
            name=_need(row, "name"),
            state=_need(row, "state"),
            starts_on=day(row.get("startDate")),
            due_on=day(row.get("endDate")),
            completed_at=instant(row.get("completeDate")),
            description=_word(row, "goal"),
        )


def _category(status: Mapping[str, Any]) -> State:
    """The state of a status by its category's key; a category nobody knows is "unknown", never done."""
    category = status.get("statusCategory")
    return _STATES.get(category.get("key"), "unknown") if isinstance(category, dict) else "unknown"


def _wholes(fields: Mapping[str, Any], key: str) -> Iterator[Whole]:
    """Of which children the row holds all: a list cut short says nothing about what it leaves out."""
    if "issuelinks" in fields:
        # Both ends tell a link, and one that is gone need not touch the issue at its other end.
        yield Whole(kind=Link, of=key)
        yield Whole(kind=Link, of=key, by="to")
    if _is_complete(fields.get("comment"), "comments"):
        yield Whole(kind=Activity, of=key)
    if _is_complete(fields.get("worklog"), "worklogs"):
        yield Whole(kind=TimeEntry, of=key)


def _is_complete(page: Any, rows: str) -> bool:
    return isinstance(page, dict) and isinstance(page.get(rows), list) and page.get("total") == len(page[rows])


def _ended(fields: Mapping[str, Any]) -> dt.datetime | None:
    """When it was done, for an issue without history of its statuses."""
    return instant(fields.get("resolutiondate")) or instant(fields.get("statuscategorychangedate"))


def _sprints(value: Any) -> tuple[str, ...]:
    """Sprint ids, closed ones first, then by start: the last is the current or next one."""
    if not isinstance(value, list):
        return ()
    found = []
    for sprint in value:
        told = dict(_OLD_SPRINT.findall(sprint)) if isinstance(sprint, str) else sprint
        if not isinstance(told, dict) or told.get("id") is None:
            raise RowError("a sprint has no id")
        closed = str(told.get("state")).lower() == "closed"
        number = str(told["id"])
        found.append((not closed, str(told.get("startDate") or "~"), len(number), number))
    return tuple([sprint_id(number) for *_, number in sorted(found)])


def _need(row: Mapping[str, Any], name: str, of: str = "") -> str:
    """A text that must be there; numbers count as text (agile ids)."""
    value = row.get(name)
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise RowError(f"{of or name} {'has no ' + name if of else 'is missing'}")


def _object(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    if isinstance(value, dict):
        return value
    raise RowError(f"{name} is missing")


def _optional(row: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = row.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise RowError(f"{name} is {type(value).__name__}, not an object")


def _list(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise RowError(f"{name} is {type(value).__name__}, not a list")


def _rows(fields: Mapping[str, Any], name: str, rows: str) -> list[dict[str, Any]]:
    """The rows of an embedded page (comments, worklogs)."""
    page = _optional(fields, name)
    found = _list(page.get(rows), name) if page else []
    if all(isinstance(row, dict) for row in found):
        return found
    raise RowError(f"a row of {name} is not an object")


def _word(row: Mapping[str, Any] | None, name: str) -> str | None:
    value = row.get(name) if row else None
    return value if isinstance(value, str) and value else None


def _names(fields: Mapping[str, Any], name: str, what: str) -> tuple[str, ...]:
    rows = _list(fields.get(name), name)
    return tuple([_need(row, what, name) for row in rows if isinstance(row, dict)])


def _seconds(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is None or type(value) is int:
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    raise RowError(f"{name} is {type(value).__name__}, not whole seconds")


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise RowError(f"story points are {type(value).__name__}, not a number")
