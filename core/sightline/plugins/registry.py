"""Every plug-in that can be used, and in one readable line each, every one that cannot.

Each plug-in is imported, checked and asked in its own `try` and by its own pluggy manager: what one of them raises,
misspells or returns cannot touch another. A plug-in is taken whole or not at all.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import sys
from typing import TYPE_CHECKING, Any

import pluggy

from sightline.errors import ConfigError
from sightline.plugins import hookspecs
from sightline.plugins.found import Candidate, given, installed
from sightline.plugins.interrupt import Interrupts
from sightline.plugins.kinds import KINDS, Kind, Refused, things
from sightline.plugins.telling import place_of, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import click

    from sightline.collect.connector import Connector
    from sightline.extend import AlertRule, ClientSection, InternalSection, Metric, Notifier, Sink, WorkspaceRule

__all__ = ["BrokenPlugin", "PluginInfo", "Registry", "load"]

#: The plug-in that brings Sightline's own figures, sections and the like.
_CORE = "core"
_ALL = tuple(kind.table for kind in KINDS)


@dataclasses.dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plug-in in use. `adds` names each thing it brought, for example `connector git`."""

    name: str
    version: str
    origin: str
    adds: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plug-in left out. `line` says in one line what is wrong, where, and how to mend it."""

    name: str
    version: str
    origin: str
    line: str


@dataclasses.dataclass(slots=True)
class Registry:
    """Everything that plug-ins add, by name; `templates` are folders in the order in which they are searched."""

    connectors: dict[str, type[Connector]] = dataclasses.field(default_factory=dict)
    metrics: dict[str, type[Metric]] = dataclasses.field(default_factory=dict)
    alert_rules: dict[str, type[AlertRule | WorkspaceRule]] = dataclasses.field(default_factory=dict)
    sections: dict[str, type[ClientSection | InternalSection]] = dataclasses.field(default_factory=dict)
    notifiers: dict[str, type[Notifier]] = dataclasses.field(default_factory=dict)
    sinks: dict[str, type[Sink]] = dataclasses.field(default_factory=dict)
    templates: dict[str, str] = dataclasses.field(default_factory=dict)
    commands: dict[str, click.Command] = dataclasses.field(default_factory=dict)
    plugins: list[PluginInfo] = dataclasses.field(default_factory=list)
    broken: list[BrokenPlugin] = dataclasses.field(default_factory=list)
    owners: dict[tuple[str, str], str] = dataclasses.field(default_factory=dict)
    """(table, name) → the plug-in that brought it."""

    def connector(self, name: str, *, where: str) -> type[Connector]:
        """The connector of that name; otherwise a `ConfigError` told from `where`, with the nearest right name."""
        if name in self.connectors:
            return self.connectors[name]
        for broken in self.broken:
            if broken.name == name:
                raise ConfigError(
                    f"the connector {name!r} cannot be used: {broken.line}",
                    where=where,
                    mend="`sightline plugins list` tells more.",
                )
        near = difflib.get_close_matches(name, self.connectors, n=1)
        raise ConfigError(
            f"there is no connector {plain(name, 60)!r}",
            where=where,
            mend=f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(self.connectors))}.",
        )


def load(
    modules: Mapping[str, object] | None = None,
    *,
    tables: Sequence[str] = _ALL,
    reserved_commands: Iterable[str] = (),
    connectors: Collection[str] | None = None,
) -> Registry:
    """All installed plug-ins, or only `modules` (name → module) when given.

    `tables` limits what they are asked for: the command line asks for `commands` alone at each start, which leaves
    connectors unimported. `reserved_commands` are names that no plug-in may take. `connectors` leaves Sightline's own connectors
    out but for these: they come first and keep their names, so nothing else depends on them.
    """
    registry = Registry()
    registry.owners.update({("commands", name): "sightline itself" for name in reserved_commands})
    pressed = Interrupts()
    for candidate in installed() if modules is None else given(modules):
        if connectors is not None and candidate.own and candidate.name not in (*connectors, _CORE):
            continue
        try:
            # What a plug-in prints while it loads must not end up in somebody's JSON.
            with contextlib.redirect_stdout(sys.stderr), pressed:
                brought = _ask(candidate, [kind for kind in KINDS if kind.table in tables])
            _take(registry, candidate, brought)
        except Refused as refusal:
            registry.broken.append(_broken(candidate, refusal.what, refusal.mend))
        except BaseException as error:  # SystemExit and worse: a plug-in may take only itself out
            if pressed.real:
                raise
            registry.broken.append(_raised(candidate, error))
    return registry


def _ask(candidate: Candidate, kinds: Sequence[Kind]) -> list[tuple[Kind, str, Any]]:
    """Everything one plug-in brings, checked but not yet registered."""
    module = candidate.load()
    seam = getattr(module, "SIGHTLINE_SEAM", hookspecs.SEAM)
    if str(seam) != hookspecs.SEAM:
        raise Refused(
            f"it was written for seam version {plain(str(seam), 20)}, this Sightline has {hookspecs.SEAM}",
            "Install the version of the plug-in that fits this Sightline.",
        )
    manager = _managed(candidate, module)
    brought = []
    for kind in kinds:
        caller = getattr(manager.hook, kind.hook)
        if caller.get_hookimpls():
            brought += [(kind, name, thing) for name, thing in things(kind, caller())]
    return brought


def _managed(candidate: Candidate, module: object) -> pluggy.PluginManager:
    """A manager that knows this plug-in only; `Refused` when it implements a hook that does not exist."""
    manager = pluggy.PluginManager(hookspecs.GROUP)
    manager.add_hookspecs(hookspecs)
    names = [kind.hook for kind in KINDS]
    try:
        manager.register(module, name=candidate.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        wrong = [n for n in dir(module) if n not in names and manager.parse_hookimpl_opts(module, n) is not None]
        if not wrong:
            raise Refused(f"a hook has the wrong arguments: {plain(str(error))}", "Hooks take none.") from error
        near = difflib.get_close_matches(wrong[0], names, n=1)
        mend = f"Did you mean {near[0]}?" if near else "plugins/README.md lists them."
        raise Refused(f"there is no hook {plain(wrong[0], 60)}", mend) from error
    for name in names:
        impls = getattr(manager.hook, name).get_hookimpls()
        if any(impl.wrapper or impl.hookwrapper for impl in impls):
            raise Refused(f"{name} is a wrapper", "Declare it with plain @hookimpl.")
        if not impls and callable(getattr(module, name, None)):
            raise Refused(f"{name} is not marked as a hook", "Put @hookimpl above it.")
    return manager


def _take(registry: Registry, candidate: Candidate, brought: list[tuple[Kind, str, Any]]) -> None:
    """Registers all of it, or nothing when a name is taken."""
    taken: dict[tuple[str, str], str] = {}
    for kind, name, _ in brought:
        holder = registry.owners.get((kind.table, name)) or taken.get((kind.table, name))
        if holder:
            raise Refused(
                f"{kind.word} {name!r} is claimed by {holder} and by {candidate.name}",
                f"Rename one of them or uninstall one; {holder} keeps the name meanwhile.",
            )
        taken[kind.table, name] = candidate.name
    for kind, name, thing in brought:
        getattr(registry, kind.table)[name] = thing
    registry.owners.update(taken)
    adds = tuple(f"{kind.word} {name}" for kind, name, _ in brought)
    registry.plugins.append(PluginInfo(candidate.name, candidate.version, candidate.origin, adds))


def _raised(candidate: Candidate, error: BaseException) -> BrokenPlugin:
    """A plug-in that raised while it was imported or asked."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _broken(candidate, f"the module {error.name} is missing", "Install it, or uninstall the plug-in.")
    told = plain(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    return _broken(
        candidate,
        f"it raised {told}{place_of(error)}",
        "Ask its author, or uninstall it.",
    )


def _broken(candidate: Candidate, what: str, mend: str) -> BrokenPlugin:
    named = f"plug-in {candidate.name}" + (f" {candidate.version}" if candidate.version else "")
    line = plain(f"{named} ({candidate.origin}) is left out: {what}. {mend}", 600)
    return BrokenPlugin(candidate.name, candidate.version, candidate.origin, line)
