"""What every use case starts from: the workspace, the plug-ins, the store; opened once, closed together."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sightline.collect.clock import Clock
from sightline.collect.connector import Connector
from sightline.config.workspace import SourceConfig, Workspace, find_workspace, load_workspace, source_settings
from sightline.errors import ConfigError
from sightline.model.time import zone
from sightline.plugins.registry import Registry, load
from sightline.store import Store

if TYPE_CHECKING:
    from sightline.extend import AlertRule, Metric, WorkspaceRule

__all__ = ["Session"]


@dataclasses.dataclass
class Session:
    """One opened workspace. Use it as a context manager; the store is opened when first asked for."""

    workspace: Workspace
    given: Registry | None = None
    """The plug-ins, where somebody has loaded them already."""
    clock: Clock = dataclasses.field(default_factory=Clock)
    warn: Callable[[str], None] = lambda _text: None

    @classmethod
    def open(
        cls,
        folder: str | Path | None = None,
        *,
        clock: Clock | None = None,
        warn: Callable[[str], None] = lambda _text: None,
    ) -> Session:
        """Find and check the workspace; plug-ins and store are opened when first asked for."""
        workspace = load_workspace(find_workspace(folder))
        return cls(workspace, None, clock or Clock(), warn)

    @functools.cached_property
    def registry(self) -> Registry:
        """The plug-ins, loaded when first asked for: most views never need them."""
        return self.given or load()

    @functools.cached_property
    def _readers(self) -> Registry:
        """The connectors, without Sightline's own for tools that no source here reads: quicker to load."""
        used = {source.connector for source in self.workspace.sources.values()}
        return self.given or load(tables=("connectors",), connectors=used)

    @functools.cached_property
    def _meters(self) -> Registry:
        return self.given or load(tables=("metrics", "alert_rules"))

    @property
    def metrics(self) -> Mapping[str, type[Metric]]:
        """The figures that are measured, by name; no connector is loaded for them."""
        return self._meters.metrics

    @property
    def alert_rules(self) -> Mapping[str, type[AlertRule | WorkspaceRule]]:
        """The rules that are asked after measuring, by name; no connector is loaded for them."""
        return self._meters.alert_rules

    @property
    def broken(self) -> list[str]:
        """What is wrong with plug-ins, one line each, as far as this session had to do with them."""
        asked = [self.__dict__[name] for name in ("registry", "_readers", "_meters") if name in self.__dict__]
        return list(dict.fromkeys(plugin.line for registry in asked for plugin in registry.broken))

    @functools.cached_property
    def store(self) -> Store:
        """The database, created or migrated at first use."""
        self.workspace.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Store.open(self.workspace.database_url(), workspace_zone=zone(self.workspace.calendar.timezone))

    @property
    def tokens(self) -> Path:
        """The folder of token files."""
        return self.workspace.data / "tokens"

    def sources(self, names: tuple[str, ...] = ()) -> list[SourceConfig]:
        """The configured sources, or those named; an unknown name is a `ConfigError` with the nearest right one."""
        from sightline.config.problems import nearest  # noqa: PLC0415 - only here

        known = self.workspace.sources
        for name in names:
            if name not in known:
                raise ConfigError(
                    f"there is no source {name!r}{nearest(name, known)}",
                    where="sightline.toml",
                    mend=f"Configured: {', '.join(known) or 'none; add one with `sightline connect`'}.",
                )
        return [known[name] for name in dict.fromkeys(names)] if names else list(known.values())

    def connector(self, source: SourceConfig) -> Connector:
        """The source's connector with its checked settings; `ConfigError` when either is wrong."""
        plugins = self._readers if source.connector in self._readers.connectors else self.registry
        cls = plugins.connector(source.connector, where=f"sources.{source.name}")
        return cls(source_settings(source, cls.settings, self.workspace.root, self.warn))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "store" in self.__dict__:
            self.store.close()
