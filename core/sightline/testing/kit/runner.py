"""Runs the whole contract on one connector, and tells the result as a table or as the quality scale of a README."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from sightline.collect.connector import Connector
from sightline.sandbox.vendor import Vendor
from sightline.testing.kit import (  # noqa: F401 - importing them registers their checks
    checks_change,
    checks_content,
    checks_hostile,
    checks_package,
    checks_reading,
    checks_setup,
)
from sightline.testing.kit.bench import Bench
from sightline.testing.kit.check import Broken, Check, Exempt, Result, registered

__all__ = ["CHECKS", "SCALE", "claims", "measure", "run", "scale"]

#: Every promise of the contract.
CHECKS: tuple[Check, ...] = registered()
#: The block of a README that holds the quality scale.
SCALE = re.compile(r"<!-- contract -->\n.*?<!-- end -->", re.DOTALL)
_CLAIM = re.compile(r"(?:\| |; )([a-z_]+): (.*?)(?=; [a-z_]+: | \|\n)")


def measure(check: Check, bench: Bench) -> Result:
    """What becomes of one check. What the connector raises counts as broken, with the kind of error only."""
    excused = bench.terms.exempt.get(check.name)
    if excused:
        return Result(check, "exempt", excused)
    try:
        check.run(bench)
    except Exempt as reason:
        return Result(check, "exempt", str(reason))
    except Broken as broken:
        return Result(check, "broken", str(broken))
    except Exception as error:  # noqa: BLE001 - a connector that raises breaks the promise
        return Result(check, "broken", f"{type(error).__name__}: {str(error)[:200]}")
    return Result(check, "done")


def run(
    connector: type[Connector], make: Callable[[], Vendor] | None = None, checks: Sequence[Check] = CHECKS
) -> Iterator[Result]:
    """The results, in the order of the checks, each as soon as it is known."""
    bench = Bench(connector, make)
    for check in checks:
        yield measure(check, bench)


def scale(results: Sequence[Result]) -> str:
    """The quality scale as a README shows it: one row an area, with the reason of every exemption."""
    lines = ["<!-- contract -->", "| area | promises kept | exempt |", "| --- | --- | --- |"]
    for area, group in itertools.groupby(results, key=lambda result: result.check.area):
        rows = list(group)
        exempt = [r for r in rows if r.state == "exempt"]
        broken = sum(r.state == "broken" for r in rows)
        kept = len(rows) - len(exempt) - broken
        told = "; ".join(f"{r.check.name}: {r.why}" for r in exempt).replace("|", r"\|")
        state = f"{kept} of {len(rows) - len(exempt)}" if broken else f"all {kept}" if kept else "none apply"
        lines.append(f"| {area} | {state} | {told} |")
    return "\n".join([*lines, "<!-- end -->"])


def claims(readme: str) -> dict[str, str]:
    """What a README's quality scale says the connector is exempt from: name of the check → why."""
    found = SCALE.search(readme)
    names = {check.name for check in CHECKS}
    pairs = _CLAIM.findall(found.group()) if found else []
    return {name: why.replace(r"\|", "|") for name, why in pairs if name in names}
