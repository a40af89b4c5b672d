"""What the records of a made-up Jira should be, worked out from the world alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sightline.sdk import Account, Activity, Link, Milestone, Scope, Task, TimeEntry

_NAMED = ("task", "bug", "story", "epic", "subtask")


def account(world, source, person):
    found = world.identity(person, source)
    return found.account if found else None


def scope_id(place):
    return str(10000 + place.number)


def milestone_id(target):
    return f"sprint-{target.number}" if target.kind == "sprint" else str(10000 + target.number)


def tasks(world, source, base):
    """Every task as it should be collected; components, waiting and copies are nothing a world tells of Jira."""
    spent = defaultdict(int)
    for entry in world.times_of(source):
        spent[id(entry.task)] += entry.seconds
    cloud = world.sources[source].flavour != "datacenter"
    return {
        str(t.number): Task(
            id=str(t.number),
            scope=scope_id(t.place),
            key=t.key,
            title=t.title,
            kind=t.kind,
            status=t.status,
            state=t.state,
            url=f"{base}/browse/{t.key}",
            description="\n".join(line for line in t.description.split("\n") if line or not cloud) or None,
            created_at=t.created_at,
            updated_at=t.updated_at,
            started_at=t.started_at,
            completed_at=t.completed_at,
            start_on=t.start_on,
            due_on=t.due_on,
            assignees=tuple(account(world, source, person) for person in t.assignees[:1]),
            reporter=account(world, source, t.reporter),
            parent=str(t.parent.number) if t.parent and (cloud or t.kind == "subtask") else None,
            parent_key=t.parent.key if t.parent and not cloud and t.kind != "subtask" else None,
            labels=tuple(t.labels),
            priority=t.priority,
            estimate_seconds=t.estimate_seconds,
            remaining_seconds=t.remaining_seconds,
            spent_seconds=spent[id(t)] or None,
            points=t.points,
            milestones=tuple(milestone_id(target) for target in t.targets),
            sprints=tuple(milestone_id(target) for target in t.sprints),
        )
        for t in world.tasks_of(source)
    }


def times(world, source):
    return {
        str(e.number): TimeEntry(
            id=str(e.number),
            scope=scope_id(e.task.place),
            task=str(e.task.number),
            seconds=e.seconds,
            account=account(world, source, e.person),
            started_at=e.started_at,
            note=e.note or None,
            updated_at=e.updated_at,
        )
        for e in world.times_of(source)
    }


def accounts(world, source, seen):
    found = {}
    for person in world.people.values():
        who = person.identities.get(source)
        if who is None or who.account not in seen:
            continue
        gone, server = who.kind == "gone", world.sources[source].flavour == "datacenter"
        found[who.account] = Account(
            id=who.account,
            name=None if gone else who.name,
            email=None if gone else who.email,
            username=who.username if server else None,
            active=who.active,
            kind="bot" if who.kind == "bot" and not server else "human",
        )
    return found


def scopes(world, source, base):
    return {
        scope_id(p): Scope(id=scope_id(p), key=p.key, name=p.name, url=f"{base}/browse/{p.key}", archived=p.archived)
        for p in world.places_of(source)
    }


def milestones(world, source, base):
    found = {}
    for t in world.targets_of(source):
        version, id_ = t.kind == "version", milestone_id(t)
        released = version and t.state == "closed"
        ended = dt.datetime.combine(t.due_on, dt.time(), dt.UTC) if released and t.due_on else None
        found[id_] = Milestone(
            id=id_,
            scope=scope_id(t.place),
            kind=t.kind,
            name=t.name,
            state="released" if released else t.state,
            starts_on=t.starts_on,
            due_on=t.due_on,
            completed_at=ended if version else t.completed_at,
            description=t.description or None,
            url=f"{base}/projects/{t.place.key}/versions/{id_}" if version else None,
        )
    return found


def comments(world, source, base):
    return {
        str(c.number): Activity(
            id=str(c.number),
            scope=scope_id(t.place),
            kind="comment",
            at=c.at,
            title=c.text.split("\n")[0],
            task=str(t.number),
            account=account(world, source, c.by),
            url=f"{base}/browse/{t.key}?focusedCommentId={c.number}",
            text=c.text,
        )
        for t in world.tasks_of(source)
        for c in t.comments
    }


def links(world, source):
    """(from, to, kind) of every link, told once."""
    return {(str(t.number), str(o.number), kind) for t in world.tasks_of(source) for kind, o in t.links}


def link_ends(found):
    return {(link.from_task, link.to, link.kind) for link in found.values() if isinstance(link, Link)}


def changes(world, source):
    """(task, moment, by, field, from, to, from state, to state) of every step; Jira tells a version's change in two."""
    return sorted(
        (str(t.number), h.at, account(world, source, h.by), *told)
        for t in world.tasks_of(source)
        for h in t.history
        for told in _told(world, source, t, h)
    )


def _told(world, source, task, step):
    states = {word: state for place in world.places_of(source) for word, state in place.statuses}
    if step.field == "status":
        return [("status", step.before, step.after, states[step.before], states[step.after])]
    ids = {str(t.number): milestone_id(t) for t in world.targets_of(source)}
    if step.field == "milestone":
        pairs = [(ids.get(step.before), None), (None, ids.get(step.after))]
        return [("milestone", a or "", b or "", "", "") for a, b in pairs if a or b]
    by_field = {
        "assignee": lambda value: account(world, source, value),
        "sprint": ids.get,
        "scope": lambda value: str(10000 + int(value)) if value else None,
    }
    show = by_field.get(step.field, lambda value: value)
    return [(step.field, show(step.before) or "", show(step.after) or "", "", "")]


def told_changes(found):
    return sorted(
        (c.task, c.at, c.by, c.field, c.from_value or "", c.to_value or "", c.from_state or "", c.to_state or "")
        for c in found.values()
    )
