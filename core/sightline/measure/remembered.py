"""What several figures of one project ask for is worked out once: remembered on the facts, gone with them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from sightline.model.facts import Facts

__all__ = ["remembered"]

T = TypeVar("T")


def remembered(function: Callable[[Facts], T]) -> Callable[[Facts], T]:
    """The same pure function of facts, called once for each `Facts`. Its answer must not be changed by anybody."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def wrapper(facts: Facts) -> T:
        held = facts.__dict__
        if name not in held:
            held[name] = function(facts)
        return cast("T", held[name])

    return wrapper
