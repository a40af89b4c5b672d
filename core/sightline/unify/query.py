"""The small language of `query` in an include rule: which tasks belong, told by their unified fields.

    label = "website" and priority in ("High", "Highest") and not (state = done and completed < 2026-09-01)

A test is `field op value`, `field in (value, …)`, `field not in (…)`, `field is empty` or `field is not empty`; tests
are joined by `and`, `or`, `not` and parentheses. `=` and `!=` compare as rules do everywhere: any case, `*` for any run
of characters; a field with several values (label) fits when one of them does, and `!=` when none does. `~` and `!~`
look for a text inside. `<`, `<=`, `>`, `>=` compare days, points and estimates (hours); where the task has no value
they do not fit. Nothing in a query is ever run as code.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sightline.errors import ConfigError
from sightline.unify.patterns import matches

if TYPE_CHECKING:
    from sightline.model.records import Task

__all__ = ["FIELDS", "Asked", "compiled"]

_LONGEST, _DEEPEST = 2_000, 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<op><=|>=|!=|!~|=|~|<|>)|(?P<mark>[(),])|(?P<word>[^\s"'()<>=!~,]+))"""
)
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


class Asked(NamedTuple):
    """What a query is put to: a task, and the names that the task itself knows only by id."""

    task: Task
    milestones: tuple[str, ...] = ()
    """Ids and names of its milestones and sprints."""
    assignees: tuple[str, ...] = ()
    """Account ids and names."""
    parents: tuple[str, ...] = ()
    """Ids and keys from its parent upward."""


Fits = Callable[[Asked], bool]


def _day(value: dt.datetime | None) -> dt.date | None:
    return value.date() if value else None


def _hours(seconds: int | None) -> Decimal | None:
    return None if seconds is None else Decimal(seconds) / 3600


#: Fields whose values are words.
_WORDS: dict[str, Callable[[Asked], tuple[str | None, ...]]] = {
    "key": lambda a: (a.task.key,),
    "title": lambda a: (a.task.title,),
    "kind": lambda a: (a.task.kind,),
    "status": lambda a: (a.task.status,),
    "state": lambda a: (a.task.state,),
    "waiting_on": lambda a: (a.task.waiting_on,),
    "label": lambda a: a.task.labels,
    "component": lambda a: a.task.components,
    "priority": lambda a: (a.task.priority,),
    "milestone": lambda a: a.milestones,
    "sprint": lambda a: a.milestones if a.task.sprints else (),
    "assignee": lambda a: a.assignees,
    "parent": lambda a: a.parents,
    "archived": lambda a: ("yes" if a.task.archived else "no",),
}
#: Fields that have an order: UTC days, points, hours.
_VALUES: dict[str, Callable[[Asked], Any]] = {
    "created": lambda a: _day(a.task.created_at),
    "updated": lambda a: _day(a.task.updated_at),
    "started": lambda a: _day(a.task.started_at),
    "completed": lambda a: _day(a.task.completed_at),
    "start": lambda a: a.task.start_on,
    "due": lambda a: a.task.due_on,
    "points": lambda a: a.task.points,
    "estimate": lambda a: _hours(a.task.estimate_seconds),
}
_NUMBERS = ("points", "estimate")
FIELDS = (*_WORDS, *_VALUES)


def compiled(query: str, where: str) -> Fits:
    """The query as a question to ask of each task; a `ConfigError` that says where it stops making sense."""
    if len(query) > _LONGEST:
        raise _refused("is too long", where)
    return _Reader(query, where).read()


def _refused(what: str, where: str) -> ConfigError:
    return ConfigError(
        f"the query {what}",
        where=where,
        mend='Write tests like `label = "website" and priority in ("High", "Highest")`; fields are '
        + ", ".join(FIELDS)
        + ".",
    )


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def _tokens(query: str, where: str) -> list[_Token]:
    found, at = [], 0
    end = len(query.rstrip())
    while at < end:
        match = _TOKEN.match(query, at)
        if match is None:
            raise _refused(f"cannot be read from character {at + 1} on", where)
        kind = match.lastgroup or ""
        text = match[kind]
        found.append(_Token(kind, text[1:-1] if kind == "text" else text, match.start(kind) + 1))
        at = match.end()
    return found


