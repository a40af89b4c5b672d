"""Words that people put in place of a section's computed sentences. Words they may change; figures they may not.

A text names its figures in braces: `{done} is done.` A figure may also be written out as it stands in the report, and
is taken for its name then. Any other number is refused: it would be a figure without a receipt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sightline.errors import ConfigError
from sightline.present.language import PLACE, Said
from sightline.present.report import Shown

__all__ = ["checked_words", "missing_figures"]

_NUMBER = re.compile(r"[^\s,;:!?()]*\d[^\s;!?()]*")
_EDGES = ".,;:!?()“”\"'„"
_LONGEST = 5_000


def checked_words(shown: Shown, text: str, known: Iterable[str] = ()) -> str:
    """The text with names for the section's figures; `ConfigError` for a number or a name that is none of them.

    `known` are texts of the report's own data, such as titles: a number that stands in one of them as a word is a name.
    """
    if not text.strip() or len(text) > _LONGEST:
        raise ConfigError(
            f"the text is empty or longer than {_LONGEST} characters", where=shown.name, mend="Write a text."
        )
    words = _with_names(text.strip(), shown.said.figures)
    unknown = [name for name in PLACE.findall(words) if name not in shown.said.figures]
    if unknown:
        raise _refused(shown, f"{{{unknown[0]}}} is not a figure of this section")
    names = {word.strip(_EDGES) for one in known for word in one.split()}
    for found in _NUMBER.findall(PLACE.sub(" ", words)):
        if found.strip(_EDGES) not in names:
            raise _refused(shown, f"{found.strip(_EDGES)[:40]!r} is not a figure of this section")
    return words


def _with_names(text: str, figures: Mapping[str, str]) -> str:
    """Figures that are written out, as names; the longest first, so that 12 is not found in 12.50."""
    for name, value in sorted(figures.items(), key=lambda item: -len(item[1])):
        if any(char.isdigit() for char in value):
            text = re.sub(rf"(?<![\w.,]){_loose(value)}(?!\w|[.,]\d)", f"{{{name}}}", text)
    return text


def _loose(value: str) -> str:
    """A pattern that takes any space for a space."""
    return r"\s+".join(re.escape(part) for part in value.split())


def missing_figures(said: Said, words: str) -> list[str]:
    """Names in the words for which there is no figure any more."""
    return sorted({name for name in PLACE.findall(words) if name not in said.figures})


def _refused(shown: Shown, why: str) -> ConfigError:
    held = ", ".join(f"{{{name}}} = {value}" for name, value in shown.said.figures.items()) or "none"
    return ConfigError(
        f"{why}: words can be edited, numbers come from the data", where=shown.name, mend=f"Its figures: {held}."
    )
