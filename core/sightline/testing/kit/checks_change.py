"""Checks of later runs: cursors, edits, moves, deletions and returns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sightline.collect.deletions import Deletions, Never
from sightline.model.collected import Counts, Landing
from sightline.model.records import Scope, Task, TimeEntry
from sightline.testing.kit.bench import Bench
from sightline.testing.kit.check import Exempt, need, promise
from sightline.testing.kit.checks_reading import lacks
from sightline.testing.memory import MemoryKeeper

__all__: list[str] = []

_DAY_H = 25
_CRASHES = 4


class _Crash(MemoryKeeper):
    """Dies at one landing, as a machine may."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at: int | None = at
        self.count = 0

    def land(self, landing: Landing) -> Counts:
        self.count += 1
        if self.at is not None and self.count >= self.at:
            raise KeyError("killed by the kit")
        return super().land(landing)


@promise("cursor", "`cursor` of the stream: what it asks for must not begin after the last committed row", "cursors")
def cursor_survives_a_crash(bench: Bench) -> None:
    """A run that dies between two pages is resumed: nothing lost, nothing twice."""
    whole = bench.trial(small_pages=True)
    whole.run()
    kind, landings = whole.subject.kind, whole.keeper.landings
    # Right after a page of the main things was committed.
    after = [n + 2 for n, one in enumerate(landings) if any(type(record) is kind for record in one.records)]
    for at in after[:: max(1, len(after) // _CRASHES)]:
        trial = bench.trial(small_pages=True)
        trial.keeper = keeper = _Crash(at)
        trial.run()
        keeper.at = None
        outcome = trial.run().outcome
        need(outcome.status == "complete", f"the run after the crash is {outcome.status}: {outcome.reason}")
        need(trial.rows() == whole.rows(), f"after dying at landing {at} of {len(landings)} the rows differ")


@promise("cursor", "`cursor` of the stream and `params`: the bound is inclusive", "cursors")
def cursor_bound_is_inclusive(bench: Bench) -> None:
    """A thing changed in the same second as the newest one known is found by the next run."""
    trial = bench.trial()
    subject = trial.subject
    newest = subject.add("kit: the newest")
    trial.run()
    later = subject.add("kit: same second")
    subject.same_second(later, newest)
    trial.run()
    need(trial.find("kit: same second"), "the second one was missed")


@promise("cursor", "`cursor`, `params`, `marks` or `skip`: ask only for what changed", "cursors")
def cursor_second_run_reads_little(bench: Bench) -> None:
    """A second run right after the first reads few rows and changes nothing."""
    trial = bench.trial()
    first = trial.run()
    second = trial.run()
    counts = second.outcome.counts
    need((counts.new, counts.changed, counts.gone) == (0, 0, 0), "a second run changed something")
    need(
        counts.read * 2 <= first.outcome.counts.read or second.requests * 2 <= first.requests or second.requests == 0,
        f"read {counts.read} of {first.outcome.counts.read} rows again in {second.requests} calls",
    )


@promise("cursor", "`cursor` and `params` of the stream", "cursors")
def cursor_finds_what_is_new(bench: Bench) -> None:
    """A later run finds what was added and what was edited."""
    trial = bench.read()
    trial.subject.add("kit: new")
    outcome = trial.run(later_h=1).outcome
    need(outcome.status == "complete", f"the run is {outcome.status}: {outcome.reason}")
    need(trial.find("kit: new"), "what was added was missed")
    need(not lacks(trial), lacks(trial))


@promise("cursor", "`cursor`: take positions from rows, and let the framework leave out those of the future", "cursors")
def cursor_ignores_the_future(bench: Bench) -> None:
    """A row dated next year does not carry the cursor past tomorrow's changes."""
    trial = bench.trial()
    subject = trial.subject
    odd = subject.pick(2)
    subject.same_second(odd, _At(trial.vendor.world.now + dt.timedelta(days=400)))
    trial.run()
    subject.add("kit: after the future")
    trial.run(later_h=1)
    need(trial.find("kit: after the future"), "the next change was missed")


class _At:
    def __init__(self, moment: dt.datetime) -> None:
        self.updated_at = moment


@promise("cursor", "`cursor` of the stream that brings time", "cursors")
def cursor_finds_late_time(bench: Bench) -> None:
    """Time that was entered today for a day weeks ago is found within a day."""
    trial = bench.read()
    work = trial.subject.work()
    work.times()
    task = min(work.plain(), key=lambda one: one.created_at)
    work.edits.add_time(task, 900, started_at=task.created_at + dt.timedelta(hours=1))
    trial.run(later_h=_DAY_H)
    need(_seconds(trial) == sum(e.seconds for e in work.times()), "the late entry is missing")


def _seconds(trial: Any) -> int:
    return sum(entry.seconds for entry in trial.all_of(TimeEntry))


@promise("cursor", "`id` of time entries: the tool's own, so that an edit replaces", "identity")
def cursor_edited_time_replaces(bench: Bench) -> None:
    """An edited time entry replaces the old one instead of adding to it."""
    trial = bench.read()
    work = trial.subject.work()
    entry = next((e for e in work.times() if e.task is not None), None)
    if entry is None:
        raise Exempt("its time is in the ledger")
    work.edits.edit_time(entry, entry.seconds + 1800)
    trial.run(later_h=_DAY_H)
    need(_seconds(trial) == sum(e.seconds for e in work.times()), "the sum of time differs")


# --- identity --------------------------------------------------------------------------------------------------------


@promise("identity", "`id` in `map`: the tool's stable id", "identity")
def identity_is_the_same_in_every_read(bench: Bench) -> None:
    """Two independent first runs give the same ids."""
    need(bench.read().rows().keys() == bench.first.rows().keys(), "ids differ from read to read")


@promise("identity", "`id` in `map`: never made from a title or a name", "identity")
def identity_survives_a_new_title(bench: Bench) -> None:
    """A thing with a new title is the same record."""
    trial = bench.read()
    thing = trial.subject.pick()
    trial.subject.rename(thing, "kit: before")
    trial.run()
    before = trial.find("kit: before")
    trial.subject.rename(thing, "kit: after")
    trial.run()
    after = trial.find("kit: after")
    need(before is not None and after is not None, "the new title did not arrive")
    assert before is not None
    assert after is not None
    need(after.id == before.id and trial.find("kit: before") is None, "it became another record")


@promise("identity", "`id` and `scope` in `map`; `confirm` of the census", "identity")
def identity_survives_a_move(bench: Bench) -> None:
    """A task that moves to another place keeps its id, has the new scope, and is counted once."""
    trial = bench.read()
    work = trial.subject.work()
    task = work.pick_with(lambda t: not t.sprints, "task that can move")
    place = work.other_place(task)
    work.rename(task, "kit: moving")
    trial.run()
    before = trial.find("kit: moving")
    need(before is not None, "the new title did not arrive")
    work.edits.move(task, place)
    trial.run(later_h=_DAY_H)
    after = [r for r in trial.all_of(Task) if r.title == "kit: moving"]
    need(len(after) == 1, f"it is there {len(after)} times")
    assert before is not None
    need(after[0].id == before.id, "it has another id")
    need(after[0].scope != getattr(before, "scope", None), "it is still in the old scope")


@promise("identity", "the fields of `map` that point at other records", "map")
def identity_pointers_lead_somewhere(bench: Bench) -> None:
    """What a record points at (scope, parent, task) is there."""
    ids = {kind: set(bench.first.keeper.live(kind)) for kind in (Scope, Task)}
    lost: dict[str, int] = {}
    for (kind, _), record in bench.first.rows().items():
        for field, target in (("scope", Scope), ("parent", Task), ("task", Task)):
            value = getattr(record, field, None)
            if value is not None and value not in ids[target]:
                lost[f"{kind.__name__}.{field}"] = lost.get(f"{kind.__name__}.{field}", 0) + 1
    if Task not in bench.delivers:
        lost = {name: count for name, count in lost.items() if not name.endswith(".task")}
    need(not lost, f"pointing nowhere: {lost}")


# --- deletions -------------------------------------------------------------------------------------------------------


@promise("deletions", "`deletions` of each stream", "deletions")
def deletions_are_declared(bench: Bench) -> None:
    """Every stream says how it learns that a row is gone; `Never` says why."""
    silent = [s.name for s in bench.declared if not isinstance(getattr(s, "deletions", None), Deletions)]
    need(not silent, f"silent: {', '.join(silent)}")
    bare = [s.name for s in bench.declared if isinstance(s.deletions, Never) and len(s.deletions.why) < 10]
    need(not bare, f"Never without a reason: {', '.join(bare)}")


@promise("deletions", "`deletions` of the stream: FullList, Census or a feed", "deletions")
def deletions_are_noticed(bench: Bench) -> None:
    """A deleted thing is gone within a day, with the time on it, and everything else stays."""
    trial = bench.read()
    thing = trial.subject.pick(3)
    trial.subject.rename(thing, "kit: to be deleted")
    trial.run()
    before = trial.rows()
    doomed = trial.find("kit: to be deleted")
    trial.subject.delete(thing)
    trial.run(later_h=_DAY_H)
    need(trial.find("kit: to be deleted") is None, "it is still there")
    need(not lacks(trial), lacks(trial))
    need(doomed is None or not [e for e in trial.all_of(TimeEntry) if e.task == doomed.id], "its time is still there")
    lost = [key for key in before if key[0] is trial.subject.kind and key not in trial.rows()]
    need(len(lost) == 1, f"{len(lost)} things are gone")


@promise("deletions", "`deletions` and `id`: what comes back is the same record", "deletions")
def deletions_are_lifted(bench: Bench) -> None:
    """What was deleted and restored is back."""
    trial = bench.read()
    work = trial.subject.work()
    task = work.pick(3)
    work.rename(task, "kit: comes back")
    trial.run()
    work.delete(task)
    trial.run(later_h=_DAY_H)
    need(trial.find("kit: comes back") is None, "the deletion was not noticed")
    work.restore()
    trial.run(later_h=_DAY_H)
    need(trial.find("kit: comes back"), "it is still gone")


@promise("deletions", "`deletions` of the stream that brings time", "deletions")
def deletions_of_time_are_noticed(bench: Bench) -> None:
    """A deleted time entry is gone within a day, and no other."""
    trial = bench.read()
    work = trial.subject.work()
    entry = next((e for e in work.times() if e.task is not None), None)
    if entry is None:
        raise Exempt("its time is in the ledger")
    work.edits.delete_time(entry)
    trial.run(later_h=_DAY_H)
    need(_seconds(trial) == sum(e.seconds for e in work.times()), "the sum of time differs")


@promise("deletions", "`deletions` of the stream", "deletions")
def deletions_many_at_once_are_held(bench: Bench) -> None:
    """When most of a list vanishes at once, nothing is removed until a person confirms."""
    trial = bench.read()
    work = trial.subject.work()
    for number in range(40):
        work.add(f"kit filler {number}")
    trial.run()
    before = trial.rows()
    place = work.pick().place
    doomed = {id(task) for task in work.tasks() if task.place is place}
    world = trial.vendor.world
    kept_times = [e for e in world.times if e.task is None or id(e.task) not in doomed]
    world.tasks, world.times = [t for t in world.tasks if id(t) not in doomed], kept_times
    for task in world.tasks:
        task.links = [(kind, end) for kind, end in task.links if id(end) not in doomed]
        task.parent = None if task.parent is not None and id(task.parent) in doomed else task.parent
    outcome = trial.run(full=True, later_h=_DAY_H).outcome
    need({key for key in before if key[0] is Task} <= trial.rows().keys(), "tasks were removed")
    need(outcome.status == "incomplete", f"the run is {outcome.status}")
