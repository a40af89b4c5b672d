"""A made-up consultancy served over real HTTP, a workspace that reads it, and the command line as a user types it."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sightline.cli.main import _run
from sightline.plugins.registry import load
from sightline.sandbox.build import build_world
from sightline.sandbox.server import Sandbox
from sightline.sandbox.vendor import Vendor
from sightline.sandbox.workspace import write_workspace
from sightline.sandbox.world import World


@dataclasses.dataclass(frozen=True)
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclasses.dataclass
class Place:
    """One workspace with its sandbox."""

    folder: Path
    world: World
    sandbox: Sandbox
    capture: Any = None

    def run(self, *args: str) -> Result:
        """The command in this process."""
        self.capture.readouterr()
        code = _run(["--workspace", str(self.folder), *args])
        told = self.capture.readouterr()
        return Result(code, told.out, told.err)

    def spawn(self, *args: str, **more: Any) -> subprocess.Popen[str]:
        """The command in a process of its own, in the workspace's folder."""
        piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": self.folder}
        return subprocess.Popen([sys.executable, "-m", "sightline", *args], **{**piped, **more})

    def spawned(self, *args: str, text: str | None = None, env: dict[str, str] | None = None) -> Result:
        """The same, waited for."""
        more: dict[str, Any] = {} if text is None else {"stdin": subprocess.PIPE}
        process = self.spawn(*args, env={**os.environ, **(env or {})}, **more)
        out, err = process.communicate(text, timeout=60)
        return Result(process.returncode, out, err)

    def vendor(self, name: str) -> Vendor:
        return self.sandbox.vendors[name]

    def rows(self, table: str, *args: str) -> list[dict[str, Any]]:
        """A table as exported."""
        told = self.run("export", table, *args)
        assert told.code == 0, told.err
        return [json.loads(line) for line in told.out.splitlines()]

    def edit(self, old: str, new: str) -> None:
        """Replace something in sightline.toml that is there exactly once."""
        path = self.folder / "sightline.toml"
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new), "utf-8")


def _served(folder: Path, world: World, *connectors: str) -> Iterator[Place]:
    known = load().connectors
    chosen = {name: known[name] for name in connectors or known}
    with Sandbox(world, chosen, folder=folder) as sandbox:
        write_workspace(folder, world, sandbox)
        yield Place(folder, world, sandbox)
    assert sandbox.errors == []


@pytest.fixture(scope="session")
def _everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    for place in _served(tmp_path_factory.mktemp("whole"), build_world(7, 0)):
        told = place.spawned("sync", "--json")
        assert told.code == 0, told.err + told.out
        yield place


@pytest.fixture
def whole(_everything: Place, capsys: pytest.CaptureFixture[str]) -> Place:
    """All sources, read once for all tests: look, do not touch."""
    _everything.capture = capsys
    return _everything


@pytest.fixture
def serve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Place]]:
    """A workspace of its own with the sources of the named connectors, not yet read."""
    open_ = []

    def make(*connectors: str) -> Place:
        served = _served(tmp_path / f"ws{len(open_)}", build_world(7, 0), *connectors)
        open_.append(served)
        place = next(served)
        place.capture = capsys
        return place

    yield make
    for served in open_:
        next(served, None)
