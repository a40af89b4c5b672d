"""How a list goes on: every vendor's way of paging as a small value that computes the next request. Pure.

`first` prepares the first request; `after` gives the next one, or None at the end. A repeated request is noticed by the
runner, not here. Where the first answer tells how many rows there are, `rest` gives all further requests at once, so
that they can be read in parallel.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from sightline.collect.request import Answer, Request, at_path
from sightline.errors import RowError, SourceChanged
from sightline.model.time import instant

__all__ = [
    "Before",
    "GraphqlCursor",
    "LinkHeader",
    "NextToken",
    "Offset",
    "PageNumber",
    "Paging",
    "SinceFeed",
    "SinceKeyset",
    "SinglePage",
]

Rows = Sequence[Any]


class Paging:
    """Base: a list in one piece."""

    def first(self, request: Request) -> Request:
        """The first request."""
        return request

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        """The request after this one, or None when the list ended."""
        return None

    def rest(self, request: Request, answer: Answer, rows: Rows) -> list[Request] | None:
        """All further requests, when the first answer tells their number; None when it does not."""
        return None

    def stated(self, answer: Answer) -> int | None:
        """How many rows there are altogether, as this answer says; None when it does not."""
        return None


class SinglePage(Paging):
    """The whole list in one answer."""


def _set(request: Request, in_body: bool, **values: Any) -> Request:  # noqa: FBT001 - private, one caller shape
    return request.with_json(**values) if in_body else request.with_params(**values)


def _whole_number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


#: Sizes at which servers cut pages silently. A page shorter than asked for, yet of such a size, need not be the last.
_CAPS = frozenset({50, 100, 200, 250, 500, 1000})


def _is_last(rows: Rows, asked: int) -> bool:
    return len(rows) < asked and len(rows) not in _CAPS


@dataclasses.dataclass(frozen=True)
class Offset(Paging):
    """`startAt`/`maxResults`: skip the rows already read. Ends at `last`, at `total`, or on an empty page.

    Never on a short page: servers cap the page size silently.
    """

    offset: str = "startAt"
    size: str = "maxResults"
    page_size: int = 100
    total: str = "total"
    last: str | None = "isLast"
    in_body: bool = False

    def first(self, request: Request) -> Request:
        return _set(request, self.in_body, **{self.offset: 0, self.size: self.page_size})

    def _start(self, request: Request) -> int:
        return int(((request.json or {}) if self.in_body else request.params)[self.offset])

    def stated(self, answer: Answer) -> int | None:
        return _whole_number(at_path(answer.body, self.total))

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        if not rows or (self.last and at_path(answer.body, self.last) is True):
            return None
        start = self._start(request) + len(rows)
        total = at_path(answer.body, self.total)
        if total is not None and start >= int(total):
            return None
        return _set(request, self.in_body, **{self.offset: start})

    def rest(self, request: Request, answer: Answer, rows: Rows) -> list[Request] | None:
        total = at_path(answer.body, self.total)
        if total is None or not rows:
            return None
        # The server may cap the size below what was asked: go on in steps of what it really sent.
        return [
            _set(request, self.in_body, **{self.offset: n})
            for n in range(self._start(request) + len(rows), int(total), len(rows))
        ]


@dataclasses.dataclass(frozen=True)
class PageNumber(Paging):
    """`page=1, 2, …`. Ends at the stated page count; where none is stated, on a page that is short or empty."""

    page: str = "page"
    size: str | None = "pageSize"
    """None: the server's own size is the only one (`page_size` says which)."""
    page_size: int = 100
    pages: str | None = "pagination.pageCount"
    items: str | None = "pagination.itemCount"
    """Where the answer says how many rows there are altogether."""
    short_ends: bool = True
    """False: without a stated count only an empty page ends it, for servers that cap the page size silently."""
    parallel: bool = True
    """False: one page after the other. Newest first, an edit then only shows a row twice; read at once, the row that
    moves from a page not yet read to one already read would be missed."""

    def first(self, request: Request) -> Request:
        sized = {self.size: self.page_size} if self.size else {}
        return request.with_params(**{self.page: 1, **sized})

    def stated(self, answer: Answer) -> int | None:
        return _whole_number(at_path(answer.body, self.items)) if self.items else None

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        number = int(request.params[self.page])
        pages = at_path(answer.body, self.pages) if self.pages else None
        short = self.short_ends and _is_last(rows, self.page_size)
        if not rows or (number >= int(pages) if pages is not None else short):
            return None
        return request.with_params(**{self.page: number + 1})

    def rest(self, request: Request, answer: Answer, rows: Rows) -> list[Request] | None:
        pages = at_path(answer.body, self.pages) if self.pages else None
        if pages is None or not self.parallel:
            return None
        return [
            request.with_params(**{self.page: n}) for n in range(int(request.params[self.page]) + 1, int(pages) + 1)
        ]


