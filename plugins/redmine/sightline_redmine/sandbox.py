"""A made-up Redmine: answers from the world as Redmine 5.0 does, its traps included.

Pages are capped at 100, closed issues and closed projects are hidden unless asked for, `updated_on` is ignored by time
entries, a page of issues holds no journals, 401, 403 and 404 have no body, and people's keys are shown to
administrators. Options of the source: `admin` (True), `modules_off` (project key → names of modules).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sightline.sandbox.terms import Terms
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route
from sightline.sandbox.world import History, Identity, Place, Target, WorldTask, WorldTime

__all__ = ["RedmineSandbox"]

_LARGEST, _USUAL = 100, 25
_MODULES = ("issue_tracking", "time_tracking")
_PRIORITIES = {None: (2, "Normal"), "Low": (1, "Low"), "Medium": (2, "Normal"), "High": (3, "High")}
_ATTRIBUTES = {
    "status": "status_id",
    "due_on": "due_date",
    "assignee": "assigned_to_id",
    "estimate": "estimated_hours",
    "parent": "parent_id",
    "milestone": "fixed_version_id",
    "scope": "project_id",
}
_JOURNALS_A_TASK = 10_000
#: Journals of comments are numbered from here on, beyond those of changes.
_COMMENTS = 1_000_000_000


class RedmineSandbox(Vendor):
    """One Redmine, with the key of an administrator unless the options say otherwise."""

    terms: ClassVar[Terms] = Terms(caps_pages=True)

    def workspace(self) -> dict[str, Any]:
        """The table that reads this Redmine; which closed statuses mean given up is for its users to say."""
        cancelled = sorted({word for word, state in self._words() if state == "cancelled"})
        token = self.source.secrets["token"]
        return {"connector": "redmine", "site": self.base, "token": token, "cancelled_statuses": cancelled}

    def refuse(self, call: Call) -> Reply | None:
        if call.headers.get("x-redmine-api-key") != self.source.secrets["token"]:
            return Reply(
                401, b"", {"content-type": "application/json", "www-authenticate": 'Basic realm="Redmine API"'}
            )
        return None

    def missing(self, call: Call) -> Reply:
        return Reply(404, b"", {"content-type": "application/json"})

    # --- who and what there is -----------------------------------------------------------------------------------

    @property
    def _admin(self) -> bool:
        return bool(self.source.options.get("admin", True))

    def _people(self) -> list[tuple[str, Identity]]:
        found = [(id_, one) for id_, p in self.world.people.items() if (one := p.identities.get(self.source.name))]
        return sorted(found, key=lambda pair: int(pair[1].account))

    def _person(self, person: str | None) -> dict[str, Any] | None:
        known = self.world.identity(person, self.source.name)
        return {"id": int(known.account), "name": known.name} if known else None

    def _words(self) -> list[tuple[str, str]]:
        """Status words with their states, in the order of their first appearance: a status's number is its place here."""
        found: dict[str, str] = {}
        for place in self.world.places_of(self.source.name):
            for word, state in place.statuses:
                found.setdefault(word, state)
        return list(found.items())

    def _status_id(self, word: str) -> int:
        return [known for known, _ in self._words()].index(word) + 1

    def _trackers(self) -> list[str]:
        return sorted({task.kind for task in self.world.tasks_of(self.source.name)} | {"task"})

    def _place(self, wanted: str | None) -> Place | None:
        places = self.world.places_of(self.source.name)
        return next((p for p in places if wanted in (str(p.number), p.key)), None)

    def _task(self, number: str) -> WorldTask | None:
        return next((t for t in self.world.tasks_of(self.source.name) if str(t.number) == number), None)

    def _modules(self, place: Place) -> list[str]:
        off = self.source.options.get("modules_off", {}).get(place.key, ())
        return [name for name in _MODULES if name not in off]

    # --- people --------------------------------------------------------------------------------------------------

    @route("GET", "/users/current.json")
    def me(self, call: Call) -> Reply:
        key = self.source.secrets["token"]
        me = {"id": 1, "login": "reporting", "firstname": "Reporting", "lastname": "Key", "admin": self._admin}
        return json_reply({"user": {**me, "api_key": key}})

    @route("GET", "/users.json")
    def users(self, call: Call) -> Reply:
        if not self._admin:
            return Reply(403)
        wanted = call.query.get("status", "1")
        rows = [self._user(one) for _, one in self._people() if wanted in ("", "1" if one.active else "3")]
        return self._page(call, "users", rows)

    def _user(self, one: Identity) -> dict[str, Any]:
        first, _, last = one.name.partition(" ")
        key = hashlib.sha1(one.account.encode(), usedforsecurity=False).hexdigest()
        names = {"login": one.username, "firstname": first, "lastname": last}
        mail = {"mail": one.email} if one.email else {}
        return {"id": int(one.account), **names, **mail, "api_key": key}

    @route("GET", "/projects/{project}/memberships.json")
    def memberships(self, call: Call) -> Reply:
        place = self._place(call.args["project"])
        if place is None:
            return self.missing(call)
        project = {"id": place.number, "name": place.name}
        rows: list[Any] = [
            {"id": place.number * 1000 + int(one.account), "project": project, "user": self._person(id_), "roles": []}
            for id_, one in self._people()
            if one.active
        ]
        return self._page(call, "memberships", rows)

    # --- projects ------------------------------------------------------------------------------------------------

    @route("GET", "/projects.json")
    def projects(self, call: Call) -> Reply:
        wanted = call.query.get("status", "1").split("|")
        places = [p for p in self.world.places_of(self.source.name) if ("5" if p.archived else "1") in wanted]
        return self._page(call, "projects", [self._project(place, call) for place in places])

    def _project(self, place: Place, call: Call) -> dict[str, Any]:
        row = {"id": place.number, "name": place.name, "identifier": place.key, "status": 5 if place.archived else 1}
        if "enabled_modules" in call.query.get("include", ""):
            row["enabled_modules"] = [{"id": n, "name": name} for n, name in enumerate(self._modules(place), 1)]
        return row

    @route("GET", "/projects/{project}/versions.json")
    def versions(self, call: Call) -> Reply:
        place = self._place(call.args["project"])
        if place is None:
            return self.missing(call)
        if "issue_tracking" not in self._modules(place):
            return Reply(403)
        rows = [_version(one) for one in self.world.targets_of(self.source.name) if one.place is place]
        return json_reply({"versions": rows, "total_count": len(rows)})

    @route("GET", "/issue_statuses.json")
    def statuses(self, call: Call) -> Reply:
        rows = [
            {"id": number, "name": word, "is_closed": state in ("done", "cancelled")}
            for number, (word, state) in enumerate(self._words(), 1)
            if state in ("todo", "in_progress", "done", "cancelled")
        ]
        return json_reply({"issue_statuses": rows})

    @route("GET", "/trackers.json")
    def trackers(self, call: Call) -> Reply:
        first = next((word for word, state in self._words() if state == "todo"), None)
        begins = {"default_status": {"id": self._status_id(first), "name": first}} if first else {}
        rows = [{"id": number, "name": name.title(), **begins} for number, name in enumerate(self._trackers(), 1)]
        return json_reply({"trackers": rows})

    # --- issues --------------------------------------------------------------------------------------------------

    @route("GET", "/issues.json")
    def issues(self, call: Call) -> Reply:
        chosen = self._in_project(call, "issue_tracking")
        if isinstance(chosen, Reply):
            return chosen
        tasks = [task for task in self.world.tasks_of(self.source.name) if chosen(task.place)]
        if call.query.get("status_id") != "*":
            tasks = [task for task in tasks if task.state not in ("done", "cancelled")]
        if "issue_id" in call.query:
            tasks = [task for task in tasks if str(task.number) in call.query["issue_id"].split(",")]
        bound = call.query.get("updated_on", "").removeprefix(">=")
        rows = [row for task in tasks if (row := self._issue(task, call))["updated_on"] >= bound]
        order = [part.partition(":")[0] for part in call.query.get("sort", "id:desc").split(",")]
        rows.sort(key=lambda row: [row[name] for name in order], reverse=":desc" in call.query.get("sort", "id:desc"))
        return self._page(call, "issues", rows)

    @route("GET", "/issues/{number}.json")
    def issue(self, call: Call) -> Reply:
        task = self._task(call.args["number"])
        if task is None:
            return self.missing(call)
        row = self._issue(task, call)
        if "journals" in call.query.get("include", ""):
            row["journals"] = self._journals(task)
        return json_reply({"issue": row})

    def _issue(self, task: WorldTask, call: Call) -> dict[str, Any]:
        kinds = self._trackers()
        closed = task.state in ("done", "cancelled")
        priority = _PRIORITIES.get(task.priority, _PRIORITIES[None])
        row: dict[str, Any] = {
            "id": task.number,
            "project": {"id": task.place.number, "name": task.place.name},
            "tracker": {"id": kinds.index(task.kind) + 1, "name": task.kind.title()},
            "status": {"id": self._status_id(task.status), "name": task.status, "is_closed": closed},
            "priority": dict(zip(("id", "name"), priority, strict=True)),
            "author": self._person(task.reporter),
            "assigned_to": self._person(task.assignees[0]) if task.assignees else None,
            "fixed_version": {"id": task.targets[-1].number, "name": task.targets[-1].name} if task.targets else None,
            "parent": {"id": task.parent.number} if task.parent else None,
            "subject": task.title,
            "description": task.description or None,
            "start_date": _day(task.start_on),
            "due_date": _day(task.due_on),
            "done_ratio": 100 if closed else 0 if task.state == "todo" else 50,
            "is_private": False,
            "estimated_hours": _hours(task.estimate_seconds),
            "spent_hours": _hours(sum(e.seconds for e in self.world.times_of(self.source.name) if e.task is task)),
            "created_on": _second(task.created_at),
            "updated_on": _second(task.updated_at),
            "closed_on": _second(task.completed_at) if task.completed_at else None,
        }
        if "relations" in call.query.get("include", ""):
            row["relations"] = self._relations(task)
        nullable = ("description", "estimated_hours", "start_date", "due_date", "closed_on")
        # What points at nothing is left out; what holds nothing is null.
        return {name: value for name, value in row.items() if value is not None or name in nullable}

    def _relations(self, task: WorldTask) -> list[dict[str, Any]]:
        """Both ends show the same relation."""
        return [
            {"id": one.number * 100 + n, "issue_id": one.number, "issue_to_id": end.number, "relation_type": kind}
            for one in self.world.tasks_of(self.source.name)
            for n, (kind, end) in enumerate(one.links)
            if task in (one, end)
        ]

    def _journals(self, task: WorldTask) -> list[dict[str, Any]]:
        steps = [
            self._journal(task.number * _JOURNALS_A_TASK + n, step.at, step.by, None, [self._detail(step)])
            for n, step in enumerate(task.history)
            if step.field in _ATTRIBUTES
        ]
        said = [self._journal(_COMMENTS + one.number, one.at, one.by, one.text, []) for one in task.comments]
        return sorted([*steps, *said], key=lambda journal: (journal["created_on"], journal["id"]))

    def _journal(
        self, number: int, at: dt.datetime, by: str, notes: str | None, details: list[dict[str, Any]]
    ) -> dict[str, Any]:
        head = {"id": number, "user": self._person(by), "notes": notes, "created_on": _second(at)}
        return {**head, "private_notes": False, "details": details}

    def _detail(self, step: History) -> dict[str, Any]:
        values = {"old_value": self._value(step.field, step.before), "new_value": self._value(step.field, step.after)}
        return {"property": "attr", "name": _ATTRIBUTES[step.field], **values}

    def _value(self, field: str, value: str | None) -> str | None:
        if value is None:
            return None
        if field == "status":
            return str(self._status_id(value))
        if field == "assignee":
            known = self.world.identity(value, self.source.name)
            return known.account if known else None
        return str(_hours(int(value))) if field == "estimate" else value

    # --- time ----------------------------------------------------------------------------------------------------

    @route("GET", "/time_entries.json")
    def time_entries(self, call: Call) -> Reply:
        chosen = self._in_project(call, "time_tracking")
        if isinstance(chosen, Reply):
            return chosen
        rows = [self._entry(e) for e in self.world.times_of(self.source.name) if e.task and chosen(e.task.place)]
        first, last = call.query.get("from", ""), call.query.get("to", "9999")
        rows = [row for row in rows if first <= row["spent_on"] <= last]
        if "issue_id" in call.query:
            rows = [row for row in rows if str(row["issue"]["id"]) == call.query["issue_id"]]
        rows.sort(key=lambda row: row["id"], reverse=call.query.get("sort") != "id:asc")
        return self._page(call, "time_entries", rows)

    @route("GET", "/time_entries/{number}.json")
    def entry(self, call: Call) -> Reply:
        found = [e for e in self.world.times_of(self.source.name) if str(e.number) == call.args["number"]]
        return json_reply({"time_entry": self._entry(found[0])}) if found else self.missing(call)

    def _entry(self, entry: WorldTime) -> dict[str, Any]:
        assert entry.task is not None
        place, zone = entry.task.place, ZoneInfo(self.source.timezone)
        return {
            "id": entry.number,
            "project": {"id": place.number, "name": place.name},
            "issue": {"id": entry.task.number},
            "user": self._person(entry.person),
            "activity": {"id": 9, "name": "Development"},
            "hours": _hours(entry.seconds),
            "comments": entry.note,
            "spent_on": entry.started_at.astimezone(zone).date().isoformat(),
            "created_on": _second(entry.started_at),
            "updated_on": _second(entry.updated_at),
        }

    # --- lists ---------------------------------------------------------------------------------------------------

    def _in_project(self, call: Call, module: str) -> Callable[[Place], bool] | Reply:
        """Which places a call asks for, or the refusal."""
        if "project_id" not in call.query:
            return lambda _place: True
        place = self._place(call.query["project_id"])
        if place is None:
            return self.missing(call)
        if module not in self._modules(place):
            return Reply(403)
        return lambda other: other is place

    def _page(self, call: Call, name: str, rows: Sequence[Any]) -> Reply:
        start = int(call.query.get("offset", 0))
        size = min(int(call.query.get("limit", _USUAL)), self.page_cap or _LARGEST)
        page = list(rows[start : start + size])
        return json_reply({name: page, "total_count": len(rows), "offset": start, "limit": size})


def _version(one: Target) -> dict[str, Any]:
    project = {"id": one.place.number, "name": one.place.name}
    head = {"id": one.number, "project": project, "name": one.name, "description": one.description}
    return {**head, "status": one.state, "due_date": _day(one.due_on), "sharing": "none"}


def _hours(seconds: int | None) -> Decimal | None:
    """Hours as Redmine keeps them: to the hundredth."""
    return None if seconds is None else (Decimal(seconds) / 3600).quantize(Decimal("0.01"))


def _second(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None
