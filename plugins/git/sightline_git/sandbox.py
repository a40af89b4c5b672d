"""The made-up world's repositories, written for real: the same world gives the same commit ids on every machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sightline.sandbox.vendor import Vendor
from sightline.sandbox.world import Commit, Place
from sightline.sdk import SourceChanged

__all__ = ["GitSandbox"]

_ENV = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C.UTF-8",
}
_NOWHERE = "0" * 40


class GitSandbox(Vendor):
    """Writes one repository for every place of its source below a folder; bare ones when the source's flavour is so."""

    folder: Path | None = None

    def prepare(self, folder: str) -> None:
        """Write the repositories below `folder`/SOURCE, or bring those already there to the world's present state."""
        # Absolute: the workspace that names it may be read from anywhere.
        self.folder = Path(folder).resolve() / self.source.name
        for place in self.world.places_of(self.source.name):
            self._write(place)

    def workspace(self) -> dict[str, Any]:
        """`path` for one repository, `paths` for several."""
        paths = [str(self.repository(place)) for place in self.world.places_of(self.source.name)]
        return {"connector": "git", "path": paths[0]} if len(paths) == 1 else {"connector": "git", "paths": paths}

    def repository(self, place: Place) -> Path:
        """The folder of that place's repository; `prepare` comes first."""
        assert self.folder is not None, "prepare() says where repositories are written"
        return self.folder / (f"{place.key}.git" if self._bare else place.key)

    def commits(self, place: Place) -> list[Commit]:
        """That place's commits in order."""
        return [commit for commit in self.world.commits if commit.place is place]

    @property
    def _bare(self) -> bool:
        return self.source.flavour == "bare"

    def _write(self, place: Place) -> None:
        top = self.repository(place)
        folder = top if self._bare else top / ".git"
        if not folder.exists():
            kind = ["--bare"] if self._bare else []
            _git(["init", "--quiet", *kind, str(top)])
            _git([f"--git-dir={folder}", "symbolic-ref", "HEAD", "refs/heads/main"])
        known = _git([f"--git-dir={folder}", "for-each-ref", "--format=%(refname)"]).decode().split()
        commits = self.commits(place)
        script = b"".join([*self._script(place, commits), *_removed(known, commits), b"done\n"])
        _git([f"--git-dir={folder}", "fast-import", "--quiet", "--force", "--done"], script)
        if not self._bare and commits:
            _git(["-C", str(top), "reset", "--quiet", "--hard"])

    def _script(self, place: Place, commits: Sequence[Commit]) -> Iterator[bytes]:
        """What `git fast-import` reads: every commit with one small file, then the tags."""
        marks = {commit.index: number for number, commit in enumerate(commits, 1)}
        for commit in commits:
            ref = f"refs/heads/{commit.branch}"
            parents = [f":{marks[index]}" for index in commit.parents]
            if not parents:
                yield f"reset {ref}\n\n".encode()
            yield f"commit {ref}\nmark :{marks[commit.index]}\n".encode()
            yield self._signed("author", commit) + self._signed("committer", commit) + _data(commit.message)
            yield "".join(f"{'from' if n == 0 else 'merge'} {p}\n" for n, p in enumerate(parents)).encode()
            yield b"M 100644 inline journal.txt\n" + _data(f"{place.key} {commit.index}\n") + b"\n"
        for commit in commits:
            if commit.tag:
                yield f"tag {commit.tag}\nfrom :{marks[commit.index]}\n".encode()
                yield self._signed("tagger", commit) + _data(f"Release {commit.tag}")

    def _signed(self, role: str, commit: Commit) -> bytes:
        name = self.world.people[commit.by].name
        return f"{role} {name} <{commit.email}> {int(commit.at.timestamp())} +0000\n".encode()


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%b\n" % (len(raw), raw)


def _removed(known: Sequence[str], commits: Sequence[Commit]) -> Iterator[bytes]:
    """Instructions that delete refs which the world no longer has."""
    wanted = {f"refs/heads/{c.branch}" for c in commits} | {f"refs/tags/{c.tag}" for c in commits if c.tag}
    for ref in known:
        if ref not in wanted:
            yield f"reset {ref}\nfrom {_NOWHERE}\n\n".encode()


def _git(args: Sequence[str], script: bytes = b"") -> bytes:
    done = subprocess.run(["git", *args], input=script, env=_ENV, capture_output=True, check=False)  # noqa: S603, S607 - sandbox writes its own folders only
    if done.returncode:
        raise SourceChanged(
            f"git {args[-1]} ended with code {done.returncode}",
            where="sandbox",
            mend="Check that git is installed and the folder may be written.",
        )
    return done.stdout
