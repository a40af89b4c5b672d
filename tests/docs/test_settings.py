"""Every connector's README is there and tells every setting; every setting says in the schema what it is."""

from __future__ import annotations

import pytest

from docs.pages import ROOT
from sightline.collect.connector import Settings
from sightline.plugins.registry import load

CONNECTORS = {name: found for name, found in load().connectors.items() if (ROOT / "plugins" / name).is_dir()}


def test_every_folder_of_plugins_is_a_connector_that_loads():
    assert set(CONNECTORS) == {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()}


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_setting_is_told_in_the_connector_s_readme(name):
    readme = (ROOT / "plugins" / name / "README.md").read_text("utf-8")
    own = set(CONNECTORS[name].settings.model_fields) - set(Settings.model_fields)

    assert own
    assert sorted(setting for setting in own if f"`{setting}`" not in readme and f"{setting} = " not in readme) == []


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_setting_says_what_it_is(name):
    fields = CONNECTORS[name].settings.model_fields

    assert sorted(setting for setting, field in fields.items() if len(field.description or "") < 10) == []


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_what_all_connectors_share_is_told_to_authors(setting):
    assert f"`{setting}`" in (ROOT / "plugins" / "README.md").read_text("utf-8")
