"""The commits of the world's repositories: keys in messages, two addresses a person, merges, tags, a stranger."""

from __future__ import annotations

import datetime as dt

from sightline.sandbox.desk import Desk, day
from sightline.sandbox.places import place
from sightline.sandbox.world import Commit, Place, WorldTask

__all__ = ["Repository", "tell_code"]

#: Addresses people commit with on their own machines.
_PRIVATE = {"jonas": "jonas@berg.example", "maria": "maria@lind.example"}


class Repository:
    """One repository while it is written; commits never go back in time."""

    def __init__(self, desk: Desk, where: Place) -> None:
        self.desk = desk
        self.place = where
        self.commits: list[Commit] = []
        self.tip: int | None = None
        """The last commit on main."""

    def commit(
        self,
        at: dt.datetime,
        who: str,
        message: str,
        *,
        parents: list[int] | None = None,
        branch: str = "main",
        tag: str | None = None,
    ) -> int:
        """One commit, on top of main unless `parents` say otherwise; gives its index.

        Every third commit of Jonas and of Maria comes from their own machine.
        """
        index = len(self.commits)
        moment = min(at, self.desk.world.now - dt.timedelta(minutes=1))
        if self.commits:
            moment = max(moment, self.commits[-1].at)
        known = self.desk.world.identity(who, self.place.source)
        email = _PRIVATE[who] if who in _PRIVATE and index % 3 == 0 else (known.account if known else "")
        if parents is None:
            parents = [] if self.tip is None else [self.tip]
        made = Commit(self.place, index, moment, who, message, email, parents, tag, branch)
        self.commits.append(made)
        self.desk.world.commits.append(made)
        if branch == "main":
            self.tip = index
        return index


def tell_code(desk: Desk) -> None:
    """Commits that name the tasks of Acme and Birch; called when tasks have their final keys."""
    world = desk.world
    web = [t for t in world.tasks if t.place.name in ("Website", "App") and t.started_at and t.kind != "epic"]
    _story(Repository(desk, place(world, "site_git", "site")), web, "key", ["jonas", "aisha", "maria", "root"])
    for name in ("booking-app", "own-website"):
        issues = [t for t in world.tasks if t.place.name == name and t.started_at and t.kind == "issue"]
        _story(Repository(desk, place(world, "code_git", name)), issues, "hash", ["jonas", "aisha", "owen"])


def _story(repo: Repository, tasks: list[WorldTask], style: str, people: list[str]) -> None:
    """Two commits a task on a branch, merged; every fifth merge is tagged."""
    repo.commit(repo.desk.moment(day("07-17")), "jonas", "Initial commit")
    dated = sorted(((t.completed_at or t.updated_at), t.number, t) for t in tasks)
    for n, (at, _, task) in enumerate(dated):
        who = people[n % len(people)]
        name = task.key if style == "key" else f"#{task.seq}"
        main, branch = repo.tip or 0, f"work/{n + 1}"
        start = repo.commit(at, who, f"{name} {task.title}", parents=[main], branch=branch)
        body = "\n\nSecond half.\nSigned-off-by: somebody" if n % 3 == 0 else ""
        tip = repo.commit(at, who, f"Finish {name}{body}", parents=[start], branch=branch)
        tag = f"v0.{n // 5 + 1}" if n % 5 == 4 else None
        repo.commit(at, "jonas", f"Merge branch '{branch}'", parents=[main, tip], tag=tag)
