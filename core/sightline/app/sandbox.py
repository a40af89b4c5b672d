"""The made-up vendors, served on this machine for as long as the caller wants."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from sightline.plugins.registry import load
from sightline.sandbox.build import build_world
from sightline.sandbox.server import Sandbox
from sightline.sandbox.workspace import write_workspace

__all__ = ["open_sandbox"]


@contextlib.contextmanager
def open_sandbox(
    *, port: int, seed: int, size: float, folder: Path | None
) -> Iterator[tuple[Mapping[str, str], Path | None]]:
    """Source name → address of every served vendor, and the workspace file written into `folder`, if one is given."""
    world = build_world(seed, size)
    with Sandbox(world, load().connectors, port=port, folder=folder) as served:
        path = write_workspace(folder, world, served) if folder else None
        yield {name: vendor.base for name, vendor in served.vendors.items()}, path
