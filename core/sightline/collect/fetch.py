"""How plug-in code and the runner read: lists page after page, many calls at once, local programs."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sightline.collect.command import read_command
from sightline.collect.http import Http
from sightline.collect.paging import Paging, SinglePage
from sightline.collect.request import Answer, Command, Request, at_path
from sightline.errors import NotFound, PermissionMissing, SightlineError, SourceChanged

__all__ = ["Fetcher", "rows_of"]


def rows_of(body: Any, path: str, where: str) -> list[Any]:
    """The list at `path` in an answer's body. An empty body has none; another shape is `SourceChanged`."""
    if body is None or body == []:
        return []
    found = at_path(body, path) if path else body
    if isinstance(found, list):
        return found
    if isinstance(found, dict) and found:
        return [found]
    raise SourceChanged(
        f"the answer has no list {path or 'of rows'!r}",
        where=where,
        mend="The source's API may have changed; update the connector.",
    )


class Fetcher:
    """The framework's `Fetch`: everything a source reads in one run goes through one of these."""

    def __init__(self, http: Http | None, *, source: str, workers: int) -> None:
        self.source = source
        self.http = http
        self.workers = workers
        self.had: set[str] = set()
        """What `optional` calls brought."""
        self.unread: dict[str, SightlineError] = {}
        """What `optional` calls could not read, with the reason."""
        # Two pools: a page's `complete` waits on calls of the second, so it must never stand in its queue.
        self.pages = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=f"{source}-page")
        self._leaves = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=f"{source}-call")

    def close(self) -> None:
        """End the threads; calls not yet begun are dropped."""
        self.pages.shutdown(wait=True, cancel_futures=True)
        self._leaves.shutdown(wait=True, cancel_futures=True)
        if self.http:
            self.http.close()

    def answer(self, request: Request) -> Answer:
        """One answer with status and headers."""
        if self.http is None:
            raise SourceChanged(
                "this source is not on the network", where=self.source, mend="The plug-in must read it by `command`."
            )
        answer = self.http.send(request)
        if answer.status == 200 and not answer.raw.strip():
            raise SourceChanged(
                f"the answer of {self.http.path(request)} is empty",
                where=self.source,
                mend="Run the sync again; nothing is taken for gone because of it.",
            )
        return answer

    def one(self, request: Request) -> Any:
        """The decoded body of one answer."""
        return self.answer(request).body

    def optional(self, request: Request, what: str) -> Any:
        """The decoded body; None where the source does not give it, which `SourceRun` then tells and owes."""
        try:
            body = self.one(request)
        except (PermissionMissing, NotFound, SourceChanged) as error:
            self.unread[what] = error
            return None
        self.had.add(what)
        return body

    def rows(self, request: Request, *, rows: str = "", paging: Paging | None = None) -> Iterator[Any]:
        """All rows of a list, page after page."""
        for answer in self.chain(request, rows=rows, paging=paging or SinglePage()):
            yield from rows_of(answer.body, rows, self.source)

    def chain(self, request: Request, *, rows: str, paging: Paging) -> Iterator[Answer]:
        """The answers of a list in order: all at once where the first one tells their number, else one ahead.

        A call that repeats an earlier one is `SourceChanged`: a list that runs in a loop would never end.
        """
        seen: set[str] = set()
        current: Request | None = paging.first(request)
        ahead: Future[Answer] | None = None
        while current is not None:
            self._once(current, seen)
            answer = ahead.result() if ahead else self.answer(current)
            if answer.not_modified:
                yield answer
                return
            found = rows_of(answer.body, rows, self.source)
            rest = paging.rest(current, answer, found) if len(seen) == 1 else None
            if rest:
                yield answer
                current, answer = yield from self._together(rest, seen)
                found = rows_of(answer.body, rows, self.source)
            current = paging.after(current, answer, found)
            # Already on its way while the caller handles this page.
            ahead = self._leaves.submit(self.answer, current) if current and current.fingerprint() not in seen else None
            if not rest:
                yield answer

    def _once(self, request: Request, seen: set[str]) -> None:
        mark = request.fingerprint()
        if mark in seen:
            raise SourceChanged(
                "the source sent the same page token twice: its paging runs in a loop",
                where=self.source,
                mend="Nothing was lost; run the sync again.",
            )
        seen.add(mark)

    def _together(self, requests: list[Request], seen: set[str]) -> Generator[Answer, None, tuple[Request, Answer]]:
        """Many calls at once, at most `workers` in flight, answers in order; returns the last call and its answer."""
        flying: deque[Future[Answer]] = deque()
        try:
            for request in requests:
                self._once(request, seen)
                flying.append(self._leaves.submit(self.answer, request))
                if len(flying) >= self.workers:
                    answer = flying.popleft().result()
                    yield answer
            while flying:
                answer = flying.popleft().result()
                yield answer
        finally:
            for future in flying:
                future.cancel()
        return requests[-1], answer

    def many(self, requests: Sequence[Request]) -> list[Any]:
        """The bodies of several answers, read in parallel, in order; None where the source answered 404 or 410."""
        return [future.result() for future in [self._leaves.submit(self._or_none, request) for request in requests]]

    def lists(self, requests: Sequence[Request], *, rows: str, paging: Paging) -> list[Any]:
        """All rows of several lists in order; several at once where each of them is one answer."""
        if len(requests) == 1:
            return list(self.rows(requests[0], rows=rows, paging=paging))
        coming = [self._leaves.submit(self.answer, request) for request in requests]
        return [row for future in coming for row in rows_of(future.result().body, rows, self.source)]

    def _or_none(self, request: Request) -> Any:
        try:
            body = self.one(request)
        except NotFound:
            return None
        if body == {}:
            raise SourceChanged(
                "the answer is an object with nothing in it",
                where=self.source,
                mend="Run the sync again; if it stays, the source's API may have changed.",
            )
        return body

    def run(self, command: Command) -> Iterator[str]:
        """The rows of a local program's output."""
        return read_command(command, where=self.source)
