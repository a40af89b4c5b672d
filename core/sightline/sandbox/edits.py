"""What people do to tasks, time and comments between two reads; every edit keeps the world sound (`sound.unsound`).

Each edit takes place at a new `world.now`, one minute after the last unless `step` says otherwise, and moves
`updated_at` as the tools do.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from sightline.sandbox.changes import change, touch, value_of
from sightline.sandbox.world import (
    Comment,
    Commit,
    History,
    Place,
    Removed,
    World,
    WorldTask,
    WorldTime,
)

__all__ = ["Edits"]

_MINUTE = dt.timedelta(minutes=1)


@dataclasses.dataclass(slots=True)
class Edits:
    """Edits a world on behalf of `by` (a person's id); `step` is the time from one edit to the next."""

    world: World
    by: str = "priya"
    step: dt.timedelta = _MINUTE

    def tick(self) -> dt.datetime:
        """Time passes: the moment of the next edit."""
        self.world.now += self.step
        return self.world.now

    # tasks

    def add_task(self, place: Place, title: str, kind: str | None = None) -> WorldTask:
        """A new task in the first column of the place, of the kind that is usual there."""
        at = self.tick()
        here = [t for t in self.world.tasks if t.place is place]
        task = WorldTask(
            number=self._next(t.number for t in [*self.world.tasks_of(place.source), *self._gone_tasks(place.source)]),
            place=place,
            seq=self._next_seq(place),
            title=title,
            kind=kind or (here[-1].kind if here else "task"),
            status=place.statuses[0][0],
            created_at=at,
            updated_at=at,
            reporter=self.by,
        )
        self.world.tasks.append(task)
        return task

    def retitle(self, task: WorldTask, title: str) -> None:
        """Another title."""
        task.title = title
        touch(task, self.tick())

    def set(self, task: WorldTask, field: str, after: str | None) -> None:
        """Another value of a tracked field, as `History` writes values: status, due_on, estimate and so on."""
        change(self.world, task, field, after, self.tick(), self.by)

    def archive(self, task: WorldTask, *, back: bool = False) -> None:
        """Put away, or taken out again."""
        self.set(task, "archived", "no" if back else "yes")

    def move(self, task: WorldTask, place: Place) -> None:
        """To another place of the same source: the number stays, the key changes, what belongs to the place is lost.

        A status that the new place does not know becomes its first one.
        """
        if place.source != task.place.source:
            raise ValueError(f"{place.key} is in another source than {task.key}")
        at = self.tick()
        for field in ("sprint", "milestone"):
            change(self.world, task, field, None, at, self.by)
        task.sprints = []
        before = value_of(task, "scope")
        status = task.status if task.status in dict(place.statuses) else place.statuses[0][0]
        seq = self._next_seq(place)
        task.formerly.append((task.place, task.seq))
        # The old status is a word of the old place, so the place changes in between.
        left, task.place, task.seq = task.status, place, seq
        task.history.append(History(at, self.by, "scope", before, value_of(task, "scope")))
        if status != left:
            change(self.world, task, "status", status, at, self.by)
        touch(task, at)

    def delete(self, task: WorldTask) -> None:
        """Gone, with its time, comments and subtasks; other children lose their parent, other tasks their links."""
        at = self.tick()
        self._delete(task, at)

    def _delete(self, task: WorldTask, at: dt.datetime) -> None:
        for child in [t for t in self.world.tasks if t.parent is task]:
            if child.kind == "subtask":
                self._delete(child, at)
            else:
                change(self.world, child, "parent", None, at, self.by)
        for other in self.world.tasks:
            other.links = [(kind, end) for kind, end in other.links if end is not task]
        for entry in [e for e in self.world.times if e.task is task]:
            self._drop_time(entry, at)
        self.world.tasks = [t for t in self.world.tasks if t is not task]
        self.world.removed.append(Removed(at, self.by, task.place.source, task, task))

    def restore(self, removed: Removed) -> None:
        """What was deleted is back, with the number it had. Its parent and its links are not."""
        at = self.tick()
        self.world.removed = [r for r in self.world.removed if r is not removed]
        thing = removed.thing
        if isinstance(thing, WorldTask):
            if thing.parent is not None and not any(t is thing.parent for t in self.world.tasks):
                change(self.world, thing, "parent", None, at, self.by)
            thing.links = []
            self.world.tasks.append(thing)
            touch(thing, at)
        elif isinstance(thing, WorldTime):
            thing.updated_at = at
            self.world.times.append(thing)
            self._touch_task(thing.task, at)
        elif removed.task is not None:
            removed.task.comments.append(thing)
            touch(removed.task, at)

    # time

    def add_time(
        self,
        task: WorldTask,
        seconds: int,
        *,
        started_at: dt.datetime | None = None,
        person: str | None = None,
        note: str = "",
    ) -> WorldTime:
        """Time worked, just now or (a late entry) at `started_at`."""
        at = self.tick()
        source = task.place.source
        entry = WorldTime(
            number=self._next_said(source),
            source=source,
            person=person or self.by,
            started_at=started_at or at - dt.timedelta(seconds=abs(seconds) + 60),
            seconds=seconds,
            note=note,
            updated_at=at,
            task=task,
        )
        self.world.times.append(entry)
        touch(task, at)
        return entry

    def edit_time(self, entry: WorldTime, seconds: int) -> None:
        """Another duration."""
        entry.seconds = seconds
        entry.updated_at = self.tick()
        self._touch_task(entry.task, entry.updated_at)

    def delete_time(self, entry: WorldTime) -> None:
        """The entry is gone."""
        self._drop_time(entry, self.tick())

    def _drop_time(self, entry: WorldTime, at: dt.datetime) -> None:
        self.world.times = [e for e in self.world.times if e is not entry]
        self.world.removed.append(Removed(at, self.by, entry.source, entry, entry.task))
        self._touch_task(entry.task, at)

    def _touch_task(self, task: WorldTask | None, at: dt.datetime) -> None:
        if task is not None:
            touch(task, at)

    # talk and lists

    def say(self, task: WorldTask, text: str) -> Comment:
        """A comment."""
        at = self.tick()
        said = Comment(self._next_said(task.place.source), at, self.by, text)
        task.comments.append(said)
        touch(task, at)
        return said

    def unsay(self, task: WorldTask, comment: Comment) -> None:
        """The comment is gone."""
        at = self.tick()
        task.comments = [c for c in task.comments if c is not comment]
        self.world.removed.append(Removed(at, self.by, task.place.source, comment, task))
        touch(task, at)

    def reword(self, task: WorldTask, comment: Comment, text: str) -> None:
        """The comment says something else."""
        comment.text, comment.edited_at = text, self.tick()
        touch(task, comment.edited_at)

    def tick_off(self, task: WorldTask, position: int, *, done: bool = True) -> None:
        """A line of the checklist is done, or open again."""
        task.checklist[position].done = done
        touch(task, self.tick())

    # places and code

    def rename_place(self, place: Place, name: str) -> None:
        """The project, board or repository has another name; key and numbers stay."""
        self.tick()
        place.name = name

    def archive_place(self, place: Place) -> None:
        """The project, board or repository is closed; what is in it stays readable."""
        self.tick()
        place.archived = True

    def commit(self, place: Place, message: str) -> Commit:
        """One more commit on main, by the first address of `by`."""
        at = self.tick()
        before = [c for c in self.world.commits if c.place is place]
        known = self.world.identity(self.by, place.source)
        tip = max((c.index for c in before if c.branch == "main"), default=None)
        email = known.account if known else self.world.people[self.by].email
        found = Commit(place, len(before), at, self.by, message, email, [] if tip is None else [tip])
        self.world.commits.append(found)
        return found

    # numbers are never used again, not even those of deleted things

    def _gone_tasks(self, source: str) -> list[WorldTask]:
        return [r.thing for r in self.world.removed if r.source == source and isinstance(r.thing, WorldTask)]

    @staticmethod
    def _next(numbers: Iterable[int]) -> int:
        return max(numbers, default=0) + 1

    def _next_seq(self, place: Place) -> int:
        tasks = [*self.world.tasks, *self._gone_tasks(place.source)]
        here = [t.seq for t in tasks if t.place is place]
        return self._next([*here, *(seq for t in tasks for was, seq in t.formerly if was is place)])

    def _next_said(self, source: str) -> int:
        """Comments and time entries of a source share one row of numbers, as Trello's actions do."""
        said = [c.number for t in [*self.world.tasks_of(source), *self._gone_tasks(source)] for c in t.comments]
        said += [e.number for e in self.world.times_of(source)]
        said += [r.thing.number for r in self.world.removed if r.source == source]
        return self._next(said)
