"""What a status means: the tool's own category unless a rule of the workspace says otherwise. Unknown is never done."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import structs

from sightline.model.facts import Sourced
from sightline.model.words import says_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.portfolio import StatusRule
    from sightline.model.records import Scope, State, Task, WaitingOn

__all__ = ["StatusRow", "doubtful", "in_force", "of_scopes", "status_table", "unmapped"]


class StatusRow(NamedTuple):
    """One line of the table in force: what a status of a source (and scope) means, and who said so."""

    source: str
    scope: str
    status: str
    state: State
    waiting_on: WaitingOn | None
    origin: Literal["tool", "rule"]
    tasks: int


def of_scopes(rules: Iterable[StatusRule], scopes: Iterable[Sourced[Scope]]) -> list[StatusRule]:
    """The rules with each scope by its id: people write its key or name. A name of several scopes means all of them."""
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source, scope in scopes:
        for name in dict.fromkeys((scope.id, scope.key.casefold(), scope.name.casefold())):
            ids[source, name].append(scope.id)
    resolved = []
    for rule in rules:
        found = (
            ids.get((rule.source, rule.scope)) or ids.get((rule.source, rule.scope.casefold())) if rule.scope else None
        )
        resolved += [structs.replace(rule, scope=one) for one in found] if found else [rule]
    return resolved


def in_force(tasks: Iterable[Sourced[Task]], rules: Sequence[StatusRule]) -> list[Sourced[Task]]:
    """The tasks with the state and `waiting_on` in force, in the order given.

    A rule matches source and status (any case); one that names the scope (its id) beats one that does not, and of two
    equal ones the later wins. A task that a rule reopens loses its `completed_at`: it is not complete.
    """
    found = _Rules(rules)
    if not rules:
        return list(tasks)
    return [task._replace(record=found.applied(*task)) for task in tasks]


def status_table(tasks: Iterable[Sourced[Task]], rules: Sequence[StatusRule]) -> list[StatusRow]:
    """Every status in use, what it means and how many tasks stand in it, ordered by source, scope and status."""
    found = _Rules(rules)
    seen: Counter[tuple[str, str, str, State, WaitingOn | None, Literal["tool", "rule"]]] = Counter()
    for source, task in tasks:
        meant = found.applied(source, task)
        origin: Literal["tool", "rule"] = "rule" if found.rule(source, task) else "tool"
        seen[source, task.scope, task.status, meant.state, meant.waiting_on, origin] += 1
    rows = (StatusRow(*key, tasks=count) for key, count in seen.items())
    return sorted(rows, key=lambda row: (row.source, row.scope, row.status, row.state))


def unmapped(table: Iterable[StatusRow]) -> list[StatusRow]:
    """The statuses nobody gave a meaning to, most used first."""
    return sorted((row for row in table if row.state == "unknown"), key=lambda row: (-row.tasks, row[:3]))


def doubtful(table: Iterable[StatusRow]) -> list[StatusRow]:
    """Statuses whose word says that the work is over while their tool says it is not ("Done?"), most used first.

    Nothing follows from it: the tool's category holds until somebody says what is meant.
    """
    rows = (row for row in table if row.origin == "tool" and row.state in ("todo", "in_progress"))
    found = [row for row in rows if says_over(row.status)]
    return sorted(found, key=lambda row: (-row.tasks, row[:3]))


class _Rules:
    """Rules by (source, scope or None, status), looked up once a task."""

    def __init__(self, rules: Sequence[StatusRule]) -> None:
        self.table = {(rule.source, rule.scope, rule.status.casefold()): rule for rule in rules}

    def rule(self, source: str, task: Task) -> StatusRule | None:
        """The rule that applies to this task, if any."""
        if not self.table:
            return None
        status = task.status.casefold()
        return self.table.get((source, task.scope, status)) or self.table.get((source, None, status))

    def applied(self, source: str, task: Task) -> Task:
        """The task as the rule means it; the same object when nothing changes."""
        rule = self.rule(source, task)
        if rule is None:
            return task
        state = rule.state or task.state
        waiting_on = rule.waiting_on or task.waiting_on
        completed_at = task.completed_at if state in ("done", "cancelled") else None
        if (state, waiting_on, completed_at) == (task.state, task.waiting_on, task.completed_at):
            return task
        return structs.replace(task, state=state, waiting_on=waiting_on, completed_at=completed_at)
