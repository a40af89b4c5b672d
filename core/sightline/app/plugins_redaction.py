"""Who is in recorded answers: names, user names and mail addresses are replaced, keys and tokens removed. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Self
from urllib.parse import urlsplit

from sightline.model.records import Account, Contact, Record

__all__ = ["Redaction"]

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
#: Shapes in which vendors make keys: GitHub, Atlassian, Slack, JWT.
_TOKEN = re.compile(r"\b(?:gh[pousr]_\w{20,}|ATATT\w{20,}|ATTA\w{20,}|xox[a-z]-[\w-]{10,}|eyJ[\w-]+\.[\w-]+\.[\w-]+)")
#: Whole names of fields: `nextPageToken` is no secret.
_SECRET_FIELD = re.compile(
    r"(api_?key|key|(access|refresh|auth)?_?token|(client)?_?secret|password|authorization|cookie)", re.IGNORECASE
)
_REMOVED = "[removed]"
_SHORTEST_NAME = 3
#: `key` is also what people call a project.
_SHORTEST_SECRET = 20


class Redaction:
    """Replaces the same text by the same stand-in everywhere, so that what belongs together still does."""

    def __init__(self, stand_ins: dict[str, str], *, host: str, base: str) -> None:
        self.base = base
        """The address that stands for the source's own."""
        self.counts: Counter[str] = Counter()
        """Texts replaced, by sort."""
        self._mails: dict[str, str] = {}
        self._stand_ins = stand_ins
        self._host = host
        words = sorted((re.escape(word) for word in stand_ins), key=len, reverse=True)
        self._words = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") if words else None

    @classmethod
    def of(cls, records: Iterable[Record], *, base: str) -> Self:
        """From what was collected: accounts and contacts tell who is a person."""
        stand_ins: dict[str, str] = {}
        for record in records:
            if isinstance(record, (Account, Contact)):
                for word in _names(record):
                    stand_ins.setdefault(word, f"Person {len(stand_ins) + 1}")
        parts = urlsplit(base)
        return cls(stand_ins, host=f"{parts.scheme}://{parts.netloc}", base=f"https://recorded.test{parts.path}")

    def clean(self, value: Any, field: str = "") -> Any:
        """The value without people and secrets, at any depth."""
        if isinstance(value, dict):
            return {name: self.clean(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.clean(item, field) for item in value]
        if not isinstance(value, str):
            return value
        if _SECRET_FIELD.fullmatch(field) and len(value) >= _SHORTEST_SECRET:
            self.counts["secret"] += 1
            return _REMOVED
        return self._text(value)

    def _text(self, text: str) -> str:
        text = text.replace(self._host, "https://recorded.test")
        text, tokens = _TOKEN.subn(_REMOVED, text)
        text, mails = _MAIL.subn(lambda match: self._mail(match.group().lower()), text)
        names = 0
        if self._words:
            text, names = self._words.subn(lambda match: self._stand_ins[match.group()], text)
        self.counts += Counter({"secret": tokens, "mail": mails, "name": names})
        return text

    def _mail(self, address: str) -> str:
        return self._mails.setdefault(address, f"person{len(self._mails) + 1}@example.com")


def _names(record: Account | Contact) -> list[str]:
    """The whole name, its parts, and the user name; words too short to be told from others are left."""
    user = record.username if isinstance(record, Account) else None
    words = [record.name or "", *(record.name or "").split(), user or ""]
    return [word for word in dict.fromkeys(words) if len(word) >= _SHORTEST_NAME and "@" not in word]
