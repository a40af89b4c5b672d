"""Ready scripts for `Vendor.script`: what sources, proxies and networks do wrong, repeatable.

    vendor.script.append(failing(When(times=2)))
    vendor.script.append(throttled(When(path="/search", times=1), wait_s=2))

A script that has nothing to say lets the vendor answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from sightline.sandbox.vendor import Call, Reply, Script, Vendor, json_reply, text_reply

__all__ = [
    "ALWAYS",
    "When",
    "denied",
    "disconnected",
    "editing",
    "failing",
    "html",
    "refused",
    "scripted",
    "slow",
    "throttled",
    "truncated",
]

_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


@dataclasses.dataclass(frozen=True, slots=True)
class When:
    """Which calls a fault meets: those whose path contains `path`, after the first `after`, `times` of them."""

    path: str = ""
    after: int = 0
    times: int | None = None
    """None: for ever."""


ALWAYS = When()


def scripted(answer: Callable[[Vendor, Call], Reply | None], when: When = ALWAYS) -> Script:
    """A script that gives `answer` in the vendor's place for the calls that `when` chooses."""
    seen = 0

    def script(vendor: Vendor, call: Call) -> Reply | None:
        nonlocal seen
        if when.path not in call.path:
            return None
        seen += 1
        if seen <= when.after or (when.times is not None and seen > when.after + when.times):
            return None
        return answer(vendor, call)

    return script


def failing(when: When = ALWAYS, *, status: int = 500) -> Script:
    """The server breaks: an error status with a plain body."""
    return scripted(lambda _v, _c: text_reply("Internal Server Error", status), when)


def throttled(when: When = ALWAYS, *, wait_s: int | None = 1, status: int = 429) -> Script:
    """Too many calls; `Retry-After: wait_s`, or no such header when that is None."""
    headers = {} if wait_s is None else {"retry-after": str(wait_s)}
    return scripted(lambda _v, _c: json_reply({"message": "Rate limit exceeded"}, status, headers), when)


def refused(when: When = ALWAYS) -> Script:
    """The credentials are no longer good (401)."""
    return scripted(lambda _v, _c: json_reply({"message": "Unauthorized"}, 401), when)


def denied(path: str) -> Script:
    """A right is missing for every call whose path contains `path` (403)."""
    return scripted(lambda _v, _c: json_reply({"message": "Forbidden"}, 403), When(path))


def html(when: When = ALWAYS) -> Script:
    """A proxy's sign-in page with status 200 where JSON should be."""
    return scripted(lambda _v, _c: Reply(200, _PAGE, {"content-type": "text/html; charset=utf-8"}), when)


def truncated(when: When = ALWAYS) -> Script:
    """The vendor's own answer, cut to half and yet said to be whole: JSON that ends in the middle."""

    def half(vendor: Vendor, call: Call) -> Reply:
        reply = vendor.own_answer(call)
        return dataclasses.replace(reply, body=reply.body[: len(reply.body) // 2])

    return scripted(half, when)


def slow(delay_s: float, when: When = ALWAYS) -> Script:
    """The vendor's own answer, late by `delay_s` seconds over real HTTP."""
    return scripted(lambda vendor, call: dataclasses.replace(vendor.own_answer(call), delay_s=delay_s), when)


def disconnected(when: When = ALWAYS) -> Script:
    """The connection breaks in the middle of the vendor's own answer."""
    return scripted(lambda vendor, call: dataclasses.replace(vendor.own_answer(call), cut=True), when)


def editing(edit: Callable[[], object], when: When = ALWAYS) -> Script:
    """Somebody edits the world just before a call that `when` chooses; `When(after=1, times=1)`: once, between two."""

    def run(_vendor: Vendor, _call: Call) -> None:
        edit()

    return scripted(run, when)
