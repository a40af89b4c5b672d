"""Random edits, repeatable by seed: what the master property of collection runs between its reads."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Callable, Collection
from decimal import Decimal

from sightline.sandbox.bookings import Bookings
from sightline.sandbox.edits import Edits
from sightline.sandbox.world import Invoice, Place, World, WorldTask, WorldTime

__all__ = ["Schedule"]


@dataclasses.dataclass(slots=True)
class Schedule:
    """One random edit after another in the given sources (all when empty). The same seed does the same things."""

    world: World
    seed: int
    sources: Collection[str] = ()
    longest_step: dt.timedelta = dt.timedelta(hours=2)
    done: list[str] = dataclasses.field(default_factory=list)
    """What was done so far, in words."""
    edits: Edits = dataclasses.field(init=False)
    bookings: Bookings = dataclasses.field(init=False)
    _rng: random.Random = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.edits = Edits(self.world)
        self.bookings = Bookings(self.edits)
        self._rng = random.Random(self.seed)

    def run(self, count: int) -> list[str]:
        """That many edits; what they were."""
        return [self.step() for _ in range(count)]

    def step(self) -> str:
        """One edit of a random kind that is possible now; what it was."""
        seconds = self._rng.randrange(1, int(self.longest_step.total_seconds()))
        self.edits.step = dt.timedelta(seconds=seconds)
        kinds: list[Callable[[], str | None]] = [
            self._retitle, self._status, self._assign, self._due, self._estimate, self._archive, self._move,
            self._delete, self._restore, self._add_task, self._add_time, self._late_time, self._edit_time,
            self._delete_time, self._say, self._pay, self._unpay, self._void,
        ]  # fmt: skip
        self._rng.shuffle(kinds)
        for kind in kinds:
            told = kind()
            if told is not None:
                self.done.append(told)
                return told
        raise LookupError("nothing in this world can be edited")

    def _in(self, source: str) -> bool:
        return not self.sources or source in self.sources

    def _task(self) -> WorldTask | None:
        tasks = [t for t in self.world.tasks if self._in(t.place.source)]
        return self._rng.choice(tasks) if tasks else None

    def _entry(self) -> WorldTime | None:
        entries = [e for e in self.world.times if self._in(e.source)]
        return self._rng.choice(entries) if entries else None

    def _documents(self, test: Callable[[Invoice], bool]) -> list[Invoice]:
        mine = [d for d in self.world.documents if d.kind == "invoice" and self._in(d.organisation.source)]
        return [d for d in mine if test(d)]

    def _set(self, field: str, values: Callable[[WorldTask], list[str | None]]) -> str | None:
        task = self._task()
        if task is None:
            return None
        after = self._rng.choice(values(task))
        self.edits.set(task, field, after)
        return f"{field} of {task.place.source}/{task.key} := {after}"

    def _status(self) -> str | None:
        pulls = ("draft", "open", "merged", "closed")

        def words(task: WorldTask) -> list[str | None]:
            bare = task.place.statuses[0][0] == "open"
            known = [word for word, _ in task.place.statuses]
            if task.kind == "pull_request" or not set(pulls) & set(known):
                return [word for word in known if task.kind != "pull_request" or word in pulls]
            return [word for word in known if word not in (("draft", "merged") if bare else pulls)]

        return self._set("status", words)

    def _assign(self) -> str | None:
        def staff(task: WorldTask) -> list[str | None]:
            known = [p.id for p in self.world.people.values() if task.place.source in p.identities and p.bill_rate]
            return [None, *known]

        return self._set("assignee", staff)

    def _due(self) -> str | None:
        day = (self.world.now + dt.timedelta(days=self._rng.randrange(1, 60))).date().isoformat()
        return self._set("due_on", lambda _: [day, None])

    def _estimate(self) -> str | None:
        return self._set("estimate", lambda _: [str(900 * self._rng.randrange(1, 80))])

    def _retitle(self) -> str | None:
        task = self._task()
        if task is None:
            return None
        self.edits.retitle(task, f"{task.title[:60]} ✎{self._rng.randrange(1000)}")
        return f"title of {task.place.source}/{task.key}"

    def _archive(self) -> str | None:
        task = self._task()
        if task is None or task.kind != "card":
            return None
        self.edits.archive(task, back=task.archived)
        return f"archived of {task.place.source}/{task.key} := {task.archived}"

    def _move(self) -> str | None:
        task = self._task()
        if task is None or task.kind == "pull_request":
            return None
        others: list[Place] = [p for p in self.world.places_of(task.place.source) if p is not task.place]
        if not others or task.kind in ("subtask", "epic"):
            return None
        was = task.key
        self.edits.move(task, self._rng.choice(others))
        return f"moved {task.place.source}/{was} to {task.key}"

    def _delete(self) -> str | None:
        task = self._task()
        if task is None:
            return None
        self.edits.delete(task)
        return f"deleted {task.place.source}/{task.key}"

    def _restore(self) -> str | None:
        gone = [r for r in self.world.removed if isinstance(r.thing, WorldTask) and self._in(r.source)]
        if not gone:
            return None
        removed = self._rng.choice(gone)
        self.edits.restore(removed)
        return f"restored a task of {removed.source}"

    def _add_task(self) -> str | None:
        task = self._task()
        if task is None:
            return None
        kind = task.kind if task.kind in ("card", "issue") else "task" if task.kind != "pull_request" else "issue"
        made = self.edits.add_task(task.place, f"New work {self._rng.randrange(10_000)}", kind)
        return f"new {made.place.source}/{made.key}"

    def _timed_task(self) -> WorldTask | None:
        timed = {source.name for source in self.world.sources.values() if source.connector in ("jira", "trello")}
        tasks = [t for t in self.world.tasks if t.place.source in timed and self._in(t.place.source)]
        return self._rng.choice(tasks) if tasks else None

    def _add_time(self) -> str | None:
        task = self._timed_task()
        if task is None:
            return None
        entry = self.edits.add_time(task, 900 * self._rng.randrange(1, 20), note="new")
        return f"{entry.seconds} s on {task.place.source}/{task.key}"

    def _late_time(self) -> str | None:
        task = self._timed_task()
        if task is None:
            return None
        began = self.world.now - dt.timedelta(days=self._rng.randrange(2, 40))
        entry = self.edits.add_time(task, 900 * self._rng.randrange(1, 20), started_at=began, note="late")
        return f"{entry.seconds} s on {task.place.source}/{task.key} of {began.date()}"

    def _edit_time(self) -> str | None:
        entry = self._entry()
        if entry is None:
            return None
        self.edits.edit_time(entry, 900 * self._rng.randrange(1, 20))
        return f"time {entry.source}/{entry.number} := {entry.seconds} s"

    def _delete_time(self) -> str | None:
        entry = self._entry()
        if entry is None:
            return None
        self.edits.delete_time(entry)
        return f"deleted time {entry.source}/{entry.number}"

    def _say(self) -> str | None:
        task = self._task()
        if task is None:
            return None
        self.edits.say(task, f"Remark {self._rng.randrange(10_000)}")
        return f"comment on {task.place.source}/{task.key}"

    def _pay(self) -> str | None:
        open_ = self._documents(lambda d: self.bookings.owed(d) > 0)
        if not open_:
            return None
        invoice = self._rng.choice(open_)
        owed = self.bookings.owed(invoice)
        part = (owed / self._rng.choice((1, 2, 3))).quantize(Decimal("0.01"), "ROUND_DOWN")
        self.bookings.pay(invoice, part or owed)
        return f"paid {part or owed} of {invoice.code}"

    def _unpay(self) -> str | None:
        paid = self._documents(lambda d: any(p.credit is None and not p.deleted for p in d.payments))
        if not paid:
            return None
        invoice = self._rng.choice(paid)
        payment = self._rng.choice([p for p in invoice.payments if p.credit is None and not p.deleted])
        self.bookings.unpay(invoice, payment)
        return f"payment of {payment.amount} on {invoice.code} deleted"

    def _void(self) -> str | None:
        free = self._documents(lambda d: d.status == "AUTHORISED" and not d.paid and not d.credited)
        if not free:
            return None
        invoice = self._rng.choice(free)
        self.bookings.void(invoice)
        return f"voided {invoice.code}"
