"""Plain text from what people write in Jira: the document format of v3 (ADF), and the wiki strings of v2. Pure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sightline.sdk import from_epoch

__all__ = ["TEXT_LIMIT", "first_line", "plain"]

#: Characters that are kept of one text. Jira's own limit for a description is 32 767.
TEXT_LIMIT = 100_000
#: Nodes that are looked at in one document: a hostile one may nest or repeat without end.
_NODE_LIMIT = 50_000
_BLOCKS = frozenset(
    "paragraph heading codeBlock blockquote panel rule table tableRow listItem taskItem decisionItem mediaSingle "
    "mediaGroup expand nestedExpand bulletList orderedList taskList decisionList blockCard".split()
)
_LISTED = frozenset({"listItem", "taskItem", "decisionItem"})
_FIXED = {"hardBreak": "\n", "rule": "---"}
#: Attributes that stand for the node's text where it has none.
_SAYING = {
    "emoji": ("shortName",),
    "inlineCard": ("url",),
    "blockCard": ("url",),
    "embedCard": ("url",),
    "media": ("alt",),
}
_GAPS = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_LINE_ENDS = re.compile(r"[ \t]+\n")


def plain(value: Any) -> str | None:
    """The text of an ADF document, or a wiki string as it is; None for nothing. Cut at `TEXT_LIMIT` characters."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict):
        text = _walk(value)
    else:
        return None
    return text[:TEXT_LIMIT] or None


def _walk(root: dict[str, Any]) -> str:
    """Depth first with a stack of our own, so that no depth of nesting can exhaust Python's."""
    parts: list[str] = []
    stack: list[Any] = [root]
    size = seen = 0
    while stack and seen < _NODE_LIMIT and size <= TEXT_LIMIT:
        node = stack.pop()
        seen += 1
        if isinstance(node, str):
            parts.append(node)
            continue
        if not isinstance(node, dict):
            continue
        kind = node.get("type")
        if own := _own_text(node, kind):
            parts.append(own)
            size += len(own)
        if kind in _BLOCKS:
            stack.append("\n")
        elif kind in ("tableCell", "tableHeader"):
            stack.append(" | ")
        content = node.get("content")
        if isinstance(content, list):
            # Unknown kinds of node, too, give what is inside them.
            stack.extend(reversed(content))
        if kind in _LISTED:
            parts.append("- ")
    return _tidy("".join(parts))


def _own_text(node: dict[str, Any], kind: Any) -> str:
    """What a node says by itself, besides its content."""
    if kind in _FIXED:
        return _FIXED[kind]
    attributes = node.get("attrs")
    values = attributes if isinstance(attributes, dict) else {}
    if kind == "date":
        return _day(values.get("timestamp"))
    said = [node.get("text"), *(values.get(name) for name in ("text", *_SAYING.get(kind, ())))]
    return next((text for text in said if isinstance(text, str) and text), "")


def _day(timestamp: Any) -> str:
    """The calendar day of a date node, which holds milliseconds since 1970 as text."""
    if not isinstance(timestamp, (str, int)) or not str(timestamp).lstrip("-").isdigit() or len(str(timestamp)) > 15:
        return ""
    moment = from_epoch(timestamp, unit="ms")
    return moment.astimezone(dt.UTC).date().isoformat() if moment else ""


def _tidy(text: str) -> str:
    return _GAPS.sub("\n", _LINE_ENDS.sub("\n", text)).strip()


def first_line(text: str | None, *, otherwise: str) -> str:
    """The first line, at most 120 characters long."""
    line = next((line.strip() for line in (text or "").splitlines() if line.strip()), "")
    return (line[:119] + "…" if len(line) > 120 else line) or otherwise
