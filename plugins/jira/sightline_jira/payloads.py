"""How the made-up Jira writes the world: users, issues, changelogs, worklogs, versions, sprints, in either flavour."""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sightline.sandbox.world import Comment, History, Place, Source, Target, World, WorldTask, WorldTime

__all__ = ["CATEGORIES", "Shown"]

#: Jira's four status categories: id, key, colour, name ("GET /statuscategory").
CATEGORIES = {
    "none": (1, "undefined", "medium-gray", "No Category"),
    "todo": (2, "new", "blue-gray", "To Do"),
    "in_progress": (4, "indeterminate", "yellow", "In Progress"),
    "done": (3, "done", "green", "Done"),
}
_CATEGORY_OF = {"todo": "todo", "in_progress": "in_progress", "done": "done", "cancelled": "done"}
_RESOLUTIONS = {"done": ("10000", "Done"), "cancelled": ("10001", "Won't Do")}
#: name, hierarchy level, is a sub-task
_TYPES = {
    "epic": ("Epic", 1),
    "story": ("Story", 0),
    "task": ("Task", 0),
    "bug": ("Bug", 0),
    "subtask": ("Sub-task", -1),
}
_LINK_TYPES = {
    "blocks": ("10000", "Blocks", "is blocked by", "blocks"),
    "relates": ("10003", "Relates", "relates to", "relates to"),
    "duplicates": ("10002", "Duplicate", "is duplicated by", "duplicates"),
}
_PRIORITIES = {"High": "2", "Medium": "3", "Low": "4"}
_PLAIN, _HOPPER = "com.atlassian.jira.plugin.system.customfieldtypes:", "com.pyxis.greenhopper.jira:"
EMBEDDED = 20


