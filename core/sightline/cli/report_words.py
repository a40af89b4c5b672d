"""The file of words that `sightline report review` writes and reads: one text per section, figures in braces."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

from sightline.errors import ConfigError

if TYPE_CHECKING:
    from sightline.app.report_life import Review

__all__ = ["read_words", "write_words"]


def write_words(path: Path, found: Review) -> None:
    """Every section's words, and above them the figures they may name."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment(f"Words of report {found.entry['id']}. Figures stand in braces and cannot be changed.")
    )
    for one in found.sections:
        document.add(tomlkit.nl())
        for name, value in one.said.figures.items():
            document.add(tomlkit.comment(f"{{{name}}} = {' '.join(value.split())}"))
        text = found.words.get(one.name, one.said.words)
        document.add(one.name, tomlkit.string(text, multiline="\n" in text))
    path.write_text(tomlkit.dumps(document), "utf-8")


def read_words(path: Path) -> dict[str, str]:
    """Section → text; empty texts are left out. `ConfigError` when the file is not what `--words-out` writes."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"the words cannot be read ({type(error).__name__})", where=str(path), mend="Write it anew by --words-out."
        ) from None
    if not all(isinstance(text, str) for text in table.values()):
        raise ConfigError("a section's words are no text", where=str(path), mend='Write SECTION = "text".')
    return {name: text for name, text in table.items() if text.strip()}
