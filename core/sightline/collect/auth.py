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
from sightline.collect.wire import TooLarge, Wire, check_address
from sightline.errors import AuthError, RetryLater, SourceChanged, StoreError
from sightline.model.time import instant, iso

__all__ = ["TokenFile", "build_auth", "exchange_code"]

#: A token is renewed this long before it ends, so that no page meets its last second.
_MARGIN = dt.timedelta(seconds=60)
#: Room for any answer of a token endpoint; those we know stay below 4 kB.
_ROOM = 16_384
_LONGEST_LIFE_S = 366 * 86400
#: Token calls are made beside the client, whose headers they would lack; GitHub refuses a call without User-Agent.
_HEADERS = {"Accept": "application/json", "User-Agent": f"sightline/{__version__}"}


def _private(folder: Path) -> None:
    """Make the folder and the one above it, readable by the owner alone: `parents=True` would not pass the mode on."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


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
        except OSError as error:
            raise self._refused(error) from None
        tokens = found if isinstance(found, dict) else {}
        self._hide(tokens)
        return tokens

    def prepare(self) -> None:
        """Prove that new tokens can be kept, before the old ones are spent: room on the disk, and the right to write.

        A rotated refresh token that cannot be stored is an authorisation lost.
        """
        try:
            self._fill(self._draft(), b" " * _ROOM)
        except OSError as error:
            raise self._refused(error) from None

    def write(self, tokens: dict[str, Any]) -> None:
        """Replace them durably: a crash leaves the old or the new file, never half of one."""
        self._hide(tokens)
        draft = self._draft()
        try:
            self._fill(draft, json.dumps(tokens).encode())
            draft.replace(self.path)
        except OSError as error:
            raise self._refused(error) from None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One refresher at a time, over threads and processes; the lock dies with its process."""
        try:
            _private(self.path.parent)
            handle = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._refused(error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # What `prepare` made and nobody needed.
                with contextlib.suppress(OSError):
                    self._draft().unlink()
        finally:
            os.close(handle)

    def _hide(self, tokens: dict[str, Any]) -> None:
        values = (tokens.get("access_token"), tokens.get("refresh_token"))
        REDACTOR.add(*(value for value in values if isinstance(value, str)), source=self.path.stem)

    def _draft(self) -> Path:
        # One name is enough, as it is only touched under the lock; what a crash left is written over.
        return self.path.with_suffix(".new")

    def _fill(self, path: Path, content: bytes) -> None:
        # Not truncated before it is written: the room that `prepare` took stays taken.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(handle, content)
            os.ftruncate(handle, len(content))
            os.fsync(handle)
        finally:
            os.close(handle)

    def _refused(self, error: OSError) -> StoreError:
        return StoreError(
            f"the tokens of {self.path.stem} cannot be kept ({error.strerror})",
            where=str(self.path.parent),
            mend="Make room, and give the user who runs Sightline the right to write there.",
        )


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
        self.refused = "the stored authorisation no longer works"
        self.mend = f"Authorise again: `sightline connect` for {where}."

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
            self._file.prepare()
            self._tokens = yield from self._new(stored)
            # Stored before it is used: a crash from here on cannot lose a rotated refresh token.
            self._file.write(self._tokens)

    def _new(self, stored: dict[str, Any]) -> Generator[httpx.Request, httpx.Response, dict[str, Any]]:
        response = yield self._request(stored)
        return self._received(response, stored)

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
        if response.is_success or response.is_redirect:
            raise SourceChanged(
                "the token endpoint did not answer with JSON",
                where=self._where,
                mend="Check the address, and that no proxy or sign-in page stands in front of it.",
            )
        reason = body.get("error") if isinstance(body, dict) else None
        known = {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"}
        told = f" ({reason})" if reason in known else ""
        raise AuthError(
            f"HTTP {response.status_code}{told} from the token endpoint: {self.refused}",
            where=self._where,
            mend=self.mend,
        )


class _OAuth2(_Renewed):
    """RFC 6749: refresh token with rotation, or client credentials."""

    def __init__(self, value: OAuth2, file: TokenFile, where: str, clock: Clock) -> None:
        super().__init__(file, where, clock)
        self._value = value
        if value.grant == "client_credentials":
            self.refused = "it refused the client id or secret"
            self.mend = "Check `client_id` and `client_secret` in the settings."

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
            wire = Wire(seconds=timeout_s, connections=1, clock=self._clock)
            with httpx.Client(transport=wire, follow_redirects=False, trust_env=False) as client:
                response = client.send(request)
        except (httpx.HTTPError, TooLarge) as error:
            raise RetryLater(
                f"the token endpoint cannot be reached ({type(error).__name__})",
                where=self._where,
                mend="Check the network, then connect again.",
            ) from None
        with self._file.locked():
            self._file.write(self._received(response, {}))

    def _new(self, stored: dict[str, Any]) -> Generator[httpx.Request, httpx.Response, dict[str, Any]]:
        try:
            return (yield from super()._new(stored))
        except AuthError:
            first = self._value.refresh_token.get_secret_value() if self._value.refresh_token else None
            if not stored.get("refresh_token") or first in (None, stored["refresh_token"]):
                raise
            # The stored chain is dead, but somebody put a new token into the settings.
            return (yield from super()._new({}))

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
        ends = self._clock.now() + dt.timedelta(seconds=_lifetime_s(body))
        tokens = {"access_token": _token(body, "access_token", self._where), "expires_at": iso(ends)}
        kept = body.get("refresh_token") or stored.get("refresh_token")
        return {**tokens, "refresh_token": str(kept)} if kept else tokens


def _token(body: dict[str, Any], name: str, where: str) -> str:
    token = body.get(name)
    if not isinstance(token, str) or not token:
        raise SourceChanged(
            "the token endpoint's answer holds no token",
            where=where,
            mend="Its API may have changed; update Sightline.",
        )
    return token


def _lifetime_s(body: dict[str, Any]) -> int:
    """How long the token lives; half an hour, the shortest life we know, when the endpoint does not say it in seconds."""
    told = str(body.get("expires_in"))
    return min(int(told), _LONGEST_LIFE_S) if told.isascii() and told.isdigit() else 1800


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
        return {"access_token": _token(body, self._value.token, self._where), "expires_at": iso(ends)}


def build_auth(value: Auth | None, *, base: str, tokens: Path, where: str, clock: Clock) -> httpx.Auth | None:
    """The httpx flow for a connector's `auth()` value. `tokens` is the folder for token files."""
    file = TokenFile(tokens / f"{where}.json")
    match value:
        case None:
            return None
        case Basic():
            password = value.password.get_secret_value()
            pair = base64.b64encode(f"{value.user}:{password}".encode()).decode()
            REDACTOR.add(password, pair, source=where)
            return _Static({"Authorization": f"Basic {pair}"})
        case Bearer():
            REDACTOR.add(value.token.get_secret_value())
            return _Static({"Authorization": f"Bearer {value.token.get_secret_value()}"})
        case Headers():
            return _Static({name: secret.get_secret_value() for name, secret in value.values.items()})
        case OAuth2():
            if value.client_secret is not None:
                REDACTOR.add(value.client_secret.get_secret_value())
            check_address(value.token_url, where=f"sources.{where}")
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
