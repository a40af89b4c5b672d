"""Which project a task, a time entry, an activity or a milestone belongs to, by the `include` rules of the projects.

Everything belongs to one project at most, so nothing is counted twice: of several rules that fit, the one that narrows
more (label, parent, milestone, component, status, query) wins, then what was decided by hand, then the project that stands first in the configuration. Every
task that more than one project asked for is listed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sightline.model.portfolio import Include
from sightline.model.refs import Ref
from sightline.unify import query
from sightline.unify.patterns import matches, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.facts import Sourced
    from sightline.model.portfolio import Project
    from sightline.model.records import Activity, Milestone, Scope, Task, TimeEntry
    from sightline.unify.links import Ties

__all__ = ["Belonging", "Overlap", "Places"]

#: Before every configured project.
_FIRST = -1
#: The fields of an include rule that narrow it inside its scope.
NARROWING = ("label", "parent", "milestone", "component", "status", "query")


class Overlap(NamedTuple):
    """A task that several projects asked for: the one it counts in, and the others."""

    task: Ref
    counted_in: str
    also: tuple[str, ...]


class Belonging(NamedTuple):
    """What belongs to which project (by id); `left` is what no project asked for, in the order given."""

    of: dict[Ref, str]
    left: list[Ref]
    overlaps: list[Overlap]


class _Rule(NamedTuple):
    project: str
    order: int
    include: Include

    @property
    def narrows(self) -> int:
        return sum(getattr(self.include, name) is not None for name in NARROWING)


class Places:
    """The include rules of all projects, ready to be asked. Build it once per sync from scopes and milestones.

    `by_hand` says (source, scope id) → project, before every rule that takes the scope as a whole; `people` gives the
    name of (source, account id), for queries.
    """

    def __init__(
        self,
        projects: Sequence[Project],
        scopes: Iterable[Sourced[Scope]],
        milestones: Iterable[Sourced[Milestone]],
        by_hand: Mapping[tuple[str, str], str] | None = None,
        people: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._people = people or {}
        self._by_hand = {
            (source, scope): _Rule(project, _FIRST, Include(source=source, scope=scope))
            for (source, scope), project in (by_hand or {}).items()
        }
        self._queries: dict[str, query.Fits] = {}
        self._rules = defaultdict[str, list[_Rule]](list)
        self._named = defaultdict[tuple[str, str], list[_Rule]](list)
        self._wild = defaultdict[str, list[_Rule]](list)
        for order, project in enumerate(projects):
            for include in project.include:
                if include.query is not None:
                    where = f"projects.{project.id}.include"
                    self._queries.setdefault(include.query, query.compiled(include.query, where))
                rule = _Rule(project.id, order, include)
                self._rules[include.source].append(rule)
                # Scopes and rules may both be thousands: a name is looked up, only patterns are tried one by one.
                if "*" in include.scope:
                    self._wild[include.source].append(rule)
                else:
                    self._named[include.source, plain(include.scope)].append(rule)
        self._scopes = {(source, scope.id): scope for source, scope in scopes}
        self._milestones = {(source, milestone.id): milestone for source, milestone in milestones}
        self._whole: dict[tuple[str, str], str | None] = {}
        self._by_scope: dict[tuple[str, str], list[_Rule]] = {}

    def tasks(self, tasks: Sequence[Sourced[Task]]) -> Belonging:
        """Which project each task counts in. A parent rule takes the parent itself and everything below it."""
        above = _Ancestors(tasks) if self._asks_for_parents() else None
        of: dict[Ref, str] = {}
        left: list[Ref] = []
        overlaps: list[Overlap] = []
        for source, task in tasks:
            ref = Ref(source, "tasks", task.id)
            fits = [
                rule for rule in self._of_scope(source, task.scope) if self._fits(rule.include, source, task, above)
            ]
            if not fits:
                left.append(ref)
                continue
            chosen = min(fits, key=lambda rule: (-rule.narrows, rule.order))
            of[ref] = chosen.project
            if len(fits) > 1:
                others = dict.fromkeys(rule.project for rule in fits if rule.project != chosen.project)
                if others:
                    overlaps.append(Overlap(ref, chosen.project, tuple(others)))
        return Belonging(of, left, overlaps)

    def time(
        self, entries: Iterable[Sourced[TimeEntry]], tasks: Mapping[Ref, str], ties: Ties | None = None
    ) -> Belonging:
        """Which project each time entry counts in: its task's, else (no task, or one not held) its scope's.

        Where neither says, that of the one task it names (`ties`), in whatever tool. `tasks` is `Belonging.of` of the
        tasks. An entry on a task that belongs nowhere is left over, too.
        """
        named = _named(ties, tasks)
        of: dict[Ref, str] = {}
        left: list[Ref] = []
        for source, entry in entries:
            ref = Ref(source, "time", entry.id)
            project = tasks.get(Ref(source, "tasks", entry.task)) if entry.task else None
            project = project or self.of_scope(source, entry.scope) or named.get(ref)
            if project is None:
                left.append(ref)
            else:
                of[ref] = project
        return Belonging(of, left, [])

    def activities(
        self, activities: Iterable[Sourced[Activity]], tasks: Mapping[Ref, str], ties: Ties | None = None
    ) -> Belonging:
        """Which project each activity belongs to.

        Its task's; else the one that includes its scope; else that of the first task its text names (`ties`). Where
        several projects include the scope, the named task decides between them.
        """
        named = _named(ties, tasks)
        of: dict[Ref, str] = {}
        left: list[Ref] = []
        for activity in activities:
            source, record = activity
            own = tasks.get(Ref(source, "tasks", record.task)) if record.task else None
            shared = {rule.project for rule in self._of_scope(source, record.scope) if not rule.narrows}
            by_name = named.get(activity.ref)
            if shared and by_name not in shared:
                by_name = None
            project = own or by_name or self.of_scope(source, record.scope)
            if project is None:
                left.append(activity.ref)
            else:
                of[activity.ref] = project
        return Belonging(of, left, [])

    def milestones(self, tasks: Iterable[Sourced[Task]], of: Mapping[Ref, str]) -> dict[Ref, tuple[str, ...]]:
        """The projects of each milestone: those whose tasks point at it, and the one its whole scope belongs to.

        A milestone may be shared by projects: it is a date, not an amount.
        """
        found: defaultdict[Ref, dict[str, None]] = defaultdict(dict)
        for source, milestone_id in self._milestones:
            scope = self._milestones[source, milestone_id].scope
            if project := self.of_scope(source, scope):
                found[Ref(source, "milestones", milestone_id)][project] = None
        for source, task in tasks:
            if project := of.get(Ref(source, "tasks", task.id)):
                for milestone_id in (*task.milestones, *task.sprints):
                    found[Ref(source, "milestones", milestone_id)][project] = None
        return {ref: tuple(projects) for ref, projects in found.items()}

    def of_scope(self, source: str, scope: str) -> str | None:
        """The project a whole scope (by id) belongs to, by rules that do not narrow; the first configured wins."""
        at = (source, scope)
        if at not in self._whole:
            whole = [rule for rule in self._of_scope(source, scope) if not rule.narrows]
            self._whole[at] = min(whole, key=lambda rule: rule.order).project if whole else None
        return self._whole[at]

    def unclaimed_scopes(self) -> list[Ref]:
        """Scopes that no rule names, whole or in part: what `map` asks about first."""
        return [
            Ref(source, "scopes", scope_id)
            for source, scope_id in sorted(self._scopes)
            if not self._of_scope(source, scope_id)
        ]

    def sources_of(self, project: Project) -> list[str]:
        """Sources the project includes or takes money from, in configured order, each once."""
        return list(dict.fromkeys([*(i.source for i in project.include), *(rule.source for rule in project.money)]))

    def _asks_for_parents(self) -> bool:
        if any("parent" in text.casefold() for text in self._queries):
            return True
        return any(rule.include.parent is not None for rules in self._rules.values() for rule in rules)

    def _of_scope(self, source: str, scope_id: str) -> list[_Rule]:
        """The rules that may take something of that scope; remembered, because tasks are many and scopes are few."""
        held = self._by_scope.get((source, scope_id))
        if held is None:
            scope = self._scopes.get((source, scope_id))
            names = (scope_id, scope.key, scope.name) if scope else (scope_id,)
            exact = {id(rule): rule for name in names for rule in self._named.get((source, plain(name)), ())}
            wild = [rule for rule in self._wild.get(source, ()) if matches(rule.include.scope, *names)]
            held = sorted([*exact.values(), *wild], key=lambda rule: rule.order)
            if decided := self._by_hand.get((source, scope_id)):
                held.append(decided)
            self._by_scope[source, scope_id] = held
        return held

    def _fits(self, include: Include, source: str, task: Task, above: _Ancestors | None) -> bool:
        """Whether every narrowing field of the rule fits the task."""
        if include.label is not None and not matches(include.label, *task.labels):
            return False
        if include.component is not None and not matches(include.component, *task.components):
            return False
        if include.status is not None and not matches(include.status, task.status):
            return False
        if include.milestone is not None and not matches(include.milestone, *self._milestone_names(source, task)):
            return False
        if include.parent is not None and not (above and matches(include.parent, *above.names(source, task))):
            return False
        return include.query is None or self._queries[include.query](self._asked(source, task, above))

    def _asked(self, source: str, task: Task, above: _Ancestors | None) -> query.Asked:
        people = (name for one in task.assignees for name in (one, self._people.get((source, one))) if name)
        parents = tuple(name for name in above.names(source, task) if name not in (task.id, task.key)) if above else ()
        return query.Asked(task, tuple(self._milestone_names(source, task)), tuple(people), parents)

    def _milestone_names(self, source: str, task: Task) -> list[str]:
        ids = (*task.milestones, *task.sprints)
        held = (self._milestones.get((source, milestone_id)) for milestone_id in ids)
        return [*ids, *(milestone.name for milestone in held if milestone is not None)]


def _named(ties: Ties | None, tasks: Mapping[Ref, str]) -> dict[Ref, str]:
    """Of each thing, the project of the first task it names."""
    return {tie.origin: tasks[tie.task] for tie in reversed(ties.ties if ties else []) if tie.task in tasks}


class _Ancestors:
    """Keys and ids of a task and of everything above it, in its own source."""

    def __init__(self, tasks: Iterable[Sourced[Task]]) -> None:
        self.by_id = {(source, task.id): task for source, task in tasks}
        self.ids_by_key = {(source, task.key): task.id for source, task in tasks}

    def names(self, source: str, task: Task) -> list[str]:
        """Ids and keys from the task upward; a parent that is not held is named as the task names it."""
        names: list[str] = []
        seen: set[str] = set()
        here: Task | None = task
        while here is not None and here.id not in seen:
            seen.add(here.id)
            names += (here.id, here.key)
            parent = here.parent or self.ids_by_key.get((source, here.parent_key or ""))
            names += [name for name in (here.parent, here.parent_key) if name]
            here = self.by_id.get((source, parent)) if parent else None
        return names
