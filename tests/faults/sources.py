"""The made-up sources that faults are tried on: one world, its vendors, and reading them again and again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sightline.collect.clock import Clock
from sightline.collect.passes import Rules
from sightline.model.facts import TABLES
from sightline.model.records import Contact, TimeEntry
from sightline.sandbox.build import build_world
from sightline.sandbox.server import vendor_class
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, text_reply
from sightline.sandbox.world import Place, World
from sightline.store import Store
from sightline.testing import Collected, MemoryKeeper, collect
from sightline_git.connector import Git
from sightline_github.connector import GithubConnector
from sightline_jira.connector import Jira
from sightline_trello.connector import TrelloConnector
from sightline_xero.connector import Xero

CONNECTORS = {c.name: c for c in (Jira, TrelloConnector, GithubConnector, Git, Xero)}
#: Sources of the made-up world that have a vendor; two flavours of Jira.
SOURCES = ("acme_jira", "dune_jira", "trello", "github", "code_git", "xero")
#: Sources whose rows are tasks of several places.
WITH_TASKS = ("acme_jira", "dune_jira", "trello", "github")

LONDON = ZoneInfo("Europe/London")

_folders = itertools.count(1)


@dataclasses.dataclass
class Site:
    """One source of a small world, read into one keeper. `skew` is how wrong the reader's own clock is."""

    source: str
    folder: Path
    keeper: Any = dataclasses.field(default_factory=MemoryKeeper)
    world: World = dataclasses.field(default_factory=lambda: build_world(size=0))
    skew: dt.timedelta = dt.timedelta(0)
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        config = self.world.sources[self.source]
        self.connector = CONNECTORS[config.connector]
        self.vendor: Vendor = vendor_class(self.connector)(self.world, config)
        self.hidden: dict[str, Any] = {}
        self.runs = 0
        self.folder = self.folder / f"s{next(_folders)}"

    @property
    def name(self) -> str:
        """The connector's name."""
        return self.connector.name

    def read(self, **rules: Any) -> Collected:
        """One run into the keeper."""
        return self._read(self.keeper, self.skew, **rules)

    def fresh(self) -> Collected:
        """What somebody who reads all of it for the first time gets: the same rights, no fault, a right clock, an empty memory."""
        script, self.vendor.script = self.vendor.script, [one for one in self.hidden.values() if one is not None]
        try:
            return self._read(MemoryKeeper(), dt.timedelta(0))
        finally:
            self.vendor.script = script

    def _read(self, keeper: Any, skew: dt.timedelta, **rules: Any) -> Collected:
        if self.name == "git":
            self.vendor.prepare(str(self.folder))
            for place in self.hidden:
                shutil.move(self._repository(place), f"{self._repository(place)}.away")
        settings = self.settings
        try:
            return collect(
                self.connector, self.vendor, keeper=keeper, rules=Rules(**rules), clock=self._clock(skew), **settings
            )
        finally:
            for place in self.hidden if self.name == "git" else ():
                shutil.move(f"{self._repository(place)}.away", self._repository(place))

    def _repository(self, key: str) -> str:
        return str(self.vendor.repository(next(p for p in self.places if p.key == key)))

    def _clock(self, skew: dt.timedelta) -> Clock:
        slept = [0.0]

        def sleep(seconds: float) -> None:
            slept[0] += seconds

        return Clock(now=lambda: self.vendor.clock() + skew, monotonic=lambda: slept[0], sleep=sleep)

    def wait(self, **age: float) -> None:
        """Time passes."""
        self.world.now += dt.timedelta(**age)

    def live(self, kind: type) -> dict[str, Any]:
        """Live records of that kind by id."""
        return live(self.keeper, kind, self.source)

    # --- permission ----------------------------------------------------------------------------------------------

    @property
    def places(self) -> list[Place]:
        """Projects, boards, repositories."""
        return self.world.places_of(self.source)

    def lose(self, place: Place) -> None:
        """The credentials lose their right to read that place, in the way that vendor tells it."""
        if place.key in self.hidden:
            return
        self.hidden[place.key] = {
            "jira": self._hide_project,
            "trello": self._hide_board,
            "github": self._hide_repository,
            "git": lambda _place: None,
        }[self.name](place)

    def regain(self, place: Place) -> None:
        """They may read it again."""
        script = self.hidden.pop(place.key, None)
        if script is not None:
            self.vendor.script.remove(script)
        options = self.vendor.source.options
        options["hidden"] = [key for key in options.get("hidden", ()) if key != place.key]

    def _hide_project(self, place: Place) -> None:
        options = self.vendor.source.options
        options["hidden"] = [*options.get("hidden", ()), place.key]

    def _hide_board(self, place: Place) -> Any:
        board = self.vendor.shapes.board_id(place)
        cards = self.vendor.shapes.card_id

        def script(vendor: Vendor, call: Call) -> Reply | None:
            mine = {cards(task) for task in vendor.world.tasks if task.place is place}
            asked = call.path.split("/")
            if board in asked or mine.intersection(asked):
                return text_reply("unauthorized permission requested", 401)
            return None

        self.vendor.script.insert(0, script)
        return script

    def _hide_repository(self, place: Place) -> Any:
        number = f"/repositories/{self.vendor.rows.repository_id(place)}/"

        def script(vendor: Vendor, call: Call) -> Reply | None:
            if call.path.startswith((f"/repos/{place.key}/", number)):
                return json_reply({"message": "Not Found"}, 404)
            return None

        self.vendor.script.insert(0, script)
        return script


def live(keeper: Any, kind: type, source: str) -> dict[str, Any]:
    """Live records of that kind by id, of whichever keeper; the store says the day of time, so it is said for both."""
    if isinstance(keeper, Store):
        return {found.record.id: found.record for found in keeper.load(kind, source)}
    rows = keeper.live(kind)
    return {id_: _dated(row) for id_, row in rows.items()} if kind is TimeEntry else rows


def _dated(entry: TimeEntry) -> TimeEntry:
    if entry.day is not None or entry.started_at is None:
        return entry
    return msgspec.structs.replace(entry, day=entry.started_at.astimezone(LONDON).date())


KINDS = (*TABLES, Contact)
