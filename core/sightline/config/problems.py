"""How a wrong file is told: all its problems at once, each with its place and the nearest right name. Never a value."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from sightline.errors import ConfigError

__all__ = ["check_names", "nearest", "refuse", "told"]

_TYPES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "date_type": "must be a date like 2026-11-20",
    "date_from_datetime_parsing": "must be a date like 2026-11-20",
    "decimal_parsing": 'must be a decimal number like "85.00"',
    "tuple_type": "must be a list in brackets",
}


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` or the empty text."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def told(error: ValidationError, model: type[BaseModel], prefix: str = "") -> list[str]:
    """One line for each problem pydantic found, in the file's own words."""
    lines = []
    problems = error.errors(include_input=False, include_url=False, include_context=True)
    deepest: set[tuple[object, ...]] = {
        tuple(part for part in problem["loc"] if not _is_branch(part)) for problem in problems
    }
    for problem in problems:
        if _is_other_branch(problem["loc"], deepest):
            continue
        place = [str(part) for part in problem["loc"] if not _is_branch(part)]
        where = ".".join([prefix, *place] if prefix else place)
        if problem["type"] == "extra_forbidden":
            known = _fields_at(model, [str(part) for part in problem["loc"][:-1]])
            lines.append(f"{where}: no such key{nearest(place[-1], known)}")
        elif problem["type"] == "string_pattern_mismatch" and place and place[-1] == "[key]":
            lines.append(f"{'.'.join(place[:-1])}: names are written with a-z, 0-9 and _")
        else:
            message = _TYPES.get(problem["type"]) or _own_words(problem["msg"])
            lines.append(f"{where}: {message}")
    return list(dict.fromkeys(lines))


def _is_other_branch(loc: tuple[object, ...], deepest: set[tuple[object, ...]]) -> bool:
    """Whether it only says that a value is not of another form that is allowed there: its own form has a problem inside."""
    if not loc or not _is_branch(loc[-1]):
        return False
    place = tuple(part for part in loc if not _is_branch(part))
    return any(len(inner) > len(place) and inner[: len(place)] == place for inner in deepest)


def _own_words(message: str) -> str:
    """What a check says, without pydantic's word for it, as the rest of a sentence."""
    told = message.removeprefix("Value error, ")
    return told[:1].lower() + told[1:]


def _is_branch(part: object) -> bool:
    """Parts that name a branch of a union, not a place in the file."""
    return isinstance(part, str) and (part in ("str", "tuple[date, ...]") or part.endswith("Table") or "[" in part[1:])


def _fields_at(model: Any, path: list[str]) -> list[str]:
    """The keys that exist where an unknown one was found."""
    current = model
    for part in path:
        options = [kind for kind in _models_in(current) if part in getattr(kind, "model_fields", {})]
        if options:
            current = options[0].model_fields[part].annotation
    found: list[str] = []
    for kind in _models_in(current):
        found += [field.alias or name for name, field in kind.model_fields.items()]
    return found


def _models_in(kind: Any) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for arg in typing.get_args(kind) for model in _models_in(arg)]


def refuse(problems: list[str], *, where: str) -> ConfigError:
    """One error for all problems."""
    many = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
    return ConfigError(
        f"{many}: " + "; ".join(problems), where=where, mend="Mend them; `sightline schema` prints every key."
    )


def check_names(table: Mapping[str, Any], known: Mapping[str, Any], what: str) -> list[str]:
    """Lines for references in `table` (place → name) to things that do not exist."""
    return [
        f"{place}: there is no {what} {name!r}{nearest(str(name), known)}"
        for place, name in table.items()
        if name not in known
    ]
