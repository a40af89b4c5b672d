"""A report's tables as an Excel file: one sheet per section, figures as numbers, texts as texts, nothing hidden."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from sightline.errors import ConfigError
from sightline.present.documents.blocks import Cell, blocks_of
from sightline.present.documents.docx import xml_text

__all__ = ["xlsx_of"]

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 28
_LONGEST_TEXT = 32_000


def xlsx_of(page: str, *, title: str, author: str, made_at: dt.datetime) -> bytes:
    """The page's tables as .xlsx. A text that begins like a formula or an address stays a text."""
    try:
        import xlsxwriter  # noqa: PLC0415 - only where Excel files are made
    except ImportError:
        raise ConfigError(
            "xlsxwriter is not installed", where="extra office", mend="Run `pip install 'sightline[office]'`."
        ) from None
    held = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(held, plain) as book:
        book.set_properties(
            {"title": xml_text(title), "author": xml_text(author), "created": made_at.replace(tzinfo=None)}
        )
        _sheets(book, page)
    return held.getvalue()


def _sheets(book: Any, page: str) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    number = book.add_format({"num_format": "#,##0.00"})
    sheets: dict[str, tuple[Any, int]] = {}
    heading = project = ""
    for block in blocks_of(page):
        if block.kind == "heading":
            heading, project = (block.text, "") if block.level == 2 else (heading, block.text)
        if block.kind != "table":
            continue
        sheet, at = sheets.get(heading) or (book.add_worksheet(_name(heading, len(sheets) + 1)), 0)
        if project:
            sheet.write_string(at, 0, xml_text(project), bold)
            at += 1
        for row_number, row in enumerate(block.rows):
            for column, cell in enumerate(row):
                _write(sheet, at, column, cell, bold if row_number == 0 else None, number)
            at += 1
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, 12, 18)
        sheets[heading] = (sheet, at + 1)
    if not sheets:
        book.add_worksheet()


def _write(sheet: Any, row: int, column: int, cell: Cell, head: Any, number: Any) -> None:
    exact = _exact(cell.value)
    if exact is not None:
        sheet.write_number(row, column, exact, number)
    else:
        sheet.write_string(row, column, xml_text(cell.text)[:_LONGEST_TEXT], head)


def _exact(value: str | None) -> Decimal | None:
    try:
        found = Decimal(value) if value is not None else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _name(heading: str, number: int) -> str:
    """A sheet's name: allowed, short enough, and its own."""
    words = _NOT_IN_NAMES.sub(" ", xml_text(re.sub(r"^\d+\s+", "", heading)))
    return f"{number} {words[:_LONGEST_NAME].strip() or 'table'}"[:31]
