"""What GitHub's odd answers mean: limits that look like missing rights, errors with status 200, empty repositories."""

from __future__ import annotations

import json
import re
from typing import Any

from sightline.sdk import Answer, Verdict

__all__ = ["judge"]

#: Texts of the secondary limit, new and old: "Rate limits for the REST API", and octokit's plugin-throttling.
_SECONDARY = re.compile(r"secondary rate|abuse detection", re.IGNORECASE)
#: "Wait for at least one minute", where no header says how long: "Rate limits for the REST API".
_SECONDARY_WAIT_S = 60.0


def judge(answer: Answer) -> Verdict | None:
    """What the answer means beyond its status; None for the usual meaning."""
    if answer.status == 200:
        return _graphql(answer.body) if isinstance(answer.body, dict) and answer.body.get("errors") else None
    if answer.status in (403, 429):
        return _refused(answer)
    if answer.status == 409:
        return Verdict("absent", say="the repository is empty")
    if answer.status == 410 and "disabled" in _message(answer):
        return Verdict("absent", say="switched off in this repository")
    if answer.status == 451:
        return Verdict("denied", say="withheld for legal reasons")
    return None


def _message(answer: Answer) -> str:
    try:
        body = json.loads(answer.raw or b"{}")
    except ValueError:
        return ""
    found = body.get("message") if isinstance(body, dict) else None
    return found if isinstance(found, str) else ""


def _refused(answer: Answer) -> Verdict | None:
    """403 and 429 are a limit when the quota is used up, a header says so, or the text does; else a missing right."""
    if _SECONDARY.search(_message(answer)):
        return Verdict("throttled", _wait(answer) or _SECONDARY_WAIT_S, "GitHub's secondary rate limit")
    if answer.status == 429 or "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0":
        return Verdict("throttled", _wait(answer), "GitHub's rate limit")
    if "required" in answer.headers.get("x-github-sso", ""):
        return Verdict("denied", say="the organisation wants the token authorised for its single sign-on")
    return None


def _wait(answer: Answer) -> float | None:
    """Seconds to wait by `retry-after`, else until the quota's reset by the server's own clock; None if untold."""
    after = answer.headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") != "0" or not reset.isdigit() or answer.server_time is None:
        return None
    return max(1.0, int(reset) - answer.server_time.timestamp())


def _graphql(body: dict[str, Any]) -> Verdict | None:
    """GraphQL tells its errors with status 200, beside data or without any."""
    errors = [error for error in body["errors"] if isinstance(error, dict)] if isinstance(body["errors"], list) else []
    kinds = {str(error.get("type")) for error in errors}
    if "RATE_LIMITED" in kinds:
        return Verdict("throttled", say="GitHub's GraphQL rate limit")
    if any(_SECONDARY.search(str(error.get("message"))) for error in errors):
        return Verdict("throttled", _SECONDARY_WAIT_S, "GitHub's secondary rate limit")
    data = body.get("data")
    if isinstance(data, dict) and any(value is not None for value in data.values()):
        return None
    if "SERVICE_UNAVAILABLE" in kinds:
        return Verdict("retry", say="GraphQL is not available now")
    return Verdict("absent", say="GraphQL does not show this to these credentials")
