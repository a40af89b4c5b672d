"""How one pass over one stream becomes pages of complete rows, in order, fetched ahead and in parallel."""

from __future__ import annotations

import dataclasses
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sightline.collect.connector import Batch, Stream
from sightline.collect.cursor import Since
from sightline.collect.fetch import Fetcher, rows_of
from sightline.collect.request import Answer, Command, Request, at_path
from sightline.errors import SightlineError
from sightline.model.records import Scope

__all__ = ["Page", "read_pages"]


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, complete, by which the cursor moves; `listed` are the rows as listed; `last` ends the pass."""

    rows: list[Any]
    listed: Sequence[Any]
    answer: Answer
    last: bool = False


Unit = Callable[[], Page]


def read_pages(
    stream: Stream, scope: Scope | None, since: Since, fetch: Fetcher, *, etag: str | None
) -> Iterator[Page]:
    """The pages of one pass. A page that has not changed since `etag` comes back as one page without rows."""
    command = stream.command(scope, since)
    if command is not None:
        yield from _mark_last(_from_command(command, fetch))
        return
    request = stream.request(scope, since)
    if request.conditional and etag:
        request = dataclasses.replace(request, headers={**request.headers, "If-None-Match": etag})
    listing = _listing(stream, request, since, fetch)
    overridden = type(stream).complete is not Stream.complete
    if stream.batch is not None:
        units: Iterator[Unit] = _batched(stream, stream.batch, scope, listing, fetch)
        yield from _mark_last(_ahead(units, fetch.pages, -(-fetch.workers // stream.batch.together)))
    elif overridden:
        units = (_completing(stream, scope, page, fetch) for page in listing)
        yield from _mark_last(_ahead(units, fetch.pages, fetch.workers))
    else:
        yield from _mark_last(listing)


def _from_command(command: Command, fetch: Fetcher) -> Iterator[Page]:
    answer = Answer(200, {}, None)
    rows = fetch.run(command)
    while page := list(itertools.islice(rows, command.page_size)):
        yield Page(page, page, answer)
    yield Page([], [], answer)


def _listing(stream: Stream, request: Request, since: Since, fetch: Fetcher) -> Iterator[Page]:
    """The list itself, until its end or until a newest-first list reaches what is known."""
    for answer in fetch.chain(request, rows=stream.rows, paging=stream.paging):
        rows = rows_of(answer.body, stream.rows, fetch.source)
        yield Page(rows, rows, answer)
        if stream.cursor.reached(since, rows):
            return


def _completing(stream: Stream, scope: Scope | None, page: Page, fetch: Fetcher) -> Unit:
    def unit() -> Page:
        return dataclasses.replace(page, rows=stream.complete(list(page.rows), scope, fetch) if page.rows else [])

    return unit


def _batched(
    stream: Stream, batch: Batch, scope: Scope | None, listing: Iterable[Page], fetch: Fetcher
) -> Iterator[Unit]:
    """Ids from the listing, rows by further calls. The page that closes a listing carries its answer for the cursor."""
    for page in listing:
        ids = [str(at_path(row, batch.id)) for row in page.rows]
        if not ids:
            yield _empty(page)
        step = batch.size * batch.together
        for start in range(0, len(ids), step):
            some = slice(start, start + step)
            yield _batch(stream, batch, scope, ids[some], page.rows[some], page.answer, fetch)


def _empty(page: Page) -> Unit:
    return lambda: page


def _batch(
    stream: Stream,
    batch: Batch,
    scope: Scope | None,
    ids: list[str],
    listed: Sequence[Any],
    answer: Answer,
    fetch: Fetcher,
) -> Unit:
    def unit() -> Page:
        parts = [ids[start : start + batch.size] for start in range(0, len(ids), batch.size)]
        rows = fetch.lists([batch.request(part, scope) for part in parts], rows=batch.rows, paging=batch.paging)
        return Page(stream.complete(rows, scope, fetch), listed, answer)

    return unit


def _ahead(units: Iterator[Unit], pool: ThreadPoolExecutor, window: int) -> Iterator[Page]:
    """Results in order, with at most `window` units in flight: memory is bounded by that, whatever the volume."""
    flying: deque[Future[Page]] = deque()
    try:
        for unit in units:
            flying.append(pool.submit(unit))
            if len(flying) >= window:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()
    finally:
        for future in flying:
            future.cancel()


def _mark_last(pages: Iterable[Page]) -> Iterator[Page]:
    """The same pages, the last one marked: its commit closes the pass. A good page is kept though the next one fails."""
    held: Page | None = None
    coming = iter(pages)
    while True:
        try:
            page = next(coming, None)
        except SightlineError:
            if held is not None:
                yield held
            raise
        if page is None:
            break
        if held is not None:
            yield held
        held = page
    if held is not None:
        yield dataclasses.replace(held, last=True)
