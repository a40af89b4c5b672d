"""Which task of the tools an item of a plan's file stands for: by what the file says, by key, by the same title."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import structs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sightline.model.facts import Facts
    from sightline.model.plan import PlanItem
    from sightline.model.refs import Ref

__all__ = ["tied"]

_KEY = re.compile(r"(?<![\w/-])([A-Za-z][A-Za-z0-9_]{0,63}-\d{1,12}|[\w.-]+/[\w.-]+#\d+)(?![\w-])")


def tied(items: Sequence[PlanItem], facts: Facts, said: Mapping[str, str] | None = None) -> tuple[PlanItem, ...]:
    """The items with the tasks they stand for; `said` is uid → task as the file writes it (`source:key` or key).

    A key in the item's name is next, then the one task of the same title. What fits several tasks ties to none, and no
    task stands for two items.
    """
    keys: defaultdict[str, list[Ref]] = defaultdict(list)
    titles: defaultdict[str, list[Ref]] = defaultdict(list)
    for task in facts.tasks:
        keys[task.record.key.casefold()].append(task.ref)
        keys[f"{task.source}:{task.record.key}".casefold()].append(task.ref)
        titles[_plain(task.record.title)].append(task.ref)
    used: set[Ref] = set()
    found = []
    for item in items:
        names = [(said or {}).get(item.uid, ""), *_KEY.findall(item.name)]
        hits = [*(keys.get(name.casefold(), []) for name in names if name), titles.get(_plain(item.name), [])]
        ref = next((refs[0] for refs in hits if len(refs) == 1 and refs[0] not in used), None)
        if ref is not None and not item.milestone:
            used.add(ref)
            item = structs.replace(item, task=ref)  # noqa: PLW2901 - the same item, with its task
        found.append(item)
    return tuple(found)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
