"""Strangers' plug-ins as they are really found: a distribution with an entry point, on the path."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """`install("acme", code)` puts the distribution `sightline-acme` 1.2 with the module `acme_plugin` on the path."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name: str, code: str | None, *, point: str | None = None, distribution: str | None = None) -> None:
        module = f"{name}_plugin"
        if code is not None:
            (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        info = tmp_path / f"sightline_{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution or f'sightline-{name}'}\nVersion: 1.2\n"
        )
        (info / "entry_points.txt").write_text(f"[sightline]\n{point or name} = {module}\n")
        importlib.invalidate_caches()

    yield write
    for added in set(sys.modules) - before:
        if added.endswith("_plugin"):
            del sys.modules[added]
