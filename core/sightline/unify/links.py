"""What is tied to what across tools: commits and comments to tasks by the keys they name, links by id or address."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import Sourced
    from sightline.model.records import Activity, Link, Task

__all__ = ["Tie", "Ties", "tie_activities", "tie_links"]


class Tie(NamedTuple):
    """`origin` (an activity or a task) concerns the task `task`; `how` says by what it was found."""

    origin: Ref
    task: Ref
    how: Literal["id", "key", "address"]
    kind: str = ""
    """The link's kind: blocks, relates …; empty for an activity."""


class Ties(NamedTuple):
    """The ties found, and the names that fit several tasks or none: (origin, name, tasks that fit)."""

    ties: list[Tie]
    ambiguous: list[tuple[Ref, str, tuple[Ref, ...]]]


def tie_activities(activities: Iterable[Sourced[Activity]], tasks: Sequence[Sourced[Task]]) -> Ties:
    """Commits, comments and reviews to the tasks they are about, each pair once.

    By the task's id in the activity's own source, else by the keys named in its text (any case). A key that exists in
    two sources ties to none of them: it is listed as ambiguous, unless one is in the activity's own source.
    """
    names = _Names(tasks)
    ties: list[Tie] = []
    unclear: list[tuple[Ref, str, tuple[Ref, ...]]] = []
    for activity in activities:
        origin = activity.ref
        own = Ref(activity.source, "tasks", activity.record.task or "")
        found = {own: Tie(origin, own, "id")} if own in names.refs else {}
        for key in activity.record.keys:
            fits = names.by_key(key, activity.source)
            if len(fits) == 1:
                found.setdefault(fits[0], Tie(origin, fits[0], "key"))
            elif fits:
                unclear.append((origin, key, fits))
        ties.extend(found.values())
    return Ties(ties, unclear)


def tie_links(links: Iterable[Sourced[Link]], tasks: Sequence[Sourced[Task]]) -> Ties:
    """The tools' own links as ties between tasks: by id, else address, else key. A link to something else is no tie."""
    names = _Names(tasks)
    ties: list[Tie] = []
    unclear: list[tuple[Ref, str, tuple[Ref, ...]]] = []
    for source, link in links:
        origin = Ref(source, "tasks", link.from_task)
        target = Ref(source, "tasks", link.to)
        if target in names.refs:
            ties.append(Tie(origin, target, "id", link.kind))
        elif address := names.addresses.get(link.to.rstrip("/")):
            ties.append(Tie(origin, address, "address", link.kind))
        elif len(fits := names.by_key(link.to, source)) == 1:
            ties.append(Tie(origin, fits[0], "key", link.kind))
        elif fits:
            unclear.append((origin, link.to, fits))
    return Ties(ties, unclear)


class _Names:
    """Tasks by what people and tools call them."""

    def __init__(self, tasks: Iterable[Sourced[Task]]) -> None:
        self.refs: set[Ref] = set()
        self.addresses: dict[str, Ref] = {}
        self.keys: defaultdict[str, list[Ref]] = defaultdict(list)
        for task in tasks:
            self.refs.add(task.ref)
            self.keys[task.record.key.casefold()].append(task.ref)
            if task.record.url:
                self.addresses.setdefault(task.record.url.rstrip("/"), task.ref)

    def by_key(self, key: str, source: str) -> tuple[Ref, ...]:
        """The tasks of that key; only those of `source` when it has any."""
        fits = self.keys.get(key.casefold(), [])
        near = [ref for ref in fits if ref.source == source]
        return tuple(near or fits)
