"""From GitHub's rows to records. Pure: the row, the settings and the boards' answers are all it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sightline.sdk import (
    Account,
    Activity,
    ChecklistItem,
    Context,
    Link,
    Mapped,
    Milestone,
    RowError,
    State,
    Task,
    Whole,
    at_path,
    day,
    instant,
)
from sightline_github.config import GithubSettings
from sightline_github.projects import Item, Values, values_of
from sightline_github.words import ISSUE_KINDS, closing_targets, issue_state, priority_of, pull_state, status_state

__all__ = [
    "BLOCKS",
    "MEMBERS",
    "REVIEWS",
    "account",
    "comment",
    "issue",
    "iterations",
    "milestone",
    "number_in",
    "review_comment",
    "sprint_id",
    "text",
    "user_id",
]

#: Name of the lookup of organisation members, and the places where `complete` puts what a list leaves out.
MEMBERS, PARENT, BLOCKS, REVIEWS = "members", "_parent", "_blocks", "_reviews"
_TITLE_LENGTH = 120


def text(row: Any, path: str) -> str:
    """The text at that path; `RowError` when there is none."""
    found = at_path(row, path)
    if not isinstance(found, str):
        raise RowError(f"{path} is {type(found).__name__}, not text")
    return found


def _whole(row: Any, path: str) -> int:
    found = at_path(row, path)
    if not isinstance(found, int) or isinstance(found, bool):
        raise RowError(f"{path} is {type(found).__name__}, not a number")
    return found


def _maybe(row: Any, path: str) -> str | None:
    found = at_path(row, path)
    return found if isinstance(found, str) else None


def _list(row: Any, path: str) -> Sequence[Any]:
    found = at_path(row, path)
    if found is not None and not isinstance(found, list):
        raise RowError(f"{path} is {type(found).__name__}, not a list")
    return found or ()


def number_in(url: str | None) -> int | None:
    """The number at the end of an address such as `…/issues/12`."""
    last = (url or "").rpartition("/")[2]
    return int(last) if last.isdigit() else None


# --- people ----------------------------------------------------------------------------------------------------------


def user_id(user: Any) -> str | None:
    """The account id of a user; None for nobody and for an account that was deleted (`null`).

    Raises `RowError` for what is no user: work must not pass for nobody's because its answer is odd.
    """
    if user is not None and not isinstance(user, dict):
        raise RowError(f"a user is {type(user).__name__}, not an object")
    found = at_path(user, "id")
    if found is not None and not isinstance(found, int):
        raise RowError(f"a user's id is {type(found).__name__}, not a number")
    return None if found is None else str(found)


def account(user: Any, context: Context) -> Iterator[Account]:
    """Who that is. Lists show the login only; organisation members come with the name and address they show."""
    number = user_id(user)
    if number is None:
        return
    login, kind = text(user, "login"), _maybe(user, "type")
    # Everybody stands in hundreds of rows: the same record each time is kept once a page.
    made = context.cache.setdefault("accounts", {})
    found = made.get((number, login, kind))
    if found is None:
        found = made[number, login, kind] = _account(number, login, kind, _members(context).get(number, {}))
    yield found


def _account(number: str, login: str, kind: str | None, member: Mapping[str, Any]) -> Account:
    return Account(
        id=number,
        name=_maybe(member, "name") or login,
        email=_maybe(member, "email") or None,
        username=login,
        # A mannequin stands for somebody whose work was imported; nobody can sign in as it.
        active=kind != "Mannequin",
        kind="bot" if kind == "Bot" else "human",
    )


def _members(context: Context) -> Mapping[str, Any]:
    index = context.cache.get(MEMBERS)
    if index is None:
        rows = context.lookups.get(MEMBERS, ())
        nodes = [node for body in rows for node in _list(body, "data.organization.membersWithRole.nodes")]
        index = {str(node.get("databaseId")): node for node in nodes if isinstance(node, dict)}
        context.cache[MEMBERS] = index
    return cast("Mapping[str, Any]", index)


# --- issues and pull requests ----------------------------------------------------------------------------------------


def issue(row: Any, scope: str, items: Sequence[Item], context: Context) -> Iterator[Mapped]:
    """One row of the issues list: the task, its people, checklist, links and reviews."""
    task = _task(row, scope, values_of(items, _list(row, "issue_field_values"), context.settings), context.settings)
    yield task
    for user in (at_path(row, "user"), *_list(row, "assignees")):
        yield from account(user, context)
    yield from _checklist(task)
    if BLOCKS in row:
        yield from _links(row, task)
    for review in row.get(REVIEWS, ()):
        yield from _review(review, task, context)


def _task(row: Any, scope: str, values: Values, settings: GithubSettings) -> Task:
    pull = at_path(row, "pull_request")
    number, labels = _whole(row, "number"), _labels(row)
    status, state = _state(row, values, settings)
    updated = [moment for moment in (instant(row.get("updated_at")), values.updated_at) if moment]
    target = at_path(row, "milestone.id")
    return Task(
        id=str(_whole(row, "id")),
        scope=scope,
        key=f"#{number}",
        title=text(row, "title"),
        kind="pull_request" if isinstance(pull, dict) else _kind(row),
        status=status,
        state=state,
        url=_maybe(row, "html_url"),
        description=_maybe(row, "body") or None,
        created_at=instant(row.get("created_at")),
        updated_at=max(updated, default=None),
        completed_at=_completed_at(row, state, values),
        start_on=values.start_on,
        due_on=values.due_on or _due_with_milestone(row, settings),
        assignees=tuple(found for user in _list(row, "assignees") if (found := user_id(user))),
        reporter=user_id(at_path(row, "user")),
        parent=str(found) if isinstance(found := at_path(row, f"{PARENT}.id"), int) else None,
        parent_key=_parent_key(row),
        labels=labels,
        priority=values.priority or priority_of(labels),
        estimate_seconds=values.estimate_seconds,
        points=values.points,
        milestones=(str(target),) if isinstance(target, int) else (),
        sprints=tuple(sprint_id(scope, iteration) for iteration in values.sprints),
    )


def _kind(row: Any) -> str:
    word = _maybe(row, "type.name") or "issue"
    return word.casefold() if word.casefold() in ISSUE_KINDS else word


def _labels(row: Any) -> tuple[str, ...]:
    """Label names; GitHub documents a label as an object or, in old answers, as text."""
    names = [label if isinstance(label, str) else _maybe(label, "name") for label in _list(row, "labels")]
    return tuple(name for name in names if name)


def _state(row: Any, values: Values, settings: GithubSettings) -> tuple[str, State]:
    """Status word and state: the board's column while the issue is open, GitHub's own word when they disagree."""
    own = text(row, "state")
    if isinstance(pull := at_path(row, "pull_request"), dict):
        return pull_state(own, draft=row.get("draft") is True, merged=bool(pull.get("merged_at")))
    status, state = issue_state(own, _maybe(row, "state_reason"))
    column = values.status
    if own == "closed":
        # Closed wins over a card that nobody moved; the column's word is kept where it says the same.
        return (column if column and status_state(column) in ("done", "cancelled") else status), state
    if own == "open" and column:
        return column, status_state(column)
    if own == "open" and settings.assigned_is_started and _list(row, "assignees"):
        return status, "in_progress"
    return status, state


def _completed_at(row: Any, state: State, values: Values) -> Any:
    closed = instant(at_path(row, "pull_request.merged_at")) or instant(row.get("closed_at"))
    if closed and row.get("state") == "closed":
        return closed
    # An open issue in a column that means done was done when its card moved there.
    return values.status_at if state in ("done", "cancelled") else None


def _due_with_milestone(row: Any, settings: GithubSettings) -> Any:
    """The milestone's day, kept when the issue is closed: only so can it be told whether that was in time.

    GitHub keeps the chosen day as midnight in California.
    """
    issue = not isinstance(at_path(row, "pull_request"), dict)
    return day(at_path(row, "milestone.due_on")) if settings.due_from_milestone and issue else None


def _parent_key(row: Any) -> str | None:
    url = _maybe(row, "parent_issue_url")
    number = number_in(url)
    if url is None or number is None:
        return None
    same = url.rpartition("/issues/")[0].casefold() == (_maybe(row, "repository_url") or "").casefold()
    return f"#{number}" if same else f"{'/'.join(url.split('/')[-4:-2])}#{number}"


_CHECK = re.compile(r"^\s{0,12}[-*+] \[(?P<done>[ xX])\]\s+(?P<title>\S.*?)\s*$")
_HEADING = re.compile(r"^#{1,6}\s+(?P<title>\S.*?)\s*#*\s*$")


def _checklist(task: Task) -> Iterator[Mapped]:
    """Task lists in the text (`- [ ] …`), each under the heading above it ("About tasklists")."""
    yield Whole(kind=ChecklistItem, of=task.id)
    if "[" not in (task.description or ""):
        return
    heading, position = "Tasks", 0
    for line in (task.description or "").splitlines():
        if found := _HEADING.match(line):
            heading = found["title"]
        elif found := _CHECK.match(line):
            position += 1
            yield ChecklistItem(
                id=f"{task.id}-{position}",
                task=task.id,
                list=heading,
                title=found["title"],
                state="open" if found["done"] == " " else "done",
                position=position,
            )


def _links(row: Any, task: Task) -> Iterator[Mapped]:
    """What the issue blocks, and what the pull request says it closes."""
    yield Whole(kind=Link, of=task.id)
    for other in row[BLOCKS]:
        found = _whole(other, "id")
        yield Link(id=f"{task.id}-blocks-{found}", from_task=task.id, to=str(found), kind="blocks")
    if task.kind == "pull_request" and task.description and task.url:
        for url in dict.fromkeys(closing_targets(task.description, task.url)):
            yield Link(id=f"{task.id}-closes-{url}", from_task=task.id, to=url, kind="closes")


# --- what people said ------------------------------------------------------------------------------------------------


def _first_line(said: str | None, default: str) -> str:
    line = next((line.strip() for line in (said or "").splitlines() if line.strip()), default)
    return line if len(line) <= _TITLE_LENGTH else f"{line[: _TITLE_LENGTH - 1]}…"


def _said(row: Any, context: Context, **fields: Any) -> Iterator[Mapped]:
    yield from account(at_path(row, "user"), context)
    yield Activity(account=user_id(at_path(row, "user")), url=_maybe(row, "html_url"), **fields)


def comment(row: Any, scope: str, context: Context) -> Iterator[Mapped]:
    """A comment on an issue or in a pull request's conversation. The list names the issue by number only."""
    body, number = _maybe(row, "body"), number_in(_maybe(row, "issue_url"))
    yield from _said(
        row,
        context,
        id=str(_whole(row, "id")),
        scope=scope,
        kind="comment",
        at=_moment(row, "created_at"),
        title=_first_line(body, "comment"),
        text=body,
        keys=(f"#{number}",) if number else (),
    )


