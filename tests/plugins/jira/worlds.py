"""A small made-up consultancy with everything Jira can hold, and what its records should be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.sandbox.changes import change
from sightline.sandbox.world import Comment, Identity, Person, Place, Source, Target, World, WorldTask, WorldTime
from sightline_jira.sandbox import JiraSandbox

UTC = dt.UTC
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=UTC)
STATUSES = [("To Do", "todo"), ("In Progress", "in_progress"), ("Done", "done"), ("Won't do", "cancelled")]


def at(text):
    """`11-12 09:30` is that moment of 2026 in UTC."""
    return dt.datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def day(text):
    return dt.date.fromisoformat(f"2026-{text}")


def small_world(flavour="cloud", **options):
    """Two projects and an archived one; one task in progress, one done, one cancelled; everybody odd is there, too."""
    world = World(seed=1, now=NOW, name="Test Ltd", currency="GBP", timezone="Europe/London")
    secrets = {"email": "pm@test.example", "token": "tok-123456"} if flavour == "cloud" else {"token": "pat-123456"}
    options = {"site_timezone": "Asia/Kolkata", **options}
    world.sources["jira"] = Source("jira", "jira", flavour, "America/New_York", secrets, options)
    _people(world)
    web = Place("jira", 1, "WEB", "Website", statuses=STATUSES)
    app = Place("jira", 2, "AND", "And app", statuses=STATUSES)
    old = Place("jira", 3, "OLD", "Old site", archived=True, statuses=STATUSES)
    world.places += [web, app, old]
    version = Target(101, web, "version", "1.0", "open", day("09-01"), day("12-15"), description="First release")
    later = Target(102, web, "version", "1.1", "closed", due_on=day("11-13"))
    done = Target(103, web, "sprint", "Sprint 1", "closed", day("11-02"), day("11-13"), at("11-13 16:00"))
    now = Target(104, web, "sprint", "Sprint 2", "active", day("11-16"), day("11-27"), description="Ship it")
    world.targets += [version, later, done, now]
    _tasks(world, web, app, old)
    return world


def _people(world):
    for key, name, kind, email in (
        ("ann", "Ann Lee", "human", "ann@test.example"),
        ("bob", "Bob Ray", "human", None),
        ("gus", "Gus Gone", "gone", None),
        ("bot", "Automation", "bot", None),
    ):
        account = f"712020:{key}" if world.sources["jira"].flavour == "cloud" else f"JIRAUSER1{len(world.people)}"
        person = Person(key, name, email or "", "developer", Decimal(85) if kind == "human" else None)
        person.identities["jira"] = Identity(account, name, key, email, active=kind != "gone", kind=kind)
        world.people[key] = person


def task(world, place, seq, title, kind="task", **fields):
    """A new task, created on 1 November at the hour of its number."""
    number = 500 + len(world.tasks)
    born = at("11-01 08:00") + dt.timedelta(minutes=len(world.tasks))
    found = WorldTask(number, place, seq, title, kind, "To Do", born, born, reporter="ann", **fields)
    world.tasks.append(found)
    return found


def log(world, on, number, when, seconds, person="ann", note="work"):
    entry = WorldTime(number, "jira", person, at(when), seconds, note, at(when) + dt.timedelta(hours=5), on)
    world.times.append(entry)
    on.updated_at = max(on.updated_at, entry.updated_at)
    return entry


def _tasks(world, web, app, old):
    later = world.targets[1]
    epic = task(world, web, 1, "Checkout", "epic", description="All of it.\n\nEven guests.")
    story = task(
        world, web, 2, "Guests can pay 💳", "story", parent=epic, labels=["checkout", "guest"], priority="High"
    )
    story.points, story.start_on = Decimal(5), day("11-03")
    sub = task(
        world, web, 3, "Write <b>tests</b>", "subtask", parent=story, estimate_seconds=7200, remaining_seconds=3600
    )
    bug = task(world, app, 1, "Crash", "bug", priority="Low", assignees=["bob"])
    dropped = task(world, web, 4, "Fax", assignees=["gus"])
    task(world, old, 1, "Relic")
    change(world, story, "assignee", "ann", at("11-02 09:00"), "ann")
    change(world, story, "sprint", "103", at("11-02 09:30"), "ann")
    change(world, story, "milestone", "101", at("11-02 10:00"), "ann")
    change(world, story, "due_on", "2026-11-20", at("11-02 10:30"), "ann")
    change(world, story, "estimate", "28800", at("11-02 11:00"), "bob")
    change(world, story, "points", "8", at("11-02 11:30"), "bob")
    change(world, story, "status", "In Progress", at("11-03 08:00"), "ann")
    change(world, story, "sprint", "104", at("11-16 08:00"), "ann")
    change(world, story, "due_on", "2026-11-27", at("11-17 08:00"), "ann")
    change(world, sub, "status", "In Progress", at("11-04 08:00"), "ann")
    change(world, sub, "status", "Done", at("11-05 08:00"), "bot")
    change(world, sub, "status", "In Progress", at("11-06 08:00"), "ann")
    change(world, sub, "status", "Done", at("11-09 08:00"), "ann")
    change(world, dropped, "status", "Won't do", at("11-10 08:00"), "gus")
    story.remaining_seconds = 14400
    story.links += [("blocks", bug), ("relates", dropped)]
    story.targets.append(later)
    bug.comments.append(Comment(900, at("11-11 08:00"), "bob", "It crashes.\nAlways."))
    bug.updated_at = at("11-11 08:00")
    for n in range(25):
        log(world, story, 700 + n, f"11-{3 + n % 10:02} 1{n % 10}:15", 900 + n, note="" if n == 3 else f"part {n}")
    log(world, bug, 800, "11-12 23:30", 1800, "bob")


def site(flavour="cloud", **options):
    """The made-up site of `small_world`."""
    world = small_world(flavour, **options)
    return JiraSandbox(world, world.sources["jira"])
