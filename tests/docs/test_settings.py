"""Every setting of every connector says what it is; `test_pages` holds each connector's README against them."""

from __future__ import annotations

import pytest

from docs.pages import ROOT
from sightline.collect.connector import Settings
from sightline.plugins.registry import load

CONNECTORS = {name: found for name, found in load().connectors.items() if (ROOT / "plugins" / name).is_dir()}


def test_every_folder_of_plugins_is_a_connector_that_loads():
    assert set(CONNECTORS) == {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()}


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_setting_says_what_it_is(name):
    fields = CONNECTORS[name].settings.model_fields

    assert sorted(setting for setting, field in fields.items() if len(field.description or "") < 10) == []


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_what_all_connectors_share_is_told_to_authors(setting):
    assert f"`{setting}`" in (ROOT / "plugins" / "README.md").read_text("utf-8")
