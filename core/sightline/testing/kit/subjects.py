"""What the kit does to the data behind a vendor: work (tasks and time), money (documents) or code (commits)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from sightline.model.records import Activity, Document, Record, Task
from sightline.sandbox.edits import Edits
from sightline.sandbox.vendor import Vendor
from sightline.sandbox.world import Invoice, Place, WorldTask, WorldTime
from sightline.testing.kit.check import Exempt

__all__ = ["Code", "Money", "Subject", "Work", "subject_of"]

#: Kinds of cards and requests that some vendors do not show as tasks of their own.
_NOT_PLAIN = ("epic", "pull_request", "subtask", "separator", "mirror")


class Subject:
    """The main things of one source: how they are told apart by a text, added, changed and removed."""

    kind: ClassVar[type[Record]]
    word: ClassVar[str] = "things"

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.source = vendor.source.name
        people = [p.id for p in vendor.world.people.values() if self.source in p.identities]
        self.edits = Edits(vendor.world, by=people[0] if people else "priya")

    def text_of(self, record: Any) -> str:
        """The text by which a record is known again."""
        return str(record.title)

    def texts(self) -> Counter[str]:
        """The texts of everything that a full run must bring."""
        raise NotImplementedError

    def pick(self, number: int = 0) -> Any:
        """A plain thing, with nothing hanging on it that matters elsewhere."""
        raise NotImplementedError

    def rename(self, thing: Any, text: str) -> None:
        """Give it another text."""
        raise NotImplementedError

    def add(self, text: str) -> Any:
        """A new thing."""
        raise NotImplementedError

    def places(self) -> Sequence[Any]:
        """What scopes stand for: (name, archived)."""
        return [(place.name, place.archived) for place in self.vendor.world.places_of(self.source)]

    def delete(self, thing: Any) -> None:
        """Remove it for good."""
        raise Exempt(f"a {self.kind.__name__.lower()} is never deleted there")

    def same_second(self, thing: Any, other: Any) -> None:
        """Both were changed in the same second."""
        thing.updated_at = other.updated_at

    def work(self) -> Work:
        """This subject, where it is tasks."""
        raise Exempt(f"it holds {self.word}, no tasks")


class Work(Subject):
    """Tasks and the time on them."""

    kind = Task

    def tasks(self) -> list[WorldTask]:
        """All of the source."""
        return self.vendor.world.tasks_of(self.source)

    def texts(self) -> Counter[str]:
        hidden = ("separator", "mirror")
        return Counter(task.title for task in self.tasks() if task.kind not in hidden)

    def plain(self) -> list[WorldTask]:
        """Tasks without children, in open places, that no other one is tied to."""
        tasks = self.tasks()
        parents = {id(task.parent) for task in tasks} | {id(end) for task in tasks for _, end in task.links}
        return [
            task
            for task in tasks
            if task.kind not in _NOT_PLAIN
            and id(task) not in parents
            and not (task.archived or task.place.archived or task.links)
            and task.state != "cancelled"
        ]

    def pick(self, number: int = 0) -> WorldTask:
        found = self.plain()
        return found[number % len(found)]

    def pick_with(self, wanted: Callable[[WorldTask], object], what: str) -> WorldTask:
        """A plain task of a certain sort; exempt when the world has none."""
        for task in self.plain():
            if wanted(task):
                return task
        raise Exempt(f"its made-up data has no {what}")

    def rename(self, thing: WorldTask, text: str) -> None:
        self.edits.retitle(thing, text)

    def add(self, text: str) -> WorldTask:
        place = self.pick().place
        return self.edits.add_task(place, text, self.pick().kind)

    def delete(self, thing: WorldTask) -> None:
        self.edits.delete(thing)

    def restore(self) -> None:
        """Bring the last deleted task back."""
        removed = [r for r in self.vendor.world.removed if isinstance(r.thing, WorldTask)]
        self.edits.restore(removed[-1])

    def other_place(self, task: WorldTask) -> Place:
        """Another open place that knows the task's status."""
        for place in self.vendor.world.places_of(self.source):
            if place is not task.place and not place.archived and task.status in dict(place.statuses):
                return place
        raise Exempt("its made-up data has one place only")

    def times(self) -> list[WorldTime]:
        """Time of the source."""
        found = self.vendor.world.times_of(self.source)
        if not found:
            raise Exempt("it holds no time")
        return found

    def work(self) -> Work:
        return self


class Money(Subject):
    """Commercial documents."""

    kind = Document
    word = "documents"

    def text_of(self, record: Document) -> str:
        return record.reference or ""

    def documents(self) -> list[Invoice]:
        """Sales invoices and bills of the source."""
        kinds = ("invoice", "bill")
        everything = self.vendor.world.documents
        return [one for one in everything if one.organisation.source == self.source and one.kind in kinds]

    def texts(self) -> Counter[str]:
        return Counter(one.reference for one in self.documents() if one.reference)

    def pick(self, number: int = 0) -> Invoice:
        found = [one for one in self.documents() if one.status == "AUTHORISED" and not one.payments and one.reference]
        return found[number % len(found)]

    def rename(self, thing: Invoice, text: str) -> None:
        thing.reference = text
        thing.updated_at = self.edits.tick()

    def add(self, text: str) -> Invoice:
        model, everything = self.pick(), self.vendor.world.documents
        number = max(one.number for one in everything) + 1
        made = dataclasses.replace(
            model, number=number, code=f"KIT-{number}", reference=text, updated_at=self.edits.tick(), payments=[]
        )
        everything.append(made)
        return made

    def places(self) -> Sequence[Any]:
        return [(one.name, False) for one in self.vendor.world.organisations if one.source == self.source]

    def total(self) -> dict[str, Decimal]:
        """Sum of all invoices and bills by currency."""
        sums: dict[str, Decimal] = {}
        for one in self.documents():
            sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.total
        return sums


class Code(Subject):
    """Commits of repositories on this machine."""

    kind = Activity
    word = "commits"

    def texts(self) -> Counter[str]:
        here = {id(place) for place in self.vendor.world.places_of(self.source)}
        return Counter(c.message.split("\n", 1)[0] for c in self.vendor.world.commits if id(c.place) in here)

    def pick(self, number: int = 0) -> Any:
        raise Exempt("a commit is never edited")

    def rename(self, thing: Any, text: str) -> None:
        raise Exempt("a commit is never edited")

    def add(self, text: str) -> Any:
        return self.edits.commit(self.vendor.world.places_of(self.source)[0], text)

    def same_second(self, thing: Any, other: Any) -> None:
        raise Exempt("a repository is read by what its branches reach, not by time")


def subject_of(vendor: Vendor) -> Subject:
    """By what the vendor's source holds in the world."""
    source, world = vendor.source.name, vendor.world
    if world.tasks_of(source):
        return Work(vendor)
    if any(one.organisation.source == source for one in world.documents):
        return Money(vendor)
    return Code(vendor)


def at_night(entry_day: dt.date, hour: int, minute: int, zone: dt.tzinfo) -> dt.datetime:
    """That local time as an instant in UTC."""
    return dt.datetime.combine(entry_day, dt.time(hour, minute), zone).astimezone(dt.UTC)
