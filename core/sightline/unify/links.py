"""What is tied to what across tools: commits, comments, time and invoice lines to tasks, and tasks to each other.

Found by id, by the key people write, by web address, or by a rule of the workspace. A name that fits several tasks ties
to none of them: two sites may both have a WEB-12.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.model.facts import Sourced
from sightline.model.refs import Ref
from sightline.unify.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sightline.model.portfolio import LinkRule
    from sightline.model.records import Activity, Document, Link, Scope, Task, TimeEntry

__all__ = ["Homes", "Names", "Tie", "Ties", "mentions", "tie_activities", "tie_lines", "tie_links", "tie_time"]

How = Literal["id", "key", "address", "rule"]
#: What in a text may name a task: an address, `owner/repo#34`, `WEB-12`. A bare #34 means too many things.
_MENTION = re.compile(
    r"(https?://[^\s<>\"')\]]+)|([\w.-]+/[\w.-]+#\d+)|(?<![\w/-])([a-z][a-z0-9_]{0,63}-\d{1,12})(?![\w-])",
    re.IGNORECASE,
)
#: So much of one text is looked at.
_LONGEST_TEXT = 20_000


class Tie(NamedTuple):
    """`origin` (an activity, an entry, a document, a task) concerns the task `task`; `how` says by what it was found."""

    origin: Ref
    task: Ref
    how: How
    kind: str = ""
    """The link's kind: blocks, relates …; empty for anything else than a link."""
    part: str = ""
    """The line of a document; else empty."""


class Ties(NamedTuple):
    """The ties found, and the names that fit several tasks or none: (origin, name, tasks that fit)."""

    ties: list[Tie]
    ambiguous: list[tuple[Ref, str, tuple[Ref, ...]]]


class Homes(NamedTuple):
    """Which project scopes and tasks belong to, to tell between tasks of one name."""

    of_scope: Callable[[str, str], str | None]
    """(source, scope id) → project."""
    tasks: Mapping[Ref, str]


