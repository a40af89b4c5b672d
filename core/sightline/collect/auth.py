"""How credentials become signed requests: httpx auth flows, token files, refresh under a lock across processes."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import fcntl
import json
import os
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import httpx

from sightline._version import __version__
from sightline.collect.clock import Clock
from sightline.collect.credentials import Auth, Basic, Bearer, Headers, Minted, OAuth2
from sightline.collect.redact import REDACTOR
from sightline.errors import AuthError, RetryLater
from sightline.model.time import instant, iso

__all__ = ["TokenFile", "build_auth", "exchange_code"]

#: A token is renewed this long before it ends, so that no page meets its last second.
_MARGIN = dt.timedelta(seconds=60)
#: Token calls are made beside the client, whose headers they would lack; GitHub refuses a call without User-Agent.
_HEADERS = {"Accept": "application/json", "User-Agent": f"sightline/{__version__}"}


class TokenFile:
    """One source's tokens in `.sightline/tokens/SOURCE.json` (0600), written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        """`access_token`, `refresh_token`, `expires_at`; empty when there are none."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        tokens = found if isinstance(found, dict) else {}
        REDACTOR.add(tokens.get("access_token"), tokens.get("refresh_token"))
        return tokens

    def write(self, tokens: dict[str, Any]) -> None:
        """Replace them durably: a crash leaves the old or the new file, never half of one."""
        REDACTOR.add(tokens.get("access_token"), tokens.get("refresh_token"))
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(tokens, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One refresher at a time, over threads and processes; the lock dies with its process."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.path.with_suffix(".lock"), "w", encoding="utf-8") as file:  # noqa: PTH123 - flock needs the handle
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class _Static(httpx.Auth):
    """Headers that never change."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers
        REDACTOR.add(*headers.values())

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._headers)
        yield request


class _Renewed(httpx.Auth):
    """A bearer token that is renewed when it ends, and once when the source answers 401.

    Whoever comes second re-reads the stored token instead of renewing again: of any number of threads and processes
    that meet an ended token, one renews it.
    """

    requires_response_body = True

    def __init__(self, file: TokenFile, where: str, clock: Clock) -> None:
        self._file = file
        self._where = where
        self._clock = clock
        self._thread_lock = threading.Lock()
        self._tokens: dict[str, Any] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._fresh(self._tokens):
            yield from self._renew(used=None)
        used = str(self._tokens["access_token"])
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            yield from self._renew(used=used)
            request.headers["Authorization"] = f"Bearer {self._tokens['access_token']}"
            yield request

    def _fresh(self, tokens: dict[str, Any]) -> bool:
        ends = instant(tokens.get("expires_at"))
        return bool(tokens.get("access_token")) and ends is not None and ends - _MARGIN > self._clock.now()

    def _renew(self, used: str | None) -> Generator[httpx.Request, httpx.Response, None]:
        with self._thread_lock, self._file.locked():
            stored = self._file.read()
            if self._fresh(stored) and stored["access_token"] != used:
                self._tokens = stored
                return
            response = yield self._request(stored)
            self._tokens = self._received(response, stored)
            # Stored before it is used: a crash from here on cannot lose a rotated refresh token.
            self._file.write(self._tokens)

    def _request(self, stored: dict[str, Any]) -> httpx.Request:
        raise NotImplementedError

    def _received(self, response: httpx.Response, stored: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _checked(self, response: httpx.Response) -> dict[str, Any]:
        """The token endpoint's JSON; errors by what to do: the grant is dead, or the server is unwell."""
        if response.status_code >= 500 or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise RetryLater(
                f"HTTP {response.status_code} from the token endpoint",
                where=self._where,
                mend="Run the sync again later.",
            )
        try:
            body = response.json()
        except ValueError:
            body = None
        if response.is_success and isinstance(body, dict):
            return body
        reason = body.get("error") if isinstance(body, dict) else None
        known = {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"}
        told = f" ({reason})" if reason in known else ""
        raise AuthError(
            f"HTTP {response.status_code}{told} from the token endpoint: the stored authorisation no longer works",
            where=self._where,
            mend=f"Authorise again: `sightline connect` for {self._where}.",
        )


class _OAuth2(_Renewed):
    """RFC 6749: refresh token with rotation, or client credentials."""

    def __init__(self, value: OAuth2, file: TokenFile, where: str, clock: Clock) -> None:
        super().__init__(file, where, clock)
        self._value = value

    def _request(self, stored: dict[str, Any]) -> httpx.Request:
        value = self._value
        form = {"grant_type": value.grant}
        if value.grant == "refresh_token":
            first = value.refresh_token.get_secret_value() if value.refresh_token else None
            token = stored.get("refresh_token") or first
            if not token:
                raise AuthError(
                    "not authorised yet", where=self._where, mend=f"Run `sightline connect` for {self._where}."
                )
            REDACTOR.add(token)
            form["refresh_token"] = token
        if value.scope:
            form["scope"] = value.scope
        return self._call(form)

    def exchange(self, code: str, verifier: str, redirect_uri: str, timeout_s: float) -> None:
        """Trade the code that a browser brought for tokens, and store them."""
        REDACTOR.add(code, verifier)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        request = self._call({**form, "code_verifier": verifier})
        try:
            with httpx.Client(timeout=timeout_s, follow_redirects=False) as client:
                response = client.send(request)
        except httpx.HTTPError as error:
            raise RetryLater(
                f"the token endpoint cannot be reached ({type(error).__name__})",
                where=self._where,
                mend="Check the network, then connect again.",
            ) from None
        with self._file.locked():
            self._file.write(self._received(response, {}))

    def _call(self, form: dict[str, str]) -> httpx.Request:
        """A call of the token endpoint, with the app's own credentials where RFC 6749 or the vendor wants them."""
        value = self._value
        headers = dict(_HEADERS)
        if value.client_secret is not None and not value.json_body:
            pair = f"{value.client_id}:{value.client_secret.get_secret_value()}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form["client_id"] = value.client_id
            if value.client_secret is not None:
                form["client_secret"] = value.client_secret.get_secret_value()
        if value.json_body:
            return httpx.Request("POST", value.token_url, json=form, headers=headers)
        return httpx.Request("POST", value.token_url, data=form, headers=headers)

    def _received(self, response: httpx.Response, stored: dict[str, Any]) -> dict[str, Any]:
        body = self._checked(response)
        ends = self._clock.now() + dt.timedelta(seconds=int(body.get("expires_in") or 1800))
        tokens = {"access_token": str(body.get("access_token", "")), "expires_at": iso(ends)}
        kept = body.get("refresh_token") or stored.get("refresh_token")
        return {**tokens, "refresh_token": kept} if kept else tokens


class _Minted(_Renewed):
    """A short-lived token that a signed call gives."""

    def __init__(self, value: Minted, base: str, file: TokenFile, where: str, clock: Clock) -> None:
        super().__init__(file, where, clock)
        self._value = value
        self._base = base

    def _request(self, stored: dict[str, Any]) -> httpx.Request:
        assertion = self._value.assertion()
        REDACTOR.add(assertion)
        headers = {**_HEADERS, "Authorization": f"Bearer {assertion}"}
        return httpx.Request(
            "POST", self._base + self._value.path, headers=headers, json=dict(self._value.extra) or None
        )

    def _received(self, response: httpx.Response, stored: dict[str, Any]) -> dict[str, Any]:
        body = self._checked(response)
        ends = instant(body.get(self._value.expires_at)) or self._clock.now() + dt.timedelta(minutes=30)
        return {"access_token": str(body.get(self._value.token, "")), "expires_at": iso(ends)}


def build_auth(value: Auth | None, *, base: str, tokens: Path, where: str, clock: Clock) -> httpx.Auth | None:
    """The httpx flow for a connector's `auth()` value. `tokens` is the folder for token files."""
    file = TokenFile(tokens / f"{where}.json")
    match value:
        case None:
            return None
        case Basic():
            password = value.password.get_secret_value()
            pair = base64.b64encode(f"{value.user}:{password}".encode()).decode()
            REDACTOR.add(password, pair)
            return _Static({"Authorization": f"Basic {pair}"})
        case Bearer():
            REDACTOR.add(value.token.get_secret_value())
            return _Static({"Authorization": f"Bearer {value.token.get_secret_value()}"})
        case Headers():
            return _Static({name: secret.get_secret_value() for name, secret in value.values.items()})
        case OAuth2():
            if value.client_secret is not None:
                REDACTOR.add(value.client_secret.get_secret_value())
            return _OAuth2(value, file, where, clock)
        case Minted():
            return _Minted(value, base, file, where, clock)
        case _:
            raise AuthError(
                f"{type(value).__name__} is no way to sign requests",
                where=where,
                mend="Return one of the values of sightline.sdk from auth().",
            )


def exchange_code(
    value: OAuth2, *, code: str, verifier: str, redirect_uri: str, tokens: Path, where: str, clock: Clock
) -> None:
    """Trade an authorisation code (RFC 6749 4.1.3, RFC 7636 4.5) for tokens; they are stored for the source `where`."""
    if value.client_secret is not None:
        REDACTOR.add(value.client_secret.get_secret_value())
    flow = _OAuth2(value, TokenFile(tokens / f"{where}.json"), where, clock)
    flow.exchange(code, verifier, redirect_uri, timeout_s=30.0)
