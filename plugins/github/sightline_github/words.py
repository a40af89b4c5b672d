"""What GitHub's words mean: states of issues and pull requests, names of board columns, labels, closing keywords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sightline.sdk import State

__all__ = ["ISSUE_KINDS", "closing_targets", "issue_state", "priority_of", "pull_state", "status_state"]

#: Issue types that the unified model knows; others keep their own word.
ISSUE_KINDS = frozenset({"task", "bug", "story", "epic", "subtask", "feature"})

_COLUMNS: dict[State, str] = {
    "todo": "todo|to do|to-do|backlog|new|ready|triage|needs triage|up next|next|next up|planned|open|inbox|icebox"
    "|no status|on deck|selected for development",
    "in_progress": "in progress|in-progress|doing|started|wip|active|in development|development|in review|review"
    "|reviewing|needs review|ready for review|testing|in testing|qa|in qa|blocked|on hold|waiting|with client",
    "done": "done|complete|completed|closed|finished|shipped|released|deployed|merged|resolved|live",
    "cancelled": "cancelled|canceled|won't do|wont do|won’t do|won't fix|wontfix|not planned|not_planned|duplicate"
    "|rejected|abandoned|dropped|invalid",
}
_STATE_OF = {word: state for state, words in _COLUMNS.items() for word in words.split("|")}
_DECORATION = re.compile(r"^[^\w]+|[^\w]+$")


def status_state(word: str) -> State:
    """The state a column's name stands for, by the usual names in English; `unknown` for any other.

    Emoji and signs around the word do not count. A workspace maps its own words in `[statuses.SOURCE]`.
    """
    return _STATE_OF.get(_DECORATION.sub("", word).casefold(), "unknown")


def issue_state(state: str, reason: str | None) -> tuple[str, State]:
    """An issue's own status word and state: closed as not planned or as duplicate is cancelled."""
    if state == "closed":
        return (reason, "cancelled") if reason in ("not_planned", "duplicate") else ("closed", "done")
    return (state, "todo") if state == "open" else (state, "unknown")


def pull_state(state: str, *, draft: bool, merged: bool) -> tuple[str, State]:
    """A pull request's status word and state: an open one is work under way, closed without merging is cancelled."""
    if merged:
        return "merged", "done"
    if state == "closed":
        return "closed", "cancelled"
    if state != "open":
        return state, "unknown"
    return ("draft" if draft else "open"), "in_progress"


_PRIORITY = re.compile(r"^(?:(p[0-5])|prio(?:rity)?\s*[:/_-]\s*(\S.*))$", re.IGNORECASE)


def priority_of(labels: Iterable[str]) -> str | None:
    """The priority that a label states: `P1`, `priority: high`, `prio/low`; the first one counts."""
    for label in labels:
        if found := _PRIORITY.match(label):
            return found[1] or found[2]
    return None


#: Keywords of "Linking a pull request to an issue".
_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:(?P<repo>[\w.-]{1,100}/[\w.-]{1,100})?#(?P<number>\d{1,10})|(?P<url>https?://[^\s<>\"'()]{1,300}/issues/\d{1,10}))",
    re.IGNORECASE,
)


def closing_targets(body: str, url: str) -> Iterator[str]:
    """Addresses of the issues that a pull request's text says it closes; `url` is the pull request's own."""
    repository = url.partition("/pull/")[0]
    root = repository.rsplit("/", 2)[0]
    for found in _CLOSES.finditer(body):
        if found["url"]:
            yield found["url"]
        else:
            yield (
                f"{root}/{found['repo']}/issues/{found['number']}"
                if found["repo"]
                else (f"{repository}/issues/{found['number']}")
            )
