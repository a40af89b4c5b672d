"""A small Trello account worked by hand: one board, three lists, two people; and short ways to read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugins.trello.rows import KEY, MARIA, OWEN, TOKEN
from sightline.sandbox.world import Identity, Person, Place, Source, World, WorldTask
from sightline.testing import Collected, collect
from sightline_trello.connector import TrelloConnector
from sightline_trello.sandbox import TrelloSandbox

OPENED = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def world() -> World:
    """Two boards of one account; Maria and Owen; no cards yet."""
    found = World(seed=1, now=NOW, name="Northgate", currency="GBP", timezone="Europe/London")
    options = {"estimate_field": "Estimate (h)", "points_field": "Points"}
    found.sources["trello"] = Source("trello", "trello", secrets={"key": KEY, "token": TOKEN}, options=options)
    for id_, member in (("maria", MARIA), ("owen", OWEN)):
        person = Person(id_, member["fullName"], f"{id_}@northgate.example", "staff")
        person.identities["trello"] = Identity(member["id"], member["fullName"], member["username"])
        found.people[id_] = person
    lists = [("Ideas", "todo"), ("Writing", "in_progress"), ("Published", "done")]
    for number, (key, name) in enumerate((("AcmeCont", "Acme content"), ("ElmLnch1", "Elm launch")), start=1):
        found.places.append(Place("trello", number, key, name, statuses=list(lists), created_at=OPENED))
    return found


@pytest.fixture
def card(world: World) -> Callable[..., WorldTask]:
    """Puts a card on the first board (or `place`)."""

    def put(title: str = "Homepage text", **fields: Any) -> WorldTask:
        number = 100 + len(world.tasks)
        place = fields.pop("place", world.places[0])
        at = fields.pop("created_at", OPENED + dt.timedelta(hours=len(world.tasks) + 1))
        fields = {"status": "Ideas", "updated_at": at, "reporter": "maria"} | fields
        task = WorldTask(number, place, len(world.tasks) + 1, title, "card", created_at=at, **fields)
        world.tasks.append(task)
        return task

    return put


@pytest.fixture
def trello(world: World) -> TrelloSandbox:
    """The made-up Trello of that world."""
    return TrelloSandbox(world, world.sources["trello"])


@pytest.fixture
def sync(trello: TrelloSandbox) -> Callable[..., Collected]:
    """Reads it; a second call goes on from the first."""
    kept: dict[str, Any] = {}

    def run(**settings: Any) -> Collected:
        found = collect(TrelloConnector, trello, timezone=ZoneInfo("Europe/London"), **kept, **settings)
        kept["keeper"] = found.keeper
        return found

    return run
