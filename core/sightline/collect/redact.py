"""Nothing secret leaves: known secret values are replaced in every text, log record and page that Sightline writes."""

from __future__ import annotations

import base64
import contextlib
import html
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["REDACTOR", "RedactingFilter", "Redactor", "clean_logs", "clean_output"]

MASK = "[secret]"
#: Shorter values would hide ordinary text.
_LEAST = 4
#: In the tools' own data only values that no title or name can equal are hidden.
_LEAST_IN_DATA = 16
_MOST_IN_DATA = 60


class Redactor:
    """Knows the secret values of this process, in the forms in which they travel. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._forms: tuple[str, ...] = ()
        self._of: dict[str, tuple[bytes, ...]] = {}

    def add(self, *secrets: str | None, source: str = "") -> None:
        """Learn values to hide; shorter than four characters would hide ordinary text and are left alone.

        Those of a `source` are looked for in its data, too.
        """
        new = [secret for secret in secrets if secret and len(secret) >= _LEAST]
        if not new or (self._known.issuperset(new) and not source):
            return
        with self._lock:
            if not self._known.issuperset(new):
                self._known.update(new)
                forms = {form for secret in self._known for form in _forms(secret)}
                # Longest first: a token that holds another as its prefix must vanish whole.
                self._forms = tuple(sorted(forms, key=len, reverse=True))
            if source:
                self._of[source] = _needles(self._of.get(source, ()), new)

    def learn(self, settings: BaseModel, source: str) -> None:
        """Learn every `SecretStr` of a source's settings."""
        self.add(*_secrets(settings.__dict__), source=source)

    def learn_headers(self, headers: Mapping[str, str], source: str) -> None:
        """Learn what a plug-in packed by itself: words of its headers in whose base64 a known secret stands."""
        for word in (word for value in headers.values() for word in value.split()):
            with contextlib.suppress(ValueError):
                packed = base64.b64decode(word, validate=True).decode()
                if any(secret in packed for secret in self._known):
                    self.add(word, source=source)

    def clean(self, text: str) -> str:
        """The text with every known secret masked."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def stands_in(self, data: bytes, source: str) -> bool:
        """Whether one of the source's own secrets (of 16 characters or more) stands in encoded data."""
        return any(needle in data for needle in self._of.get(source, ()))

    def clean_data(self, data: bytes, source: str) -> bytes:
        """The encoded data with those secrets masked."""
        for needle in self._of.get(source, ()):
            data = data.replace(needle, MASK.encode())
        return data


def _needles(known: tuple[bytes, ...], secrets: list[str]) -> tuple[bytes, ...]:
    """What to look for in data: each secret as it is, in JSON and in addresses; of rotating tokens only the newest."""
    long = [secret for secret in secrets if len(secret) >= _LEAST_IN_DATA]
    forms = [form for secret in long for form in (secret, json.dumps(secret)[1:-1], *_in_addresses(secret))]
    raw = [form.encode("utf-8", "surrogatepass") for form in forms]
    return tuple(dict.fromkeys([*raw, *known]))[:_MOST_IN_DATA]


def _in_addresses(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    return {quote(raw, safe=""), quote(raw), quote_plus(raw)}


def _forms(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    return {
        secret,
        *_in_addresses(secret),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        html.escape(secret),
    }


def _secrets(value: Any) -> Iterator[str]:
    # By their methods, so that a command that reads no settings need not load pydantic.
    if hasattr(value, "get_secret_value"):
        yield str(value.get_secret_value())
    elif hasattr(value, "model_fields_set"):
        yield from _secrets(value.__dict__)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _secrets(inner)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _secrets(inner)


#: The process's redactor: secrets are added when they are resolved or received, every sink asks it.
REDACTOR = Redactor()


def _one_line(text: str) -> str:
    return REDACTOR.clean(text).replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")


class RedactingFilter(logging.Filter):
    """Cleans a log record whole: message, arguments, exception text. On one line, so that no title forges a second."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.msg = _one_line(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = REDACTOR.clean(record.exc_text)
        if record.stack_info:
            record.stack_info = REDACTOR.clean(record.stack_info)
        return True


class _CleanRecord(logging.LogRecord):
    """A log record that is clean from birth, whichever library makes it and wherever a handler sends it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info:
            self.exc_text = REDACTOR.clean(logging.Formatter().formatException(self.exc_info))
            # A handler that formats the exception itself would bring back what was cleaned.
            self.exc_info = None
        if self.stack_info:
            self.stack_info = REDACTOR.clean(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        return _one_line(super().getMessage())


def clean_logs() -> None:
    """From now on every log record of this process is clean: those of libraries and plug-ins, too. Safe to repeat."""
    if logging.getLogRecordFactory() is logging.LogRecord:
        logging.setLogRecordFactory(_CleanRecord)


class _CleanStream(io.TextIOBase):
    """A text stream with secrets masked; everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(REDACTOR.clean(text))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding


@contextlib.contextmanager
def clean_output() -> Iterator[None]:
    """What plug-ins print goes to stderr, where it spoils nobody's JSON; and both without secrets."""
    errors = _CleanStream(sys.stderr)
    with contextlib.redirect_stdout(errors), contextlib.redirect_stderr(errors):
        yield
