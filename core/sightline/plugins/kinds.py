"""What each hook may return: the right base class, the attributes it must have, a name of the right form."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["KINDS", "Kind", "Refused", "things"]

#: More things than this from one hook are taken for an endless generator.
MOST = 1_000
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COMMAND = re.compile(r"[a-z][a-z0-9-]*")


class Refused(Exception):
    """Why a plug-in cannot be taken: `what` is wrong, and how its author `mend`s it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One hook: what it adds, to which table of the registry, and what such a thing must look like."""

    hook: str
    table: str
    word: str
    bases: tuple[str, ...] = ()
    """`module:Class`; imported only when a plug-in returns something, by when it has imported them itself."""
    texts: tuple[str, ...] = ()
    """Class attributes that must be non-empty text."""
    methods: tuple[str, ...] = ()
    """Methods that the class must write itself."""


_EXTEND = "sightline.extend"
KINDS = (
    Kind(
        "sightline_connectors",
        "connectors",
        "connector",
        ("sightline.collect.connector:Connector",),
        ("name", "title"),
        ("check", "scopes", "streams"),
    ),
    Kind(
        "sightline_metrics",
        "metrics",
        "metric",
        (f"{_EXTEND}:Metric",),
        ("name", "title", "unit", "source"),
        ("measure",),
    ),
    Kind(
        "sightline_alert_rules",
        "alert_rules",
        "alert rule",
        (f"{_EXTEND}:AlertRule", f"{_EXTEND}:WorkspaceRule"),
        ("name", "title"),
        ("check",),
    ),
    Kind(
        "sightline_report_sections",
        "sections",
        "report section",
        (f"{_EXTEND}:ClientSection", f"{_EXTEND}:InternalSection"),
        ("name", "title"),
        ("content",),
    ),
    Kind("sightline_notifiers", "notifiers", "notifier", (f"{_EXTEND}:Notifier",), ("name",), ("send",)),
    Kind("sightline_sinks", "sinks", "sink", (f"{_EXTEND}:Sink",), ("name", "suffix"), ("write",)),
    Kind("sightline_templates", "templates", "template folder"),
    Kind("sightline_commands", "commands", "command", ("click:Command",)),
)


def things(kind: Kind, results: list[Any]) -> list[tuple[str, Any]]:
    """The (name, thing) pairs that one hook of one plug-in returned, each checked; `Refused` for the first wrong one.

    `results` is what pluggy collected: it drops None, so an empty list means that the hook returned None.
    """
    if not results:
        raise Refused(f"{kind.hook} returned None", "Return a list, an empty one if there is nothing to add.")
    answer = results[0]
    if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
        raise Refused(f"{kind.hook} returned {type(answer).__name__}", f"Return a list of {kind.word}s.")
    found = list(itertools.islice(answer, MOST + 1))
    if len(found) > MOST:
        raise Refused(f"{kind.hook} returned more than {MOST} things", "Return a list that ends.")
    return [(_checked(kind, thing), thing) for thing in found]


def _checked(kind: Kind, thing: Any) -> str:
    """The thing's name, once it is known to be of the kind."""
    if kind.table == "templates":
        return _folder(kind, thing)
    if kind.table == "commands":
        return _command(kind, thing)
    return _class(kind, thing)


def _folder(kind: Kind, thing: Any) -> str:
    if not isinstance(thing, (str, os.PathLike)):
        raise Refused(f"{kind.hook} returned {_described(thing)}", "Return absolute paths as text.")
    path = os.fspath(thing)
    if not os.path.isabs(path) or not os.path.isdir(path):  # noqa: PTH112, PTH117 - pathlib costs 5 ms at each start
        raise Refused(f"{kind.hook}: a path is not an absolute one of a folder", "Build it from `__file__`.")
    return str(path)


def _command(kind: Kind, thing: Any) -> str:
    if not isinstance(thing, _bases(kind)):
        raise Refused(f"{kind.hook} returned {_described(thing)}", "Return objects made by @click.command.")
    name = thing.name
    if not isinstance(name, str) or not _COMMAND.fullmatch(name):
        raise Refused(f"{kind.hook}: a command's name is not of the form a-z 0-9 -", "Rename the command.")
    return name


def _class(kind: Kind, thing: Any) -> str:
    bases = _bases(kind)
    wanted = " or ".join(base.__name__ for base in bases)
    if not isinstance(thing, type) or not issubclass(thing, bases):
        raise Refused(f"{kind.hook} returned {_described(thing)}, not a class made from {wanted}", _of_class(wanted))
    made: Any = thing
    label = f"{kind.word} {made.__name__}"
    for attribute in kind.texts:
        value = getattr(made, attribute, None)
        if not isinstance(value, str) or not value.strip():
            raise Refused(f"{label} lacks `{attribute}`", f'Give the class `{attribute} = "…"`.')
    for method in kind.methods:
        if any(getattr(made, method) is getattr(base, method, None) for base in bases):
            raise Refused(f"{label} does not write `{method}`", f"Write `{made.__name__}.{method}`.")
    if kind.table == "connectors":
        _settings(label, made)
    name = str(made.name)
    if not _NAME.fullmatch(name):
        raise Refused(f"{label}: its name is not of the form a-z 0-9 _", "Rename it.")
    return name


def _settings(label: str, thing: Any) -> None:
    base = _loaded("sightline.collect.connector:Settings")
    settings: Any = getattr(thing, "settings", None)
    if not isinstance(settings, type) or not issubclass(settings, base):
        raise Refused(f"{label} lacks `settings`", "Give the class `settings = …`, a class made from Settings.")
    fields: Mapping[str, Any] = getattr(settings, "model_fields", {})
    bare = [name for name, field in fields.items() if not field.description]
    if bare:
        raise Refused(f"{label}: setting `{bare[0]}` has no description", "Write Field(description=…) for it.")


def _of_class(wanted: str) -> str:
    return f"Return the class itself, derived from {wanted}."


def _described(thing: Any) -> str:
    return f"class {thing.__name__}" if isinstance(thing, type) else f"object of type {type(thing).__name__}"


def _bases(kind: Kind) -> Any:
    return tuple(_loaded(name) for name in kind.bases)


def _loaded(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)
