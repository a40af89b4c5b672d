"""The actions of the made-up Trello: what happened on each board, worded as Trello lists it, newest first.

A comment stays listed on the board where it was written. What is deleted takes its actions along and leaves one
`deleteCard`, without a name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zlib import crc32

from sightline.sandbox.world import Comment, History, Place, Removed, World, WorldTask, WorldTime
from sightline_trello.shapes import Shapes, hours, moment, oid, short_link

__all__ = ["Happenings", "comment_at", "comment_id", "plus_text", "time_id"]

_COMMENT, _TIME, _ESTIMATE, _CREATED, _CHANGED, _DELETED = 0xC0, 0xC1, 0xC2, 0xD0, 0xD1, 0xD2
_DAY = dt.timedelta(days=1)


def comment_id(comment: Comment) -> str:
    """The id of the action that a comment is."""
    return oid(comment.at, _COMMENT, comment.number)


def comment_at(entry: WorldTime) -> dt.datetime:
    """When the Plus comment was written: with the work, or for every fifth entry a day later (`-1d`)."""
    return entry.started_at + (_DAY if entry.number % 5 == 0 else dt.timedelta(0))


def time_id(entry: WorldTime) -> str:
    """The id of the Plus comment of a time entry."""
    return oid(comment_at(entry), _TIME, entry.number)


def plus_text(entry: WorldTime, keyword: str) -> str:
    """A time entry as people write it into a comment."""
    back = "-1d " if comment_at(entry) != entry.started_at else ""
    who = "@me " if entry.number % 7 == 0 else ""
    return f"{keyword} {who}{back}{hours(entry.seconds)}/0 {entry.note}".rstrip()


class Happenings:
    """All actions, made anew from the world for every question."""

    def __init__(self, world: World, shapes: Shapes, keyword: str) -> None:
        self.world, self.shapes, self.keyword = world, shapes, keyword
        self._by_number = {str(place.number): place for place in world.places}

    def of_board(self, place: Place, times: Callable[[WorldTask], Sequence[WorldTime]]) -> list[dict[str, Any]]:
        """Newest first."""
        source = self.shapes.source.name
        found = [
            action
            for task in self.world.tasks_of(source)
            if place is task.place or any(place is was for was, _ in task.formerly)
            for action in self.of_card(task, times(task))
            if action["data"]["board"]["id"] == self.shapes.board_id(place)
        ]
        for removed in self.world.removed:
            thing = removed.thing
            if removed.source == source and isinstance(thing, WorldTask) and thing.place is place:
                found.append(self._deleted(removed, thing))
        return sorted(found, key=lambda action: str(action["id"]), reverse=True)

    def of_card(self, task: WorldTask, times: Sequence[WorldTime]) -> list[dict[str, Any]]:
        """Newest first, over all boards on which the card was."""
        found = [self._created(task), *self._talk(task, times), *self._changes(task)]
        return sorted(found, key=lambda action: str(action["id"]), reverse=True)

    def place_at(self, task: WorldTask, at: dt.datetime) -> Place:
        """The board on which the card was at that moment."""
        where = task.formerly[0][0] if task.formerly else task.place
        for step in task.history:
            if step.field == "scope" and step.at <= at and step.after in self._by_number:
                where = self._by_number[step.after]
        return where

    def _action(
        self, task: WorldTask, kind: str, id_: str, at: dt.datetime, by: str | None, place: Place, **data: Any
    ) -> dict[str, Any]:
        named = {
            "id": self.shapes.card_id(task),
            "name": task.title,
            "idShort": task.seq,
            "shortLink": short_link(task.number),
        }
        board = {"id": self.shapes.board_id(place), "name": place.name, "shortLink": place.key}
        return {
            "id": id_,
            "idMemberCreator": self.shapes.account(by),
            "type": kind,
            "date": moment(at),
            "data": {"board": board, **data, "card": named | data.pop("card", {})},
            "appCreator": None,
            "limits": None,
            "memberCreator": self.shapes.member(by),
        }

    def _list(self, place: Place, name: str | None) -> dict[str, Any]:
        known = name in dict(place.statuses)
        gone = oid(place.created_at or dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 0xFF, crc32(str(name).encode()))
        return {"id": self.shapes.list_id(place, str(name)) if known else gone, "name": name}

    def _created(self, task: WorldTask) -> dict[str, Any]:
        place = self.place_at(task, task.created_at)
        moves = [step.before for step in task.history if step.field == "status"]
        first = moves[0] if moves else task.status
        id_ = oid(task.created_at, _CREATED, task.number)
        where = self._list(place, first)
        return self._action(task, "createCard", id_, task.created_at, task.reporter, place, list=where)

    def _deleted(self, removed: Removed, task: WorldTask) -> dict[str, Any]:
        id_ = oid(removed.at, _DELETED, task.number)
        where = self._list(task.place, task.status)
        action = self._action(task, "deleteCard", id_, removed.at, removed.by, task.place, list=where)
        del action["data"]["card"]["name"]
        return action

    # --- talk ----------------------------------------------------------------------------------------------------

    def _talk(self, task: WorldTask, times: Sequence[WorldTime]) -> Iterator[dict[str, Any]]:
        for said in task.comments:
            yield self._comment(task, comment_id(said), said.at, said.by, said.text, said.edited_at)
        for entry in times:
            at = comment_at(entry)
            text = plus_text(entry, self.keyword)
            yield self._comment(task, time_id(entry), at, entry.person, text, max(at, entry.updated_at))
        if task.estimate_seconds and not self.shapes.source.options.get("estimate_field"):
            text = f"{self.keyword} 0/{hours(task.estimate_seconds)}"
            id_ = oid(task.created_at, _ESTIMATE, task.number)
            yield self._comment(task, id_, task.created_at, task.reporter, text, None)

    def _comment(
        self, task: WorldTask, id_: str, at: dt.datetime, by: str | None, text: str, edited: dt.datetime | None
    ) -> dict[str, Any]:
        data: dict[str, Any] = {"text": text, "textData": {"emoji": {}}, "idCard": self.shapes.card_id(task)}
        if edited is not None and edited != at:
            data["dateLastEdited"] = moment(edited)
        return self._action(task, "commentCard", id_, at, by, self.place_at(task, at), **data)

    # --- changes -------------------------------------------------------------------------------------------------

    def _changes(self, task: WorldTask) -> Iterator[dict[str, Any]]:
        moved = {step.at for step in task.history if step.field == "scope"}
        for n, step in enumerate(task.history):
            id_ = oid(step.at, _CHANGED, task.number * 1000 + n * 2)
            if step.field == "scope":
                yield from self._moved_board(task, step, id_)
            elif step.field == "status" and step.at not in moved:
                yield self._moved_list(task, step, id_)
            elif step.field == "due_on":
                before, after = self._due(step.before), self._due(step.after)
                yield self._changed(task, step, "updateCard", id_, old={"due": before}, card={"due": after})
            elif step.field == "archived":
                was, is_now = {"closed": step.before == "yes"}, {"closed": step.after == "yes"}
                yield self._changed(task, step, "updateCard", id_, old=was, card=is_now)
            elif step.field == "assignee":
                yield from self._assigned(task, step, n)

    def _changed(self, task: WorldTask, step: History, kind: str, id_: str, **data: Any) -> dict[str, Any]:
        return self._action(task, kind, id_, step.at, step.by, self.place_at(task, step.at), **data)

    def _due(self, day: str | None) -> str | None:
        return self.shapes.due(dt.date.fromisoformat(day)) if day else None

    def _moved_list(self, task: WorldTask, step: History, id_: str) -> dict[str, Any]:
        place = self.place_at(task, step.at)
        before, after = self._list(place, step.before), self._list(place, step.after)
        card, old = {"idList": after["id"]}, {"idList": before["id"]}
        return self._changed(task, step, "updateCard", id_, old=old, card=card, listBefore=before, listAfter=after)

    def _moved_board(self, task: WorldTask, step: History, id_: str) -> Iterator[dict[str, Any]]:
        source, target = self._by_number[str(step.before)], self._by_number[str(step.after)]
        before = {"id": self.shapes.board_id(source), "name": source.name, "shortLink": source.key}
        after = {"id": self.shapes.board_id(target), "name": target.name, "shortLink": target.key}
        words = [one.after for one in task.history if one.field == "status" and one.at <= step.at]
        here = self._list(target, words[-1] if words else task.status)
        yield self._action(task, "moveCardToBoard", id_, step.at, step.by, target, boardSource=before, list=here)
        other = f"{int(id_, 16) + 1:024x}"
        yield self._action(task, "moveCardFromBoard", other, step.at, step.by, source, boardTarget=after)

    def _assigned(self, task: WorldTask, step: History, n: int) -> Iterator[dict[str, Any]]:
        for at, (person, kind) in enumerate(((step.before, "removeMemberFromCard"), (step.after, "addMemberToCard"))):
            member = self.shapes.account(person)
            if member:
                id_ = oid(step.at, _CHANGED, task.number * 1000 + n * 2 + at)
                yield self._changed(task, step, kind, id_, idMember=member, member={"id": member})
