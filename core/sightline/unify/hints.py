"""Where a scope of no project may belong: by shared words, by links and keys between the items, by the people in both.

Words alone never make a suggestion sure: "Acme content" is Acme's, but Acme may have three projects.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.unify.clues import SURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.facts import Sourced
    from sightline.model.portfolio import Client, Project
    from sightline.model.records import Scope
    from sightline.model.refs import Ref

__all__ = ["ScopeSeen", "ScopeSuggestion", "scope_suggestions"]

_NAME, _WORD, _CLIENT = Decimal("0.60"), Decimal("0.20"), Decimal("0.30")
_MOST_BY_WORDS = Decimal("0.60")
_LINKS, _LINK, _ALL_LINKS = Decimal("0.20"), Decimal("0.05"), Decimal("0.50")
_PERSON, _ALL_PERSONS = Decimal("0.05"), Decimal("0.20")
_MOST = Decimal("0.99")
#: A word that more projects have than this tells nothing.
_TOO_COMMON = 50
_SHORTEST = 3
#: Words that stand in the names of all kinds of work.
_IDLE = frozenset("the and for ltd inc llc gmbh co board project team new main".split())


class ScopeSuggestion(NamedTuple):
    """A scope that may belong to a project; from `SURE` on it may be accepted together with the other sure ones."""

    scope: Ref
    project: str
    score: Decimal
    reasons: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Whether nobody need look."""
        return self.score >= SURE


class ScopeSeen(NamedTuple):
    """What was seen of scopes: ties from their items to each project's, and the persons who work in both."""

    ties: Mapping[Ref, Mapping[str, int]]
    """Scope → project → links and keys between its items and the project's."""
    persons: Mapping[Ref, frozenset[str]]
    project_persons: Mapping[str, frozenset[str]]


def scope_suggestions(
    scopes: Iterable[Sourced[Scope]],
    projects: Sequence[Project],
    clients: Mapping[str, Client],
    seen: ScopeSeen | None = None,
) -> list[ScopeSuggestion]:
    """The likely projects of each scope given, best first.

    0.60 when all words of the project's name stand in the scope's, else 0.20 for each that does; 0.30 when a word of
    the client's does; words make at most 0.60. 0.20 and 0.05 for each link, at most 0.50; 0.05 for each person, at most
    0.20. People alone suggest nothing. Two projects that are equally likely are both shown and neither is sure.
    """
    words = _ByWord(projects, clients)
    found: list[ScopeSuggestion] = []
    for scope in scopes:
        ranked = sorted(words.of(scope, seen or ScopeSeen({}, {}, {})), key=lambda s: (-s.score, s.project))
        if len(ranked) > 1 and ranked[0].score == ranked[1].score >= SURE:
            below = SURE - Decimal("0.01")
            ranked = [one._replace(score=min(one.score, below)) for one in ranked]
        found += ranked
    return sorted(found, key=lambda s: (-s.score, s.scope, s.project))


class _ByWord:
    """Projects by the words of their names and of their clients' names."""

    def __init__(self, projects: Sequence[Project], clients: Mapping[str, Client]) -> None:
        self.named = {project.id: _words(project.name) for project in projects}
        self.client = {
            project.id: _words(clients[project.client].name)
            for project in projects
            if project.client and project.client in clients
        }
        self.by_word: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for table in (self.named, self.client):
            for project, words in table.items():
                for word in words:
                    self.by_word[word][project] = None

    def of(self, scope: Sourced[Scope], seen: ScopeSeen) -> list[ScopeSuggestion]:
        """Every project that something but people speaks for."""
        words = _words(f"{scope.record.key} {scope.record.name}")
        ties = seen.ties.get(scope.ref, {})
        likely = dict.fromkeys(ties)
        for word in words:
            if len(known := self.by_word.get(word, {})) <= _TOO_COMMON:
                likely |= known
        return [self._judged(scope.ref, project, words, ties.get(project, 0), seen) for project in likely]

    def _judged(self, scope: Ref, project: str, words: set[str], ties: int, seen: ScopeSeen) -> ScopeSuggestion:
        own, client = self.named.get(project, set()), self.client.get(project, set())
        reasons = []
        score = Decimal(0)
        if shared := own & words:
            score = _NAME if shared == own else _WORD * len(shared)
        if theirs := client & words:
            score += _CLIENT
        score = min(score, _MOST_BY_WORDS)
        if shared or theirs:
            reasons.append("same words: " + ", ".join(sorted(shared | theirs)))
        if ties:
            score += min(_LINKS + _LINK * ties, _ALL_LINKS)
            reasons.append("1 link" if ties == 1 else f"{ties} links")
        people = len(seen.persons.get(scope, frozenset()) & seen.project_persons.get(project, frozenset()))
        if people:
            score += min(_PERSON * people, _ALL_PERSONS)
            reasons.append("1 person works in both" if people == 1 else f"{people} people work in both")
            if not ties:
                score = min(score, SURE - Decimal("0.10"))
        return ScopeSuggestion(scope, project, min(score, _MOST), tuple(reasons))


def _words(text: str) -> set[str]:
    found = re.findall(r"[^\W_]+", text.casefold())
    return {word for word in found if len(word) >= _SHORTEST and word not in _IDLE}
