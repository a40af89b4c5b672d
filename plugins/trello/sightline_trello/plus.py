"""The comment grammar of Plus for Trello: who spent how much, when, and what is estimated.

    plus! [@user … | @me | @global] [-Nd] S/E [^command] [note]

`5/3` adds 5 hours spent and 3 hours estimated; `5/`, `5` and `/4` leave one side out; on a recurring card (`[R]` in its
title) a bare `5` is 5/5. Negative numbers correct earlier rows. `-2d` dates the row two days before the comment.
Source: plusfortrello.com, "Spent / Estimate card comment format".
"""

from __future__ import annotations

import dataclasses
import re

from sightline.sdk import seconds_of_hours

__all__ = ["GLOBAL", "ME", "PlusRow", "is_recurring", "parse"]

#: Users with a meaning of their own: the commenter, and nobody in particular.
ME, GLOBAL = "me", "global"
#: Rows of these commands move or restart totals; nobody worked or estimated anything new.
_NO_WORK = frozenset({"resetsync", "etransfer", "markboard", "unmarkboard"})
_NUMBER = r"[+-]?(?:\d{1,6}(?:\.\d{1,6})?|\.\d{1,6}|\d{1,6}:[0-5]\d)"
_USER = re.compile(r"@([\w.-]+)")
_BACK = re.compile(r"-(\d{1,5})d")
_HOURS = re.compile(rf"(?P<spent>{_NUMBER})?(?P<slash>/)?(?P<estimate>{_NUMBER})?")
_COMMAND = re.compile(r"\^(\w+)")


@dataclasses.dataclass(frozen=True, slots=True)
class PlusRow:
    """What one comment adds for each of its `users`, in seconds; both may be negative."""

    users: tuple[str, ...]
    """User names without `@`, lower case; `me` and `global` as they are."""
    days_back: int
    spent_seconds: int
    estimate_seconds: int
    note: str | None = None


def is_recurring(title: str) -> bool:
    """Whether the card's title marks it as recurring."""
    return "[R]" in title


def parse(text: str, keyword: str, *, recurring: bool = False) -> PlusRow | None:
    """The row in a comment, or None: another comment, a command that adds no work, or not of the grammar."""
    words = text.split()
    if not keyword or not words or words[0].casefold() != keyword.casefold():
        return None
    users: list[str] = []
    days_back, at = 0, 1
    while at < len(words):
        if user := _USER.fullmatch(words[at]):
            users.append(user.group(1).casefold())
        elif back := _BACK.fullmatch(words[at]):
            days_back = int(back.group(1))
        else:
            break
        at += 1
    hours = _hours(words[at], recurring=recurring) if at < len(words) else None
    if hours is None:
        return None
    command = _COMMAND.fullmatch(words[at + 1]) if at + 1 < len(words) else None
    if command and command.group(1).casefold() in _NO_WORK:
        return None
    note = " ".join(words[at + 1 :])
    return PlusRow(tuple(dict.fromkeys(users)) or (ME,), days_back, *hours, note or None)


def _hours(word: str, *, recurring: bool) -> tuple[int, int] | None:
    found = _HOURS.fullmatch(word)
    if not found or not (found["spent"] or found["estimate"]):
        return None
    if found["estimate"] and not found["slash"]:
        return None
    spent, estimate = _seconds(found["spent"]), _seconds(found["estimate"])
    return (spent, spent) if recurring and not found["slash"] else (spent, estimate)


def _seconds(number: str | None) -> int:
    """Whole seconds of `2.5`, `-1` or `1:30`; nothing stated is nothing added."""
    if not number:
        return 0
    hours, colon, minutes = number.partition(":")
    if not colon:
        return seconds_of_hours(number) or 0
    sign = -1 if hours.startswith("-") else 1
    return (seconds_of_hours(hours) or 0) + sign * int(minutes) * 60
