"""Runs against the made-up site of `worlds`."""

from __future__ import annotations

import pytest

from plugins.jira.worlds import site


@pytest.fixture(params=["cloud", "datacenter"])
def vendor(request):
    """The small site, as Cloud and as Data Center."""
    return site(request.param)


@pytest.fixture
def cloud():
    return site("cloud")


@pytest.fixture
def server():
    return site("datacenter")
