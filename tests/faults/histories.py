"""Random histories of a source: what people, vendors, networks and clocks do between one reading and the next.

A history is a list of steps, so that hypothesis can shorten one that fails; each step carries its own chance.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from faults.sources import KINDS, Site, live
from sightline.model.records import Account, Change, Record, Scope
from sightline.sandbox import faults
from sightline.sandbox.faults import When
from sightline.sandbox.schedule import Schedule
from sightline.sandbox.vendor import Reply, Script, json_reply
from sightline.testing import Collected

#: What may go wrong with a call, by name. Each takes the calls it meets.
TROUBLES: dict[str, Callable[[When], Script]] = {
    "500": faults.failing,
    "502": lambda when: faults.failing(when, status=502),
    "429": faults.throttled,
    "401": faults.refused,
    "403": lambda when: faults.scripted(lambda _v, _c: json_reply({"message": "Forbidden"}, 403), when),
    "404": lambda when: faults.scripted(lambda _v, _c: json_reply({"message": "Not Found"}, 404), when),
    "html": faults.html,
    "cut": faults.truncated,
    "broken": faults.disconnected,
    "nothing": lambda when: faults.scripted(lambda _v, _c: Reply(200, b"", {"content-type": "application/json"}), when),
    "object": lambda when: faults.scripted(lambda _v, _c: json_reply({}), when),
}


@dataclasses.dataclass(frozen=True)
class Edit:
    """Some edits of the world."""

    seed: int
    count: int

    def do(self, site: Site) -> None:
        edit(site, self.seed, self.count)


@dataclasses.dataclass(frozen=True)
class Read:
    """A reading; `trouble` meets the calls from number `after` on, `times` of them; `drift` edits before such a call."""

    trouble: str = ""
    after: int = 0
    times: int = 1
    drift: tuple[int, ...] = ()
    full: bool = False

    def do(self, site: Site) -> None:
        scripts: list[Script] = [
            faults.editing(_drift(site, seed, n), When(after=n * 3 + seed % 7, times=1))
            for n, seed in enumerate(self.drift)
        ]
        if self.trouble:
            scripts.append(TROUBLES[self.trouble](When(after=self.after, times=self.times)))
        site.vendor.script += scripts
        try:
            site.last = read_soundly(site, full=self.full)
        finally:
            site.vendor.script = [script for script in site.vendor.script if script not in scripts]


@dataclasses.dataclass(frozen=True)
class Wait:
    """Time passes."""

    minutes: int

    def do(self, site: Site) -> None:
        site.wait(minutes=self.minutes)


@dataclasses.dataclass(frozen=True)
class Lose:
    """A place cannot be read any more."""

    place: int

    def do(self, site: Site) -> None:
        if site.places:
            site.lose(site.places[self.place % len(site.places)])


@dataclasses.dataclass(frozen=True)
class Regain:
    """A place can be read again."""

    place: int

    def do(self, site: Site) -> None:
        if site.places:
            site.regain(site.places[self.place % len(site.places)])


@dataclasses.dataclass(frozen=True)
class Rename:
    """A place has another name."""

    place: int
    name: str

    def do(self, site: Site) -> None:
        if site.places and site.name != "git":
            Schedule(site.world, 0).edits.rename_place(site.places[self.place % len(site.places)], self.name)


@dataclasses.dataclass(frozen=True)
class Skew:
    """The reader's own clock is set wrong, or right again."""

    hours: int

    def do(self, site: Site) -> None:
        site.skew = dt.timedelta(hours=self.hours)


Step = Edit | Read | Wait | Lose | Regain | Rename | Skew


class Final(Schedule):
    """Edits where what was deleted never comes back: cards of Trello, issues of GitHub."""

    def _restore(self) -> None:
        return None


def edit(site: Site, seed: int, count: int) -> list[str]:
    """Random edits of the site's source; a repository gets commits, and now and then loses its last ones."""
    if site.name != "git":
        kind = Schedule if site.name in ("jira", "xero") else Final
        return kind(site.world, seed, sources=(site.source,)).run(count)
    chance = random.Random(seed)
    edits = Schedule(site.world, seed).edits
    for _ in range(count):
        place = chance.choice(site.places)
        edits.step = dt.timedelta(seconds=chance.randrange(1, 7200))
        mine = [commit for commit in site.world.commits if commit.place is place]
        last = mine[-1] if mine else None
        if last is not None and len(mine) > 2 and chance.random() < 0.2 and not last.tag and last.branch == "main":
            site.world.commits.remove(last)
        else:
            edits.commit(place, f"Work {chance.randrange(1000)}")
    return []


