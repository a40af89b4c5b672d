"""The lists that a repository offers: commits, branches, tags. Read when a ref has moved."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sightline.sdk import (
    Account,
    Activity,
    Command,
    Context,
    Cursor,
    Fetch,
    FullList,
    Mapped,
    Record,
    RowError,
    Scope,
    Since,
    Stream,
)
from sightline_git.mapping import branch_of, commit_of, tag_of
from sightline_git.program import BRANCHES, MOST_TIPS, git, reachable

__all__ = ["Branches", "Commits", "Repository", "Tags"]

_COMMIT = "%H%n%P%n%at%n%ct%n%aE%n%aN%n%B"
_BRANCH = "%(refname)%0a%(symref)%0a%(committerdate:unix)%0a%(authoremail)%0a%(contents:subject)%00"
_TAG = (
    "%(refname)%0a%(*objecttype)%(objecttype)%0a%(creatordate:unix)%0a%(taggeremail)%0a%(objectname)%0a%(contents)%00"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Repository:
    """One repository as `check` found it; `folder` is its `.git` folder, or the folder itself when it is bare."""

    name: str
    folder: str
    remote: str = ""
    shallow: bool = False
    found: bool = True


class _OfRepository(Stream):
    """A stream of one repository; `scope.id` is its name."""

    deletions = FullList(kinds=(Activity,))
    delivers: ClassVar[tuple[type[Record], ...]] = (Account, Activity)
    refresh_every = dt.timedelta(days=1)
    """A changed .mailmap renames the authors of old commits."""

    def __init__(self, repositories: Sequence[Repository], branches: Sequence[str]) -> None:
        self.repositories = {repository.name: repository for repository in repositories}
        self.branches = branches

    def of(self, scope: Scope | None) -> Repository:
        """The repository that is the scope."""
        assert scope is not None
        return self.repositories[scope.id]


class Commits(_OfRepository):
    """Every commit that a branch reaches. Later runs list what the branches reach and the last tips did not.

    When an old tip is no longer reached (amend, rebase, force push, a branch deleted unmerged), the list is read anew
    and what it lacks is gone.
    """

    name = "commits"
    cursor = Cursor()

    def gate(self, scope: Scope | None, fetch: Fetch) -> dict[str, Any]:
        """The tips of all branches, newest first."""
        repository = self.of(scope)
        listed = git(repository.folder, "rev-list", "--no-walk=sorted", *reachable(self.branches), separator=b"\n")
        tips = [row for row in fetch.run(listed) if row]
        return {"tips": tips[:MOST_TIPS], "shallow": repository.shallow}

    def resume(self, scope: Scope | None, gate: Mapping[str, Any], fetch: Fetch) -> str | None:
        """The last tips, or None (read anew) when one of them is no longer reached or history is shallow.

        Deepening a shallow clone adds old commits behind known tips, so there the tips exclude too much.
        """
        repository, tips = self.of(scope), gate.get("tips")
        if repository.shallow or gate.get("shallow") or not tips:
            return None
        lost = git(
            repository.folder,
            "rev-list",
            "--count",
            "--max-count=1",
            *tips,
            "--not",
            *reachable(self.branches),
            separator=b"\n",
            ok_codes=(0, 128),  # 128: an old tip was already collected as garbage
        )
        return " ".join(tips) if next(fetch.run(lost), "") == "0" else None

    def command(self, scope: Scope | None, since: Since) -> Command | None:
        """`git log`, newest first, a commit per row."""
        known = [f"^{tip}" for tip in (since.token or "").split()]
        floor = (f"--since={since.at.isoformat()}",) if since.at else ()
        return git(
            self.of(scope).folder,
            "log",
            "-z",
            f"--format=tformat:{_COMMIT}",
            "--no-color",
            "--no-notes",
            "--no-patch",
            "--no-ext-diff",
            "--no-textconv",
            *floor,
            *reachable(self.branches),
            "--end-of-options",
            *known,
            "--",
        )

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One commit, and its author when this run has not named them yet."""
        fields = row.split("\n", 6)
        if len(fields) != 7:
            raise RowError("git printed a commit with fields missing")
        return commit_of(fields, context)


class _Refs(_OfRepository):
    """A stream of one kind of refs."""

    delivers = (Activity,)
    under: ClassVar[tuple[str, ...]]
    format: ClassVar[str]

    def command(self, scope: Scope | None, since: Since) -> Command | None:
        """`git for-each-ref`, a ref per row."""
        return git(self.of(scope).folder, "for-each-ref", f"--format={self.format}", *self.under)


class Branches(_Refs):
    """Branches, here and at remotes, each at the date of its newest commit."""

    name = "branches"
    under = BRANCHES
    format = _BRANCH

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One branch."""
        return branch_of(_fields(row, 5), context)


class Tags(_Refs):
    """Tags on commits, at the date of the tag, or of the commit where the tag has none of its own."""

    name = "tags"
    under = ("refs/tags",)
    format = _TAG

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """One tag."""
        return tag_of(_fields(row, 6), context)


def _fields(row: str, number: int) -> list[str]:
    """The fields of a ref's row; git ends every row with a line break, which the next row begins with."""
    if not row.strip("\n"):
        return []
    fields = row.removeprefix("\n").split("\n", number - 1)
    if len(fields) != number:
        raise RowError("git printed a ref with fields missing")
    return fields
