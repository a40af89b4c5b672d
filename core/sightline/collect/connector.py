"""The seam: what a connector describes. It says what to ask and how to read the answer; the framework does the rest.

    settings → check() → scopes() → for each scope and stream: pages → complete(rows) → archive → map(row) → records

A connector has no loop over pages, no sleep, no `try` around a request, no clock and no state.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from sightline.collect.cursor import Cursor, FullRead, Since
from sightline.collect.deletions import Deletions
from sightline.collect.hooks import Signature
from sightline.collect.paging import Paging, SinglePage
from sightline.collect.request import Answer, Command, Request
from sightline.collect.totals import Total
from sightline.model.collected import Gone, Whole
from sightline.model.records import Record, Scope

if TYPE_CHECKING:
    from sightline.collect.credentials import Auth

__all__ = [
    "Access",
    "Batch",
    "Connector",
    "Context",
    "Fetch",
    "HookedSettings",
    "Limits",
    "Lookup",
    "Mapped",
    "Settings",
    "Stream",
    "Verdict",
]

Mapped = Record | Gone | Whole
"""What `map` may yield."""


class Settings(BaseModel):
    """Base of every connector's settings: the part of `[sources.NAME]` that is the connector's own.

    Secrets are `SecretStr` (resolved from their reference before the model is built); every field has a description.
    Unknown keys are refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    scopes: tuple[str, ...] = Field(
        default=(), description="Keys, names or ids of what to read; empty = everything visible."
    )
    since: dt.date | None = Field(default=None, description="How far back a first read goes; empty = to the beginning.")
    request_seconds: int = Field(default=30, ge=1, le=600, description="Deadline of one request, in seconds.")
    ca_file: Path | None = Field(
        default=None,
        description="Certificates (PEM) of your own authority, believed beside the public ones: for a server of your own.",
    )
    patience_seconds: int = Field(
        default=600, ge=0, description="How long one run may wait for limits and retries altogether, in seconds."
    )


