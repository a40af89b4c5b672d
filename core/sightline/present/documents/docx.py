"""A report as a Word document: headings, paragraphs and tables whose heads repeat on every page."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

from sightline.errors import ConfigError
from sightline.present.documents.blocks import Block, blocks_of

__all__ = ["docx_of", "xml_text"]

#: What XML 1.0 does not allow.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text without characters that no Office document may hold."""
    return _NOT_XML.sub("\ufffd", text)


def docx_of(page: str, *, title: str, author: str, language: str, made_at: dt.datetime) -> bytes:
    """The page as .docx; its properties name the agency and nobody else."""
    try:
        import docx  # noqa: PLC0415 - only where Word documents are made
    except ImportError:
        raise ConfigError(
            "python-docx is not installed", where="extra office", mend="Run `pip install 'sightline[office]'`."
        ) from None
    document = docx.Document()
    about = document.core_properties
    about.title, about.author, about.last_modified_by = xml_text(title), xml_text(author), xml_text(author)
    about.language, about.comments, about.revision = language, "", 1
    about.created = about.modified = made_at.replace(tzinfo=None)
    for block in blocks_of(page):
        _add(document, block)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _add(document: Any, block: Block) -> None:
    text = xml_text(block.text)
    if block.kind == "heading":
        document.add_heading(text, level=block.level)
    elif block.kind == "table":
        _table(document, block)
    elif block.kind == "bar":
        document.add_paragraph(f"{'█' * (block.percent // 5):░<20} {text}")
    elif block.kind == "item":
        document.add_paragraph(text, style="List Bullet")
    else:
        paragraph = document.add_paragraph()
        bold = xml_text(block.bold)
        if bold:
            paragraph.add_run(bold).bold = True
        paragraph.add_run(text.removeprefix(bold))


def _table(document: Any, block: Block) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - see above
    from docx.oxml import OxmlElement  # noqa: PLC0415 - see above

    width = max(map(len, block.rows), default=0)
    if not width:
        return
    table = document.add_table(rows=len(block.rows), cols=width, style="Light List Accent 1")
    # A table of ten thousand rows must not be searched for each of its cells.
    held = table._cells  # noqa: SLF001 - the public way takes a second per hundred rows
    for number, row in enumerate(block.rows):
        for place, cell in enumerate(row):
            paragraph = held[number * width + place].paragraphs[0]
            paragraph.text = xml_text(cell.text)
            if cell.figure:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no word for it
    properties.append(OxmlElement("w:tblHeader"))
