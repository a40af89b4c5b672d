"""How one call is made: signed, limited, retried, bounded in time and size, judged, decoded; errors free of secrets."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email.utils
import logging
import random
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import stamina

from sightline._version import __version__
from sightline.collect.auth import build_auth
from sightline.collect.clock import Clock
from sightline.collect.connector import Connector, Verdict
from sightline.collect.decode import decode_json
from sightline.collect.limits import Budget
from sightline.collect.redact import REDACTOR, RedactingFilter
from sightline.collect.request import Answer, Request
from sightline.collect.wire import MAX_BYTES, TooLarge, Wire, check_address
from sightline.errors import (
    AuthError,
    NotFound,
    PermissionMissing,
    RetryLater,
    SightlineError,
    SourceChanged,
)

__all__ = ["Http"]

_ATTEMPTS = 5
#: A source that says when to come back is believed more often; how long altogether is bounded by the run's patience.
_THROTTLED_ATTEMPTS = 50
_REDIRECTS = 5
#: After this many calls that failed for good in a row, the source is taken as down for this run.
_CIRCUIT = 3
_FIRST_WAIT_S, _LONGEST_WAIT_S, _LONGEST_HOLD_S = 0.2, 8.0, 64.0

_LOG = logging.getLogger("sightline.http")
for _name in ("httpx", "httpcore"):
    # Their records hold whole addresses, and a key in an address is a secret.
    logging.getLogger(_name).addFilter(RedactingFilter())
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Again(Exception):
    """This attempt did not count; try again, in `wait_s` seconds if told."""

    def __init__(self, error: SightlineError, wait_s: float | None = None, *, throttled: bool = False) -> None:
        super().__init__(error.what)
        self.error = error
        self.wait_s = wait_s
        self.throttled = throttled


class Http:
    """The HTTP side of one source during one run. Thread-safe; close it when the run ends."""

    def __init__(
        self, connector: Connector, *, source: str, tokens: Path, clock: Clock, budget: Budget, request_seconds: float
    ) -> None:
        self.source = source
        self.budget = budget
        self.requests = 0
        self.skew: dt.timedelta | None = None
        """The source's clock minus ours, by its last answer; None before one told its time."""
        self._connector = connector
        self._clock = clock
        self._deadline_s = request_seconds
        self._base = check_address(connector.base(), where=f"sources.{source}")
        self._bases = {name: check_address(url, where=f"sources.{source}") for name, url in connector.bases().items()}
        self._auth = build_auth(connector.auth(), base=self._base, tokens=tokens, where=source, clock=clock)
        self._count = threading.Lock()
        self._dead = 0
        self._last_failure = ""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"sightline/{__version__}",
            **connector.headers(),
        }
        workers = max(1, connector.limits().concurrent)
        REDACTOR.learn(connector.config, source)
        REDACTOR.learn_headers(headers, source)
        self._client = httpx.Client(
            headers=headers,
            auth=self._auth,
            follow_redirects=False,
            transport=Wire(seconds=request_seconds, connections=workers, clock=clock, ca_file=connector.config.ca_file),
            # No proxy or .netrc from the environment behind the user's back.
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def send(self, request: Request) -> Answer:
        """The answer to a call, after as many attempts as make sense.

        Raises `AuthError` (401), `PermissionMissing` (403), `NotFound` (404, 410), `RetryLater` (the source is down,
        throttles beyond our patience or does not answer in time) or `SourceChanged` (anything unexpected).
        """
        failures = 0

        def once_more(error: Exception) -> bool | float:
            nonlocal failures
            if not isinstance(error, _Again):
                return False
            failures += 1
            _LOG.info("%s: attempt %d failed: %s", self.source, failures, error.error.what)
            if failures >= (_THROTTLED_ATTEMPTS if error.throttled else _ATTEMPTS):
                self._dead += 1
                self._last_failure = error.error.what
                return False
            self._wait(error, failures)
            # Waited already, in the budget, where waiting is shared by all threads, bounded and counted.
            return 0.0

        try:
            for attempt in stamina.retry_context(on=once_more, attempts=None, timeout=None):
                with attempt:
                    self._refuse_when_down()
                    answer = self._attempt(request)
        except _Again as signal:
            raise signal.error from None
        self._dead = 0
        return answer

    def _refuse_when_down(self) -> None:
        if self._dead >= _CIRCUIT:
            raise RetryLater(
                f"the source is down: {_CIRCUIT} calls in a row failed, the last one with: {self._last_failure}",
                where=self.source,
                mend="What was read before is kept; run the sync again later.",
            )

    def _wait(self, signal: _Again, failures: int) -> None:
        """As long as the source asks; else twice as long each time, with jitter so that threads do not come back at once."""
        if signal.throttled:
            # All threads of this source wait, in the budget, where waiting is bounded and counted.
            self.budget.hold(signal.wait_s or min(_LONGEST_HOLD_S, 2.0**failures))
            return
        usual = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**failures) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        try:
            self.budget.pause(usual if signal.wait_s is None else signal.wait_s, self.source)
        except RetryLater:
            # Our patience is at its end, not the source's: what it said is the news.
            raise signal.error from None

    def _attempt(self, request: Request) -> Answer:
        where = f"{self.source}"
        with self.budget.call(where):
            with self._count:
                self.requests += 1
            try:
                answer = self._exchange(request)
            except RetryLater as error:
                # The token endpoint is unwell: as good a reason to try again as the source itself.
                raise _Again(error) from None
            except TooLarge:
                raise SourceChanged(
                    f"the answer of {self.path(request)} is larger than {MAX_BYTES >> 20} MB",
                    where=where,
                    mend="Narrow the scopes of this source.",
                ) from None
            except httpx.TimeoutException:
                raise _Again(self._later(request, f"no complete answer within {self._deadline_s:.0f} s")) from None
            except httpx.TransportError as error:
                if _is_tls(error):
                    raise AuthError(
                        "the server's certificate is not valid",
                        where=where,
                        mend="Mend the certificate, or name your own authority's with `ca_file`; Sightline never skips this check.",
                    ) from None
                raise _Again(self._later(request, f"cannot reach it ({type(error).__name__})")) from None
            except httpx.InvalidURL:
                raise SourceChanged(
                    "the source points to an address that cannot be one", where=where, mend="Report it to its owner."
                ) from None
            self.budget.feed(answer.headers)
            if answer.server_time is not None:
                self.skew = answer.server_time - self._clock.now()
        return self._judge(request, answer)

    def _exchange(self, request: Request) -> Answer:
        url = self._url(request)
        params = {name: value for name, value in request.params.items() if value is not None}
        for _ in range(_REDIRECTS):
            built = self._client.build_request(
                request.method, url, params=params or None, json=request.json, headers=dict(request.headers)
            )
            response = self._client.send(built, stream=True)
            try:
                if response.has_redirect_location and request.method == "GET":
                    url, params = self._same_host(request, str(built.url), response.headers.get("location", "")), {}
                    continue
                raw = response.read()
            finally:
                response.close()
                # httpx ties answer and stream to each other; untied, the body goes as soon as it was decoded.
                response.stream = httpx.ByteStream(b"")
            return self._answer(request, response, raw)
        raise SourceChanged(
            f"redirected more than {_REDIRECTS} times on {self.path(request)}",
            where=self.source,
            mend="Check the address in the settings.",
        )

    def _answer(self, request: Request, response: httpx.Response, raw: bytes) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        bare = Answer(response.status_code, headers, None, raw, _date(headers.get("date")), response.status_code == 304)
        if response.is_success and raw.strip() and self._is_json(request, headers):
            return dataclasses.replace(
                bare, body=decode_json(raw, self.source, request.shape, what=f"the answer of {self.path(request)}")
            )
        return bare

    def _is_json(self, request: Request, headers: Mapping[str, str]) -> bool:
        kind = headers.get("content-type", "application/json").lower()
        if "json" in kind:
            return True
        raise SourceChanged(
            f"{self.path(request)} answered {kind.split(';')[0][:40]} instead of JSON (a login or error page?)",
            where=self.source,
            mend="Check the address, and that no proxy or single sign-on stands in front of it.",
        )

    def _judge(self, request: Request, answer: Answer) -> Answer:
        verdict = self._connector.judge(answer) or _usual(answer)
        said = verdict.say or f"HTTP {answer.status} on {self.path(request)}"
        match verdict.kind:
            case "ok":
                return answer
            case "throttled":
                wait = verdict.wait_s if verdict.wait_s is not None else _retry_after(answer, self._clock)
                raise _Again(
                    RetryLater(
                        said, where=self.source, mend="The source limits how fast it is read; run the sync again later."
                    ),
                    wait,
                    throttled=True,
                )
            case "retry":
                raise _Again(self._later(request, said), verdict.wait_s)
            case "refused":
                raise AuthError(
                    f"{said}: the source refused the credentials",
                    where=self.source,
                    mend=f"Give new ones, then run `sightline check {self.source}`.",
                )
            case "denied":
                raise PermissionMissing(
                    f"{said}: the credentials lack a right",
                    where=self.source,
                    mend=f"`sightline check {self.source}` names the rights that are missing.",
                )
            case "gone":
                raise NotFound(
                    said,
                    where=self.source,
                    mend="It was deleted, or these credentials may not see it.",
                    status=answer.status,
                )
            case "absent":
                return dataclasses.replace(answer, body=None)
            case "stop":
                raise RetryLater(
                    said, where=self.source, mend="The run stopped for this source; what was read is kept."
                )
            case _:
                raise SourceChanged(
                    f"{said}: not an answer Sightline knows",
                    where=self.source,
                    mend="Report it with the connector's version.",
                )

    def _url(self, request: Request) -> str:
        base = self._bases[request.base] if request.base else self._base
        if not request.path.startswith(("http://", "https://")):
            # "host" + "@other" would be another host.
            return base + (request.path if request.path[:1] in ("", "/", "?") else "/" + request.path)
        if _origin(request.path) != _origin(base):
            raise SourceChanged(
                "the source points to another host for the next page",
                where=self.source,
                mend="Check the base address in the settings.",
            )
        return request.path

    def _same_host(self, request: Request, url: str, location: str) -> str:
        target = urljoin(url, location)
        if _origin(target) != _origin(url):
            # Following would hand our credentials to whoever is there.
            raise SourceChanged(
                f"{self.path(request)} redirects to another host",
                where=self.source,
                mend="Set the address it redirects to, if you trust it.",
            )
        return target

    def path(self, request: Request) -> str:
        """The path of a call for a message: without its query, its secrets masked, at most 120 characters."""
        return REDACTOR.clean(urlsplit(request.path).path)[:120]

    def _later(self, request: Request, what: str) -> RetryLater:
        told = what if what.startswith("HTTP") else f"{what} on {self.path(request)}"
        return RetryLater(told, where=self.source, mend="Check that it is up and reachable, then run the sync again.")


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; what cannot be read is like nothing else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ("", url, None)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return (parts.scheme, parts.hostname or "", port or default)


