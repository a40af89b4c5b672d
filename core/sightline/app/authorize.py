"""Authorising in a browser: OAuth 2.0 code flow with PKCE (RFC 6749, 7636, 8252) over one callback to this machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from sightline.collect.auth import exchange_code
from sightline.collect.clock import Clock
from sightline.collect.credentials import OAuth2
from sightline.errors import AuthError, ConfigError

__all__ = ["CALLBACK_PORT", "authorize"]

#: Vendors compare the callback's address with the one registered for the app, so it is always the same.
CALLBACK_PORT = 8767
_PATH = "/callback"
_PAGE = "<!doctype html><meta charset=utf-8><title>Sightline</title><p>{text} You can close this window.</p>"


def authorize(
    value: OAuth2,
    *,
    source: str,
    tokens: Path,
    clock: Clock,
    show: Callable[[str], None],
    port: int = CALLBACK_PORT,
    timeout_s: float = 300.0,
) -> None:
    """Have somebody allow the access in a browser, and store the tokens of `source` in the folder `tokens`.

    `show` is given the address to open. Listens on 127.0.0.1 only, for one callback, and checks its `state`. Raises
    `AuthError` when access is refused, the callback is not ours, or nobody comes within `timeout_s` seconds.
    """
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    try:
        server = _Listener(("127.0.0.1", port), _Callback)
    except OSError as error:
        raise ConfigError(
            f"port {port} on this machine is taken ({error.strerror})",
            where=source,
            mend="Free it, or name another with --port and register its callback for the app.",
        ) from None
    with server:
        redirect = f"http://localhost:{server.server_port}{_PATH}"
        show(_address(value, state, verifier, redirect))
        server.wait_until(time.monotonic() + timeout_s)
    code = _code(server.answer, state, source)
    exchange_code(value, code=code, verifier=verifier, redirect_uri=redirect, tokens=tokens, where=source, clock=clock)


def _address(value: OAuth2, state: str, verifier: str, redirect: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": value.client_id,
        "redirect_uri": redirect,
        **({"scope": value.scope} if value.scope else {}),
        **value.authorize_params,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return f"{value.authorize_url}?{urlencode(query)}"


def _code(answer: dict[str, str] | None, state: str, source: str) -> str:
    again = f"Run `sightline connect` for {source} again."
    if answer is None:
        raise AuthError("nobody allowed the access in time", where=source, mend=again)
    if not hmac.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise AuthError("the callback does not belong to this sign-in (its state differs)", where=source, mend=again)
    if not answer.get("code"):
        refused = "access was refused" if answer.get("error") == "access_denied" else "the source gave no code"
        raise AuthError(refused, where=source, mend=again)
    return answer["code"]


class _Listener(HTTPServer):
    """Waits for one callback."""

    answer: dict[str, str] | None = None

    def wait_until(self, end: float) -> None:
        """Serve until the callback came or the monotonic clock says `end`. Other paths (an icon) do not count."""
        while self.answer is None and (left := end - time.monotonic()) > 0:
            self.timeout = left
            self.handle_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no news."""


class _Callback(BaseHTTPRequestHandler):
    """Takes the query of the callback and repeats none of it."""

    server: _Listener
    timeout = 10

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        mine = parts.path == _PATH and self.server.answer is None
        if mine:
            self.server.answer = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = _PAGE.format(text="Sightline has the answer." if mine else "There is nothing here.").encode()
        self.send_response(200 if mine else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the line would hold the code."""
