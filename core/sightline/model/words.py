"""Words that people write on lists and columns, and how a number stands before one."""

from __future__ import annotations

import re

__all__ = ["counted", "says_over"]

#: Words for work that is over.
_OVER = frozenset("done complete completed finished closed shipped released live resolved cancelled canceled".split())


def says_over(status: str) -> bool:
    """Whether the word of a status says that the work is over, whatever its punctuation: "Done?" does."""
    return re.sub(r"[\W_]+", " ", status.casefold()).strip() in _OVER


def counted(number: int, noun: str) -> str:
    """`1 item`, `3 items`: for nouns whose plural ends in s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