class HookedSettings(Settings):
    """Settings of a tool that sends hooks; its connector says in `webhook` how they are signed."""

    webhook_secret: SecretStr | None = Field(
        default=None, description="Secret with which the tool signs its hooks to the dashboard; empty = none are taken."
    )
    webhook_url: str | None = Field(
        default=None, description="The address given to the tool for its hooks, where it signs that too (Trello)."
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """What `check` found: who we are at the source, what the credentials cannot do, what to know."""

    who: str
    missing: tuple[str, ...] = ()
    """Rights that are lacking, each with who can grant it."""
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What streams need to know about the source (its flavour, its time zone); passed to them as `Context.facts`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How fast the source may be read: at most `requests` in any `per_seconds`, `concurrent` at a time.

    The header names, where the vendor sends them, slow down before it refuses: `remaining` of the window, and when it
    starts anew (`reset` in seconds since 1970, `reset_after` in seconds from now).
    """

    requests: int = 100
    per_seconds: float = 10.0
    concurrent: int = 4
    remaining: tuple[str, ...] = ()
    reset: str | None = None
    reset_after: str | None = None
    per_day: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What a connector knows about an odd answer that the status alone does not tell.

    `kind`: `ok`, `throttled` (wait `wait_s`, or the usual back-off), `retry`, `denied` (a right is missing), `refused`
    (credentials), `gone`, `absent` (this resource does not exist here: treat as an empty list), `stop` (give up now).
    `say` must hold nothing from the body.
    """

    kind: str
    wait_s: float | None = None
    say: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Lookup:
    """Reference data that mapping needs (fields, statuses, users): fetched by the framework, kept for `max_age`.

    Its rows are `Context.lookups[name]`. With `per_scope` the request is made for every scope. An `optional` lookup
    that is denied or absent is an empty list.
    """

    name: str
    request: Request | Any
    """A `Request`, or a function of the scope when `per_scope`."""
    rows: str = ""
    paging: Paging = dataclasses.field(default_factory=SinglePage)
    max_age: dt.timedelta = dt.timedelta(0)
    per_scope: bool = False
    optional: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """What a pure `map` may know besides the row."""

    source: str
    scope: Scope | None
    settings: Any
    facts: Mapping[str, Any]
    lookups: Mapping[str, Sequence[Any]]
    timezone: dt.tzinfo
    """The workspace's zone."""
    cache: dict[str, Any] = dataclasses.field(default_factory=dict)
    """For indexes that `map` derives from lookups once a run; lives as long as the context."""


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """A listing gives only ids; the rows come from further calls of up to `size` ids each, made in parallel.

    `request(ids, scope)` builds the call, `rows` is the path to its list. With `size=1` it may answer one object.
    The rows of up to `together` calls are completed and kept as one page: worth it where `complete` can ask for more
    rows at once than a call gives. Only for answers in one piece.
    """

    size: int
    request: Any
    rows: str = ""
    id: str = "id"
    paging: Paging = dataclasses.field(default_factory=SinglePage)
    together: int = 1


class Fetch(Protocol):
    """How plug-in code reads: every call is counted, limited, retried, redacted and bounded by the framework."""

    def one(self, request: Request) -> Any:
        """The decoded body of one answer."""

    def answer(self, request: Request) -> Answer:
        """One answer with status and headers."""

    def optional(self, request: Request, what: str) -> Any:
        """For `check`: the decoded body, or None where the source answers 403, 404 or no JSON.

        The rest is read then, and the source is incomplete: `what` (in a few words) cannot be read. Once it was read, its
        loss fails the source like any other, because rows would be mapped wrongly without it.
        """

    def rows(self, request: Request, *, rows: str = "", paging: Paging | None = None) -> Iterator[Any]:
        """All rows of a list, page after page."""

    def many(self, requests: Sequence[Request]) -> list[Any]:
        """The decoded bodies of several answers, read in parallel within the limits, in order.

        A body is None where the source answered 404 or 410.
        """

    def run(self, command: Command) -> Iterator[str]:
        """The rows of a local program's output."""


class Stream:
    """One list that a source offers. Subclass it, set the class attributes, write `map`; override the rest at need."""

    name: ClassVar[str]
    delivers: ClassVar[tuple[type[Record], ...]]
    deletions: ClassVar[Deletions]
    path: ClassVar[str] = ""
    """May hold `{scope.id}`, `{scope.key}` and `{scope.name}`."""
    rows: ClassVar[str] = ""
    """Dotted path to the list in the answer; empty when the answer is the list."""
    id: ClassVar[str] = "id"
    """Dotted path to a row's id, for duplicates and quarantine."""
    paging: Paging = SinglePage()
    cursor: Cursor = FullRead()
    per_scope: ClassVar[bool] = True
    """False: read once for the whole source."""
    batch: Batch | None = None
    conditional: ClassVar[bool] = False
    """Send the stored ETag with the first request of a pass."""
    optional: ClassVar[bool] = False
    """True: a source without this resource (403, 404) is complete without it; a note says so."""
    optional_on: ClassVar[frozenset[int]] = frozenset({403, 404})
    history: ClassVar[frozenset[str]] = frozenset()
    """Tracked fields whose `Change`s this stream's source records itself."""
    refresh_every: dt.timedelta | None = None
    """An incremental stream is read from the beginning at least this often (for changes its cursor cannot see)."""
    after: ClassVar[tuple[str, ...]] = ()
    """Names of streams that must have been read before."""

    def request(self, scope: Scope | None, since: Since) -> Request:
        """The first call of a pass, before `paging.first`. Default: `path` with `params`."""
        return Request(self.path.format(scope=scope), self.params(scope, since), conditional=self.conditional)

    def params(self, scope: Scope | None, since: Since) -> Mapping[str, Any]:
        """Query parameters of the pass."""
        return {}

    def command(self, scope: Scope | None, since: Since) -> Command | None:
        """For sources that are local programs: what to run instead of `request`."""
        return None

    def skip(self, scope: Scope | None, state: Mapping[str, Any], fetch: Fetch) -> dict[str, Any] | None:
        """A cheap gate: return the state to keep when nothing can have changed since `state`; None to read.

        The gate must be sure. It may make one call, and is not asked on `--full`.
        """
        return None

    def gate(self, scope: Scope | None, fetch: Fetch) -> dict[str, Any]:
        """State that `skip` will compare the next time, taken before the pass begins. Default: nothing."""
        return {}

    def resume(self, scope: Scope | None, gate: Mapping[str, Any], fetch: Fetch) -> str | None:
        """Position of a later run where the last `gate`, not the rows, tells it: `Since.token`; None: read it all."""
        return None

    def complete(self, rows: list[Any], scope: Scope | None, fetch: Fetch) -> list[Any]:
        """What the list call leaves out: add it to the rows of one page. Called on worker threads, in parallel."""
        return rows

    def map(self, row: Any, context: Context) -> Iterable[Mapped]:
        """The records in one row. Pure. Raise `RowError` for a row that cannot be read; other errors count as such."""
        raise NotImplementedError


class Connector:
    """One kind of tool. Built once per configured source; holds settings and nothing else."""

    name: ClassVar[str]
    """What users write as `connector = "…"`: a-z, 0-9, _."""
    title: ClassVar[str]
    """The tool's own name."""
    settings: ClassVar[type[Settings]]
    doc: ClassVar[str] = ""
    """One line: what it reads."""
    sandbox: ClassVar[str | None] = None
    """`module:Class` of the made-up vendor, loaded only when a sandbox runs."""
    webhook: ClassVar[Signature | None] = None
    """How the tool signs the hooks it sends; None: it sends none that could be believed."""
    reuse: ClassVar[dt.timedelta] = dt.timedelta(0)
    """How long the answers of `check` and `scopes` may serve following runs (never `--full`)."""

    def __init__(self, config: Any) -> None:
        self.config = config

    def base(self) -> str:
        """The address all requests are relative to; empty for local sources."""
        return ""

    def bases(self) -> Mapping[str, str]:
        """Further named addresses (`Request.base`)."""
        return {}

    def auth(self) -> Auth | None:
        """How requests are signed."""
        return None

    def headers(self) -> Mapping[str, str]:
        """Headers of every request."""
        return {}

    def limits(self) -> Limits:
        """How fast the source may be read."""
        return Limits()

    def judge(self, answer: Answer) -> Verdict | None:
        """What an answer means beyond its status; None for the usual meaning. Called for every answer; be quick."""
        return None

    def check(self, fetch: Fetch) -> Access:
        """One cheap call that proves the credentials. Called before scopes are listed and by `sightline check`."""
        raise NotImplementedError

    def scopes(self, fetch: Fetch, access: Access) -> Iterable[Scope]:
        """Every scope the credentials can see, archived ones included."""
        raise NotImplementedError

    def marks(self, fetch: Fetch, access: Access) -> Mapping[str, str] | None:
        """One cheap call that gives a change mark for every scope (id → mark), or None when the vendor has none.

        A scope whose mark is the one stored at its last complete read is not read again, except on `--full` and when a
        census is due. So the mark must move with every change the streams deliver.
        """
        return None

    def totals(self, fetch: Fetch, access: Access, scopes: Sequence[Scope]) -> Iterable[Total]:
        """What the source says it holds, by another route than the streams' lists; few calls, asked once a day.

        It is compared with what is stored, after a run that met no trouble. A difference makes the source incomplete.
        """
        return ()

    def lookups(self, access: Access) -> Sequence[Lookup]:
        """Reference data that mapping needs."""
        return ()

    def streams(self, access: Access) -> Sequence[Stream]:
        """The streams, in the order in which they should be read."""
        raise NotImplementedError
