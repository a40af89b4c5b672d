"""A report as Markdown: for wikis, for reading in a terminal, for comparing two reports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sightline.present.documents.blocks import Block, Cell, blocks_of

__all__ = ["markdown_of"]

_SIGNS = re.compile(r"([\\`*_\[\]<>#|~])")


def markdown_of(page: str) -> str:
    """The page as Markdown; what could be taken for markup is escaped."""
    return "\n\n".join(_block(block) for block in blocks_of(page)) + "\n"


def _block(block: Block) -> str:
    if block.kind == "table":
        return "\n".join(_table(block.rows))
    text = _escaped(block.text)
    if block.kind == "bar":
        return f"`{'█' * (block.percent // 5):░<20}` {text}"
    if block.kind == "heading":
        return f"{'#' * block.level} {text}".replace("\n", " ")
    if block.bold:
        head = _escaped(block.bold)
        text = f"**{head}**{text.removeprefix(head)}"
    return f"- {text}" if block.kind == "item" else text.replace("\n", "  \n")


def _table(rows: list[list[Cell]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield "| " + " | ".join(_escaped(cell.text).replace("\n", "<br>") for cell in row) + " |"
        if number == 0:
            yield "|" + "|".join(" ---: " if cell.figure else " --- " for cell in row) + "|"


def _escaped(text: str) -> str:
    escaped = _SIGNS.sub(r"\\\1", text)
    # A line that begins like a list or a quotation is none.
    return re.sub(r"(?m)^(\s*)([-+]|\d+[.)])(?=\s)", r"\1\\\2", escaped)