def review_comment(row: Any, scope: str, context: Context) -> Iterator[Mapped]:
    """A comment on a line of a pull request's change."""
    body, number = _maybe(row, "body"), number_in(_maybe(row, "pull_request_url"))
    yield from _said(
        row,
        context,
        id=f"review-comment-{_whole(row, 'id')}",
        scope=scope,
        kind="comment",
        at=_moment(row, "created_at"),
        title=_first_line(body, "review comment"),
        text=body,
        keys=(f"#{number}",) if number else (),
    )


def _review(row: Any, task: Task, context: Context) -> Iterator[Mapped]:
    """A review's verdict. One that is not sent yet has no moment, and is nobody else's business."""
    at = instant(at_path(row, "submitted_at"))
    if at is None:
        return
    verdict = text(row, "state").casefold().replace("_", " ")
    yield from _said(
        row,
        context,
        id=f"review-{_whole(row, 'id')}",
        scope=task.scope,
        kind="review",
        at=at,
        title=f"{verdict}: {task.title}",
        text=_maybe(row, "body") or None,
        task=task.id,
    )


def _moment(row: Any, path: str) -> Any:
    found = instant(at_path(row, path))
    if found is None:
        raise RowError(f"{path} is missing")
    return found


# --- milestones and sprints ------------------------------------------------------------------------------------------


