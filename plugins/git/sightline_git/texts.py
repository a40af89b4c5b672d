"""What a commit's text and dates tell: the tasks it names, its web address, a moment one can believe. Pure."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote, urlsplit

__all__ = ["commit_url", "keys_in", "split_message", "web_address", "when"]

#: Longer texts are cut: a message of 10 MB is data, too, but nobody reads past this.
MOST_TITLE, MOST_TEXT, MOST_KEYS = 300, 20_000, 50
_BLANK = " \t\r\n"

_NAMED = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]{1,30}-\d{1,9}(?![A-Za-z0-9])")
_NUMBERED = re.compile(r"(?<![\w./-])[\w.-]{1,100}/[\w.-]{1,100}#\d{1,9}\b|(?<![\w&/])#\d{1,9}\b")
_LINKED = re.compile(
    r"https?://trello\.com/c/(?P<card>[A-Za-z0-9]{8})\b"
    r"|https?://[^\s/@]+/(?P<repo>[\w.-]{1,100}/[\w.-]{1,100})/(?:-/)?(?:issues|pull|merge_requests)/"
    r"(?P<number>\d{1,9})\b"
)
_SCP = re.compile(r"(?:[^@/\s]+@)?(?P<host>[\w.-]+):(?P<path>(?!/).+)")
#: Hosts whose pages are known, and the part of a commit's address between repository and id.
_HOSTS = {
    "github.com": "commit",
    "gitlab.com": "-/commit",
    "bitbucket.org": "commits",
    "codeberg.org": "commit",
}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SKEW_S = 86_400
_LAST_S = int(dt.datetime(2100, 1, 1, tzinfo=dt.UTC).timestamp())


def keys_in(text: str) -> tuple[str, ...]:
    """Task keys in order of appearance, each once, at most 50: WEB-12, #12, owner/repo#12, a card's short link."""
    found = [(match.start(), match[0]) for match in _NAMED.finditer(text)]
    # Most messages hold neither; looking first is ten times as fast as one expression for everything.
    if "#" in text:
        found += [(match.start(), match[0]) for match in _NUMBERED.finditer(text)]
    if "://" in text:
        found += [(m.start(), m["card"] or f"{m['repo']}#{m['number']}") for m in _LINKED.finditer(text)]
    return tuple(dict.fromkeys(key for _, key in sorted(found)))[:MOST_KEYS]


def split_message(message: str) -> tuple[str, str | None]:
    """Title (the first line, at most 300 characters) and the rest (at most 20,000), None when there is no rest."""
    # Plain strip() would take separators of other programs (\x1c to \x1f) for white space.
    first, _, rest = message.strip(_BLANK)[: MOST_TITLE + MOST_TEXT].partition("\n")
    title = first[:MOST_TITLE].strip(_BLANK) or "(no message)"
    body = (first[MOST_TITLE:] + rest).strip(_BLANK)[:MOST_TEXT]
    return title, body or None


def when(author_s: str, commit_s: str) -> tuple[dt.datetime, str | None]:
    """The moment of the work in UTC, and a remark when the author's date cannot be true.

    The author's date stands unless it lies before 1970, after 2100, or more than a day after the commit that carries it
    (fault F105); then the commit's date stands, and where that is no better, 1970-01-01: never a day that looks recent.
    """
    authored, committed = _believable(author_s), _believable(commit_s)
    if authored is not None and (committed is None or authored <= committed + _SKEW_S):
        return _EPOCH + dt.timedelta(seconds=authored), None
    remark = f"[author date {_shown(author_s)} cannot be true]"
    return _EPOCH + dt.timedelta(seconds=committed or 0), remark


def _believable(seconds: str) -> int | None:
    """Seconds since 1970 as git prints them; None when they are no number, or lie before 1970 or after 2100."""
    try:
        number = int(seconds)
    except ValueError:
        return None
    return number if 0 <= number < _LAST_S else None


def _shown(seconds: str) -> str:
    try:
        return (_EPOCH + dt.timedelta(seconds=int(seconds))).date().isoformat()
    except (ValueError, OverflowError):
        return "(unreadable)"


def web_address(remote: str) -> str | None:
    """The repository's page, from its remote's address and without credentials; None for hosts that are not known."""
    text = remote.strip()
    if "://" in text:
        try:
            parts = urlsplit(text)
            host, path = (parts.hostname or "").lower(), parts.path
        except ValueError:
            return None
    else:
        match = _SCP.fullmatch(text)
        host, path = (match["host"].lower(), match["path"]) if match else ("", "")
    host = host.removeprefix("ssh.").removeprefix("www.")
    path = path.strip("/").removesuffix(".git")
    return f"https://{host}/{quote(path)}" if host in _HOSTS and path.count("/") >= 1 else None


def commit_url(repository: str | None, commit: str) -> str | None:
    """A commit's page; None when the repository has no known page."""
    if not repository:
        return None
    between = _HOSTS.get(urlsplit(repository).hostname or "")
    return f"{repository}/{between}/{commit}" if between else None
