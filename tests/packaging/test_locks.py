"""The locks pin everything with hashes and name no host, so that any index may serve them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def blocks(lock: str) -> list[str]:
    """One text for each pinned package, its hashes included."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins(lock: str) -> dict[str, str]:
    return dict(re.match(r"([\w.-]+)==(\S+)", block).groups() for block in blocks(lock))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in requirements} - {"sightline"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_one_exact_version_with_hashes(lock):
    line = re.compile(r"[\w.-]+==[\w.+!]+( ;[^-]*)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")

    assert len(blocks(lock)) > 20
    assert [block[:60] for block in blocks(lock) if not line.fullmatch(block)] == []


def test_what_the_project_needs_is_pinned():
    dev = pins("requirements-dev.txt")

    assert names(PROJECT["dependencies"]) - set(pins("requirements.txt")) == set()
    assert names([*PROJECT["dependencies"], *EXTRAS["all"], *EXTRAS["dev"]]) - set(dev) == set()
    assert {"hatchling", "editables"} <= set(dev)


def test_both_locks_agree():
    base, dev = pins("requirements.txt"), pins("requirements-dev.txt")

    assert {name: version for name, version in base.items() if dev.get(name) != version} == {}


def test_the_extra_all_holds_every_extra_but_those_for_developers_and_for_java():
    named = re.fullmatch(r"sightline\[([\w,-]+)\]", EXTRAS["all"][0])[1].split(",")

    assert set(named) == set(EXTRAS) - {"all", "dev", "mpp"}
