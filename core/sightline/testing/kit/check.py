"""What a check of the contract kit is, how it fails, and when a connector is exempt from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sightline.testing.kit.bench import Bench

__all__ = ["AREAS", "Broken", "Check", "Exempt", "Result", "need", "promise", "registered"]

#: In the order in which they are shown.
AREAS = (
    "config",
    "check",
    "scopes",
    "paging",
    "limits",
    "faults",
    "cursor",
    "time",
    "identity",
    "state",
    "deletions",
    "totals",
    "secrets",
    "hostile data",
    "replay",
    "package",
)
_REGISTERED: list[Check] = []


class Broken(AssertionError):
    """The connector does not keep this promise; the text says what was seen."""


class Exempt(Exception):
    """The promise means nothing for this tool; the text says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One promise. `look_at` names what an author writes to keep it, `doc` the section of plugins/README.md."""

    name: str
    area: str
    says: str
    look_at: str
    doc: str
    run: Callable[[Bench], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What became of one check."""

    check: Check
    state: Literal["done", "exempt", "broken"]
    why: str = ""

    @property
    def told(self) -> str:
        """What a person needs who has to mend it."""
        check = self.check
        return f"{check.name}: {check.says}. {self.why}. Look at {check.look_at}; plugins/README.md#{check.doc}"


def promise(area: str, look_at: str, doc: str) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    """Registers a function as the check of that name; the first line of its docstring is what the check says."""

    def register(run: Callable[[Bench], None]) -> Callable[[Bench], None]:
        says = (run.__doc__ or "").split("\n", 1)[0].rstrip(".")
        _REGISTERED.append(Check(run.__name__, area, says, look_at, doc, run))
        return run

    return register


def registered() -> tuple[Check, ...]:
    """All checks whose modules are loaded, by area."""
    return tuple(sorted(_REGISTERED, key=lambda check: AREAS.index(check.area)))


def need(condition: object, seen: str) -> None:
    """`Broken` with what was seen, unless the condition holds."""
    if not condition:
        raise Broken(seen)
