"""The made-up world in GitHub's own shapes: users, repositories, issues, events, cards. Rows only, no server."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sightline.sandbox.world import Comment, History, Place, Source, Target, World, WorldTask

__all__ = ["Rows", "stamp"]

_PACIFIC = ZoneInfo("America/Los_Angeles")
#: Fields that stand on a board's card; changing them leaves the issue's own `updated_at` alone.
_CARD_FIELDS = ("status", "points", "estimate", "due_on", "sprint")
_CLOSED = ("done", "cancelled")
_REMOVED_ADDED = {
    "assignee": ("unassigned", "assigned"),
    "milestone": ("demilestoned", "milestoned"),
    "parent": ("parent_issue_removed", "parent_issue_added"),
}


def stamp(moment: dt.datetime | None) -> str | None:
    """GitHub's form of an instant: UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


@dataclasses.dataclass(frozen=True)
class Rows:
    """Builds every row that one source shows. `api` is the address of its REST root, `web` of its pages."""

    world: World
    source: Source
    api: str
    web: str

    # --- places and people ---------------------------------------------------------------------------------------

    @property
    def owner(self) -> str:
        """The organisation that owns all repositories."""
        return str(self.source.options.get("owner") or self.places()[0].key.partition("/")[0])

    def places(self) -> list[Place]:
        """The repositories."""
        return self.world.places_of(self.source.name)

    def tasks(self, place: Place) -> list[WorldTask]:
        """Issues and pull requests of one repository."""
        return [task for task in self.world.tasks if task.place is place]

    def boards(self) -> list[tuple[int, str, list[Place]]]:
        """Number, title and repositories of every Projects board."""
        named = self.source.options.get("boards") or {}
        return [
            (number, title, [place for place in self.places() if place.key in keys])
            for number, (title, keys) in enumerate(named.items(), start=1)
        ]

    def on_board(self, task: WorldTask) -> bool:
        """Whether the task has a card."""
        return any(task.place in places for _, _, places in self.boards())

    @staticmethod
    def repository_id(place: Place) -> int:
        """The numeric id, which survives renaming."""
        return 1000 + place.number

    def user(self, person: str | None) -> dict[str, Any] | None:
        """The user object; null for nobody and for deleted accounts."""
        identity = self.world.identity(person, self.source.name)
        if identity is None or identity.kind == "gone":
            return None
        return {
            "login": identity.username,
            "id": int(identity.account),
            "node_id": f"U_kgDO{identity.account}",
            "url": f"{self.api}/users/{identity.username}",
            "html_url": f"{self.web}/{identity.username}",
            "type": "Bot" if identity.kind == "bot" else "User",
            "site_admin": False,
        }

    def members(self) -> list[dict[str, Any]]:
        """The organisation's members as GraphQL shows them: staff, with the names they show."""
        found = []
        for person in self.world.people.values():
            identity = person.identities.get(self.source.name)
            if identity and identity.kind == "human" and person.client is None:
                found.append(
                    {
                        "databaseId": int(identity.account),
                        "login": identity.username,
                        "name": identity.name,
                        "email": identity.email or "",
                    }
                )
        return found

    def repository(self, place: Place) -> dict[str, Any]:
        """A repository as lists and details show it."""
        key = place.key
        return {
            "id": self.repository_id(place),
            "node_id": f"R_kgDO{place.number}",
            "name": key.partition("/")[2],
            "full_name": key,
            "private": True,
            "owner": {"login": self.owner, "id": 77, "type": "Organization"},
            "html_url": f"{self.web}/{key}",
            "url": f"{self.api}/repos/{key}",
            "archived": place.archived,
            "has_issues": True,
            "created_at": stamp(place.created_at),
            "default_branch": "main",
        }

    # --- milestones ----------------------------------------------------------------------------------------------

    def milestone(self, target: Target) -> dict[str, Any]:
        """A milestone; its day is shown as midnight in California."""
        day = target.due_on
        due = dt.datetime.combine(day, dt.time(), _PACIFIC).astimezone(dt.UTC) if day else None
        own = [one for one in self.world.targets if one.place is target.place and one.kind != "sprint"]
        number = own.index(target) + 1
        return {
            "url": f"{self.api}/repos/{target.place.key}/milestones/{number}",
            "html_url": f"{self.web}/{target.place.key}/milestone/{number}",
            "id": target.number,
            "number": number,
            "state": target.state,
            "title": target.name,
            "description": target.description or None,
            "due_on": stamp(due),
            "closed_at": stamp(target.completed_at),
        }

    def milestones(self, place: Place) -> list[dict[str, Any]]:
        """All milestones of a repository."""
        return [self.milestone(one) for one in self.world.targets if one.place is place and one.kind != "sprint"]

    # --- issues --------------------------------------------------------------------------------------------------

    def issue_url(self, task: WorldTask) -> str:
        """The issue's API address."""
        return f"{self.api}/repos/{task.place.key}/issues/{task.seq}"

    def updated_at(self, task: WorldTask) -> dt.datetime:
        """When the issue itself changed last: moving its card does not count."""
        if not self.on_board(task) or task.kind == "pull_request":
            return task.updated_at
        cards = {step.at for step in task.history if self._on_card(task, step)}
        if task.updated_at not in cards:
            return task.updated_at
        others = [step.at for step in task.history if not self._on_card(task, step)]
        said = [comment.edited_at or comment.at for comment in task.comments]
        return max([task.created_at, *others, *said])

    def _on_card(self, task: WorldTask, step: History) -> bool:
        if step.field != "status":
            return step.field in _CARD_FIELDS
        return (_meaning(task, step.before) in _CLOSED) == (_meaning(task, step.after) in _CLOSED)

    def issue(self, task: WorldTask, *, version: str = "") -> dict[str, Any]:
        """A row of the issues list; pull requests are in it, too."""
        pull = task.kind == "pull_request"
        closed = task.state in _CLOSED
        url, page = self.issue_url(task), f"{self.web}/{task.place.key}/{'pull' if pull else 'issues'}/{task.seq}"
        users = [user for person in task.assignees if (user := self.user(person))]
        target = task.targets[-1] if task.targets else None
        row: dict[str, Any] = {
            "id": task.number,
            "node_id": f"{'PR' if pull else 'I'}_kwDO{task.number}",
            "url": url,
            "repository_url": f"{self.api}/repos/{task.place.key}",
            "html_url": page,
            "number": task.seq,
            "state": "closed" if closed else "open",
            "state_reason": self._reason(task),
            "title": task.title,
            "body": self._body(task) or None,
            "user": self.user(task.reporter),
            "labels": [{"id": 9000 + n, "name": name, "color": "d73a4a"} for n, name in enumerate(task.labels)],
            "assignees": users,
            "milestone": self.milestone(target) if target else None,
            "locked": False,
            "comments": sum(comment.kind == "comment" for comment in task.comments),
            "created_at": stamp(task.created_at),
            "updated_at": stamp(self.updated_at(task)),
            "closed_at": stamp(task.completed_at) if closed else None,
            "type": None if task.kind in ("issue", "pull_request") else self._type(task.kind),
            "issue_dependencies_summary": self._dependencies(task),
            "sub_issues_summary": self._children(task),
            "issue_field_values": [] if self.on_board(task) else list(self._own_fields(task)),
        }
        if task.parent:
            row["parent_issue_url"] = self.issue_url(task.parent)
        if pull:
            row["draft"] = task.status == "draft"
            merged = task.completed_at if task.status == "merged" else None
            row["pull_request"] = {"url": url.replace("/issues/", "/pulls/"), "merged_at": stamp(merged)}
        if version < "2026":
            row["assignee"] = users[0] if users else None
        return row

    @staticmethod
    def _type(kind: str) -> dict[str, Any]:
        return {"id": 31, "node_id": "IT_kwDO31", "name": kind.capitalize(), "color": "red", "is_enabled": True}

    @staticmethod
    def _reason(task: WorldTask) -> str | None:
        if task.kind == "pull_request" or task.state not in _CLOSED:
            return None
        if task.state == "done":
            return "completed"
        return "duplicate" if task.status == "duplicate" else "not_planned"

    @staticmethod
    def _body(task: WorldTask) -> str:
        lines = [task.description] if task.description else []
        for name in dict.fromkeys(item.list for item in task.checklist):
            lines.append(f"\n## {name}")
            lines += [f"- [{'x' if item.done else ' '}] {item.title}" for item in task.checklist if item.list == name]
        return "\n".join(lines)

    def blocked(self, task: WorldTask) -> list[WorldTask]:
        """What the task blocks."""
        return [other for kind, other in task.links if kind == "blocks"]

    def _dependencies(self, task: WorldTask) -> dict[str, int]:
        out = len(self.blocked(task))
        into = sum(task in self.blocked(other) for other in self.world.tasks_of(self.source.name) if other.links)
        return {"blocked_by": into, "total_blocked_by": into, "blocking": out, "total_blocking": out}

    def _children(self, task: WorldTask) -> dict[str, int]:
        own = [other for other in self.world.tasks if other.parent is task]
        done = sum(other.state in _CLOSED for other in own)
        return {
            "total": len(own),
            "completed": done,
            "percent_completed": 100 * done // len(own) if own else 0,
        }

    def _field(self, option: str, default: str) -> str:
        return str(self.source.options.get(option, default))

    def _numbers(self, task: WorldTask) -> Iterator[tuple[str, str, Decimal | int]]:
        if task.estimate_seconds is not None:
            yield self._field("estimate_field", "Estimate"), "number", _bare(Decimal(task.estimate_seconds) / 3600)
        if task.points is not None:
            yield self._field("points_field", "Points"), "number", _bare(task.points)

    def _dates(self, task: WorldTask) -> Iterator[tuple[str, str, str]]:
        if task.start_on:
            yield self._field("start_field", "Start"), "date", task.start_on.isoformat()
        if task.due_on:
            yield self._field("due_field", "Due"), "date", task.due_on.isoformat()

    def _own_fields(self, task: WorldTask) -> Iterator[dict[str, Any]]:
        values: list[tuple[str, str, Any]] = [*self._numbers(task), *self._dates(task)]
        if task.priority:
            values.append((self._field("priority_field", "Priority"), "single_select", task.priority))
        for n, (name, kind, value) in enumerate(values):
            row = {"issue_field_id": 50 + n, "issue_field_name": name, "data_type": kind, "value": value}
            chosen = {"single_select_option": {"id": 1, "name": value, "color": "red"}}
            yield {**row, **(chosen if kind == "single_select" else {})}

    # --- what was said -------------------------------------------------------------------------------------------

    def comments(self, place: Place) -> list[dict[str, Any]]:
        """All comments of a repository, conversations of pull requests included."""
        return [
            self._comment(task, said) for task in self.tasks(place) for said in task.comments if said.kind == "comment"
        ]

    def _comment(self, task: WorldTask, said: Comment) -> dict[str, Any]:
        kind = "pull" if task.kind == "pull_request" else "issues"
        return {
            "id": said.number,
            "url": f"{self.api}/repos/{task.place.key}/issues/comments/{said.number}",
            "html_url": f"{self.web}/{task.place.key}/{kind}/{task.seq}#issuecomment-{said.number}",
            "issue_url": self.issue_url(task),
            "user": self.user(said.by),
            "body": said.text,
            "created_at": stamp(said.at),
            "updated_at": stamp(said.edited_at or said.at),
        }

    def reviews(self, task: WorldTask) -> list[dict[str, Any]]:
        """The reviews of a pull request, oldest first."""
        page = f"{self.web}/{task.place.key}/pull/{task.seq}"
        return [
            {
                "id": said.number,
                "user": self.user(said.by),
                "body": said.text,
                "state": (said.state or "commented").upper(),
                "html_url": f"{page}#pullrequestreview-{said.number}",
                "pull_request_url": self.issue_url(task).replace("/issues/", "/pulls/"),
                "submitted_at": stamp(said.at),
            }
            for said in task.comments
            if said.kind == "review"
        ]

    # --- events --------------------------------------------------------------------------------------------------

    def events(self, place: Place) -> list[dict[str, Any]]:
        """The repository's events, newest first; ids grow with time."""
        told = [
            (step.at, task.number, n, task, step, name, more)
            for task in self.tasks(place)
            for n, step in enumerate(task.history)
            for name, more in self._events_of(task, step)
        ]
        told.sort(key=lambda one: one[:3])
        rows, last = [], 0
        for at, _, _, task, step, name, more in told:
            last = max(last + 1, int(at.timestamp()) * 1000)
            rows.append(self._event(last, task, step, name, more))
        return rows[::-1]

    def _event(self, number: int, task: WorldTask, step: History, name: str, more: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": number,
            "node_id": f"EV_{number}",
            "url": f"{self.api}/repos/{task.place.key}/issues/events/{number}",
            "actor": self.user(step.by),
            "event": name,
            "commit_id": None,
            "commit_url": None,
            "created_at": stamp(step.at),
            "issue": self.issue(task),
            **more,
        }

    def _events_of(self, task: WorldTask, step: History) -> Iterator[tuple[str, dict[str, Any]]]:
        if step.field == "status":
            yield from self._moves(task, step)
            return
        names = _REMOVED_ADDED.get(step.field, ())
        for name, value in zip(names, (step.before, step.after), strict=False):
            if value and (told := self._told(step, value)):
                yield name, told

    def _told(self, step: History, value: str) -> dict[str, Any] | None:
        if step.field == "milestone":
            target = next((one for one in self.world.targets_of(self.source.name) if str(one.number) == value), None)
            return {"milestone": {"title": target.name}} if target else None
        if step.field == "parent":
            parent = self._reference(value)
            return {"parent_issue": parent} if parent else None
        user = self.user(value)
        return {"assignee": user, "assigner": self.user(step.by)} if user else None

    def _moves(self, task: WorldTask, step: History) -> Iterator[tuple[str, dict[str, Any]]]:
        before, after = _meaning(task, step.before), _meaning(task, step.after)
        if task.kind == "pull_request":
            yield from _pull_moves(step)
        elif after in _CLOSED and before not in _CLOSED:
            yield "closed", {"state_reason": "completed" if after == "done" else "not_planned"}
        elif before in _CLOSED and after not in _CLOSED:
            yield "reopened", {"state_reason": None}

    def _reference(self, number: str) -> dict[str, Any] | None:
        """A parent as events show it; nothing where it was deleted since."""
        found = [one for one in self.world.tasks_of(self.source.name) if str(one.number) == number]
        return {"number": found[0].seq, "repository": {"full_name": found[0].place.key}} if found else None

    # --- boards --------------------------------------------------------------------------------------------------

    def board(self, number: int) -> dict[str, Any] | None:
        """A board with its fields, without its items."""
        for own, title, places in self.boards():
            if own == number:
                return {
                    "id": f"PVT_{number}",
                    "number": number,
                    "title": title,
                    "closed": False,
                    "updatedAt": stamp(self.world.now),
                    "fields": {"nodes": [*self._plain_fields(), self._iterations(places)]},
                }
        return None

    def _plain_fields(self) -> list[dict[str, Any]]:
        select = {"__typename": "ProjectV2SingleSelectField", "dataType": "SINGLE_SELECT"}
        return [
            {**select, "id": "PVTSSF_1", "name": self._field("status_field", "Status")},
            {**select, "id": "PVTSSF_2", "name": self._field("priority_field", "Priority")},
            {"__typename": "ProjectV2Field", "id": "PVTF_1", "name": self._field("estimate_field", "Estimate")},
        ]

    def _iterations(self, places: Sequence[Place]) -> dict[str, Any]:
        sprints = [one for one in self.world.targets if one.kind == "sprint" and one.place in places]
        rows = [(one.state == "closed", self._iteration(one)) for one in sprints]
        return {
            "__typename": "ProjectV2IterationField",
            "id": "PVTIF_1",
            "name": self._field("sprint_field", "Iteration"),
            "dataType": "ITERATION",
            "configuration": {
                "duration": 14,
                "startDay": 1,
                "iterations": [row for closed, row in rows if not closed],
                "completedIterations": [row for closed, row in rows if closed],
            },
        }

    @staticmethod
    def _iteration(sprint: Target) -> dict[str, Any]:
        assert sprint.starts_on
        assert sprint.due_on
        days = (sprint.due_on - sprint.starts_on).days + 1
        return {
            "id": f"it{sprint.number}",
            "title": sprint.name,
            "startDate": sprint.starts_on.isoformat(),
            "duration": days,
        }

    def cards(self, number: int) -> list[dict[str, Any]]:
        """The items of a board: its issues, an idea that is no issue yet, and one that the token may not see."""
        places = next(places for own, _, places in self.boards() if own == number)
        common = {"isArchived": False, "fieldValues": {"nodes": []}, "updatedAt": stamp(self.world.now)}
        return [
            {"id": f"PVTI_draft{number}", "type": "DRAFT_ISSUE", **common, "content": {"__typename": "DraftIssue"}},
            {"id": f"PVTI_hidden{number}", "type": "REDACTED", **common, "content": None},
            *(self._card(task) for place in places for task in self.tasks(place)),
        ]

    def _card(self, task: WorldTask) -> dict[str, Any]:
        pull = task.kind == "pull_request"
        content: dict[str, Any] = {
            "__typename": "PullRequest" if pull else "Issue",
            "id": f"{'PR' if pull else 'I'}_kwDO{task.number}",
            "number": task.seq,
            "updatedAt": stamp(self.updated_at(task)),
            "repository": {"databaseId": self.repository_id(task.place), "nameWithOwner": task.place.key},
        }
        if not pull:
            content["timelineItems"] = {"nodes": list(self._column_moves(task))}
        return {
            "id": f"PVTI_{task.number}",
            "fullDatabaseId": str(5_000_000 + task.number),
            "type": "PULL_REQUEST" if pull else "ISSUE",
            "isArchived": task.archived,
            "createdAt": stamp(task.created_at),
            "updatedAt": stamp(task.updated_at),
            "fieldValues": {"nodes": list(self._card_values(task))},
            "content": content,
        }

    def _card_values(self, task: WorldTask) -> Iterator[dict[str, Any]]:
        choices = [("priority_field", "Priority", task.priority)]
        if task.kind != "pull_request":
            choices.append(("status_field", "Status", task.status))
        for option, default, value in choices:
            if value:
                yield self._value("SingleSelect", self._field(option, default), task, name=value)
        for name, _, number in self._numbers(task):
            yield self._value("Number", name, task, number=number)
        for name, _, day in self._dates(task):
            yield self._value("Date", name, task, date=day)
        for sprint in task.sprints[-1:]:
            row = self._iteration(sprint)
            more = {"title": row["title"], "startDate": row["startDate"], "duration": row["duration"]}
            yield self._value(
                "Iteration", self._field("sprint_field", "Iteration"), task, iterationId=row["id"], **more
            )

    @staticmethod
    def _value(kind: str, field: str, task: WorldTask, **values: Any) -> dict[str, Any]:
        return {
            "__typename": f"ProjectV2ItemField{kind}Value",
            **values,
            "updatedAt": stamp(task.updated_at),
            "field": {"id": f"PVTF_{field}", "name": field},
        }

    def _column_moves(self, task: WorldTask) -> Iterator[dict[str, Any]]:
        for n, step in enumerate(task.history):
            if step.field == "status":
                user = self.user(step.by)
                yield {
                    "id": f"PVTISC_{task.number}_{n}",
                    "createdAt": stamp(step.at),
                    "previousStatus": step.before or "",
                    "status": step.after or "",
                    "project": None,
                    "actor": {"__typename": "User", "login": user["login"], "databaseId": user["id"]} if user else None,
                }


def _meaning(task: WorldTask, status: str | None) -> str | None:
    """The state of a status word; a task that moved remembers words of its old repository."""
    places = [task.place, *(place for place, _ in task.formerly)]
    return next((state for place in places for word, state in place.statuses if word == status), None)


def _bare(number: Decimal) -> Decimal | int:
    """JSON numbers without needless decimals."""
    return int(number) if number == number.to_integral_value() else number.normalize()


def _pull_moves(step: History) -> Iterator[tuple[str, dict[str, Any]]]:
    match step.before, step.after:
        case _, "merged":
            yield "merged", {"commit_id": "6dcb09b5b57875f334f61aebed695e2e4193db5e"}
            yield "closed", {}
        case _, "closed":
            yield "closed", {}
        case "closed", _:
            yield "reopened", {}
        case _, "draft":
            yield "convert_to_draft", {}
        case "draft", _:
            yield "ready_for_review", {}