def _drift(site: Site, seed: int, number: int) -> Callable[[], object]:
    return lambda: edit(site, seed + number, 1 + seed % 3)


def read_soundly(site: Site, **rules: Any) -> Collected:
    """One run. What it removes must really be gone: a fresh reading of the same moment does not have it."""
    before = {kind: live(site.keeper, kind, site.source) for kind in KINDS}
    found = site.read(**rules)
    vanished = {kind: before[kind].keys() - set(live(site.keeper, kind, site.source)) for kind in KINDS}
    if any(vanished.values()):
        fresh = site.fresh().keeper
        for kind, ids in vanished.items():
            there = live(fresh, kind, site.source)
            wrong = {id_ for id_ in ids & set(there) if not _moved_unseen(site, before[kind][id_], there[id_])}
            assert not wrong, f"removed, but still there: {kind.__name__} {sorted(wrong)[:5]} ({found.outcome.reasons})"
    return found


def _moved_unseen(site: Site, was: Any, is_: Any) -> bool:
    """Whether it went to another place in a way that this source shows with its next refresh only."""
    return (site.name, f"{type(was).__name__}.scope") in WAITING and was.scope != is_.scope


#: Kinds that stay known although no fresh reading would tell of them any more, and why.
STAYING: dict[type[Record], str] = {
    Account: "people who left stay known by name: their work does (streams say Never)",
    Scope: "a place that was closed or lost keeps its name",
    Change: "what happened has happened (streams say Never); steps of removed tasks stay as their history",
}


#: What an incremental reading cannot see, by connector and record or field, and which refresh brings it.
WAITING: dict[tuple[str, str], str] = {
    ("github", "Task.parent_key"): "a parent that is transferred does not touch its children: Issues.refresh_every",
    ("github", "Activity"): "comments of a deleted issue name it by number only: Comments.refresh_every",
    ("github", "Activity.scope"): "comments of a transferred issue keep their update time: Comments.refresh_every",
    ("github", "Activity.keys"): "comments of a transferred issue keep their update time: Comments.refresh_every",
    ("github", "Activity.url"): "comments of a transferred issue keep their update time: Comments.refresh_every",
}
_REFRESHED = dt.timedelta(days=7, hours=1)


def remaining(site: Site) -> list[str]:
    """The differences after everything was mended, a day passed and one undisturbed reading was made.

    What only a refresh can bring is granted that: a second reading after the longest `refresh_every`.
    """
    for place in site.places:
        site.regain(place)
    site.skew = dt.timedelta(0)
    site.wait(hours=25)
    lines = _after_one_more(site)
    if lines and all((site.name, _subject(line)) in WAITING for line in lines):
        site.world.now += _REFRESHED
        return _after_one_more(site)
    return lines


def _subject(line: str) -> str:
    """`Task.parent_key` or `Activity` of a line of `differences`."""
    what = line.partition(":")[0]
    return what.partition(" ")[0] + "." * ("." in what) + what.partition(".")[2]


def _after_one_more(site: Site) -> list[str]:
    found = read_soundly(site)
    if any("would vanish at once" in reason for reason in found.outcome.reasons):
        # An emptied list, or most of it: a person says that it is right.
        found = read_soundly(site, confirm_gone=True)
    return differences(site) if found.outcome.status == "complete" else [f"not complete: {found.outcome.reasons}"]


def differences(site: Site) -> list[str]:
    """Where the keeper and a fresh full reading differ: one line a record and field; empty when they are equal."""
    fresh = site.fresh()
    assert fresh.outcome.status == "complete", fresh.outcome.reasons
    lines: list[str] = []
    for kind in KINDS:
        kept, told = live(site.keeper, kind, site.source), live(fresh.keeper, kind, site.source)
        for id_ in sorted(kept.keys() | told.keys()):
            lines += _compared(kind, id_, kept.get(id_), told.get(id_))
    return lines


def _compared(kind: type[Record], id_: str, kept: Any, told: Any) -> list[str]:
    where = f"{kind.__name__} {id_}"
    if kept == told or (told is None and (kind in STAYING or id_.startswith("~"))):
        return []
    if kept is None or told is None:
        only = told if kept is None else kept
        return [f"{where}: {'missing' if kept is None else 'too much'} {str(only)[:160]}"]
    names = [name for name in kept.__struct_fields__ if getattr(kept, name) != getattr(told, name)]
    return [f"{where}.{name}: {getattr(kept, name)!r} instead of {getattr(told, name)!r}" for name in names]
