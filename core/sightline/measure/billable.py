"""Which time bills, what share of it, and how it is rounded for the bill. Recorded time is never changed.

Rules are asked by what they name: entry, then the entry's own word, task, label, kind of task, project, client; of one
kind the first written wins. Without any, work for a client bills unless it was agreed as internal.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sightline.measure.agreements import in_force
from sightline.measure.billing import rounded_seconds
from sightline.measure.remembered import remembered
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from sightline.model.facts import Facts, Sourced
    from sightline.model.portfolio import BillableRule, RoundingRule
    from sightline.model.records import Task, TimeEntry

__all__ = ["billing", "is_billable", "rounding_rule", "share_of", "shared_seconds", "sharing"]

_ONE, _NONE = Decimal(1), Decimal(0)
#: The selectors of a rule, in the order in which they are asked after the entry's own word.
_SELECTORS = ("task", "label", "kind", "project", "client")


class _Shares:
    """The billable share of every entry of one project; asked once for each task."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        rules = facts.rules.billable
        self.by_entry = {rule.entry: rule.share for rule in reversed(rules) if rule.entry is not None}
        self.others = [(name, rule) for name in _SELECTORS for rule in rules if getattr(rule, name) is not None]
        self.tasks = {task.ref: task.record for task in facts.tasks} if self.others else {}
        self.names = {
            "project": {facts.project.id.casefold(), facts.project.name.casefold()},
            "client": {
                name.casefold() for name in (facts.project.client, facts.client.name if facts.client else None) if name
            },
        }
        self.held: dict[tuple[str, str | None, str | None], Decimal | None] = {}

    def of(self, source: str, entry: TimeEntry) -> Decimal:
        """0 = does not bill, 1 = bills whole."""
        if entry.id in self.by_entry:
            return self.by_entry[entry.id]
        if entry.billable is not None:
            return _ONE if entry.billable else _NONE
        found = self._ruled(source, entry) if self.others else None
        return self._usual(entry) if found is None else found

    def _ruled(self, source: str, entry: TimeEntry) -> Decimal | None:
        at = (source, entry.task, entry.task_key)
        if at not in self.held:
            task = self.tasks.get(Ref(source, "tasks", entry.task or ""))
            fitting = (rule.share for name, rule in self.others if self._fits(name, rule, task, entry))
            self.held[at] = next(fitting, None)
        return self.held[at]

    def _fits(self, name: str, rule: BillableRule, task: Task | None, entry: TimeEntry) -> bool:
        wanted = str(getattr(rule, name)).casefold()
        if name in self.names:
            return wanted in self.names[name]
        if name == "task":
            known = [entry.task, entry.task_key, task.key if task else None]
        elif task is None:
            return False
        else:
            known = [*task.labels] if name == "label" else [task.kind]
        return any(one is not None and one.casefold() == wanted for one in known)

    def _usual(self, entry: TimeEntry) -> Decimal:
        project = self.facts.project
        if project.client is None:
            return _NONE
        day = entry.day or self.facts.today
        agreement = in_force(project, day) if project.agreements else project.agreement
        return _NONE if agreement is not None and agreement.kind == "internal" else _ONE


@remembered
def sharing(facts: Facts) -> Callable[[str, TimeEntry], Decimal]:
    """(source, entry) → the share of it that bills, 0-1."""
    return _Shares(facts).of


def share_of(source: str, entry: TimeEntry, facts: Facts) -> Decimal:
    """The share of one entry that bills, 0-1."""
    return sharing(facts)(source, entry)


def is_billable(source: str, entry: TimeEntry, facts: Facts) -> bool:
    """Whether any of the entry bills."""
    return bool(sharing(facts)(source, entry))


def shared_seconds(entry: TimeEntry, share: Decimal) -> int:
    """The share of the entry's time, to the second, half away from zero."""
    if share == _ONE:
        return entry.seconds
    return int((entry.seconds * share).to_integral_value(rounding=ROUND_HALF_UP))


@remembered
def rounding_rule(facts: Facts) -> RoundingRule | None:
    """The rule for this project: its own, else its client's, else the general one."""
    names = {facts.project.id.casefold(), facts.project.name.casefold()}
    clients = {name.casefold() for name in (facts.project.client, facts.client.name if facts.client else None) if name}
    rules = facts.rules.rounding
    own = [rule for rule in rules if rule.project is not None and rule.project.casefold() in names]
    theirs = [
        rule for rule in rules if rule.project is None and rule.client is not None and rule.client.casefold() in clients
    ]
    general = [rule for rule in rules if rule.project is None and rule.client is None]
    return next(iter([*own, *theirs, *general]), None)


@remembered
def billing(facts: Facts) -> Callable[[Sourced[TimeEntry]], int]:
    """Entry → its billable time as it would stand on an invoice: its share, then rounded by the rule in force."""
    share, rule = sharing(facts), rounding_rule(facts)

    def seconds(entry: Sourced[TimeEntry]) -> int:
        source, record = entry
        found = shared_seconds(record, share(source, record))
        return found if rule is None else rounded_seconds(found, rule.minutes, rule.mode)

    return seconds
