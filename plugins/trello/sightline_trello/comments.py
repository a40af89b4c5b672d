"""What the comments of one card hold: things said (activity), and time and estimates in the Plus convention. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sightline.sdk import Activity, RowError, TimeEntry, instant
from sightline_trello.board import Board
from sightline_trello.plus import GLOBAL, ME, PlusRow, is_recurring, parse
from sightline_trello.reading import child, items, need, text

__all__ = ["CardComments", "read_comments"]

_TITLE_LENGTH = 200


@dataclasses.dataclass(slots=True)
class CardComments:
    """All of it. A comment of the Plus convention is time, not talk: it gives no activity."""

    activities: list[Activity] = dataclasses.field(default_factory=list)
    entries: list[TimeEntry] = dataclasses.field(default_factory=list)
    people: list[Any] = dataclasses.field(default_factory=list)
    """Trello's member objects of those who wrote, or are named as having worked."""
    estimate_seconds: int | None = None
    """Sum of what was estimated; None when nobody estimated anything, or corrections outweigh it."""


def read_comments(row: Mapping[str, Any], board: Board) -> CardComments | None:
    """The comments that the stream put into the row (`comments`, `people`); None when it put none there."""
    if row.get("comments") is None:
        return None
    found = CardComments()
    people = {str(one.get("username")).casefold(): one for one in items(row, "people") if isinstance(one, Mapping)}
    estimates: list[int] = []
    for comment in items(row, "comments"):
        if not isinstance(comment, Mapping):
            raise RowError(f"a comment is {type(comment).__name__}, not an object")
        said = text(child(comment, "data"), "text") or ""
        found.people.append(comment.get("memberCreator"))
        recurring = is_recurring(text(row, "name") or "")
        # Copies made with a copied card repeat time that is already told on the card they came from.
        copied = comment.get("type") == "copyCommentCard"
        plus = None if copied else parse(said, board.settings.plus_keyword, recurring=recurring)
        if plus is None:
            found.activities.append(_activity(row, comment, said))
            continue
        estimates += [plus.estimate_seconds] * len(plus.users)
        found.entries += _entries(row, comment, plus, people)
        found.people += [people[user] for user in plus.users if user in people]
    if any(estimates):
        found.estimate_seconds = sum(estimates) if sum(estimates) >= 0 else None
    return found


def _moment(comment: Mapping[str, Any]) -> dt.datetime:
    at = instant(comment.get("date"))
    if at is None:
        raise RowError("a comment has no date")
    return at


def _activity(row: Mapping[str, Any], comment: Mapping[str, Any], said: str) -> Activity:
    url = text(row, "shortUrl") or text(row, "url")
    return Activity(
        id=need(comment, "id"),
        scope=need(row, "idBoard"),
        kind="comment",
        at=_moment(comment),
        title=said.strip().partition("\n")[0][:_TITLE_LENGTH],
        task=need(row, "id"),
        account=text(comment, "idMemberCreator"),
        url=f"{url}#comment-{need(comment, 'id')}" if url else None,
        text=said or None,
    )


def _entries(
    row: Mapping[str, Any], comment: Mapping[str, Any], plus: PlusRow, people: Mapping[str, Any]
) -> Sequence[TimeEntry]:
    """One entry for each user; rows that only estimate give none. The work date is the comment's, in UTC, minus N."""
    if not plus.spent_seconds:
        return []
    at = _moment(comment)
    try:
        day = at.date() - dt.timedelta(days=plus.days_back)
    except OverflowError as error:
        raise RowError("a comment dates its time before the calendar begins") from error
    first = need(comment, "id")
    return [
        TimeEntry(
            id=first if n == 0 else f"{first}:{n + 1}",
            scope=need(row, "idBoard"),
            seconds=plus.spent_seconds,
            day=day,
            task=need(row, "id"),
            account=_account(user, comment, people),
            note=plus.note,
            updated_at=instant(child(comment, "data").get("dateLastEdited")) or at,
        )
        for n, user in enumerate(plus.users)
    ]


def _account(user: str, comment: Mapping[str, Any], people: Mapping[str, Any]) -> str | None:
    """The member's id; None for time of nobody in particular, or of a user whom the board does not know."""
    if user == ME:
        return text(comment, "idMemberCreator")
    if user == GLOBAL:
        return None
    creator = child(comment, "memberCreator")
    if str(creator.get("username")).casefold() == user:
        return text(creator, "id")
    return text(people[user], "id") if user in people else None
