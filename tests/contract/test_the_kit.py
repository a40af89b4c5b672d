"""The kit itself: each check fails on a connector with the mistake it is for, and says where to look."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from contract.broken import MISTAKES
from sightline.plugins.registry import load
from sightline.testing.kit.bench import Bench, made_up
from sightline.testing.kit.check import AREAS
from sightline.testing.kit.runner import CHECKS, claims, measure, scale
from sightline.testing.kit.world import contract_world
from sightline_redmine.connector import RedmineConnector

BY_NAME = {check.name: check for check in CHECKS}
#: These look at the package's files: their mistakes are written into a package of their own.
OF_THE_PACKAGE = [check.name for check in CHECKS if check.area == "package"]
GUIDE = Path(__file__).parents[2] / "plugins" / "README.md"


def bench(connector, vendor=None) -> Bench:
    if vendor is None:
        return Bench(connector, lambda: made_up(connector))

    def make():
        world = contract_world("redmine")
        return vendor(world, world.sources["desk"])

    return Bench(connector, make)


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - set(OF_THE_PACKAGE)))
def test_a_check_fails_on_the_mistake_it_is_for(name):
    result = measure(BY_NAME[name], bench(*MISTAKES[name]()))

    assert result.state == "broken", result
    # It failed by what it looks at, not by an exception on the way.
    assert not re.match(r"\w*(Error|Exception)\b", result.why), result.why


def test_every_check_has_its_mistake_and_every_mistake_its_check():
    assert set(MISTAKES) == set(BY_NAME) - set(OF_THE_PACKAGE)
    assert len(CHECKS) >= 40


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_says_what_it_promises_where_to_look_and_what_to_read(check):
    headings = re.findall(r"^#+ (.*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}

    assert len(check.says.split()) > 4
    assert "`" in check.look_at or ".py" in check.look_at or "README" in check.look_at
    assert check.doc in anchors
    assert check.area in AREAS


# --- the package ------------------------------------------------------------------------------------------------------

SOUND = {
    "sightline_toy/__init__.py": 'SIGHTLINE_SEAM = "1"\n',
    "sightline_toy/connector.py": (
        "from sightline_redmine.connector import RedmineConnector\n\n\n"
        'class Toy(RedmineConnector):\n    """A toy."""\n\n    doc = "Toys"\n'
    ),
    "README.md": (
        "# Toy\n## Settings\n`site`, `token`, `cancelled_statuses`, `time_window_days`, `history`\n"
        "## What is read\nAll.\n## How things map\nWell.\n## Not read\nNothing.\n"
    ),
}
#: Check → file, and what is replaced in it.
SPOILT = {
    "package_tells_what_it_does": ("README.md", "## Not read\nNothing.\n", ""),
    "package_tells_every_setting": ("README.md", "`time_window_days`", ""),
    "package_states_its_seam": ("sightline_toy/__init__.py", '"1"', '"0"'),
    "package_describes_itself": ("sightline_toy/connector.py", '"Toys"', '""'),
    "package_stays_behind_the_seam": ("sightline_toy/connector.py", "class Toy", "import httpx\n\n\nclass Toy"),
    "package_keeps_its_sandbox_apart": (
        "sightline_toy/connector.py",
        "class Toy",
        "from sightline.sandbox.world import World  # noqa: F401\n\n\nclass Toy",
    ),
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Writes the toy package, as it should be or spoilt, and gives its connector."""

    def write(spoilt: str | None):
        for name, text in SOUND.items():
            file, old, new = SPOILT.get(spoilt, ("", "", ""))
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.replace(old, new) if file == name else text)
        monkeypatch.syspath_prepend(str(tmp_path))
        from sightline_toy.connector import Toy

        return Toy

    yield write
    for name in [name for name in sys.modules if name.startswith("sightline_toy")]:
        del sys.modules[name]


@pytest.mark.parametrize("name", OF_THE_PACKAGE)
def test_a_check_of_the_package_fails_on_the_mistake_it_is_for(name, package):
    result = measure(BY_NAME[name], bench(package(name)))

    assert result.state == "broken", result


@pytest.mark.parametrize("name", OF_THE_PACKAGE)
def test_a_check_of_the_package_is_content_with_a_sound_one(name, package):
    assert measure(BY_NAME[name], bench(package(None))).state == "done"


# --- telling ----------------------------------------------------------------------------------------------------------


def test_a_vendor_s_exemption_is_told_with_its_reason_and_read_back_from_the_scale(monkeypatch):
    from sightline.sandbox.terms import Terms
    from sightline_redmine.sandbox import RedmineSandbox

    check = BY_NAME["limits_are_declared"]
    monkeypatch.setattr(RedmineSandbox, "terms", Terms(exempt={check.name: "it is | mine"}))
    result = measure(check, bench(RedmineConnector))

    assert (result.state, result.why) == ("exempt", "it is | mine")
    assert claims(scale([result])) == {check.name: "it is | mine"}


def test_every_built_in_connector_is_under_the_contract():
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}

    assert set(load().connectors) <= tested
