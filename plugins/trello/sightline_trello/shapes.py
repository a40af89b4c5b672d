"""How the made-up Trello words the world: boards, lists, cards, fields and members as JSON, with ids that tell time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sightline.sandbox.world import Checkitem, Identity, Place, Source, World, WorldTask, WorldTime

__all__ = ["COLOURS", "Shapes", "hours", "moment", "oid", "short_link"]

#: Labels that have no name and show only this.
COLOURS = ("green", "yellow", "orange_dark", "red", "purple_light", "sky_dark")
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FIRST = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
#: Kinds of things, so that ids of the same second differ.
_KINDS = {
    name: number
    for number, name in enumerate(
        ("board", "list", "label", "field", "option", "value", "card", "checklist", "item", "attachment"), start=0xA0
    )
}
#: Which custom fields a board has, and their type: the option that names it, its type.
_FIELDS = (
    ("estimate_field", "number"),
    ("time_field", "number"),
    ("points_field", "number"),
    ("priority_field", "list"),
)
_PRIORITIES = ("High", "Medium", "Low")


def oid(at: dt.datetime, kind: int, number: int) -> str:
    """24 hex digits of which the first 8 are `at` in seconds."""
    return f"{int(at.timestamp()):08x}{kind:02x}{number:014x}"


def moment(at: dt.datetime | None) -> str | None:
    """`2026-11-22T09:41:07.123Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z" if at else None


def hours(seconds: int) -> str:
    """A number of hours as people type it, exact to a millionth."""
    return format((Decimal(seconds) / 3600).quantize(Decimal("0.000001")).normalize(), "f")


def short_link(number: int) -> str:
    """Eight letters and digits, another for every card."""
    rest, found = (number * 0x9E3779B97F4B + 0x1234567) % 62**8, ""
    for _ in range(8):
        rest, digit = divmod(rest, 62)
        found += _LETTERS[digit]
    return found


class Shapes:
    """The JSON of one Trello source."""

    def __init__(self, world: World, source: Source) -> None:
        self.world, self.source = world, source

    # --- ids -----------------------------------------------------------------------------------------------------

    def board_id(self, place: Place) -> str:
        """The board's id."""
        return oid(place.created_at or _FIRST, _KINDS["board"], place.number)

    def list_id(self, place: Place, name: str) -> str:
        """The id of the list of that name."""
        names = [status for status, _ in place.statuses]
        return oid(place.created_at or _FIRST, _KINDS["list"], place.number * 1000 + names.index(name))

    def card_id(self, task: WorldTask) -> str:
        """The card's id: it begins with the second of its creation."""
        return oid(task.created_at, _KINDS["card"], task.number)

    def item_id(self, task: WorldTask, item: Checkitem) -> str:
        """The id of a line of a checklist."""
        return oid(task.created_at, _KINDS["item"], item.number)

    def _field_id(self, place: Place, name: str) -> str:
        names = [option for option, _ in _FIELDS]
        return oid(place.created_at or _FIRST, _KINDS["field"], place.number * 100 + names.index(name))

    def _option_id(self, place: Place, option: str) -> str:
        return oid(place.created_at or _FIRST, _KINDS["option"], place.number * 100 + _PRIORITIES.index(option))

    # --- boards --------------------------------------------------------------------------------------------------

    def board(self, place: Place, activity: dt.datetime) -> dict[str, Any]:
        """The board itself."""
        address = f"https://trello.com/b/{place.key}"
        return {
            "id": self.board_id(place),
            "nodeId": f"ari:cloud:trello::board/workspace/x/{self.board_id(place)}",
            "name": place.name,
            "desc": "",
            "descData": None,
            "closed": place.archived,
            "idOrganization": oid(_FIRST, 0x0E, 1),
            "url": f"{address}/{place.name.lower().replace(' ', '-')}",
            "shortUrl": address,
            "shortLink": place.key,
            "dateLastActivity": moment(activity),
            "prefs": {"permissionLevel": "org"},
            "labelNames": {"green": "", "red": "Urgent"},
        }

    def lists(self, place: Place) -> list[dict[str, Any]]:
        """The lists in the board's order; those named in the option `closed_lists` are archived."""
        closed = self.source.options.get("closed_lists", ())
        return [
            {
                "id": self.list_id(place, name),
                "name": name,
                "closed": name in closed,
                "color": None,
                "idBoard": self.board_id(place),
                "pos": 16384 * (n + 1),
                "softLimit": None,
                "type": None,
                "datasource": {"filter": False},
            }
            for n, (name, _) in enumerate(place.statuses)
        ]

    def labels(self, place: Place) -> list[dict[str, Any]]:
        """Every label of the board."""
        used = {name for task in self.world.tasks if task.place is place for name in task.labels}
        return [self._label(place, name) for name in dict.fromkeys([*place.labels, *sorted(used)])]

    def _label(self, place: Place, name: str) -> dict[str, Any]:
        colour = name if name in COLOURS else None
        number = sum(ord(letter) * 31**n for n, letter in enumerate(name)) % 10**12
        return {
            "id": oid(place.created_at or _FIRST, _KINDS["label"], number),
            "idBoard": self.board_id(place),
            "name": "" if colour else name,
            "color": colour,
            "uses": 1,
        }

    def fields(self, place: Place) -> list[dict[str, Any]]:
        """Definitions of the custom fields that the source's options name."""
        return [
            {
                "id": self._field_id(place, option),
                "idModel": self.board_id(place),
                "modelType": "board",
                "name": self.source.options[option],
                "pos": 16384,
                "type": kind,
                "display": {"cardFront": True},
                "options": [
                    {"id": self._option_id(place, one), "value": {"text": one}, "color": "none", "pos": 16384}
                    for one in (_PRIORITIES if kind == "list" else ())
                ],
            }
            for option, kind in _FIELDS
            if self.source.options.get(option)
        ]

    # --- people --------------------------------------------------------------------------------------------------

    def member(self, person: str | None) -> dict[str, Any] | None:
        """A member as seen by others; None for nobody, or for whoever has no seat here."""
        known = self.world.identity(person, self.source.name)
        return self.member_of(known) if known else None

    @staticmethod
    def member_of(known: Identity) -> dict[str, Any]:
        """One account."""
        return {
            "id": known.account,
            "fullName": known.name,
            "username": known.username,
            "initials": known.name[:1],
            "avatarHash": None,
            "activityBlocked": False,
            "idMemberReferrer": None,
            "nonPublicAvailable": True,
        }

    def members(self) -> list[dict[str, Any]]:
        """Everybody who has a seat, as every board's members."""
        seats = [person.identities.get(self.source.name) for person in self.world.people.values()]
        return [self.member_of(known) for known in seats if known and known.kind == "human"]

    def account(self, person: str | None) -> str | None:
        """A person's member id."""
        known = self.world.identity(person, self.source.name)
        return known.account if known else None

    # --- cards ---------------------------------------------------------------------------------------------------

    def due(self, on: dt.date | None) -> str | None:
        """Five in the afternoon where the consultancy is."""
        if on is None:
            return None
        zone = ZoneInfo(self.world.timezone)
        return moment(dt.datetime(on.year, on.month, on.day, 17, tzinfo=zone).astimezone(dt.UTC))

    def card(self, task: WorldTask, times: Sequence[WorldTime], *, comments: int) -> dict[str, Any]:
        """A card with everything nested; the answering route leaves out what was not asked for."""
        id_, link = self.card_id(task), short_link(task.number)
        complete = self.complete(task)
        mirrored = next((other for kind, other in task.links if kind == "mirror"), None)
        return {
            "id": id_,
            "nodeId": f"ari:cloud:trello::card/workspace/x/{id_}",
            "agent": None,
            "aiMetadata": {},
            "badges": {"comments": comments, "checkItems": len(task.checklist), "votes": 0, "description": True},
            "cardRole": task.kind if task.kind in ("separator", "mirror") else None,
            "mirrorSourceId": self.card_id(mirrored) if mirrored else None,
            "isTemplate": False,
            "closed": task.archived,
            "dueComplete": complete,
            "dateCompleted": moment(task.completed_at) if complete else None,
            "dateLastActivity": moment(task.updated_at),
            "desc": task.description,
            "descData": {"emoji": {}},
            "due": self.due(task.due_on),
            "dueReminder": -1,
            "start": f"{task.start_on}T00:00:00.000Z" if task.start_on else None,
            "idBoard": self.board_id(task.place),
            "idList": self.list_id(task.place, task.status),
            "idMembers": [account for who in task.assignees if (account := self.account(who))],
            "members": [member for who in task.assignees if (member := self.member(who))],
            "idShort": task.seq,
            "labels": [self._label(task.place, name) for name in task.labels],
            "name": task.title,
            "pos": 65535 + task.number,
            "shortLink": link,
            "shortUrl": f"https://trello.com/c/{link}",
            "url": f"https://trello.com/c/{link}/{task.seq}-card",
            "checklists": self.checklists(task),
            "customFieldItems": self.values(task, times),
            "attachments": self._attachments(task),
            "cover": {"idAttachment": None, "color": None, "size": "normal"},
        }

    @staticmethod
    def complete(task: WorldTask) -> bool:
        """Done cards with a due date were ticked off, the others only moved to the list."""
        return task.state == "done" and task.due_on is not None and task.completed_at is not None

    def checklists(self, task: WorldTask) -> list[dict[str, Any]]:
        """The checklists, each with its lines."""
        names = list(dict.fromkeys(item.list for item in task.checklist))
        return [
            {
                "id": oid(task.created_at, _KINDS["checklist"], task.number * 100 + n),
                "name": name,
                "idBoard": self.board_id(task.place),
                "idCard": self.card_id(task),
                "pos": 16384,
                "checkItems": [self._item(task, item) for item in task.checklist if item.list == name],
            }
            for n, name in enumerate(names)
        ]

    def _item(self, task: WorldTask, item: Checkitem) -> dict[str, Any]:
        return {
            "id": self.item_id(task, item),
            "name": item.title,
            "nameData": {"emoji": {}},
            "pos": 17370,
            "state": "complete" if item.done else "incomplete",
            "due": self.due(item.due_on),
            "idMember": self.account(item.by),
        }

    def values(self, task: WorldTask, times: Sequence[WorldTime]) -> list[dict[str, Any]]:
        """What the custom fields of the card hold; nothing for what is unset."""
        spent = sum(entry.seconds for entry in times)
        numbers = {
            "estimate_field": hours(task.estimate_seconds) if task.estimate_seconds is not None else None,
            "time_field": hours(spent) if times else None,
            "points_field": format(task.points, "f") if task.points is not None else None,
            "priority_field": task.priority,
        }
        return [
            self._value(task, option, str(numbers[option]), kind)
            for option, kind in _FIELDS
            if self.source.options.get(option) and numbers[option] is not None
        ]

    def _value(self, task: WorldTask, option: str, shown: str, kind: str) -> dict[str, Any]:
        chosen = kind == "list"
        return {
            "id": oid(task.created_at, _KINDS["value"], task.number * 10 + [o for o, _ in _FIELDS].index(option)),
            "idCustomField": self._field_id(task.place, option),
            "idModel": self.card_id(task),
            "modelType": "card",
            "value": None if chosen else {"number": shown},
            **({"idValue": self._option_id(task.place, shown)} if chosen else {}),
        }

    def _attachments(self, task: WorldTask) -> list[dict[str, Any]]:
        """Other cards this one is tied to, as addresses."""
        others = [other for kind, other in task.links if kind != "mirror"]
        return [
            {
                "id": oid(task.created_at, _KINDS["attachment"], task.number * 100 + n),
                "name": other.title,
                "url": f"https://trello.com/c/{short_link(other.number)}",
                "isUpload": False,
            }
            for n, other in enumerate(others)
        ]
