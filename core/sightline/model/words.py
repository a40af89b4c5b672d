"""Words that people write on lists and columns."""

from __future__ import annotations

import re

__all__ = ["says_over"]

#: Words for work that is over.
_OVER = frozenset("done complete completed finished closed shipped released live resolved cancelled canceled".split())


def says_over(status: str) -> bool:
    """Whether the word of a status says that the work is over, whatever its punctuation: "Done?" does."""
    return re.sub(r"[\W_]+", " ", status.casefold()).strip() in _OVER
