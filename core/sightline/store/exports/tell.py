"""How columns are told to people: ids become names and keys, amounts become text with their currency's decimals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sightline.store.exports.form import money_text
from sightline.store.exports.names import Names

__all__ = [
    "Tell",
    "Values",
    "affiliations",
    "amounts",
    "figure",
    "first_key",
    "inputs",
    "meaning",
    "person",
    "scope",
    "step",
    "targets",
    "team",
    "tracking",
]

Values = dict[str, Any]
Tell = Callable[[Values, Names], None]
"""Changes the values of one row in place."""


def scope(values: Values, names: Names) -> None:
    """The scope's key."""
    values["scope"] = names.scope(values["source"], values["scope"])


def person(column: str, *, said: str | None = None) -> Tell:
    """The name of one person; the name in the column `said`, if there is one, goes before."""

    def tell(values: Values, names: Names) -> None:
        corrected = values[said] if said else None
        values[column] = corrected or names.person(values["source"], values[column])

    return tell


def meaning(values: Values, names: Names) -> None:
    """The state and `waiting_on` in force; what is not over was not completed."""
    rule = names.meaning(values["source"], values["scope"], values["status"])
    if rule is not None:
        values["state"] = rule.state or values["state"]
        values["waiting_on"] = rule.waiting_on or values["waiting_on"]
        if values["state"] not in ("done", "cancelled"):
            values["completed_at"] = None


def affiliations(values: Values, _names: Names) -> None:
    """`employee 2026-01-01..2026-06-30`, `client acme`: one text each, days where they are known."""
    values["affiliations"] = [
        f"{kind} {client} {starts}..{ends}".replace("  ", " ") if starts or ends else f"{kind} {client}".strip()
        for kind, client, starts, ends in values["affiliations"] or ()
    ]


def team(values: Values, names: Names) -> None:
    """The names of the assignees."""
    values["assignees"] = names.persons(values["source"], values["assignees"])


def targets(values: Values, names: Names) -> None:
    """All milestones, the next open one, and the current sprint (the last one)."""
    source, milestones, sprints = values["source"], values["milestones"], values["sprint"]
    values["milestone"] = names.next_target(source, milestones)
    values["milestones"] = [names.target(source, milestone) for milestone in milestones]
    values["sprint"] = names.target(source, sprints[-1]) if sprints else None


def amounts(*columns: str) -> Tell:
    """Money, in the currency of the row."""

    def tell(values: Values, _names: Names) -> None:
        for column in columns:
            values[column] = money_text(values[column], values["currency"])

    return tell


def tracking(values: Values, _names: Names) -> None:
    """`Category=Option`, as money rules are written."""
    values["tracking"] = [f"{category}={option}" for category, option in values["tracking"]]


def first_key(values: Values, _names: Names) -> None:
    """The task that the text names, where the vendor ties none."""
    values["task"] = values["task"] or next(iter(values["keys"]), None)


def step(values: Values, names: Names) -> None:
    """Both sides of a change, in words."""
    for side in ("from", "to"):
        values[side] = _side(values, side, names)


def _side(values: Values, side: str, names: Names) -> str | None:
    source: str = values["source"]
    value: str | None = values[side]
    if value is None:
        return None
    match values["field"]:
        case "assignee":
            return ", ".join(names.persons(source, value.split(", ")))
        case "sprint" | "milestone":
            return ", ".join(names.target(source, one) or one for one in value.split(", "))
        case "scope":
            return names.scope(source, value)
        case "parent":
            return str(values[f"{side}_key"] or value)
        case _:
            return value


def inputs(values: Values, _names: Names) -> None:
    """What an alert was judged by: `label: value`."""
    values["inputs"] = [f"{one.label}: {one.value}" for one in values["inputs"]]


def figure(values: Values, _names: Names) -> None:
    """The value as text in its own form, or why there is none."""
    kind, text = values["type"], values["value"]
    values["why_unknown"] = text if kind == "unknown" else None
    values["currency"] = values["money_currency"] or values["currency"]
    if kind == "unknown":
        values["value"] = None
    elif kind == "decimal":
        values["value"] = format(Decimal(text), "f")
    elif kind == "money":
        values["value"] = money_text(Decimal(text), values["currency"])
