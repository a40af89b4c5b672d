"""However records are split into pages, and however often pages come again, the store is the same."""

from __future__ import annotations

import functools
import itertools
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sightline.store import Store
from sightline.store.tables import METADATA
from store.examples import LONDON, page, task


def held(store):
    """Everything in the store, table by table, without the numbers that rows were given in passing."""
    with store.reading() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(*(c for c in table.c if c.autoincrement is not True)))))
            for name, table in METADATA.tables.items()
        }


@functools.cache
def empty():
    """A new store's file: copying it is faster than migrating each time."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.db"
        Store.open(f"sqlite:///{file}", workspace_zone=LONDON).close()
        return file.read_bytes()


def landed(pages):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.db"
        file.write_bytes(empty())
        with Store.open(f"sqlite:///{file}", workspace_zone=LONDON) as store:
            for records in pages:
                store.land(page(*records))
            return held(store)


versions = st.lists(
    st.builds(
        lambda number, status, title: task(number, status=status, title=title),
        st.sampled_from("123"),
        st.sampled_from(["Open", "Doing", "Done"]),
        st.text(max_size=5),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(records=versions, cuts=st.sets(st.integers(0, 8)))
def test_any_split_into_pages_gives_the_same_store(records, cuts):
    edges = [0, *sorted(cut for cut in cuts if cut < len(records)), len(records)]
    split = [records[start:end] for start, end in itertools.pairwise(edges)]

    assert landed(split) == landed([records])


@settings(max_examples=15, deadline=None)
@given(order=st.lists(st.integers(0, 3), max_size=8))
def test_any_repetition_of_pages_gives_the_same_store(order):
    pages = [[task(f"{number}{at}") for at in "abc"] for number in range(4)]

    assert landed([*pages, *(pages[number] for number in order)]) == landed(pages)
