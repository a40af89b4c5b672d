"""The commits of the world's repositories: keys in messages, two addresses a person, merges, tags, a stranger."""

from __future__ import annotations

import datetime as dt

from sightline.sandbox.desk import Desk, day, working_days
from sightline.sandbox.places import place
from sightline.sandbox.world import Commit, Place, WorldTask

__all__ = ["add_commits", "tell_code"]

_PRIVATE = {"jonas": "jonas@berg.example", "maria": "maria@lind.example"}


def tell_code(desk: Desk) -> None:
    """Commits that name the tasks of Acme and Birch; called when tasks have their final keys."""
    world = desk.world
    web = [t for t in world.tasks if t.place.name in ("Website", "App") and t.started_at and t.kind != "epic"]
    _story(desk, place(world, "site_git", "site"), web, "key", ["jonas", "aisha", "maria", "root"])
    for name in ("booking-app", "own-website"):
        issues = [t for t in world.tasks if t.place.name == name and t.started_at and t.kind == "issue"]
        _story(desk, place(world, "code_git", name), issues, "hash", ["jonas", "aisha", "owen"])


def _story(desk: Desk, repo: Place, tasks: list[WorldTask], style: str, people: list[str]) -> None:
    """Two commits a task on a branch, merged; every fifth merge is tagged."""
    add_commits(desk, repo, [(day("07-17"), "jonas", "Initial commit")])
    dated = sorted(((t.completed_at or t.updated_at), t.number, t) for t in tasks)
    for n, (at, _, task) in enumerate(dated):
        who = people[n % len(people)]
        name = task.key if style == "key" else f"#{task.seq}"
        main = _last(desk, repo, "main")
        branch = f"work/{n + 1}"
        start = _commit(desk, repo, at, who, f"{name} {task.title}", [main], branch=branch)
        body = "\n\nSecond half.\nSigned-off-by: somebody" if n % 3 == 0 else ""
        tip = _commit(desk, repo, at, who, f"Finish {name}{body}", [start], branch=branch)
        tag = f"v0.{n // 5 + 1}" if n % 5 == 4 else None
        _commit(desk, repo, at, "jonas", f"Merge branch '{branch}'", [main, tip], tag=tag)


def _last(desk: Desk, repo: Place, branch: str) -> int:
    return max(c.index for c in desk.world.commits if c.place is repo and c.branch == branch)


def _commit(
    desk: Desk,
    repo: Place,
    at: dt.datetime,
    who: str,
    message: str,
    parents: list[int],
    branch: str = "main",
    tag: str | None = None,
) -> int:
    """One commit, later than all before it; every third of Jonas and Maria comes from their own machine."""
    before = [c for c in desk.world.commits if c.place is repo]
    index = len(before)
    moment = max(at, before[-1].at + dt.timedelta(seconds=1)) if before else at
    moment = min(moment, desk.world.now - dt.timedelta(minutes=1))
    moment = max(moment, before[-1].at) if before else moment
    known = desk.world.identity(who, repo.source)
    email = _PRIVATE[who] if who in _PRIVATE and index % 3 == 0 else (known.account if known else "")
    desk.world.commits.append(Commit(repo, index, moment, who, message, email, parents, tag, branch))
    return index


def add_commits(desk: Desk, repo: Place, lines: list[tuple[dt.date, str, str]]) -> None:
    """A plain chain of commits on main, one a line (day, who, message)."""
    last = max((c.index for c in desk.world.commits if c.place is repo and c.branch == "main"), default=None)
    for on, who, message in lines:
        moment = desk.moment(working_days(on, on)[0])
        last = _commit(desk, repo, moment, who, message, [] if last is None else [last])
