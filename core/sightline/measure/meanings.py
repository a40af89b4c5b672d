"""What a status meant: the workspace's rule for it, for any status a task ever stood in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sightline.model.facts import Facts
    from sightline.model.portfolio import StatusRule

__all__ = ["meaning_of"]


def meaning_of(facts: Facts) -> Callable[[str, str, str], StatusRule | None]:
    """(source, scope id, status) → the rule about it, if there is one; a rule of the scope before one of the source."""
    table = {(rule.source, rule.scope, rule.status.casefold()): rule for rule in facts.statuses}

    def found(source: str, scope: str, status: str) -> StatusRule | None:
        word = status.casefold()
        return table.get((source, scope, word)) or table.get((source, None, word))

    return found