@dataclasses.dataclass(frozen=True)
class NextToken(Paging):
    """The answer names the token of the next page. An empty page with a token goes on; `last` true or no token ends."""

    param: str = "nextPageToken"
    token: str = "nextPageToken"
    last: str | None = "isLast"
    size: str | None = None
    page_size: int = 100
    in_body: bool = False

    def first(self, request: Request) -> Request:
        return _set(request, self.in_body, **{self.size: self.page_size}) if self.size else request

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        token = at_path(answer.body, self.token)
        if not token or (self.last and at_path(answer.body, self.last) is True):
            return None
        return _set(request, self.in_body, **{self.param: token})


_LINK = re.compile(r'<([^>]*)>\s*;[^,]*?rel="?next"?', re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class LinkHeader(Paging):
    """RFC 8288: follow `rel="next"`, whatever the address looks like."""

    size: str | None = "per_page"
    page_size: int = 100

    def first(self, request: Request) -> Request:
        return request.with_params(**{self.size: self.page_size}) if self.size else request

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        match = _LINK.search(answer.headers.get("link", ""))
        return dataclasses.replace(request, path=match.group(1), params={}, conditional=False) if match else None


@dataclasses.dataclass(frozen=True)
class Before(Paging):
    """Newest first, back in time: the next page is what lies before the smallest id of this one (Trello)."""

    param: str = "before"
    id: str = "id"
    size: str = "limit"
    page_size: int = 1000

    def first(self, request: Request) -> Request:
        return request.with_params(**{self.size: self.page_size})

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        if not rows or _is_last(rows, self.page_size):
            return None
        return request.with_params(**{self.param: min(str(at_path(row, self.id)) for row in rows)})


@dataclasses.dataclass(frozen=True)
class SinceKeyset(Paging):
    """Sorted by update time, ascending: the next page starts at the newest instant of this one.

    Unlike page numbers it cannot skip a row that others overtake. When a whole page shares one instant, the page number
    moves on within it. A `Link` to a next page goes on however short the page is: servers leave out rows after cutting
    the page. Source of the rule: GitHub Docs, "Using pagination in the REST API".
    """

    param: str = "since"
    field: str = "updated_at"
    page: str = "page"
    size: str = "per_page"
    page_size: int = 100

    def first(self, request: Request) -> Request:
        return request.with_params(**{self.size: self.page_size, self.page: 1})

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        goes_on = _LINK.search(answer.headers.get("link", "")) is not None
        if not goes_on and (not rows or _is_last(rows, self.page_size)):
            return None
        if not rows:
            # The server says that there is more, though it left everything on this page out.
            return request.with_params(**{self.page: int(request.params[self.page]) + 1})
        moments = [str(at_path(row, self.field)) for row in rows]
        if moments != sorted(moments):
            # Not in the promised order: the newest of this page says nothing about the next, its number does.
            return request.with_params(**{self.page: int(request.params[self.page]) + 1})
        newest = max(str(at_path(row, self.field)) for row in rows)
        self._after_its_bound(request, rows)
        if newest == request.params.get(self.param):
            return request.with_params(**{self.page: int(request.params[self.page]) + 1})
        following = request.with_params(**{self.param: newest, self.page: 1})
        return dataclasses.replace(following, conditional=False)

    def _after_its_bound(self, request: Request, rows: Rows) -> None:
        """A server that ignores the bound would send its first page for ever."""
        bound = _moment(request.params.get(self.param))
        oldest = min(filter(None, (_moment(at_path(row, self.field)) for row in rows)), default=None)
        if bound is not None and oldest is not None and oldest < bound.replace(microsecond=0):
            raise SourceChanged(
                f"the list begins before the `{self.param}` that was asked for: its paging runs in a loop",
                where="paging",
                mend="Nothing was lost; run the sync again.",
            )


def _moment(value: Any) -> dt.datetime | None:
    try:
        return instant(value)
    except RowError:
        return None


@dataclasses.dataclass(frozen=True)
class SinceFeed(Paging):
    """A change feed: the next page starts at this page's `until`; `last` true ends it (Jira worklogs)."""

    param: str = "since"
    until: str = "until"
    last: str = "lastPage"

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        if at_path(answer.body, self.last) is not False:
            return None
        return request.with_params(**{self.param: at_path(answer.body, self.until)})


@dataclasses.dataclass(frozen=True)
class GraphqlCursor(Paging):
    """A GraphQL connection: `pageInfo` at a dotted path, its `endCursor` goes into a variable of the query."""

    page_info: str
    variable: str = "after"

    def after(self, request: Request, answer: Answer, rows: Rows) -> Request | None:
        info = at_path(answer.body, self.page_info) or {}
        if not info.get("hasNextPage"):
            return None
        variables = {**request.json.get("variables", {}), self.variable: info.get("endCursor")}
        return request.with_json(variables=variables)
