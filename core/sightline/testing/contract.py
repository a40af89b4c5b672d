"""The contract kit as a pytest class, for the tests of a connector.

    from sightline.testing.contract import ConnectorContract
    from sightline_acme.connector import Acme

    class TestAcme(ConnectorContract):
        connector = Acme

Every check is a test of its own; one that fails names the function to look at and the section of plugins/README.md that
helps. `sightline plugins check NAME` runs the same checks without pytest.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from sightline.collect.connector import Connector
from sightline.sandbox.vendor import Vendor
from sightline.testing.kit.bench import Bench, made_up
from sightline.testing.kit.check import Check, Result
from sightline.testing.kit.runner import CHECKS, SCALE, claims, measure, scale

__all__ = ["ConnectorContract"]


class ConnectorContract:
    """Subclass it as `Test…` and set `connector`; override `vendor` to run against another made-up vendor."""

    connector: ClassVar[type[Connector]]
    source: ClassVar[str] = ""
    """Name of the source in the made-up world, where it has several of this tool."""
    readme: ClassVar[str | None] = None
    """Path of a README whose quality scale must be what was measured; None compares nothing."""
    _benches: ClassVar[dict[type, Bench]] = {}

    def vendor(self) -> Vendor:
        """A fresh made-up vendor. Called many times; each must hold the same data."""
        return made_up(self.connector, self.source)

    @pytest.fixture
    def bench(self) -> Bench:
        """The bench that all tests of this class share."""
        return self._benches.setdefault(type(self), Bench(self.connector, self.vendor))

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
    def test_the_contract(self, check: Check, bench: Bench) -> None:
        """One promise of the contract; the README, if one is named, says the same of it."""
        result = measure(check, bench)
        if result.state == "broken":
            pytest.fail(result.told, pytrace=False)
        claimed = claims(self._readme()).get(check.name, "") if self.readme else result.why
        if claimed != result.why:
            pytest.fail(f"{self.readme} says of {check.name} {claimed!r}, measured: {result.why!r}", pytrace=False)
        if result.state == "exempt":
            pytest.skip(result.why)

    def test_the_quality_scale_counts_right(self) -> None:
        """The README's table has every area, with its number of promises."""
        if self.readme is None:
            pytest.skip("no README is named")
        text = self._readme()
        excused = claims(text)
        results = [Result(c, "exempt" if c.name in excused else "done", excused.get(c.name, "")) for c in CHECKS]
        written = SCALE.search(text)
        if written is None or written.group() != scale(results):
            pytest.fail(f"the quality scale of {self.readme} must read:\n{scale(results)}", pytrace=False)

    def _readme(self) -> str:
        return Path(str(self.readme)).read_text("utf-8")
