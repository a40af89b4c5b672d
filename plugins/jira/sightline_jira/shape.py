"""What of an answer full of issues is read: everything that was asked for, of people and types only what tells something.

Half of what Jira sends are addresses of pictures and of itself, repeated in every user, status and project.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

__all__ = ["answer_of"]


def _object(name: str, plain: str, /, **deeper: Any) -> Any:
    """An object of which the `plain` fields are read, whatever they hold, and the `deeper` ones in their own shape."""
    shape: Mapping[str, Any] = {**dict.fromkeys(plain.split(), Any), **deeper}
    return TypedDict(name, shape, total=False)  # type: ignore[operator]  # made of names known only here


_USER = _object("User", "accountId key name displayName emailAddress active accountType timeZone")
_NAMED = _object("Named", "id key name description")
_STATUS = _object("Status", "id name", statusCategory=_object("Category", "id key name"))
_TYPE = _object("IssueType", "id name subtask hierarchyLevel")
_PROJECT = _object("Project", "id key name projectTypeKey archived")
_COMMENT = _object("Comment", "id body created updated jsdPublic visibility", author=_USER | None)
_WORKLOG = _object(
    "Worklog", "id issueId comment created updated started timeSpentSeconds visibility", author=_USER | None
)
_FIELDS: dict[str, Any] = {
    "assignee": _USER | None,
    "reporter": _USER | None,
    "status": _STATUS,
    "issuetype": _TYPE,
    "project": _PROJECT,
    "priority": _NAMED | None,
    "resolution": _NAMED | None,
    "comment": _object("Comments", "total", comments=list[_COMMENT]),  # type: ignore[valid-type]
    "worklog": _object("Worklogs", "total", worklogs=list[_WORKLOG]),  # type: ignore[valid-type]
}


def answer_of(fields: Iterable[str]) -> Any:
    """The shape of an answer with issues of these fields."""
    of_one = {field: _FIELDS.get(field, Any) for field in fields}
    issue: Any = _object("Issue", "id key changelog", fields=_object("Fields", "", **of_one))
    return _object("Issues", "total startAt maxResults nextPageToken isLast", issues=list[issue])
