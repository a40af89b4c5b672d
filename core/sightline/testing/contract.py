"""The contract kit as a pytest class, for the tests of a connector.

    from sightline.testing.contract import ConnectorContract
    from sightline_acme.connector import Acme

    class TestAcme(ConnectorContract):
        connector = Acme

Every check is a test of its own; one that fails names the function to look at and the section of plugins/README.md that
helps. `sightline plugins check NAME` runs the same checks without pytest.
"""

from __future__ import annotations

from typing import ClassVar

import pytest

from sightline.collect.connector import Connector
from sightline.sandbox.vendor import Vendor
from sightline.testing.kit.bench import Bench, made_up
from sightline.testing.kit.check import Check, Result
from sightline.testing.kit.runner import CHECKS, SCALE, measure, scale

__all__ = ["ConnectorContract"]


class ConnectorContract:
    """Subclass it as `Test…` and set `connector`; override `vendor` to run against another made-up vendor."""

    connector: ClassVar[type[Connector]]
    source: ClassVar[str] = ""
    """Name of the source in the made-up world, where it has several of this tool."""
    readme: ClassVar[str | None] = None
    """Path of a README whose quality scale must be what was measured; None compares nothing."""
    _benches: ClassVar[dict[type, tuple[Bench, dict[str, Result]]]] = {}

    def vendor(self) -> Vendor:
        """A fresh made-up vendor. Called many times; each must hold the same data."""
        return made_up(self.connector, self.source)

    @pytest.fixture
    def measured(self) -> tuple[Bench, dict[str, Result]]:
        """The bench that all tests of this class share, and what was measured on it so far."""
        return self._benches.setdefault(type(self), (Bench(self.connector, self.vendor), {}))

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
    def test_the_contract(self, check: Check, measured: tuple[Bench, dict[str, Result]]) -> None:
        """One promise of the contract."""
        bench, results = measured
        result = results[check.name] = results.get(check.name) or measure(check, bench)
        if result.state == "exempt":
            pytest.skip(result.why)
        if result.state == "broken":
            pytest.fail(result.told, pytrace=False)

    def test_the_quality_scale_is_what_was_measured(self, measured: tuple[Bench, dict[str, Result]]) -> None:
        """The README's table, compared word by word."""
        if self.readme is None:
            pytest.skip("no README is named")
        bench, results = measured
        for check in CHECKS:
            results[check.name] = results.get(check.name) or measure(check, bench)
        with open(self.readme, encoding="utf-8") as file:  # noqa: PTH123 - authors name it as text
            written = SCALE.search(file.read())
        shown = scale([results[check.name] for check in CHECKS])
        if written is None or written.group() != shown:
            pytest.fail(f"the quality scale of {self.readme} must read:\n{shown}", pytrace=False)
