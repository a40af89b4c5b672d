"""Small real repositories, and a run of the connector over them."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path

import pytest

from sightline.sandbox.vendor import Vendor
from sightline.sandbox.world import Source, World
from sightline.testing import Collected, collect
from sightline_git.connector import Git

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
ENV = {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}


class Repo:
    """One real repository and what a test does to it. Commits are at 10:00 UTC on 2 November 2026 unless told."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "-q", *options, str(folder)], env=ENV, check=True)
        self.git("symbolic-ref", "HEAD", "refs/heads/main")

    def git(self, *args: str, data: bytes | None = None, **env: str) -> str:
        names = {
            f"GIT_{who}_{what}": text
            for who in ("AUTHOR", "COMMITTER")
            for what, text in (("NAME", "Ana Silva"), ("EMAIL", "Ana@Example.org"), ("DATE", "2026-11-02T10:00:00Z"))
        }
        done = subprocess.run(
            ["git", "-C", str(self.folder), *args],
            env={**ENV, **names, **env},
            input=data,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode(errors="replace").strip()

    def commit(self, message: str = "Work", **env: str) -> str:
        """An empty commit on the current branch; its id."""
        self.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-F", "-", data=message.encode(), **env)
        return self.git("rev-parse", "HEAD")

    def raw_commit(self, headers: str, message: bytes, ref: str = "refs/heads/main") -> str:
        """A commit object with exactly these author and committer lines."""
        tree = self.git("hash-object", "-t", "tree", "-w", "--stdin", data=b"")
        data = f"tree {tree}\n{headers}\n\n".encode("latin-1") + message
        made = self.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=data)
        self.git("update-ref", ref, made)
        return made


class Local(Vendor):
    """Repositories on disk in the place of a vendor."""

    def __init__(self, **settings) -> None:
        super().__init__(World(1, NOW, "Test", "GBP", "UTC"), Source("code", "git"))
        self.settings = settings

    def workspace(self):
        return {"connector": "git", **self.settings}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "site")


@pytest.fixture
def read():
    def run(*repos: Repo, keeper=None, rules=None, **settings) -> Collected:
        paths = [str(r.folder) for r in repos]
        where = {"path": paths[0]} if len(paths) == 1 else {"paths": paths}
        return collect(Git, Local(**where, **settings), keeper=keeper, rules=rules)

    return run
