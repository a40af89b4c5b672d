"""One POST to a web hook: the only thing Sightline ever sends that is no question. Never to a source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from sightline._version import __version__
from sightline.collect.clock import Clock
from sightline.collect.wire import Wire, check_address
from sightline.errors import AuthError, ConfigError, NotFound, RetryLater

__all__ = ["post_json"]

_SECONDS = 20.0


def post_json(address: str, body: Mapping[str, Any], headers: Mapping[str, str], *, where: str) -> None:
    """Post the body once; redirects are not followed. The address may be a secret: no error quotes it.

    Raises `RetryLater` (no answer, 408, 425, 429, 5xx), `AuthError` (401, 403), `NotFound` (404, 410), `ConfigError`.
    """
    parts = urlsplit(address)
    check_address(urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), where=where)
    told = {"Content-Type": "application/json", "User-Agent": f"sightline/{__version__}", **headers}
    content = json.dumps(body, ensure_ascii=False).encode()
    wire = Wire(seconds=_SECONDS, connections=1, clock=Clock())
    try:
        with httpx.Client(transport=wire, follow_redirects=False, trust_env=False) as client:
            status = client.post(address, content=content, headers=told).status_code
    except (httpx.HTTPError, OSError) as error:
        raise _later(f"there is no answer ({type(error).__name__})", where) from None
    _judge(status, where)


def _judge(status: int, where: str) -> None:
    if 200 <= status < 300:
        return
    if status in (408, 425, 429) or status >= 500:
        raise _later(f"HTTP {status}", where)
    if status in (401, 403):
        raise AuthError(f"HTTP {status}", where=where, mend="Check the hook's address and token.")
    if status in (404, 410):
        raise NotFound(f"HTTP {status}: the hook is gone", where=where, mend="Make a new one.", status=status)
    raise ConfigError(f"HTTP {status}", where=where, mend="Check the hook's address and `style`.")


def _later(what: str, where: str) -> RetryLater:
    return RetryLater(f"the receiver did not take it: {what}", where=where, mend="It is tried again.")
