"""The time of a project by account: what most figures of time ask first, found once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.measure.pricing import who
from sightline.measure.remembered import remembered
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts, Sourced
    from sightline.model.records import TimeEntry

__all__ = ["AccountAt", "grouped", "name_of", "time_by_account"]

AccountAt = tuple[str, str | None]
"""Source and account of a time entry; None: the entry names nobody."""


def grouped(entries: Iterable[Sourced[TimeEntry]]) -> dict[AccountAt, list[Sourced[TimeEntry]]]:
    """The entries by account, in the order met."""
    held: dict[AccountAt, list[Sourced[TimeEntry]]] = {}
    for entry in entries:
        at = (entry[0], entry[1].account)
        if at in held:
            held[at].append(entry)
        else:
            held[at] = [entry]
    return held


@remembered
def time_by_account(facts: Facts) -> dict[AccountAt, list[Sourced[TimeEntry]]]:
    """All time of the project by account."""
    return grouped(facts.time)


def name_of(at: AccountAt, facts: Facts) -> str:
    """The person's name, else the account's own, else "nobody"."""
    source, account = at
    return who(facts).get(Ref(source, "people", account or ""), account or "nobody")
