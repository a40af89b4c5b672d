"""A report's page as plain blocks: headings, paragraphs, tables. What other forms are made from, so that all say the same."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from typing import Literal

__all__ = ["Block", "Cell", "blocks_of"]

#: Spaces that keep a number and its unit together are spaces to who reads plain text.
_SPACES = re.compile(r"[ \t\r\n\u00a0\u202f]+")
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, whether it is a figure, and its exact value where the page states one."""

    text: str
    figure: bool = False
    value: str | None = None


@dataclasses.dataclass(slots=True)
class Block:
    """A heading of a level (1 to 3), a paragraph, a list's item, a bar, or a table whose first row is its head."""

    kind: Literal["heading", "paragraph", "item", "table", "bar"]
    text: str = ""
    level: int = 0
    bold: str = ""
    """The paragraph's beginning, where that stands out."""
    rows: list[list[Cell]] = dataclasses.field(default_factory=list)
    section: str = ""
    """The name of the section it stands in; empty for what is around them."""
    percent: int = 0
    """How long a bar is, 0 to 100; its text says it too."""


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._silent = 0
        self._text: list[str] = []
        self._table: Block | None = None
        self._cell: dict[str, str | None] | None = None
        self._strong = -1
        self._bold = ""
        self._section = ""
        self._percent: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._section = (dict(attrs).get("id") or "") if tag == "section" else self._section
        if tag in ("style", "title", "svg", "head"):
            self._silent += 1
        elif tag == "rect":
            self._percent = _whole(dict(attrs).get("width"))
        elif tag == "table":
            self._flush("paragraph")
            self._table = Block("table", section=self._section)
        elif tag == "tr" and self._table is not None:
            self._table.rows.append([])
        elif tag in ("td", "th"):
            self._cell, self._text = dict(attrs), []
        elif tag == "br":
            self._text.append("\n")
        elif tag == "strong":
            self._strong = len(self._text)
        elif tag in ("p", "li", "div", "header", "footer", "section", *_HEADINGS) and self._cell is None:
            self._flush("paragraph")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title", "svg", "head"):
            self._silent -= 1
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "table" and self._table is not None:
            self.blocks.append(self._table)
            self._table = None
        elif tag == "strong" and self._strong == 0:
            self._bold = _plain(self._text)
            self._strong = -1
        elif tag in _HEADINGS:
            self._flush("heading", _HEADINGS[tag])
        elif tag == "li":
            self._flush("item")
        elif tag in ("p", "div", "header", "footer", "section"):
            self._flush("paragraph" if self._percent is None else "bar")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._text.append(_SPACES.sub(" ", data))

    def _end_cell(self) -> None:
        if self._table is None or self._cell is None or not self._table.rows:
            return
        figure = "figure" in (self._cell.get("class") or "").split()
        self._table.rows[-1].append(Cell(_plain(self._text), figure, self._cell.get("data-value")))
        self._cell, self._text = None, []

    def _flush(self, kind: Literal["heading", "paragraph", "item", "bar"], level: int = 0) -> None:
        text = _plain(self._text)
        if text:
            percent = self._percent or 0
            self.blocks.append(Block(kind, text, level, self._bold, section=self._section, percent=percent))
        self._text, self._bold, self._strong, self._percent = [], "", -1, None


def _whole(width: str | None) -> int:
    """The whole percent of a bar's width; the last bar of a row is the one that counts."""
    head = (width or "0").partition(".")[0]
    return min(100, int(head)) if head.isdigit() else 0


def _plain(parts: list[str]) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
