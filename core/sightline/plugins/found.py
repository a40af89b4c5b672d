"""Where plug-ins come from: entry points of the group `sightline`, and modules that a test passes in."""

from __future__ import annotations

import dataclasses
import importlib.metadata
from typing import TYPE_CHECKING

from sightline.plugins.hookspecs import GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["OWN", "Candidate", "given", "installed"]

#: The distribution whose plug-ins come first, so that no stranger takes a name from them.
OWN = "sightline"


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A plug-in that was found and not yet imported. `origin` is its distribution and module, for people."""

    name: str
    version: str
    origin: str
    load: Callable[[], object]
    own: bool = False
    """Whether it comes with Sightline itself."""


def installed() -> list[Candidate]:
    """Every installed plug-in, each with its own way to import it: Sightline's own first, then by distribution."""
    points = [(_owner(point), point) for point in importlib.metadata.entry_points(group=GROUP)]
    points.sort(key=lambda pair: (pair[0][0] != OWN, pair[0][0], pair[1].name))
    return [
        Candidate(point.name, owner[1], f"{owner[0]}: {point.value}", point.load, own=owner[0] == OWN)
        for owner, point in points
    ]


def given(modules: Mapping[str, object]) -> list[Candidate]:
    """Modules (or other objects with hook implementations) passed in by name, in that order."""
    return [Candidate(name, "", f"passed in: {_module(module)}", _same(module)) for name, module in modules.items()]


def _owner(point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    """Distribution and version; "unknown" where the metadata is damaged."""
    try:
        assert point.dist is not None
        return str(point.dist.name), str(point.dist.version)
    except Exception:  # noqa: BLE001 - damaged metadata of one package must not stop the others
        return "unknown", ""


def _module(module: object) -> str:
    return str(getattr(module, "__name__", type(module).__name__))


def _same(module: object) -> Callable[[], object]:
    return lambda: module
