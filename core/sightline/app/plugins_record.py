"""Record: the first pages of a configured source as fixtures for tests, with people and secrets taken out."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from pydantic import BaseModel, SecretStr

from sightline.app.plugins_redaction import Redaction
from sightline.app.session import Session
from sightline.collect.connector import Connector, Context, Stream
from sightline.collect.cursor import Since
from sightline.collect.decode import encode_json
from sightline.collect.fetch import Fetcher, rows_of
from sightline.collect.http import Http
from sightline.collect.mapper import map_rows
from sightline.collect.redact import Redactor
from sightline.collect.request import Answer, Request, at_path
from sightline.collect.source import open_fetch
from sightline.errors import ConfigError, NotFound, PermissionMissing
from sightline.model.records import Record, Scope
from sightline.model.time import iso, zone

__all__ = ["Recording", "record"]

#: Headers that paging and cursors read; the others tell more about the server than a test needs.
_KEPT_HEADERS = ("content-type", "link", "etag")
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Recording:
    """What was written: the folder, its files, and how many texts of which sort were replaced."""

    folder: Path
    files: tuple[str, ...]
    replaced: dict[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class _Taped:
    """One call with its answer."""

    request: Request
    answer: Answer


class _Tape(Fetcher):
    """A reader that remembers every answer. Thread-safe."""

    def __init__(self, http: Http | None, *, source: str, workers: int) -> None:
        super().__init__(http, source=source, workers=workers)
        self.taped: list[_Taped] = []
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """One answer, remembered."""
        answer = super().answer(request)
        with self._lock:
            self.taped.append(_Taped(request, answer))
        return answer


def record(session: Session, name: str, out: Path, *, rows: int = 20, scopes: int = 2) -> Recording:
    """Write the first page of every list of the first `scopes` scopes to `out`, at most `rows` rows each.

    Raises `ConfigError` when a secret of this source is left in what would be written: then nothing is.
    """
    source = session.sources((name,))[0]
    connector = session.connector(source)
    if not connector.base():
        raise ConfigError("this source is not on the network", where=name, mend="Only answers of servers are recorded.")
    plain = open_fetch(connector, name, tokens=session.tokens, clock=session.clock)
    tape = _Tape(plain.http, source=name, workers=plain.workers)
    try:
        records = list(_first_pages(connector, name, tape, session, rows=rows, scopes=scopes))
    finally:
        tape.close()
        plain.close()
    redaction = Redaction.of(records, base=connector.base())
    about = {
        "source": name,
        "connector": connector.name,
        "base": redaction.base,
        "recorded_at": iso(session.clock.now()),
    }
    files = {"recording.json": about}
    for number, one in enumerate(_once(tape.taped), 1):
        files[f"{number:03}-{_slug(one.request.path)}.json"] = redaction.clean(_told(one, connector.base(), rows))
    texts = {file: msgspec.json.format(encode_json(told), indent=1).decode() for file, told in files.items()}
    _refuse_secrets(texts, connector.config, name)
    _write(out, texts, name)
    return Recording(out, tuple(texts), redaction.counts)


def _first_pages(
    connector: Connector, name: str, tape: Fetcher, session: Session, *, rows: int, scopes: int
) -> Iterator[Record]:
    """Reads as a first run would, one page a list; yields the records, which tell who is a person."""
    access = connector.check(tape)
    found = list(connector.scopes(tape, access))
    chosen = _chosen(found, connector.config.scopes)[:scopes]
    lookups = {}
    for lookup in connector.lookups(access):
        for scope in chosen if lookup.per_scope else [None]:
            request = lookup.request(scope) if callable(lookup.request) else lookup.request
            lookups[lookup.name] = rows_of(tape.one(lookup.paging.first(request)), lookup.rows, name)
    calendar = zone(session.workspace.calendar.timezone)
    for stream in connector.streams(access):
        for scope in chosen if stream.per_scope else [None]:
            context = Context(name, scope, connector.config, access.facts, lookups, calendar)
            yield from _first_page(stream, scope, context, tape, rows)


def _chosen(scopes: Sequence[Scope], wanted: Sequence[str]) -> list[Scope]:
    names = {name.casefold() for name in wanted}
    return [s for s in scopes if not names or names & {s.key.casefold(), s.name.casefold(), s.id.casefold()}]


def _first_page(stream: Stream, scope: Scope | None, context: Context, tape: Fetcher, rows: int) -> Iterator[Record]:
    try:
        stream.gate(scope, tape)
        answer = tape.answer(stream.paging.first(stream.request(scope, Since())))
        found = rows_of(answer.body, stream.rows, context.source)[:rows]
        if stream.batch is not None and found:
            ids = [str(at_path(row, stream.batch.id)) for row in found][: stream.batch.size]
            found = rows_of(tape.one(stream.batch.request(ids, scope)), stream.batch.rows, context.source)
        yield from map_rows(stream, stream.complete(list(found), scope, tape), context).records
    except (PermissionMissing, NotFound):
        if not stream.optional:
            raise


def _once(taped: Sequence[_Taped]) -> list[_Taped]:
    return list({one.request.fingerprint(): one for one in taped}.values())


def _told(one: _Taped, base: str, rows: int) -> dict[str, Any]:
    parts = urlsplit(one.request.path)
    query = {**dict(parse_qsl(parts.query)), **one.request.params}
    headers = {name: one.answer.headers[name] for name in _KEPT_HEADERS if name in one.answer.headers}
    return {
        "method": one.request.method,
        "path": parts.path.removeprefix(urlsplit(base).path if parts.netloc else ""),
        "query": {name: str(value) for name, value in query.items() if value is not None},
        "json": one.request.json,
        "status": one.answer.status,
        "headers": headers,
        "body": _cut(one.answer.body, rows),
    }


def _cut(body: Any, rows: int) -> Any:
    """The body with its lists cut to that many rows."""
    if isinstance(body, list):
        return [_cut(item, rows) for item in body[:rows]]
    return {name: _cut(value, rows) for name, value in body.items()} if isinstance(body, dict) else body


def _slug(path: str) -> str:
    return _SLUG.sub("-", urlsplit(path).path.lower()).strip("-")[:60] or "root"


def _secrets(settings: BaseModel) -> list[str]:
    values = [getattr(settings, name) for name in type(settings).model_fields]
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


def _refuse_secrets(texts: dict[str, str], settings: BaseModel, name: str) -> None:
    known = Redactor()
    known.add(*_secrets(settings))
    leaking = [file for file, text in texts.items() if known.clean(text) != text]
    if leaking:
        raise ConfigError(
            f"{', '.join(leaking)} would hold a secret of this source: nothing was written",
            where=name,
            mend="Leave the field out in the connector's `complete`, or read with another key.",
        )


def _write(out: Path, texts: dict[str, str], name: str) -> None:
    if out.exists() and any(out.iterdir()):
        raise ConfigError(f"{out} is not empty", where=name, mend="Name a new folder with --out.")
    out.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (out / file).write_text(text + "\n", "utf-8")