class Names:
    """Tasks by what people and tools call them; build it once and ask it often.

    `scopes` make `owner/repo#34` a name; `old_keys` are keys that tasks had before they moved: (source, key) → task id.
    """

    def __init__(
        self,
        tasks: Iterable[Sourced[Task]],
        scopes: Iterable[Sourced[Scope]] = (),
        old_keys: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.refs: set[Ref] = set()
        self.addresses: dict[str, Ref] = {}
        self.keys: defaultdict[str, list[Ref]] = defaultdict(list)
        places = {(source, scope.id): scope.key for source, scope in scopes}
        for task in tasks:
            source, record = task
            ref = task.ref
            self.refs.add(ref)
            self.keys[record.key.casefold()].append(ref)
            if record.key.startswith("#") and (place := places.get((source, record.scope))):
                self.keys[f"{place}{record.key}".casefold()].append(ref)
            if record.url:
                self.addresses.setdefault(record.url.rstrip("/"), ref)
        for (source, key), id_ in (old_keys or {}).items():
            ref = Ref(source, "tasks", id_)
            # A key in use today means the task that has it now.
            if ref in self.refs and not any(held.source == source for held in self.keys.get(key.casefold(), ())):
                self.keys[key.casefold()].append(ref)

    def by_key(self, key: str, source: str) -> tuple[Ref, ...]:
        """The tasks of that key; only those of `source` when it has any."""
        fits = self.keys.get(key.casefold(), [])
        near = [ref for ref in fits if ref.source == source]
        return tuple(near or fits)

    def named(self, name: str, source: str) -> tuple[tuple[Ref, ...], How]:
        """The tasks of that address or key, and which of the two it is."""
        if "://" in name:
            found = self.addresses.get(name.rstrip("/.,;"))
            return ((found,) if found else ()), "address"
        return self.by_key(name, source), "key"


def mentions(text: str | None) -> list[str]:
    """The addresses and keys that stand in a text, each once, in order."""
    found = _MENTION.finditer((text or "")[:_LONGEST_TEXT])
    return list(dict.fromkeys(match[0] for match in found))


def tie_activities(
    activities: Iterable[Sourced[Activity]],
    tasks: Sequence[Sourced[Task]] | Names,
    rules: Sequence[LinkRule] = (),
    homes: Homes | None = None,
) -> Ties:
    """Commits, comments and reviews to the tasks they are about, each pair once.

    By the task's id in the activity's own source, else by the keys named in its text (any case), else by rule. A key
    that exists in two sources ties to none of them, unless one is in the activity's own source or only one belongs to
    the project of its scope: then #34 in a repository's commit is the #34 of that project. What stays unclear is
    listed as ambiguous.
    """
    found = _Found(tasks, homes)
    by_source = _rules(rules)
    for activity in activities:
        source, record = activity
        found.of(
            activity.ref,
            task=record.task,
            names=record.keys,
            rules=by_source.get(source, ()),
            texts=(record.title, record.text),
            scope=record.scope,
        )
    return found.ties


def tie_time(
    entries: Iterable[Sourced[TimeEntry]],
    tasks: Sequence[Sourced[Task]] | Names,
    rules: Sequence[LinkRule] = (),
    homes: Homes | None = None,
) -> Ties:
    """Time to tasks by the key the tool gives, by what the note names, by rule.

    Time on a task of its own tool is no tie: the entry says so itself.
    """
    found = _Found(tasks, homes)
    by_source = _rules(rules)
    for entry in entries:
        source, record = entry
        held = by_source.get(source, ())
        if not record.task_key and not record.note:
            continue
        names = mentions(record.note)
        if record.task_key and not record.task:
            names.insert(0, record.task_key)
        if names or held:
            found.of(entry.ref, names=names, rules=held, texts=(record.note,), scope=record.scope)
    return found.ties


def tie_lines(
    documents: Iterable[Sourced[Document]], tasks: Sequence[Sourced[Task]] | Names, rules: Sequence[LinkRule] = ()
) -> Ties:
    """Lines of invoices and bills to the tasks their description names; what the reference names is the document's."""
    found = _Found(tasks)
    by_source = _rules(rules)
    for document in documents:
        source, record = document
        held = by_source.get(source, ())
        if names := mentions(record.reference):
            found.of(document.ref, names=names)
        for line in record.lines:
            if line.description:
                found.of(
                    document.ref, names=mentions(line.description), rules=held, texts=(line.description,), part=line.id
                )
    return found.ties


def tie_links(links: Iterable[Sourced[Link]], tasks: Sequence[Sourced[Task]] | Names) -> Ties:
    """The tools' own links as ties between tasks: by id, else address, else key. A link to something else is no tie."""
    names = tasks if isinstance(tasks, Names) else Names(tasks)
    ties: list[Tie] = []
    unclear: list[tuple[Ref, str, tuple[Ref, ...]]] = []
    for source, link in links:
        origin = Ref(source, "tasks", link.from_task)
        target = Ref(source, "tasks", link.to)
        if target in names.refs:
            ties.append(Tie(origin, target, "id", link.kind))
        elif address := names.addresses.get(link.to.rstrip("/")):
            ties.append(Tie(origin, address, "address", link.kind))
        elif len(fits := names.by_key(link.to, source)) == 1:
            ties.append(Tie(origin, fits[0], "key", link.kind))
        elif fits:
            unclear.append((origin, link.to, fits))
    return Ties(ties, unclear)


class _Found:
    """Ties as they are found, each pair once."""

    def __init__(self, tasks: Sequence[Sourced[Task]] | Names, homes: Homes | None = None) -> None:
        self.names = tasks if isinstance(tasks, Names) else Names(tasks)
        self.homes = homes
        self.ties = Ties([], [])

    def of(
        self,
        origin: Ref,
        *,
        task: str | None = None,
        names: Iterable[str] = (),
        rules: Sequence[LinkRule] = (),
        texts: Iterable[str | None] = (),
        part: str = "",
        scope: str = "",
    ) -> None:
        """Everything one thing is tied to."""
        own = Ref(origin.source, "tasks", task or "")
        found = {own: Tie(origin, own, "id", part=part)} if own in self.names.refs else {}
        wanted: Iterator[tuple[str, How | None]] = ((name, None) for name in names)
        by_rule = [(rule.task, "rule") for rule in rules if matches(rule.text, *texts)] if rules else []
        for name, by in [*wanted, *by_rule]:
            fits, how = self._fits(name, origin.source)
            if len(fits) > 1 and self.homes is not None:
                home = self.homes.of_scope(origin.source, scope)
                fits = tuple(ref for ref in fits if home and self.homes.tasks.get(ref) == home) or fits
            if len(fits) == 1:
                found.setdefault(fits[0], Tie(origin, fits[0], "rule" if by else how, part=part))
            elif fits:
                self.ties.ambiguous.append((origin, name, fits))
        self.ties.ties.extend(found.values())

    def _fits(self, name: str, source: str) -> tuple[tuple[Ref, ...], How]:
        """Tasks of that name; `source:key` names one in that source."""
        where, colon, key = name.partition(":")
        if colon and "//" not in key[:2]:
            return tuple(ref for ref in self.names.by_key(key, where) if ref.source == where), "key"
        return self.names.named(name, source)


def _rules(rules: Iterable[LinkRule]) -> dict[str, list[LinkRule]]:
    by_source: defaultdict[str, list[LinkRule]] = defaultdict(list)
    for rule in rules:
        by_source[rule.source].append(rule)
    return by_source
