"""What a tool's type of item is to us: its own word unless a rule of the workspace says otherwise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from sightline.model.facts import Sourced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.portfolio import KindRule
    from sightline.model.records import Task

__all__ = ["KindRow", "kind_table", "kinds_in_force"]


class KindRow(NamedTuple):
    """One line of the table in force: a source's word for a type, what it is taken for, how many tasks are of it."""

    source: str
    word: str
    kind: str
    by_rule: bool
    tasks: int


def kinds_in_force(tasks: Sequence[Sourced[Task]], rules: Sequence[KindRule]) -> list[Sourced[Task]]:
    """The tasks with the kind in force, in the order given. Of two rules for the same word the later wins."""
    if not rules:
        return list(tasks)
    table = _table(rules)
    return [_applied(task, table.get((task.source, task.record.kind.casefold()))) for task in tasks]


def _applied(task: Sourced[Task], kind: str | None) -> Sourced[Task]:
    if kind is None or kind == task.record.kind:
        return task
    return task._replace(record=structs.replace(task.record, kind=kind))


def kind_table(tasks: Iterable[Sourced[Task]], rules: Sequence[KindRule]) -> list[KindRow]:
    """Every type in use, as the tool says it and as it is taken, ordered by source and word."""
    table = _table(rules)
    counts = Counter((source, task.kind) for source, task in tasks)
    rows = ((source, word, table.get((source, word.casefold())), count) for (source, word), count in counts.items())
    return sorted(KindRow(source, word, kind or word, kind is not None, count) for source, word, kind, count in rows)


def _table(rules: Iterable[KindRule]) -> dict[tuple[str, str], str]:
    return {(rule.source, rule.word.casefold()): rule.kind for rule in rules}
