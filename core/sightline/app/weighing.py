"""How much what is unmapped weighs, and what was seen of it: what suggestions are made from."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable

from sightline.app.joining import Joined
from sightline.app.session import Session
from sightline.model.facts import Sourced
from sightline.model.records import Link, Scope
from sightline.model.refs import Ref
from sightline.unify import clues, hints
from sightline.unify.links import tie_links

__all__ = ["Weight", "seen_of_scopes"]


class Weight:
    """What accounts and scopes carry (seconds, tasks), and where accounts were seen: worked out once for a view."""

    def __init__(self, joined: Joined) -> None:
        self.joined = joined
        self.seconds: defaultdict[Ref, int] = defaultdict(int)
        self.scope_seconds: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.scope_tasks: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.assigned: defaultdict[Ref, int] = defaultdict(int)
        for source, entry in joined.entries:
            self.scope_seconds[source, entry.scope] += entry.seconds
            if entry.account:
                self.seconds[Ref(source, "people", entry.account)] += entry.seconds
        for source, task in joined.once.tasks:
            self.scope_tasks[source, task.scope] += 1
            for one in task.assignees:
                self.assigned[Ref(source, "people", one)] += 1

    def called(self, ref: Ref) -> str:
        """A task as people say it, with its source: two sites may have a WEB-12, every repository has a #1."""
        return f"{ref.source}:{self._keys.get(ref, ref.id)}"

    @functools.cached_property
    def _keys(self) -> dict[Ref, str]:
        places = {(source, scope.id): scope.key for source, scope in self.joined.scope_rows}
        return {
            row.ref: f"{places.get((row.source, row.record.scope), '')}{row.record.key}"
            if row.record.key.startswith("#")
            else row.record.key
            for row in self.joined.once.tasks
        }

    @functools.cached_property
    def mirrored(self) -> dict[Ref, list[Ref]]:
        """Tasks tied to each other by links; an item and its mirror are one for those who work on it."""
        found: defaultdict[Ref, list[Ref]] = defaultdict(list)
        for dropped in self.joined.once.dropped:
            found[dropped.ref].append(dropped.kept)
        return dict(found)

    @functools.cached_property
    def seen(self) -> clues.Seen:
        """What each account was seen at: tasks assigned or reported, booked on, commented; and in which projects."""
        joined, items, projects = self.joined, defaultdict[Ref, set[Ref]](set), defaultdict[Ref, set[str]](set)

        def see(account: Ref, task: Ref | None, project: str | None) -> None:
            if task is not None:
                items[account].update((task, *self.mirrored.get(task, ())))
            if project is not None:
                projects[account].add(project)

        for task in joined.once.tasks:
            for one in {*task.record.assignees, task.record.reporter} - {None}:
                see(Ref(task.source, "people", str(one)), task.ref, joined.tasks.of.get(task.ref))
        for entry in joined.entries:
            source, booked = entry
            if booked.account:
                at = Ref(source, "tasks", booked.task) if booked.task else None
                see(Ref(source, "people", booked.account), at, joined.time.of.get(entry.ref))
        for activity in joined.activities:
            source, trace = activity
            if trace.account:
                at = Ref(source, "tasks", trace.task) if trace.task else None
                see(Ref(source, "people", trace.account), at, joined.activity.of.get(activity.ref))
        return clues.Seen(
            {account: frozenset(refs) for account, refs in items.items()},
            {account: frozenset(ids) for account, ids in projects.items()},
            {project.id: project.client for project in joined.rules.projects if project.client},
        )


def seen_of_scopes(session: Session, joined: Joined, loose: Iterable[Sourced[Scope]]) -> hints.ScopeSeen:
    """Ties between what is in these scopes and the projects' items, and who works in both."""
    wanted = {scope.ref for scope in loose}
    ends = list(_ends(session, joined))
    asked = {ref for pair in ends for ref in pair}
    home = {row.ref: Ref(row.source, "scopes", row.record.scope) for row in joined.once.tasks if row.ref in asked}
    home |= {row.ref: Ref(row.source, "scopes", row.record.scope) for row in joined.activities if row.ref in asked}
    ties: defaultdict[Ref, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for origin, task in ends:
        for here, there in ((origin, task), (task, origin)):
            at, project = home.get(here), joined.tasks.of.get(there)
            if at in wanted and project is not None and at is not None:
                ties[at][project] += 1
    persons: defaultdict[Ref, set[str]] = defaultdict(set)
    in_projects: defaultdict[str, set[str]] = defaultdict(set)
    for row in joined.once.tasks:
        scope = Ref(row.source, "scopes", row.record.scope)
        for one in row.record.assignees:
            if person := joined.people.of.get(Ref(row.source, "people", one)):
                if scope in wanted:
                    persons[scope].add(person)
                elif project := joined.tasks.of.get(row.ref):
                    in_projects[project].add(person)
    return hints.ScopeSeen(
        {scope: dict(found) for scope, found in ties.items()},
        {scope: frozenset(found) for scope, found in persons.items()},
        {project: frozenset(found) for project, found in in_projects.items()},
    )


def _ends(session: Session, joined: Joined) -> Iterable[tuple[Ref, Ref]]:
    """Both ends of every tie: of activities and time, and of links between tasks."""
    for ties in joined.ties:
        for tie in ties.ties:
            yield tie.origin, tie.task
    for tie in tie_links(session.store.load(Link), joined.names).ties:
        yield tie.origin, tie.task
