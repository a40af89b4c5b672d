"""Nothing secret leaves: known secret values are replaced in every text and log record that Sightline writes."""

from __future__ import annotations

import base64
import logging
import threading
from urllib.parse import quote

__all__ = ["REDACTOR", "RedactingFilter", "Redactor"]

MASK = "[secret]"


class Redactor:
    """Knows the secret values of this process, in the forms in which they travel. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: tuple[str, ...] = ()

    def add(self, *secrets: str | None) -> None:
        """Learn values to hide; shorter than four characters would hide ordinary text and are left alone."""
        forms = set(self._forms)
        for secret in secrets:
            if secret and len(secret) >= 4:
                raw = secret.encode("utf-8", "surrogatepass")
                forms |= {secret, quote(secret, safe=""), base64.b64encode(raw).decode(), repr(secret)[1:-1]}
        with self._lock:
            # Longest first: a token that holds another as its prefix must vanish whole.
            self._forms = tuple(sorted(forms, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """The text with every known secret masked."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text


#: The process's redactor: secrets are added when they are resolved or received, every sink asks it.
REDACTOR = Redactor()


class RedactingFilter(logging.Filter):
    """Cleans a log record whole: message, arguments, exception text. On one line, so that no title forges a second."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        message = record.getMessage()
        record.msg = REDACTOR.clean(message).replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = REDACTOR.clean(record.exc_text)
        return True
