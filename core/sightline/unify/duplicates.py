"""Nothing is counted twice: the same item on two boards, a mirror of another item, an item that moved."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.model.refs import Ref
from sightline.model.time import EPOCH
from sightline.unify.links import mentions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sightline.model.facts import Sourced
    from sightline.model.records import Link, Task

__all__ = ["Dropped", "Once", "Suspect", "once", "suspects"]


class Dropped(NamedTuple):
    """A row that is not counted, the item that is counted in its place, and why."""

    ref: Ref
    scope: str
    kept: Ref
    why: Literal["listed twice", "moved", "copy"]


class Once(NamedTuple):
    """The tasks that count, in the order first met, and what was left out."""

    tasks: list[Sourced[Task]]
    dropped: list[Dropped]


class Suspect(NamedTuple):
    """Two items of different sources that look like one: tied by a link and alike in title. Somebody must confirm."""

    first: Ref
    second: Ref
    reason: str


def once(tasks: Iterable[Sourced[Task]], same: Mapping[Ref, Ref] | None = None) -> Once:
    """Each item once. Identity is source and vendor id, so 76 and 151 items with 5 in common are 222.

    `same` says copy → the task that counts, by hand, in whatever tool; it goes before `copy_of`.

    Of two rows of one id the later updated one counts; if they differ in scope the item moved. An item whose `copy_of`
    names another item that is here is a mirror and is dropped; a mirror whose original is not here counts itself, and
    so does the first of a ring of mirrors.
    """
    dropped: list[Dropped] = []
    latest: dict[Ref, Sourced[Task]] = {}
    for task in tasks:
        held = latest.get(task.ref)
        if held is None:
            latest[task.ref] = task
            continue
        newer, older = (task, held) if _updated(task) > _updated(held) else (held, task)
        latest[task.ref] = newer
        why: Literal["moved", "listed twice"] = "moved" if newer.record.scope != older.record.scope else "listed twice"
        dropped.append(Dropped(task.ref, older.record.scope, task.ref, why))
    kept = []
    for ref, task in latest.items():
        original = _original(ref, latest, same or {})
        if original == ref:
            kept.append(task)
        else:
            dropped.append(Dropped(ref, task.record.scope, original, "copy"))
    return Once(kept, dropped)


def suspects(
    tasks: Iterable[Sourced[Task]],
    links: Iterable[Sourced[Link]] = (),
    settled: Collection[frozenset[Ref]] = (),
) -> list[Suspect]:
    """Likely copies in two tools: one names the other, by a link or by its address in the text, and both say the same.

    Nothing is dropped because of it; confirmed, it is told to `once` as `same`. `settled` pairs are no suspects any more.
    """
    by_title: defaultdict[str, list[Sourced[Task]]] = defaultdict(list)
    for task in tasks:
        by_title[_words(task.record.title)].append(task)
    likely = [held for held in by_title.values() if len({task.source for task in held}) > 1]
    linked: defaultdict[Ref, set[str]] = defaultdict(set)
    for source, link in links if likely else ():
        linked[Ref(source, "tasks", link.from_task)].add(link.to.rstrip("/"))
    found = [suspect for held in likely for suspect in _alike(held, linked)]
    return sorted({one for one in found if frozenset((one.first, one.second)) not in settled})


def _alike(tasks: Sequence[Sourced[Task]], linked: Mapping[Ref, Collection[str]]) -> Iterator[Suspect]:
    """Pairs among items of one title: each looks for the others by what it names, so a common title costs little."""
    by_name: defaultdict[str, list[Sourced[Task]]] = defaultdict(list)
    for task in tasks:
        for name in (task.record.url, task.record.key):
            if name:
                by_name[name.rstrip("/")].append(task)
    for here in tasks:
        ties = dict.fromkeys(linked.get(here.ref, ()), "linked")
        told = {name.rstrip("/.,;"): "told" for name in mentions(here.record.description)}
        for name, how in (told | ties).items():
            for there in by_name.get(name, ()):
                if there.source != here.source:
                    first, second = sorted((here.ref, there.ref))
                    why = "one links to the other" if how == "linked" else "one names the other"
                    yield Suspect(first, second, f"same title, and {why}")


def _updated(task: Sourced[Task]) -> dt.datetime:
    return task.record.updated_at or EPOCH


def _original(ref: Ref, held: dict[Ref, Sourced[Task]], same: Mapping[Ref, Ref]) -> Ref:
    """Where the chain of copies ends among the items held; the smallest of a ring, so that every member agrees."""
    seen = [ref]
    while (following := _copied(seen[-1], held, same)) is not None:
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _copied(ref: Ref, held: dict[Ref, Sourced[Task]], same: Mapping[Ref, Ref]) -> Ref | None:
    """The item held that this one is a copy of."""
    by_hand = same.get(ref)
    if by_hand in held:
        return by_hand
    copied = held[ref].record.copy_of
    original = Ref(ref.source, ref.kind, copied) if copied is not None else None
    return original if original in held else None


def _words(title: str) -> str:
    return " ".join(title.casefold().split())
