"""What finished work teaches, as values."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

from sightline.measure.lessons import Lesson, Suggestion
from sightline.model.figures import Unknown

__all__ = ["LessonsView"]


@dataclasses.dataclass(frozen=True, slots=True)
class LessonsView:
    """All finished work that was asked for, in groups; with a quote, what similar work says about it."""

    as_of: dt.datetime
    whole: Lesson
    groups: Mapping[str, tuple[Lesson, ...]]
    """type, person, client, size → its groups."""
    suggestion: Suggestion | Unknown | None
