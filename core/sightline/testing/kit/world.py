"""A small world for a connector whose tool is in no story: one source, three places, everything a task may have."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.sandbox.changes import touch
from sightline.sandbox.edits import Edits
from sightline.sandbox.world import Checkitem, Identity, Person, Place, Source, Target, World, WorldTask

__all__ = ["NOW", "TOKEN", "contract_world"]

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
#: Forty letters and digits: the shape of most tools' keys.
TOKEN = "5a17bde0c0ffee5a17bde0c0ffee5a17bde0c0ff"
_OPENED = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
_STATUSES = [
    ("New", "todo"),
    ("In progress", "in_progress"),
    ("With client", "in_progress"),
    ("Closed", "done"),
    ("Rejected", "cancelled"),
]
#: id, name, mail at the tool (None: it hides it), still active
_PEOPLE = (
    ("maria", "Maria Lind", "maria@northgate.example", True),
    ("owen", "Owen Brandt", None, True),
    ("priya", "Priya Nair", "priya@northgate.example", True),
    ("carl", "Carl Öst", "carl@northgate.example", False),
)
#: key, name, how many tasks
_PLACES = (("web", "Website", 18), ("app", "App (größer)", 10), ("old", "Old shop", 4))
_PATHS = (
    (),
    ("In progress",),
    ("In progress", "With client", "In progress", "Closed"),
    ("Rejected",),
    ("In progress", "Closed", "In progress"),
)


def contract_world(connector: str, source: str = "desk") -> World:
    """The same world every time; `source` is of that connector, with one secret called `token`.

    32 tasks in three places (the last one closed), with parents, milestones, history, comments, checklists, links and
    time in quarter hours.
    """
    world = World(seed=1, now=_OPENED, name="Northgate Consulting", currency="GBP", timezone="Europe/London")
    world.sources[source] = Source(source, connector, timezone="Europe/London", secrets={"token": TOKEN})
    world.canaries[f"token of {source}"] = TOKEN
    for number, (id_, name, mail, active) in enumerate(_PEOPLE, start=5):
        person = Person(id_, name, f"{id_}@northgate.example", "consultant", Decimal(85), Decimal(55))
        person.identities[source] = Identity(str(number), name, id_, mail, active)
        world.people[id_] = person
    edits = Edits(world, step=dt.timedelta(hours=7))
    for number, (key, name, count) in enumerate(_PLACES, start=1):
        place = Place(source, number, key, name, statuses=list(_STATUSES), labels=["bug"], created_at=_OPENED)
        world.places.append(place)
        # Half of the time lies between them: what nobody has touched for weeks is not read again.
        _fill(edits, place, count)
    world.places[-1].archived = True
    world.now = NOW
    return world


def _fill(edits: Edits, place: Place, count: int) -> None:
    world, first = edits.world, place.number * 10
    version = Target(first, place, "version", f"{place.name} 1.0", "open", due_on=dt.date(2026, 12, 18))
    world.targets += [version, Target(first + 1, place, "version", f"{place.name} 0.9", "closed")]
    tasks: list[WorldTask] = []
    for number in range(count):
        task = edits.add_task(place, f"{place.name} task {number + 1}", ("task", "bug")[number % 2])
        tasks.append(task)
        _plan(edits, task, tasks, version, number)
        for status in _PATHS[number % len(_PATHS)]:
            edits.set(task, "status", status)
        _work(edits, task, number)
    for one, other in zip(tasks[::5], tasks[1::5], strict=False):
        one.links.append(("blocks", other))


def _plan(edits: Edits, task: WorldTask, tasks: list[WorldTask], version: Target, number: int) -> None:
    people = list(edits.world.people)
    task.description = f"What to do in step {number + 1}: größer, schneller 🚀"
    task.start_on = dt.date(2026, 9, 7) + dt.timedelta(days=number)
    task.priority = (None, "High", "Medium", "Low")[number % 4]
    edits.set(task, "due_on", (dt.date(2026, 10, 5) + dt.timedelta(days=3 * number)).isoformat())
    edits.set(task, "estimate", str(3600 * (number % 7 + 1)))
    edits.set(task, "assignee", people[number % len(people)])
    if number % 3 == 1:
        edits.set(task, "milestone", str(version.number))
    if number % 6 == 2:
        edits.set(task, "parent", str(tasks[0].number))


def _work(edits: Edits, task: WorldTask, number: int) -> None:
    people = list(edits.world.people)
    for part in range(number % 3):
        edits.add_time(
            task, 900 * (number + part + 1), person=people[(number + part) % len(people)], note=f"part {part}"
        )
    if number % 4 == 0:
        edits.say(task, f"Looked at it, see step {number + 1}.")
    if number % 5 == 0:
        task.checklist.append(Checkitem(task.number * 10, "Ready", "Texts are there", done=number % 2 == 0))
        touch(task, edits.tick())
