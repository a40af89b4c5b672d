"""What reading the made-up Trello must give, told from the world alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from sightline.model.time import UTC, day_in
from sightline.sandbox.world import World, WorldTask
from sightline.sdk import Account, Activity, ChecklistItem, Record, Scope, Task, TimeEntry
from sightline_trello.happenings import comment_at, comment_id, time_id
from sightline_trello.sandbox import TrelloSandbox
from sightline_trello.shapes import short_link


@dataclasses.dataclass
class Expected:
    """The records of one Trello source."""

    world: World
    trello: TrelloSandbox

    def __post_init__(self) -> None:
        self.shapes = self.trello.shapes
        self.source = self.trello.source
        self.shown = [task for task in self.world.tasks_of(self.source.name) if task.kind != "separator"]

    def scopes(self) -> dict[str, Scope]:
        places = self.world.places_of(self.source.name)
        return self._by_id(
            Scope(
                id=self.shapes.board_id(place),
                key=place.key,
                name=place.name,
                kind="board",
                url=f"https://trello.com/b/{place.key}",
                archived=place.archived,
            )
            for place in places
        )

    def tasks(self) -> dict[str, Task]:
        return self._by_id(self._task(task) for task in self.shown)

    def _task(self, task: WorldTask) -> Task:
        complete = task.state == "done" and task.due_on is not None and task.completed_at is not None
        options, times = self.source.options, [entry.seconds for entry in self.world.times if entry.task is task]
        mirror = next((other for kind, other in task.links if kind == "mirror"), None)
        return Task(
            id=self.shapes.card_id(task),
            scope=self.shapes.board_id(task.place),
            key=short_link(task.number),
            title=task.title,
            kind="card",
            status=task.status,
            state=task.state,
            url=f"https://trello.com/c/{short_link(task.number)}",
            description=task.description or None,
            created_at=task.created_at,
            updated_at=task.updated_at,
            completed_at=task.completed_at if complete else None,
            start_on=task.start_on,
            due_on=task.due_on,
            assignees=tuple(filter(None, map(self.shapes.account, task.assignees))),
            reporter=self.shapes.account(task.reporter),
            labels=tuple(task.labels),
            priority=task.priority if options.get("priority_field") else None,
            estimate_seconds=task.estimate_seconds,
            spent_seconds=sum(times) if times and options.get("time_field") else None,
            points=task.points if options.get("points_field") else None,
            archived=task.archived or task.status in options.get("closed_lists", ()),
            copy_of=self.shapes.card_id(mirror) if mirror else None,
        )

    def items(self) -> dict[str, ChecklistItem]:
        found = []
        for task in self.shown:
            lists = list(dict.fromkeys(item.list for item in task.checklist))
            for position, item in enumerate(sorted(task.checklist, key=lambda one: lists.index(one.list))):
                found.append(
                    ChecklistItem(
                        id=self.shapes.item_id(task, item),
                        task=self.shapes.card_id(task),
                        list=item.list,
                        title=item.title,
                        state="done" if item.done else "open",
                        due_on=item.due_on,
                        assignee=self.shapes.account(item.by),
                        position=position,
                    )
                )
        return self._by_id(found)

    def links(self) -> set[tuple[str, str]]:
        """(card, address) of every card tied to another."""
        return {
            (self.shapes.card_id(task), f"https://trello.com/c/{short_link(other.number)}")
            for task in self.shown
            for kind, other in task.links
            if kind != "mirror"
        }

    def times(self) -> dict[str, TimeEntry]:
        return self._by_id(
            TimeEntry(
                id=time_id(entry),
                scope=self.shapes.board_id(entry.task.place),
                seconds=entry.seconds,
                day=day_in(entry.started_at, UTC),
                task=self.shapes.card_id(entry.task),
                account=self.shapes.account(entry.person),
                note=entry.note or None,
                updated_at=max(entry.updated_at, comment_at(entry)),
            )
            for entry in self.world.times_of(self.source.name)
            if entry.task is not None
        )

    def activities(self) -> dict[str, Activity]:
        return self._by_id(
            Activity(
                id=comment_id(said),
                scope=self.shapes.board_id(task.place),
                kind="comment",
                at=said.at,
                title=said.text.strip().partition("\n")[0][:200],
                task=self.shapes.card_id(task),
                account=self.shapes.account(said.by),
                url=f"https://trello.com/c/{short_link(task.number)}#comment-{comment_id(said)}",
                text=said.text,
            )
            for task in self.shown
            for said in task.comments
        )

    def accounts(self) -> dict[str, Account]:
        """Everybody who holds a card, made one, said or logged something on one."""
        people = {who for task in self.shown for who in [*task.assignees, task.reporter]}
        people |= {said.by for task in self.shown for said in task.comments}
        people |= {step.by for task in self.shown for step in task.history if step.field in _LISTED}
        people |= {entry.person for entry in self.world.times_of(self.source.name)}
        known = filter(None, (self.world.identity(who, self.source.name) for who in people))
        return self._by_id(Account(id=one.account, name=one.name, username=one.username) for one in known)

    def changes(self) -> set[tuple[object, ...]]:
        """(card, field, from, to, from state, to state, at, by) of what Trello lists."""
        return {step for task in self.shown for step in self._steps(task)}

    def _steps(self, task: WorldTask) -> Iterable[tuple[object, ...]]:
        card = self.shapes.card_id(task)
        for step in task.history:
            told = (step.at, self.shapes.account(step.by))
            match step.field:
                case "status":
                    states = dict(task.place.statuses)
                    yield card, "status", step.before, step.after, states[step.before], states[step.after], *told
                case "due_on":
                    yield card, "due_on", step.before, step.after, None, None, *told
                case "archived":
                    words = {"yes": "true", "no": "false"}
                    yield card, "archived", words[step.before], words[step.after], None, None, *told
                case "assignee":
                    for person, (before, after) in ((step.before, (True, False)), (step.after, (False, True))):
                        member = self.shapes.account(person)
                        if member:
                            yield (
                                card,
                                "assignee",
                                member if before else None,
                                member if after else None,
                                None,
                                None,
                                *told,
                            )

    @staticmethod
    def _by_id(records: Iterable[Record]) -> dict[str, Record]:
        return {record.id: record for record in records}


_LISTED = {"status", "due_on", "archived", "assignee", "scope"}
