"""What GitHub remembers of an issue: events of the repository, and moves between a board's columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sightline.sdk import Activity, Change, Context, Mapped, RowError, State, at_path, instant
from sightline_github.mapping import account, text, user_id
from sightline_github.projects import Item
from sightline_github.words import issue_state, status_state

__all__ = ["column_moves", "event", "has_column_history"]

Step = tuple[str, str | None, str | None, State | None, State | None]
"""Field, from, to, from_state, to_state."""


def event(row: Any, scope: str, context: Context, *, on_board: bool) -> Iterator[Mapped]:
    """One row of the repository's event list: a change, an activity or nothing that is kept.

    The state of an issue `on_board` is told by `column_moves`. An event of a deleted issue has no issue any more.
    """
    name, number = text(row, "event"), at_path(row, "issue.id")
    reader = _READERS.get(name)
    if not isinstance(number, int) or (reader is None and name not in _TITLES):
        return
    at = instant(row.get("created_at"))
    if at is None:
        raise RowError("created_at is missing")
    # Older rows name as actor whom it happened to, and beside it who did it.
    actor = at_path(row, "assigner") or at_path(row, "actor")
    yield from account(actor, context)
    if reader is not None and (step := reader(row)) is not None and not (step[0] == "status" and on_board):
        yield _change(str(row["id"]), str(number), at, step, user_id(actor))
    if name in _TITLES:
        yield Activity(
            id=f"event-{row['id']}",
            scope=scope,
            kind="merge" if name == "merged" else "event",
            at=at,
            title=_TITLES[name](row),
            task=str(number),
            account=user_id(actor),
        )


def _change(id_: str, task: str, at: dt.datetime, step: Step, by: str | None) -> Change:
    field, before, after, from_state, to_state = step
    return Change(
        id=id_,
        task=task,
        field=field,  # type: ignore[arg-type]  # readers name tracked fields only
        at=at,
        from_value=before,
        to_value=after,
        from_state=from_state,
        to_state=to_state,
        by=by,
    )


def _is_pull(row: Any) -> bool:
    return isinstance(at_path(row, "issue.pull_request"), dict)


def _closed(row: Any) -> Step | None:
    if _is_pull(row):
        merged, at = instant(at_path(row, "issue.pull_request.merged_at")), instant(row.get("created_at"))
        # Merging closes, too; the event `merged` tells it.
        if row.get("commit_id") or (merged and at and at >= merged):
            return None
        return "status", "open", "closed", "in_progress", "cancelled"
    reason = row.get("state_reason")
    if "state_reason" not in row and row.get("created_at") == at_path(row, "issue.closed_at"):
        reason = at_path(row, "issue.state_reason")
    word, state = issue_state("closed", reason)
    return "status", "open", word, "todo", state


def _reopened(row: Any) -> Step:
    if _is_pull(row):
        return "status", "closed", "open", "cancelled", "in_progress"
    # Why it had been closed is told by the event that closed it, not by this one.
    return "status", "closed", "open", None, "todo"


def _parent(row: Any) -> str:
    number, repository = at_path(row, "parent_issue.number"), at_path(row, "parent_issue.repository.full_name")
    own = str(at_path(row, "issue.repository_url") or "").casefold()
    same = not isinstance(repository, str) or own.endswith(f"/{repository.casefold()}")
    return f"#{number}" if same else f"{repository}#{number}"


_READERS: dict[str, Callable[[Any], Step | None]] = {
    "closed": _closed,
    "reopened": _reopened,
    "merged": lambda _row: ("status", "open", "merged", "in_progress", "done"),
    "convert_to_draft": lambda _row: ("status", "open", "draft", "in_progress", "in_progress"),
    "ready_for_review": lambda _row: ("status", "draft", "open", "in_progress", "in_progress"),
    "assigned": lambda row: ("assignee", None, user_id(at_path(row, "assignee")), None, None),
    "unassigned": lambda row: ("assignee", user_id(at_path(row, "assignee")), None, None, None),
    # Events name a milestone by its title only.
    "milestoned": lambda row: ("milestone", None, text(row, "milestone.title"), None, None),
    "demilestoned": lambda row: ("milestone", text(row, "milestone.title"), None, None, None),
    "parent_issue_added": lambda row: ("parent", None, _parent(row), None, None),
    "parent_issue_removed": lambda row: ("parent", _parent(row), None, None, None),
}
_TITLES: dict[str, Callable[[Any], str]] = {
    "merged": lambda row: f"merged: {text(row, 'issue.title')}",
    "renamed": lambda row: f"renamed from: {text(row, 'rename.from')}",
    "transferred": lambda row: f"transferred: {text(row, 'issue.title')}",
}


def has_column_history(items: Sequence[Item]) -> bool:
    """Whether a board tells the moves of this issue."""
    return any(at_path(item.row, "content.timelineItems") is not None for item in items)


def column_moves(items: Sequence[Item], task: str) -> Iterator[Change]:
    """The issue's moves between the columns of the first of its boards; the state of a column goes by its name."""
    for item in items[:1]:
        for node in at_path(item.row, "content.timelineItems.nodes") or ():
            if at_path(node, "project.id") not in (None, item.board):
                continue
            at = instant(at_path(node, "createdAt"))
            if at is None:
                continue
            before, after = at_path(node, "previousStatus") or None, at_path(node, "status") or None
            states = [status_state(word) if isinstance(word, str) else None for word in (before, after)]
            step: Step = ("status", before, after, states[0], states[1])
            who = at_path(node, "actor.databaseId")
            yield _change(text(node, "id"), task, at, step, str(who) if isinstance(who, int) else None)
