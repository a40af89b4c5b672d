"""Check a plug-in: the contract kit on one installed connector, told as a table and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from sightline.errors import ConfigError
from sightline.plugins.hookspecs import SEAM
from sightline.plugins.registry import load
from sightline.sandbox.server import vendor_class
from sightline.testing.kit.check import Result
from sightline.testing.kit.runner import CHECKS, run, scale

__all__ = ["PluginCheck", "check_plugin"]


@dataclasses.dataclass(frozen=True, slots=True)
class PluginCheck:
    """What the kit measured on one connector."""

    connector: str
    results: tuple[Result, ...]

    @property
    def broken(self) -> tuple[Result, ...]:
        """The promises that are not kept."""
        return tuple(result for result in self.results if result.state == "broken")

    def count(self, state: str) -> int:
        """How many results are of that state."""
        return sum(result.state == state for result in self.results)

    def scale(self) -> str:
        """The quality scale for the plug-in's README."""
        return scale(self.results)

    def told(self) -> dict[str, Any]:
        """As `plugins check --json` prints it."""
        counts = {state: self.count(state) for state in ("done", "exempt", "broken")}
        rows = [
            {
                "check": one.check.name,
                "area": one.check.area,
                "says": one.check.says,
                "state": one.state,
                "why": one.why or None,
                "look_at": one.check.look_at,
                "doc": f"plugins/README.md#{one.check.doc}",
            }
            for one in self.results
        ]
        return {"connector": self.connector, "seam": SEAM, **counts, "checks": rows}


def check_plugin(name: str, report: Callable[[Result], None] = lambda _result: None) -> PluginCheck:
    """Run every check; `report` is called as each one ends. The connector must name a made-up vendor."""
    connector = load().connector(name, where="plugins check")
    if vendor_class(connector) is None:
        raise ConfigError(
            f"the connector {name!r} names no made-up vendor to be checked against",
            where="plugins check",
            mend='Write one and set `sandbox = "module:Class"`; plugins/README.md#sandbox tells how.',
        )
    results = []
    for result in run(connector):
        report(result)
        results.append(result)
    assert len(results) == len(CHECKS)
    return PluginCheck(name, tuple(results))
