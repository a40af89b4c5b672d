"""What of a list of issues is read: all that tells something; not the thirty addresses in every user, label and issue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

__all__ = ["ISSUES"]


def _object(name: str, plain: str, /, **deeper: Any) -> Any:
    """An object of which the `plain` fields are read, whatever they hold, and the `deeper` ones in their own shape."""
    shape: Mapping[str, Any] = {**dict.fromkeys(plain.split(), Any), **deeper}
    return TypedDict(name, shape, total=False)  # type: ignore[operator]  # made of names known only here


_USER = _object("User", "id login type name email")
_LABEL = _object("Label", "id name description color")
_ISSUE: Any = _object(
    "Issue",
    "id number title body state state_reason draft locked comments url html_url repository_url parent_issue_url "
    "created_at updated_at closed_at milestone pull_request type issue_field_values issue_dependencies_summary "
    "sub_issues_summary author_association active_lock_reason closed_by",
    user=_USER | None,
    assignee=_USER | None,
    assignees=list[_USER | None],  # type: ignore[valid-type]  # made above
    labels=list[_LABEL | str],  # type: ignore[valid-type]  # made above
)
ISSUES: Any = list[_ISSUE]