class _Reader:
    """Reads from left to right: `or` binds least, then `and`, then `not`."""

    def __init__(self, query: str, where: str) -> None:
        self.tokens = _tokens(query, where)
        self.where = where
        self.here = 0
        self.depth = 0

    def read(self) -> Fits:
        """The whole query."""
        fits = self._either()
        if self.here < len(self.tokens):
            raise self._stuck("and, or, or its end")
        return fits

    def _either(self) -> Fits:
        parts = [self._all()]
        while self._word("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda asked: any(part(asked) for part in parts)

    def _all(self) -> Fits:
        parts = [self._one()]
        while self._word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda asked: all(part(asked) for part in parts)

    def _one(self) -> Fits:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _refused(f"is nested more than {_DEEPEST} deep", self.where)
        if self._word("not"):
            inner = self._one()
            fits: Fits = lambda asked: not inner(asked)  # noqa: E731 - a closure like its neighbours
        elif self._mark("("):
            fits = self._either()
            self._expect(")")
        else:
            fits = self._test()
        self.depth -= 1
        return fits

    def _test(self) -> Fits:
        token = self._next("a field")
        field = token.text.casefold()
        if token.kind != "word" or field not in FIELDS:
            close = difflib.get_close_matches(field, FIELDS, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise _refused(f"has no field at character {token.at}{hint}", self.where)
        if self._word("is"):
            empty = not self._word("not")
            if not self._word("empty"):
                raise self._stuck("empty")
            return lambda asked: _is_empty(field, asked) == empty
        if self._word("not"):
            if not self._word("in"):
                raise self._stuck("in")
            listed = self._listed(field)
            return lambda asked: not listed(asked)
        if self._word("in"):
            return self._listed(field)
        op = self._next("a comparison")
        if op.kind != "op":
            raise self._stuck("=, !=, ~, !~, <, <=, >, >=, in or is", back=1)
        return self._compared(field, op, self._value())

    def _listed(self, field: str) -> Fits:
        self._expect("(")
        equal = _Token("op", "=", 0)
        parts = [self._compared(field, equal, self._value())]
        while self._mark(","):
            parts.append(self._compared(field, equal, self._value()))
        self._expect(")")
        return lambda asked: any(part(asked) for part in parts)

    def _compared(self, field: str, op: _Token, value: _Token) -> Fits:
        if field in _VALUES:
            return self._ordered(field, op, value)
        words, text = _WORDS[field], value.text
        if op.text in _ORDERED:
            raise _refused(f"asks at character {op.at} for an order that {field} has not", self.where)
        if op.text in ("=", "!="):
            same = op.text == "="
            return lambda asked: matches(text, *words(asked)) == same if words(asked) else not same
        inside, folded = op.text == "~", text.casefold()
        return lambda asked: any(folded in word.casefold() for word in words(asked) if word) == inside

    def _ordered(self, field: str, op: _Token, value: _Token) -> Fits:
        if op.text in ("~", "!~"):
            raise _refused(f"looks at character {op.at} for a text in {field}", self.where)
        told, wanted = _VALUES[field], self._wanted(field, value)
        if op.text in ("=", "!="):
            same = op.text == "="
            return lambda asked: (told(asked) == wanted) == same
        compare = _ORDERED[op.text]
        return lambda asked: (held := told(asked)) is not None and compare(held, wanted)

    def _wanted(self, field: str, value: _Token) -> dt.date | Decimal:
        number = field in _NUMBERS
        if number and re.fullmatch(r"\d{1,9}(\.\d{1,4})?", value.text):
            return Decimal(value.text)
        if not number and re.fullmatch(r"\d{4}-\d\d-\d\d", value.text):
            try:
                return dt.date.fromisoformat(value.text)
            except ValueError:
                pass
        asked = "a number like 2.5" if number else "a day like 2026-11-20"
        raise _refused(f"needs {asked} at character {value.at}", self.where)

    def _value(self) -> _Token:
        token = self._next("a value")
        if token.kind not in ("text", "word"):
            raise self._stuck("a value", back=1)
        return token

    def _next(self, wanted: str) -> _Token:
        if self.here >= len(self.tokens):
            raise self._stuck(wanted)
        self.here += 1
        return self.tokens[self.here - 1]

    def _word(self, word: str) -> bool:
        return self._take("word", word)

    def _mark(self, mark: str) -> bool:
        return self._take("mark", mark)

    def _take(self, kind: str, text: str) -> bool:
        held = self.tokens[self.here] if self.here < len(self.tokens) else None
        if held is None or held.kind != kind or held.text.casefold() != text:
            return False
        self.here += 1
        return True

    def _expect(self, mark: str) -> None:
        if not self._mark(mark):
            raise self._stuck(mark)

    def _stuck(self, wanted: str, *, back: int = 0) -> ConfigError:
        at = self.here - back
        place = f"at character {self.tokens[at].at}" if at < len(self.tokens) else "at its end"
        return _refused(f"should go on with {wanted} {place}", self.where)


def _is_empty(field: str, asked: Asked) -> bool:
    if field in _VALUES:
        return _VALUES[field](asked) is None
    return not any(_WORDS[field](asked))
