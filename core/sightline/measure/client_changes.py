"""What has changed for the client since the last report, from what both reports were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sightline.model.facts import ClientChange, ClientMilestone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import ClientProject, ClientScopeItem

__all__ = ["changes", "moved_milestones"]


def moved_milestones(now: Iterable[ClientMilestone], before: Iterable[ClientMilestone]) -> tuple[ClientMilestone, ...]:
    """The milestones of now, each with the day it had in the last report where that was another one."""
    former = {one.name: one.due_on for one in before}
    return tuple(
        ClientMilestone(
            name=one.name, due_on=one.due_on, reached_on=one.reached_on, open=one.open, was_due_on=former[one.name]
        )
        if former.get(one.name) not in (None, one.due_on)
        else one
        for one in now
    )


def changes(now: ClientProject, before: ClientProject | None) -> tuple[ClientChange, ...]:
    """New, removed, moved and finished items, moved milestones and the expected end; nothing without a last report."""
    if before is None:
        return ()
    return (*_end(now, before), *_milestones(now.milestones), *_items(now.scope, before.scope))


def _end(now: ClientProject, before: ClientProject) -> Iterable[ClientChange]:
    if now.forecast_on and before.forecast_on and now.forecast_on != before.forecast_on:
        yield ClientChange(kind="forecast", title=now.name, before=before.forecast_on, after=now.forecast_on)


def _milestones(milestones: Iterable[ClientMilestone]) -> Iterable[ClientChange]:
    for one in milestones:
        if one.was_due_on is not None:
            yield ClientChange(kind="milestone", title=one.name, before=one.was_due_on, after=one.due_on)


def _items(now: Sequence[ClientScopeItem], before: Sequence[ClientScopeItem]) -> Iterable[ClientChange]:
    former, present = {one.id: one for one in before}, {one.id: one for one in now}
    for one in now:
        old = former.get(one.id)
        if old is None:
            yield ClientChange(kind="added", title=one.title, key=one.key, after=one.due_on)
        elif one.done and not old.done:
            yield ClientChange(kind="done", title=one.title, key=one.key)
        elif one.due_on != old.due_on:
            yield ClientChange(kind="moved", title=one.title, key=one.key, before=old.due_on, after=one.due_on)
    for one in before:
        if one.id not in present:
            yield ClientChange(kind="removed", title=one.title, key=one.key, before=one.due_on)