def milestone(row: Any, scope: str) -> Milestone:
    """A milestone of the repository; it has no start."""
    return Milestone(
        id=str(_whole(row, "id")),
        scope=scope,
        kind="milestone",
        name=text(row, "title"),
        state=text(row, "state"),
        due_on=day(row.get("due_on")),
        completed_at=instant(row.get("closed_at")),
        description=_maybe(row, "description") or None,
        url=_maybe(row, "html_url"),
    )


def sprint_id(scope: str, iteration: str) -> str:
    """A board serves several repositories; each has its own record of the board's iteration."""
    return f"{scope}:{iteration}"


def iterations(field: Any, scope: str) -> Iterator[Milestone]:
    """The iterations of a board's field as sprints of one repository. Both days are included."""
    configuration = at_path(field, "configuration")
    for name, state in (("completedIterations", "closed"), ("iterations", "open")):
        for row in _list(configuration, name):
            starts = day(text(row, "startDate"))
            if starts is None:
                raise RowError("startDate is missing")
            ends = starts.toordinal() + max(1, _whole(row, "duration")) - 1
            yield Milestone(
                id=sprint_id(scope, text(row, "id")),
                scope=scope,
                kind="sprint",
                name=text(row, "title"),
                state=state,
                starts_on=starts,
                due_on=type(starts).fromordinal(ends),
            )
