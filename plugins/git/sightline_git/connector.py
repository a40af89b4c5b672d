"""The connector `git`: finds the repositories, tells what is odd about them, and lists their streams."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sightline.sdk import Access, ConfigError, Connector, Fetch, Scope, Stream
from sightline_git.config import GitSettings
from sightline_git.program import git
from sightline_git.streams import Branches, Commits, Repository, Tags
from sightline_git.texts import web_address

__all__ = ["Git"]

#: git's exit codes for "not a repository", "no such setting" and "no refs yet".
_NOT_A_REPOSITORY, _NOT_SET, _NO_REFS = 128, 1, 1


class Git(Connector):
    """Local repositories, bare or not."""

    name = "git"
    title = "Git"
    settings = GitSettings
    doc = "Commits, merges, branches and tags of repositories on this machine, and the tasks their messages name."
    sandbox = "sightline_git.sandbox:GitSandbox"
    config: GitSettings

    def check(self, fetch: Fetch) -> Access:
        """Whether the folders hold repositories that git can read."""
        repositories = self._repositories(fetch)
        found = [repository for repository in repositories if repository.found]
        if not found:
            raise ConfigError(
                f"there is no Git repository at {self.config.folders()[0]}",
                where="path" if self.config.path else "paths",
                mend="Name the top folder of a repository (the one that holds .git), or a bare repository.",
            )
        notes = [
            f"{r.name} is a shallow clone: what lies before its first commits is not known" for r in found if r.shallow
        ]
        missing = tuple(f"{r.name}: no Git repository at the configured path" for r in repositories if not r.found)
        return Access(
            who=f"{len(found)} of {len(repositories)} repositories" if missing else _count(len(found)),
            missing=missing,
            notes=tuple(notes),
            facts={"repositories": [dataclasses.asdict(repository) for repository in repositories]},
        )

    def scopes(self, fetch: Fetch, access: Access) -> Iterable[Scope]:
        """The repositories. One that cannot be read is listed, too, so that its own reading fails and is told."""
        for found in access.facts["repositories"]:
            repository = Repository(**found)
            yield Scope(
                id=repository.name,
                key=repository.name,
                name=repository.name,
                kind="repository",
                url=web_address(repository.remote),
            )

    def marks(self, fetch: Fetch, access: Access) -> Mapping[str, str] | None:
        """A fingerprint of all refs of each repository, and of the settings that choose among them."""
        repositories = [Repository(**found) for found in access.facts["repositories"]]
        return {r.name: self._mark(r, fetch) for r in repositories if r.found}

    def _mark(self, repository: Repository, fetch: Fetch) -> str:
        mark = hashlib.sha256(repr((self.config.branches, self.config.since, repository)).encode())
        listed = git(repository.folder, "show-ref", "--head", separator=b"\n", ok_codes=(0, _NO_REFS))
        for row in fetch.run(listed):
            mark.update(row.encode() + b"\n")
        return mark.hexdigest()

    def streams(self, access: Access) -> Sequence[Stream]:
        """Commits, branches, tags."""
        repositories = [Repository(**found) for found in access.facts["repositories"]]
        return [kind(repositories, self.config.branches) for kind in (Commits, Branches, Tags)]

    def _repositories(self, fetch: Fetch) -> list[Repository]:
        folders = [os.path.abspath(folder) for folder in self.config.folders()]  # noqa: PTH100 - keeps symbolic links
        return [_repository(name, folder, fetch) for name, folder in zip(_names(folders), folders, strict=True)]


def _repository(name: str, folder: str, fetch: Fetch) -> Repository:
    for candidate in (os.path.join(folder, ".git"), folder):  # noqa: PTH118 - a path may be anything
        asked = git(candidate, "rev-parse", "--is-shallow-repository", separator=b"\n", ok_codes=(0, _NOT_A_REPOSITORY))
        shallow = next(fetch.run(asked), None)
        if shallow is not None:
            remote = git(
                candidate,
                "config",
                "--local",
                "--no-includes",
                "--get",
                "remote.origin.url",
                separator=b"\n",
                ok_codes=(0, _NOT_SET),
            )
            return Repository(name, candidate, next(fetch.run(remote), ""), shallow == "true")
    return Repository(name, folder, found=False)


def _names(folders: Sequence[str]) -> list[str]:
    """A repository's name is its folder's, without `.git`; equal names are told apart by the folder above."""
    short = [_name(folder) for folder in folders]
    twice = {name for name, times in Counter(short).items() if times > 1}
    return [
        f"{_name(os.path.dirname(folder))}/{name}" if name in twice else name  # noqa: PTH120 - a path may be anything
        for folder, name in zip(folders, short, strict=True)
    ]


def _name(folder: str) -> str:
    parts = [part for part in Path(folder).parts[1:] if part != ".git"]
    return parts[-1].removesuffix(".git") if parts else "repository"


def _count(number: int) -> str:
    return "1 repository" if number == 1 else f"{number} repositories"