class Shown:
    """One source of the world as its Jira writes it, for one call: what it looks up must not change meanwhile.

    `cloud` tells the flavour; `zone` is the site's, in which moments are written.
    """

    def __init__(self, world: World, source: Source, base: str) -> None:
        self.world, self.source, self.base = world, source, base
        self.cloud = source.flavour != "datacenter"
        self.zone = ZoneInfo(source.options.get("site_timezone", "Europe/Paris" if self.cloud else "Europe/Lisbon"))
        self.api = f"{base}/rest/api/{3 if self.cloud else 2}"
        first = 10010 if self.cloud else 10100
        names = source.options
        self.points, self.sprint, self.start, self.epic, self.epic_name, self.score = (
            f"customfield_{first + n}" for n in (6, 10, 5, 1, 3, 7)
        )
        self.names = {
            self.points: names.get("points_field", "Story point estimate" if self.cloud else "Story Points"),
            self.sprint: "Sprint",
            self.start: names.get("start_field", "Start date"),
            self.epic: "Epic Link",
            self.epic_name: "Epic Name",
            self.score: "Customer score",
        }
        self._schemas = {
            self.points: ("number", _HOPPER + "jsw-story-points" if self.cloud else _PLAIN + "float"),
            self.sprint: ("array", _HOPPER + "gh-sprint"),
            self.start: ("date", _PLAIN + "datepicker"),
            self.epic: ("any", _HOPPER + "gh-epic-link"),
            self.epic_name: ("string", _HOPPER + "gh-epic-label"),
            self.score: ("number", _PLAIN + "float"),
        }

    # --- small things ----------------------------------------------------------------------------------------------

    def moment(self, at: dt.datetime | None) -> str | None:
        """`2026-11-22T10:41:07.000+0100`, in the site's zone."""
        local = at.astimezone(self.zone) if at else None
        return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}" if local else None

    def text(self, text: str) -> Any:
        """A rich text: a document on Cloud, a wiki string on Data Center; null for none."""
        if not text:
            return None
        if not self.cloud:
            return text
        lines = [line for line in text.split("\n") if line]
        paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines]
        return {"type": "doc", "version": 1, "content": paragraphs}

    def user(self, person: str | None) -> dict[str, Any] | None:
        """The person as this site shows them; None for nobody."""
        found = self.world.identity(person, self.source.name)
        if found is None:
            return None
        name = "Former user" if found.kind == "gone" else found.name
        if not self.cloud:
            mail = {"emailAddress": found.email} if found.email and found.kind != "gone" else {}
            return {
                "self": f"{self.api}/user?username={found.username}",
                "name": found.username,
                "key": found.account,
                **mail,
                "displayName": name,
                "active": found.active,
                "timeZone": self.source.timezone,
            }
        mail = {"emailAddress": found.email} if found.email and found.kind != "gone" else {}
        return {
            "self": f"{self.api}/user?accountId={found.account}",
            "accountId": found.account,
            **mail,
            "avatarUrls": {},
            "displayName": name,
            "active": found.active,
            "timeZone": self.source.timezone,
            "accountType": "app" if found.kind == "bot" else "atlassian",
        }

    @functools.cached_property
    def words(self) -> dict[str, tuple[str, str]]:
        """Status word → (status id, state), over all projects: in Jira a status belongs to the site."""
        found: dict[str, tuple[str, str]] = {}
        for place in self.world.places_of(self.source.name):
            for word, state in place.statuses:
                found.setdefault(word, (str(10000 + len(found)), state))
        return found

    def status(self, word: str) -> dict[str, Any]:
        """A status with its category."""
        number, state = self.words[word]
        id_, key, colour, name = CATEGORIES[_CATEGORY_OF[state]]
        category = {
            "self": f"{self.api}/statuscategory/{id_}",
            "id": id_,
            "key": key,
            "colorName": colour,
            "name": name,
        }
        return {"self": f"{self.api}/status/{number}", "name": word, "id": number, "statusCategory": category}

    def fields(self) -> list[dict[str, Any]]:
        """`GET /field`: system fields, then the custom ones with their schema."""
        system = [
            {"id": name, "key": name, "name": name.title(), "custom": False, "schema": {"system": name}}
            for name in ("summary", "status")
        ]
        custom = []
        for field, (kind, schema) in self._schemas.items():
            number = int(field.removeprefix("customfield_"))
            custom.append(
                {
                    "id": field,
                    "key": field,
                    "name": self.names[field],
                    "custom": True,
                    "clauseNames": [f"cf[{number}]", self.names[field]],
                    "schema": {"type": kind, "custom": schema, "customId": number},
                }
            )
        return [*system, *custom]

    def project(self, place: Place) -> dict[str, Any]:
        """A project as lists show it."""
        archived = {"archived": True} if place.archived else {}
        id_ = str(10000 + place.number)
        return {
            "self": f"{self.api}/project/{id_}",
            "id": id_,
            "key": place.key,
            "name": place.name,
            "projectTypeKey": "software",
            **archived,
        }

    @functools.cached_property
    def times(self) -> dict[int, list[WorldTime]]:
        """Time entries by the identity of their task, in the order of their numbers."""
        found: dict[int, list[WorldTime]] = defaultdict(list)
        for entry in sorted(self.world.times_of(self.source.name), key=lambda entry: entry.number):
            found[id(entry.task)].append(entry)
        return found

    @functools.cached_property
    def links(self) -> dict[int, list[tuple[str, WorldTask, WorldTask]]]:
        """Links as (kind, from, to) by the identity of the tasks at either end."""
        found: dict[int, list[tuple[str, WorldTask, WorldTask]]] = defaultdict(list)
        for task in self.world.tasks_of(self.source.name):
            for kind, other in task.links:
                found[id(task)].append((kind, task, other))
                found[id(other)].append((kind, task, other))
        return found

    # --- issues ----------------------------------------------------------------------------------------------------

    def issue(self, task: WorldTask, asked: list[str] | None, *, changelog: bool = False) -> dict[str, Any]:
        """An issue with the fields asked for (None: all)."""
        api = f"{self.api}/issue/{task.number}"
        found: dict[str, Any] = {"expand": "operations,changelog", "id": str(task.number), "self": api, "key": task.key}
        if asked != ["id"]:
            every = self._fields(task)
            found["fields"] = every if asked is None else {name: every[name] for name in asked if name in every}
        if changelog:
            histories = self.histories(task, plain=True)
            found["changelog"] = {
                "startAt": 0,
                "maxResults": len(histories),
                "total": len(histories),
                "histories": histories,
            }
        return found

    def _fields(self, task: WorldTask) -> dict[str, Any]:
        name, level = _TYPES[task.kind]
        kind = {"id": str(10000 + list(_TYPES).index(task.kind)), "name": name, "subtask": level == -1}
        resolution = _RESOLUTIONS.get(task.state)
        resolved = {"id": resolution[0], "name": resolution[1]} if resolution else None
        times = self.times.get(id(task), [])
        worklogs = [self.worklog(entry) for entry in times[:EMBEDDED]]
        comments = [self.comment(task, said) for said in task.comments]
        moved = max((h.at for h in task.history if h.field == "status"), default=task.created_at)
        fields = {
            "summary": task.title,
            "description": self.text(task.description),
            "issuetype": {**kind, "hierarchyLevel": level} if self.cloud else kind,
            "project": self.project(task.place),
            "status": self.status(task.status),
            "statuscategorychangedate": self.moment(moved),
            "priority": {"id": _PRIORITIES[task.priority], "name": task.priority} if task.priority else None,
            "resolution": resolved,
            "resolutiondate": self.moment(task.completed_at) if resolved else None,
            "assignee": self.user(task.assignees[0] if task.assignees else None),
            "reporter": self.user(task.reporter),
            "creator": self.user(task.reporter),
            "labels": list(task.labels),
            "components": [],
            "fixVersions": [self.version(target) for target in task.targets],
            "versions": [],
            "duedate": task.due_on.isoformat() if task.due_on else None,
            "created": self.moment(task.created_at),
            "updated": self.moment(task.updated_at),
            "issuelinks": self._links(task),
            "timeoriginalestimate": task.estimate_seconds,
            "timeestimate": task.remaining_seconds,
            "timespent": sum(entry.seconds for entry in times) or None,
            "comment": {"comments": comments[:EMBEDDED], "maxResults": EMBEDDED, "total": len(comments), "startAt": 0},
            "worklog": {"startAt": 0, "maxResults": EMBEDDED, "total": len(times), "worklogs": worklogs},
            self.points: Decimal(task.points).quantize(Decimal("0.1")) if task.points is not None else None,
            self.sprint: [self.sprint_of(sprint) for sprint in task.sprints] or None,
            self.start: task.start_on.isoformat() if task.start_on else None,
            self.score: None,
        }
        return {**fields, **self._above(task)}

    def _above(self, task: WorldTask) -> dict[str, Any]:
        """The parent: one field on Cloud; on Data Center a story names its epic by key in a field of its own."""
        parent = (
            {"id": str(task.parent.number), "key": task.parent.key, "fields": {"summary": task.parent.title}}
            if task.parent
            else None
        )
        if self.cloud:
            return {"parent": parent} if parent else {}
        epic = task.parent if task.parent and task.kind != "subtask" else None
        name = {self.epic: epic.key if epic else None, self.epic_name: task.title if task.kind == "epic" else None}
        return {**name, **({"parent": parent} if parent and task.kind == "subtask" else {})}

    def _links(self, task: WorldTask) -> list[dict[str, Any]]:
        return [self._link(kind, a, b, task) for kind, a, b in self.links.get(id(task), [])]

    def _link(self, kind: str, a: WorldTask, b: WorldTask, seen_from: WorldTask) -> dict[str, Any]:
        number, name, inward, outward = _LINK_TYPES[kind]
        other, side = (b, "outwardIssue") if seen_from is a else (a, "inwardIssue")
        end = {
            "id": str(other.number),
            "key": other.key,
            "fields": {"summary": other.title, "status": self.status(other.status)},
        }
        return {
            "id": f"{number[-1]}{a.number:08d}{b.number:08d}",
            "type": {"id": number, "name": name, "inward": inward, "outward": outward},
            side: end,
        }

    def comment(self, task: WorldTask, said: Comment) -> dict[str, Any]:
        """A comment."""
        return {
            "self": f"{self.api}/issue/{task.number}/comment/{said.number}",
            "id": str(said.number),
            "author": self.user(said.by),
            "body": self.text(said.text),
            "created": self.moment(said.at),
            "updated": self.moment(said.edited_at or said.at),
        }

    def worklog(self, entry: WorldTime) -> dict[str, Any]:
        """A worklog; its id is text here and a number in the feeds."""
        issue = entry.task.number if entry.task else 0
        minutes = entry.seconds // 60
        return {
            "self": f"{self.api}/issue/{issue}/worklog/{entry.number}",
            "id": str(entry.number),
            "issueId": str(issue),
            "author": self.user(entry.person),
            "updateAuthor": self.user(entry.person),
            **({"comment": self.text(entry.note)} if entry.note else {}),
            "created": self.moment(entry.updated_at),
            "updated": self.moment(entry.updated_at),
            "started": self.moment(entry.started_at),
            "timeSpent": f"{minutes // 60}h {minutes % 60}m",
            "timeSpentSeconds": entry.seconds,
        }

    # --- history ---------------------------------------------------------------------------------------------------

    def histories(self, task: WorldTask, *, plain: bool = False) -> list[dict[str, Any]]:
        """The changelog, newest first; moments in the three forms that Jira has been seen to write, ISO if `plain`."""
        found = []
        for n, step in enumerate(task.history):
            items = self._items(task, step)
            at = step.at
            forms = (self.moment(at), int(at.timestamp()), str(int(at.timestamp() * 1000)))
            created = forms[0] if plain else forms[n % 3]
            if items:
                found.append(
                    {
                        "id": str(task.number * 1000 + n),
                        "author": self.user(step.by),
                        "created": created,
                        "items": items,
                    }
                )
        return found[::-1]

    def _items(self, task: WorldTask, step: History) -> list[dict[str, Any]]:
        before, after = step.before, step.after
        told = {
            "status": self._status_items,
            "due_on": self._due_items,
            "assignee": self._assignee_items,
            "milestone": self._version_items,
        }.get(step.field)
        if told is not None:
            return told(before, after)
        places = (self._project_id(before), self._project_id(after)) if step.field == "scope" else (None, None)
        plain = {
            "estimate": _item("timeoriginalestimate", "timeoriginalestimate", before, before, after, after),
            "points": _item(self.names[self.points], self.points, None, before, None, after),
            "sprint": _item("Sprint", self.sprint, before, self._name_of(before), after, self._name_of(after)),
            "scope": _item("project", "project", places[0], before, places[1], after),
            "parent": self._parent_item(task, before, after),
        }
        return [plain[step.field]] if step.field in plain else []

    def _due_items(self, before: str | None, after: str | None) -> list[dict[str, Any]]:
        words = [f"{day} 00:00:00.0" if day else None for day in (before, after)]
        return [_item("duedate", "duedate", before, words[0], after, words[1])]

    def _assignee_items(self, before: str | None, after: str | None) -> list[dict[str, Any]]:
        was, now = self.user(before) or {}, self.user(after) or {}
        ids = [user.get("accountId", user.get("key")) for user in (was, now)]
        return [_item("assignee", "assignee", ids[0], was.get("displayName"), ids[1], now.get("displayName"))]

    def _status_items(self, before: str | None, after: str | None) -> list[dict[str, Any]]:
        (from_id, from_state), (to_id, to_state) = self.words[str(before)], self.words[str(after)]
        items = [_item("status", "status", from_id, before, to_id, after)]
        was, now = _RESOLUTIONS.get(from_state, (None, None)), _RESOLUTIONS.get(to_state, (None, None))
        return items if was == now else [*items, _item("resolution", "resolution", was[0], was[1], now[0], now[1])]

    def _version_items(self, before: str | None, after: str | None) -> list[dict[str, Any]]:
        """One item takes a version away, another one adds the new."""
        ids = [str(10000 + int(number)) if number else None for number in (before, after)]
        gone = _item("Fix Version", "fixVersions", ids[0], self._name_of(before), None, None)
        come = _item("Fix Version", "fixVersions", None, None, ids[1], self._name_of(after))
        return [item for item, number in ((gone, before), (come, after)) if number]

    def _parent_item(self, task: WorldTask, before: str | None, after: str | None) -> dict[str, Any]:
        keys = {str(other.number): other.key for other in self.world.tasks_of(self.source.name)}
        name = "IssueParentAssociation" if self.cloud else "Parent" if task.kind == "subtask" else "Epic Link"
        item = _item(name, "", before, keys.get(str(before)), after, keys.get(str(after)))
        del item["fieldId"]
        return item

    def _name_of(self, number: str | None) -> str | None:
        return next((t.name for t in self.world.targets_of(self.source.name) if str(t.number) == number), None)

    def _project_id(self, key: str | None) -> str | None:
        found = (p for p in self.world.places_of(self.source.name) if key in (p.key, str(p.number)))
        return next((str(10000 + place.number) for place in found), None)

    # --- milestones ------------------------------------------------------------------------------------------------

    def version(self, target: Target) -> dict[str, Any]:
        """A version; without dates the keys are missing."""
        days = {"startDate": target.starts_on, "releaseDate": target.due_on}
        return {
            "self": f"{self.api}/version/{10000 + target.number}",
            "id": str(10000 + target.number),
            "name": target.name,
            **({"description": target.description} if target.description else {}),
            "archived": False,
            "released": target.state == "closed",
            **{name: day.isoformat() for name, day in days.items() if day},
            "projectId": 10000 + target.place.number,
        }

    def sprint_of(self, target: Target) -> dict[str, Any]:
        """A sprint; its id is a number."""
        return {
            "id": target.number,
            "self": f"{self.base}/rest/agile/1.0/sprint/{target.number}",
            "state": target.state,
            "name": target.name,
            **({"startDate": f"{target.starts_on}T08:00:00.000Z"} if target.starts_on else {}),
            **({"endDate": f"{target.due_on}T17:00:00.000Z"} if target.due_on else {}),
            **({"completeDate": f"{target.completed_at:%Y-%m-%dT%H:%M:%S}.000Z"} if target.completed_at else {}),
            "originBoardId": target.place.number,
            "goal": target.description,
        }

    def board(self, place: Place) -> dict[str, Any]:
        """The project's board: scrum where it has sprints. Only Cloud tells where a board is kept."""
        sprints = any(t.kind == "sprint" and t.place is place for t in self.world.targets_of(self.source.name))
        found = {
            "id": place.number,
            "self": f"{self.base}/rest/agile/1.0/board/{place.number}",
            "name": f"{place.key} board",
            "type": "scrum" if sprints else "kanban",
        }
        home = {"projectId": 10000 + place.number, "projectKey": place.key, "projectName": place.name}
        return {**found, "location": home} if self.cloud else found


def _item(field: str, field_id: str, *values: str | None) -> dict[str, Any]:
    before, before_text, after, after_text = values
    return {
        "field": field,
        "fieldtype": "custom" if field_id.startswith("customfield") else "jira",
        "fieldId": field_id,
        "from": before,
        "fromString": before_text,
        "to": after,
        "toString": after_text,
    }
