"""The master property: whatever happens, in the end the store equals a fresh full reading, in every row and field.

`make campaign` runs ten thousand histories and prints the seeds of those that fail; `SIGHTLINE_HISTORIES` sets another
number, `SIGHTLINE_SEED` where they begin. A failing history is shortened by hypothesis and printed as a list of steps.
"""

from __future__ import annotations

import collections
import importlib
import itertools
import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from faults.histories import TROUBLES, WAITING, Edit, Lose, Read, Regain, Rename, Skew, Wait, remaining
from faults.sources import CONNECTORS, LONDON, SOURCES, Site
from sightline.store import Store
from sightline.testing import MemoryKeeper

HISTORIES = int(os.environ.get("SIGHTLINE_HISTORIES", "204"))
FIRST_SEED = int(os.environ.get("SIGHTLINE_SEED", "1"))
REPORT = os.environ.get("SIGHTLINE_CAMPAIGN_REPORT")

SEEDS = st.integers(0, 999_999)
PLACES = st.integers(0, 4)
READS = st.builds(
    Read,
    trouble=st.sampled_from(["", "", "", *TROUBLES]),
    after=st.integers(0, 25),
    times=st.sampled_from([1, 1, 3, 100]),
    drift=st.lists(SEEDS, max_size=3).map(tuple),
    full=st.sampled_from([False] * 9 + [True]),
)
EDITS = st.builds(Edit, seed=SEEDS, count=st.integers(1, 5))
RARE = st.one_of(
    st.builds(Lose, place=PLACES),
    st.builds(Regain, place=PLACES),
    st.builds(Rename, place=PLACES, name=st.sampled_from(["Renamed", "Größer 🚀", "x" * 200])),
    st.builds(Skew, hours=st.sampled_from([0, -100, -2, 2, 100])),
    st.builds(Wait, minutes=st.sampled_from([1, 5, 60, 600, 1500, 11000])),
)
HISTORY = st.lists(st.one_of(EDITS, EDITS, READS, READS, RARE), min_size=1, max_size=10)

_ran: collections.Counter[str] = collections.Counter()
_took: collections.Counter[str] = collections.Counter()


def _replay(source: str, history, folder: Path, keeper) -> None:
    began = time.process_time()
    site = Site(source, folder, keeper=keeper)
    note(f"{source}: {history}")
    for step in [Read(), *history]:
        step.do(site)
    lines = remaining(site)
    _ran[source] += 1
    _took[source] += time.process_time() - began

    assert lines == [], f"{source}: {len(lines)} differences after {history}"


def _property(source: str, folder: Path, keeper, count: int):
    shrinking = (Phase.explicit, Phase.generate, Phase.shrink)

    @seed(FIRST_SEED)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=shrinking,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(history=HISTORY)
    def after_any_history_the_store_equals_a_fresh_reading(history):
        _replay(source, history, folder, keeper())

    return after_any_history_the_store_equals_a_fresh_reading


@pytest.mark.slow
@pytest.mark.timeout(0 if HISTORIES > 1000 else 300)
@pytest.mark.parametrize("source", SOURCES)
def test_after_any_history_the_store_equals_a_fresh_full_reading(source, tmp_path):
    _property(source, tmp_path, MemoryKeeper, HISTORIES * 4 // 5 // len(SOURCES))()


@pytest.mark.slow
@pytest.mark.timeout(0 if HISTORIES > 1000 else 300)
@pytest.mark.parametrize("source", SOURCES)
def test_the_same_holds_for_the_real_store(source, tmp_path):
    numbers, opened = itertools.count(1), []
    Store.open(f"sqlite:///{tmp_path}/empty.db", workspace_zone=LONDON).close()

    def store() -> Store:
        while opened:
            opened.pop().close()
        file = tmp_path / f"store{next(numbers)}.db"
        shutil.copy(tmp_path / "empty.db", file)
        opened.append(Store.open(f"sqlite:///{file}", workspace_zone=LONDON))
        return opened[-1]

    try:
        _property(source, tmp_path, store, HISTORIES // 5 // len(SOURCES))()
    finally:
        for one in opened:
            one.close()


def test_what_waits_for_a_refresh_belongs_to_a_stream_that_declares_one(tmp_path):
    """Nothing may be excused by the table of exemptions that no stream has declared."""
    for connector, field in WAITING:
        site = Site(next(s for s in SOURCES if Site(s, tmp_path).name == connector), tmp_path)
        stream_name = WAITING[connector, field].rpartition(": ")[2].partition(".")[0]
        module = importlib.import_module(f"sightline_{connector}.streams")
        stream = getattr(module, stream_name)

        assert site.connector is CONNECTORS[connector]
        assert stream.refresh_every is not None
        assert stream.refresh_every.days <= 7


def test_z_the_campaign_writes_its_table():
    """Last in this file: how many histories ran for each source."""
    if REPORT:
        lines = ["| source | histories | first seed | CPU s |", "|---|---|---|---|"]
        lines += [f"| {name} | {count} | {FIRST_SEED} | {_took[name]:.0f} |" for name, count in sorted(_ran.items())]
        Path(REPORT).write_text("\n".join(lines) + "\n")
        print("\n".join(lines))

    assert not REPORT or sum(_ran.values()) >= HISTORIES * 9 // 10
