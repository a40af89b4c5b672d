"""Rows that come by further calls of many ids: how many calls are completed together, and that none may go missing."""

import pytest

from sightline.collect.connector import Batch, Stream
from sightline.collect.cursor import Since
from sightline.collect.deletions import Never
from sightline.collect.fetch import Fetcher
from sightline.collect.pages import read_pages
from sightline.collect.request import Answer, Request
from sightline.errors import NotFound


class Ids(Stream):
    """A list of ids, two a call, three calls a page."""

    name = "ids"
    path = "/ids"
    delivers = ()
    deletions = Never("nothing goes")
    batch = Batch(size=2, request=lambda ids, _scope: Request(f"/rows/{'+'.join(ids)}"), together=3)

    def __init__(self):
        self.completed = []

    def complete(self, rows, scope, fetch):
        self.completed.append(len(rows))
        return rows


class Source(Fetcher):
    """Ten ids, and their rows; `lacking` calls are answered with 404."""

    def __init__(self, lacking=""):
        super().__init__(None, source="src", workers=4)
        self.lacking = lacking

    def answer(self, request):
        if request.path == "/ids":
            return Answer(200, {}, [{"id": str(n)} for n in range(10)])
        if request.path == self.lacking:
            raise NotFound("HTTP 404", where="src", mend="")
        return Answer(200, {}, [{"id": id_} for id_ in request.path.removeprefix("/rows/").split("+")])


def read(stream, source):
    try:
        return list(read_pages(stream, None, Since(), source, etag=None))
    finally:
        source.close()


def test_several_calls_make_one_page_completed_at_once_and_in_order():
    stream = Ids()

    pages = read(stream, Source())

    assert [[row["id"] for row in page.rows] for page in pages] == [list("012345"), list("6789")]
    assert sorted(stream.completed) == [4, 6]
    assert [page.last for page in pages] == [False, True]


def test_one_call_that_fails_fails_the_page_instead_of_leaving_rows_out():
    with pytest.raises(NotFound):
        read(Ids(), Source(lacking="/rows/2+3"))
