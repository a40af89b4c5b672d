"""A small consultancy on loopback and its workspace: what a user has, in a folder of a test."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from sightline.app.session import Session
from sightline.app.sync import SyncResult, sync
from sightline.cli.main import _run
from sightline.collect.clock import Clock
from sightline.config.workspace import load_workspace
from sightline.plugins.registry import Registry, load
from sightline.sandbox.build import build_world
from sightline.sandbox.server import Sandbox
from sightline.sandbox.vendor import Vendor
from sightline.sandbox.workspace import write_workspace


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


class Office:
    """The made-up vendors of `sources`, served, and a workspace that reads them."""

    def __init__(
        self, folder: Path, sources: list[str] | None = None, *, size: float = 0.05, flavour: str | None = None
    ) -> None:
        self.registry: Registry = load()
        self.world = build_world(7, size)
        if sources is not None:
            for name in set(self.world.sources) - set(sources):
                del self.world.sources[name]
        if flavour == "app":
            source = self.world.sources["xero"]
            source.flavour, source.secrets = (
                "app",
                {"client_id": "pkce-app", "refresh_token": "first-refresh-token-0001"},
            )
        self.folder = folder / "office"
        self.folder.mkdir(exist_ok=True)
        self.server = Sandbox(self.world, self.registry.connectors, folder=self.folder)

    @property
    def vendors(self) -> Mapping[str, Vendor]:
        return self.server.vendors

    def __enter__(self) -> Self:
        self.server.start()
        write_workspace(self.folder, self.world, self.server)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.world.now)

    def session(self) -> Session:
        return Session(load_workspace(self.folder), self.registry, self.clock)

    def sync(self, *names: str, **options: Any) -> SyncResult:
        with self.session() as session:
            return sync(session, names, **options)

    def cli(self, *args: str, env: Mapping[str, str] | None = None) -> Ran:
        """The command in this process, as a user would type it in the folder."""
        out, err = io.StringIO(), io.StringIO()
        before = dict(os.environ)
        os.environ.update(env or {})
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.chdir(self.folder):
                code = _run(list(args))
        finally:
            os.environ.clear()
            os.environ.update(before)
        return Ran(code, out.getvalue(), err.getvalue())

    @property
    def database(self) -> Path:
        return self.folder / ".sightline" / "sightline.db"
