"""The worklog feeds: how their pages go on and where the next run begins. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sightline.sdk import FeedCursor, SinceFeed, SourceChanged, at_path

if TYPE_CHECKING:
    from sightline.sdk import Answer, Request

__all__ = ["FeedPosition", "WorklogFeed"]

_PAGE = 1000


def _times(rows: Sequence[Any]) -> list[int]:
    return [row["updatedTime"] for row in rows if isinstance(row, dict) and isinstance(row.get("updatedTime"), int)]


@dataclasses.dataclass(frozen=True)
class WorklogFeed(SinceFeed):
    """Pages of at most 1000 rows; the next begins at the newest moment of this one, which it repeats.

    `nextPage` is not followed: it may be there on the last page, and Atlassian documents its host as a template.
    """

    def after(self, request: Request, answer: Answer, rows: Sequence[Any]) -> Request | None:
        times = _times(rows)
        if len(rows) >= _PAGE and times and min(times) == max(times) and at_path(answer.body, self.last) is False:
            raise SourceChanged(
                f"{len(rows)} worklogs carry one and the same change time: the feed cannot go on past them",
                where=request.path,
                mend="Read this source with `--full`; its issues carry their worklogs, too.",
            )
        return super().after(request, answer, rows)


@dataclasses.dataclass(frozen=True)
class FeedPosition(FeedCursor):
    """The change time of the newest row; the moment after it once the feed was read to its end.

    An empty page leaves the position where it is: the feed hides its last minute, so a later position would pass over
    rows still to be shown.
    """

    def advance(self, state: dict[str, Any], rows: Sequence[Any], answer: Answer) -> dict[str, Any]:
        times = _times(at_path(answer.body, "values") or ())
        if times:
            return {**state, "token": str(max(times) + (at_path(answer.body, "lastPage") is not False))}
        since = at_path(answer.body, "since")
        return state if "token" in state or since is None else {**state, "token": str(since)}
