"""A small world of one organisation with two repositories, one of them on a Projects board, and one row to vary."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from sightline.sandbox.world import Identity, Person, Place, Source, World, WorldTask
from sightline.sdk import Context, Scope
from sightline_github.config import GithubSettings
from sightline_github.connector import GithubConnector
from sightline_github.mapping import issue
from sightline_github.sandbox import GithubSandbox

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
BOARD = [
    ("Todo", "todo"),
    ("In Progress", "in_progress"),
    ("Done", "done"),
    ("draft", "in_progress"),
    ("open", "in_progress"),
    ("merged", "done"),
    ("closed", "cancelled"),
]
BARE = [
    ("open", "todo"),
    ("closed", "done"),
    ("not_planned", "cancelled"),
    ("draft", "in_progress"),
    ("merged", "done"),
]


@pytest.fixture
def world() -> World:
    """Two people, two repositories, no tasks."""
    made = World(seed=1, now=NOW, name="Shop Ltd", currency="GBP", timezone="Europe/London")
    options = {"owner": "acme", "boards": {"Roadmap": ["acme/shop"]}}
    made.sources["gh"] = Source("gh", "github", secrets={"token": "ghp_test_token"}, options=options)
    for number, (person, name, login) in enumerate((("mia", "Mia Kay", "miak"), ("noah", "Noah Bell", "noahb")), 501):
        made.people[person] = Person(
            person, name, "", "developer", identities={"gh": Identity(str(number), name, login)}
        )
    made.places.append(Place("gh", 1, "acme/shop", "shop", statuses=list(BOARD), created_at=NOW))
    made.places.append(Place("gh", 2, "acme/blog", "blog", statuses=list(BARE), created_at=NOW))
    return made


@pytest.fixture
def add(world: World) -> Callable[..., WorldTask]:
    """Adds a task; later ones are a minute newer."""

    def make(place: str, title: str, **fields: Any) -> WorldTask:
        where = next(one for one in world.places if one.key == place)
        number = 10_001 + len(world.tasks)
        at = NOW - dt.timedelta(days=10) + dt.timedelta(minutes=len(world.tasks))
        plain = {"kind": "issue", "status": where.statuses[0][0], "reporter": "mia", "created_at": at, "updated_at": at}
        seq = 1 + sum(task.place is where for task in world.tasks)
        task = WorldTask(number=number, place=where, seq=seq, title=title, **{**plain, **fields})
        world.tasks.append(task)
        return task

    return make


@pytest.fixture
def vendor(world: World) -> GithubSandbox:
    """GitHub for that world."""
    return GithubSandbox(world, world.sources["gh"])


ROW: dict[str, Any] = {
    "id": 2101000012,
    "node_id": "I_kwDOABCD1234",
    "url": "https://api.github.com/repos/acme/shop/issues/12",
    "repository_url": "https://api.github.com/repos/acme/shop",
    "html_url": "https://github.com/acme/shop/issues/12",
    "number": 12,
    "state": "open",
    "state_reason": None,
    "title": "Checkout fails for guests",
    "body": None,
    "user": {"login": "noahb", "id": 501, "type": "User"},
    "labels": [],
    "assignees": [],
    "milestone": None,
    "comments": 0,
    "closed_at": None,
    "created_at": "2026-11-01T08:12:44Z",
    "updated_at": "2026-11-22T09:41:07Z",
    "type": None,
}


def settings(**changed: Any) -> GithubSettings:
    """Settings with a token."""
    return GithubSettings(**{"token": "ghp_test_token", **changed})


@pytest.fixture
def context() -> Callable[..., Context]:
    """What `map` knows of acme/shop; keywords are settings, `lookups` the lookups."""

    def make(*, lookups: dict[str, Any] | None = None, **changed: Any) -> Context:
        scope = Scope(id="1001", key="acme/shop", name="shop", kind="repository")
        return Context("gh", scope, settings(**changed), {}, lookups or {}, dt.UTC)

    return make


@pytest.fixture
def mapped(context: Callable[..., Context]) -> Callable[..., list[Any]]:
    """The records of the sample issue with these fields changed."""

    def make(*, settings: dict[str, Any] | None = None, items: Any = (), **changed: Any) -> list[Any]:
        row = {**copy.deepcopy(ROW), **changed}
        return list(issue(row, "1001", items, context(**(settings or {}))))

    return make


@pytest.fixture
def connector() -> Callable[..., GithubConnector]:
    """The connector with these settings."""

    def make(**changed: Any) -> GithubConnector:
        return GithubConnector(settings(**changed))

    return make


@pytest.fixture
def time_machine_at() -> Any:
    """Sets the process's clock, which stamps the assertions of an App."""
    started = []

    def start(moment: dt.datetime) -> None:
        traveller = time_machine.travel(moment, tick=False)
        traveller.start()
        started.append(traveller)

    yield start
    for traveller in started:
        traveller.stop()
