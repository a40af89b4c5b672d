"""Looks for what must not be there in every byte of a document: visible text, markup, metadata, attachments, hidden sheets."""

from __future__ import annotations

import email
import email.policy
import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from typing import NamedTuple

from sightline.errors import ConfigError

__all__ = ["Forbidden", "leaks_in", "texts_in"]

_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"\s+")
#: Characters that are not seen and could part a word.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_LARGEST_PART = 200_000_000


class Forbidden(NamedTuple):
    """A text that must not stand in a document, and what it is."""

    text: str
    what: str


def leaks_in(body: bytes, form: str, forbidden: Sequence[Forbidden]) -> list[str]:
    """What of these things stands in the document, each once."""
    held = [_plain(text) for text in texts_in(body, form)]
    tight = [text.replace(" ", "") for text in held]
    found: dict[str, None] = {}
    for one in forbidden:
        wanted = _plain(one.text)
        # A PDF puts its lines where it likes: what is long enough to stand nowhere by chance is looked for without spaces.
        bare = wanted.replace(" ", "") if len(wanted) > 14 else None
        if wanted and (any(_stands(wanted, text) for text in held) or (bare and any(bare in text for text in tight))):
            found[one.what] = None
    return list(found)


def _stands(wanted: str, text: str) -> bool:
    """Whether it stands there as a word of its own: 55.00 is not in 155.00."""
    at = text.find(wanted)
    while at >= 0:
        before, after = text[max(0, at - 2) : at][::-1], text[at + len(wanted) : at + len(wanted) + 2]
        if not (_joins(before, wanted[0]) or _joins(after, wanted[-1])):
            return True
        at = text.find(wanted, at + 1)
    return False


def _joins(beside: str, edge: str) -> bool:
    """Whether the characters beside an edge, the nearest first, make it part of a longer word or number."""
    if not beside:
        return False
    if edge.isdigit():
        return beside[0].isdigit() or (beside[0] in ".," and beside[1:].isdigit())
    return beside[0].isalnum() and edge.isalnum()


def _plain(text: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).translate(_UNSEEN)).strip().casefold()


def texts_in(body: bytes, form: str) -> Iterator[str]:
    """All texts of a document. `form` is html, pdf, docx, xlsx, markdown, chat or email; what it holds is opened too."""
    if form == "pdf":
        yield from _pdf(body)
    elif form in ("docx", "xlsx"):
        yield from _zipped(body)
    elif form == "email":
        yield from _mail(body)
    else:
        yield from _markup(body.decode("utf-8", "replace"))


def _markup(text: str) -> Iterator[str]:
    """The source as it is, and what a reader sees: tags away, with and without a space in their place."""
    yield text
    yield html.unescape(text)
    yield html.unescape(_TAG.sub("", text))
    yield html.unescape(_TAG.sub(" ", text))


def _zipped(body: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for item in archive.infolist():
            yield item.filename
            if item.file_size <= _LARGEST_PART:
                yield from _markup(archive.read(item).decode("utf-8", "replace"))


def _pdf(body: bytes) -> Iterator[str]:
    try:
        import pypdf  # noqa: PLC0415 - only where PDFs are made
    except ImportError:
        raise ConfigError(
            "a PDF cannot be checked for leaks", where="extra pdf", mend="Run `pip install 'sightline[pdf]'`."
        ) from None
    reader = pypdf.PdfReader(io.BytesIO(body))
    yield from (str(value) for value in (reader.metadata or {}).values())
    yield "\n".join(page.extract_text() for page in reader.pages)
    if reader.xmp_metadata is not None:
        yield from _markup(reader.xmp_metadata.stream.get_data().decode("utf-8", "replace"))
    for name, contents in reader.attachments.items():
        yield name
        for content in contents:
            yield from _markup(content.decode("utf-8", "replace"))
    yield body.decode("latin-1")


def _mail(body: bytes) -> Iterator[str]:
    message = email.message_from_bytes(body, policy=email.policy.default)
    for part in message.walk():
        yield from (f"{name}: {value}" for name, value in part.items())
        if part.is_multipart() or not isinstance(part, EmailMessage):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield from texts_in(content, _form_of(part.get_content_type()))


def _form_of(media_type: str) -> str:
    known = {"application/pdf": "pdf", "spreadsheetml.sheet": "xlsx", "wordprocessingml.document": "docx"}
    return next((form for end, form in known.items() if media_type.endswith(end)), "html")
