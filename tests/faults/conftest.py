"""Sources to try faults on; waiting between attempts takes no time."""

from __future__ import annotations

import pytest
import stamina

from faults.sources import LONDON, SOURCES, WITH_TASKS, Site
from sightline.store import Store
from sightline.testing import MemoryKeeper


@pytest.fixture(autouse=True)
def no_waiting():
    stamina.set_testing(True, attempts=1000)
    # A line for each of millions of attempts would be most of a campaign's log.
    stamina.instrumentation.set_on_retry_hooks([])
    yield
    stamina.instrumentation.set_on_retry_hooks(None)
    stamina.set_testing(False)


@pytest.fixture
def store(tmp_path):
    """An open, empty store."""
    with Store.open(f"sqlite:///{tmp_path}/sightline.db", workspace_zone=LONDON) as opened:
        yield opened


@pytest.fixture(params=SOURCES)
def site(request, tmp_path, store):
    """Each source in turn, kept in the real store."""
    return Site(request.param, tmp_path, keeper=store)


@pytest.fixture(params=WITH_TASKS)
def work(request, tmp_path, store):
    """Each source that has tasks in places, kept in the real store."""
    return Site(request.param, tmp_path, keeper=store)


@pytest.fixture
def make(tmp_path):
    """Any source, kept in memory unless told otherwise."""

    def make(source: str, keeper=None, **more) -> Site:
        return Site(source, tmp_path, keeper=MemoryKeeper() if keeper is None else keeper, **more)

    return make
