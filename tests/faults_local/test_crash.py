"""F076: `kill -9` at random points of a real sync, of every connector; what is resumed equals what was never killed.

The bounded version kills a few times; `make crash-campaign` 200 times a connector (`SIGHTLINE_KILLS`).
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from faults_local.contents import contents, differences
from faults_local.small import Office
from faults_local.zygote import Zygote
from sightline.sandbox.edits import Edits

KILLS = int(os.environ.get("SIGHTLINE_KILLS", "3"))
SEED = int(os.environ.get("SIGHTLINE_SEED", "20261120"))
SOURCES = ["acme_jira", "trello", "github", "site_git", "xero"]
PLACES = ["time", "before", "records", "settled", "checkpoint", "after"]
KILLS_IN_A_ROW = 4


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as running:
        yield running


@pytest.fixture(scope="module", params=SOURCES)
def office(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    with Office(folder, [request.param], size=0.05, flavour="app" if request.param == "xero" else None) as served:
        yield served


def fresh(office: Office, folder: Path) -> Path:
    """Another workspace for the same sources, that never synced."""
    shutil.copytree(office.folder, folder, ignore=shutil.ignore_patterns(".sightline"), symlinks=True)
    return folder


def synced(zygote: Zygote, folder: Path):
    ended = zygote.run("sync", "--json", cwd=folder)
    told = json.loads(ended.out)
    assert (ended.code, told["status"]) == (0, "complete"), ended.err + ended.out
    return ended


def whole(folder: Path):
    return contents(folder / ".sightline" / "sightline.db")


def point(draw: random.Random, landings: int, *, rotating: bool) -> tuple[str, float]:
    place = draw.choice([*PLACES, *(["token", "kept"] if rotating else [])])
    if place == "time":
        return place, draw.uniform(0.01, 0.6)
    return place, 1 if place in ("token", "kept") else draw.randint(1, max(1, landings))


def test_f076_what_is_resumed_after_kill_9_equals_what_was_never_killed(office, zygote, tmp_path):
    (source,) = office.vendors
    draw = random.Random(f"{SEED} {source}")
    clean = fresh(office, tmp_path / "clean")
    landings = synced(zygote, clean).landings
    expected = whole(clean)
    killed: Counter[str] = Counter()
    rounds = 0

    while killed.total() < KILLS:
        folder = fresh(office, tmp_path / f"round{rounds}")
        rounds += 1
        for _ in range(min(KILLS_IN_A_ROW, KILLS - killed.total())):
            kill = point(draw, landings, rotating=source == "xero")
            ended = zygote.run("sync", cwd=folder, kill=kill)
            killed[kill[0]] += ended.code is None
        synced(zygote, folder)
        assert differences(whole(folder), expected) == [], f"seed {SEED}, {source}, round {rounds}"
        shutil.rmtree(folder)

    table = os.environ.get("SIGHTLINE_KILL_TABLE")
    if table:
        with Path(table).open("a") as file:
            file.write(json.dumps({"source": source, "seed": SEED, "kills": dict(killed), "rounds": rounds}) + "\n")
    assert sum(map(len, expected.values())) > 20
    assert killed.total() >= KILLS


def test_f076_a_second_run_that_is_killed_loses_and_doubles_nothing(office, zygote, tmp_path):
    (source,) = office.vendors
    draw = random.Random(f"{SEED} second {source}")
    folder = fresh(office, tmp_path / "killed")
    synced(zygote, folder)
    edits = Edits(office.world)
    tasks = [t for t in office.world.tasks if t.place.source == source]
    with office.server.lock:
        for task in tasks[:6]:
            edits.retitle(task, f"{task.title} again")
    for _ in range(2):
        zygote.run("sync", cwd=folder, kill=(draw.choice(PLACES[1:]), draw.randint(1, 4)))
    synced(zygote, folder)
    clean = fresh(office, tmp_path / "clean")
    synced(zygote, clean)

    # A first read cannot know what a later one saw happen; everything else is equal.
    ours, theirs = whole(folder), whole(clean)
    assert differences(ours | {"changes": [], "existence": []}, theirs | {"changes": [], "existence": []}) == []
    assert len(set(ours["changes"])) == len(ours["changes"])