def _usual(answer: Answer) -> Verdict:
    """What a status means where the connector knows nothing special."""
    status = answer.status
    if status < 300 or status == 304:
        return Verdict("ok")
    if status == 429:
        return Verdict("throttled")
    if status == 503 and "retry-after" in answer.headers:
        return Verdict("throttled")
    if status in (408, 425) or status >= 500:
        return Verdict("retry")
    return Verdict({401: "refused", 403: "denied", 404: "gone", 410: "gone"}.get(status, "unknown"))


def _retry_after(answer: Answer, clock: Clock) -> float | None:
    """Seconds asked for by `Retry-After` (a number or an HTTP date); None when it does not say."""
    text = answer.headers.get("retry-after", "")
    if text.strip().isdigit():
        return float(text)
    when = _date(text)
    # A date is the source's own, so its own clock says how long that is.
    return max(0.0, (when - (answer.server_time or clock.now())).total_seconds()) if when else None


def _date(text: str | None) -> dt.datetime | None:
    try:
        return email.utils.parsedate_to_datetime(text).astimezone(dt.UTC) if text else None
    except (ValueError, TypeError, OverflowError):
        return None


def _is_tls(error: Exception) -> bool:
    return "CERTIFICATE" in str(error).upper() or "certificate" in str(error.__cause__ or "")
