"""Where checks are run: fresh vendors and runs of one connector, a first run to look at, ways to spoil answers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import logging
import pickle
import tempfile
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import stamina
from pydantic import SecretStr

from sightline.collect.clock import Clock
from sightline.collect.connector import Connector, Context, Stream
from sightline.collect.cursor import Since
from sightline.collect.passes import Rules
from sightline.errors import ConfigError
from sightline.model.records import Record, Scope
from sightline.sandbox.build import build_world
from sightline.sandbox.server import vendor_class
from sightline.sandbox.terms import Terms
from sightline.sandbox.vendor import Call, Reply, Script, Vendor
from sightline.sandbox.world import World
from sightline.testing.collecting import Collected, collect
from sightline.testing.kit.check import Exempt
from sightline.testing.kit.subjects import Subject, subject_of
from sightline.testing.kit.world import contract_world
from sightline.testing.memory import MemoryKeeper

__all__ = ["Bench", "Seen", "Trial", "made_up"]

Rows = dict[tuple[type[Record], str], Record]
UTC = dt.UTC
# Retries are what many checks are about: each would be a line on an author's terminal.
logging.getLogger("stamina").addHandler(logging.NullHandler())


def made_up(connector: type[Connector], source: str = "") -> Vendor:
    """The connector's own vendor in a fresh world: the story's, if it has such a tool (named `source`), else a small one."""
    cls = vendor_class(connector)
    if cls is None:
        raise ConfigError(
            f"the connector {connector.name} names no made-up vendor",
            where=connector.name,
            mend='Set `sandbox = "module:Class"`; see plugins/README.md#sandbox.',
        )
    story = _story()
    named = [s for s in story.sources.values() if s.connector == connector.name and source in ("", s.name)]
    world = story if named else contract_world(connector.name, source or "desk")
    return cls(world, world.sources[named[0].name if named else source or "desk"])


def _story() -> World:
    """The story's world, fresh each time, without telling it each time."""
    world: World = pickle.loads(_told())  # noqa: S301 - bytes that this process made
    return world


@functools.cache
def _told() -> bytes:
    return pickle.dumps(build_world(size=0))


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """One row that `map` was given, and what it made of it."""

    stream: Stream
    row: Any
    context: Context
    made: tuple[Any, ...]


@dataclasses.dataclass
class Trial:
    """One vendor and what was read of it so far."""

    connector: type[Connector]
    vendor: Vendor
    keeper: MemoryKeeper = dataclasses.field(default_factory=MemoryKeeper)
    slept: list[float] = dataclasses.field(default_factory=list)
    tape: list[tuple[Call, Reply]] = dataclasses.field(default_factory=list)

    @functools.cached_property
    def subject(self) -> Subject:
        """What can be done to the data."""
        return subject_of(self.vendor)

    def run(
        self, *, full: bool = False, later_h: int = 0, timezone: dt.tzinfo = UTC, keeper: Any = None, **settings: Any
    ) -> Collected:
        """One run; `later_h` hours after the last. Nothing is slept."""
        self.vendor.world.now += dt.timedelta(hours=later_h)
        clock = Clock(now=self.vendor.clock, monotonic=lambda: sum(self.slept), sleep=self.slept.append)
        with (
            stamina.set_testing(True, attempts=100),
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(self.vendor, "handle", self._taped(self.vendor.handle)),
        ):
            self.vendor.prepare(folder)
            return collect(
                self.connector,
                self.vendor,
                keeper=keeper if keeper is not None else self.keeper,
                rules=Rules(full=full),
                clock=clock,
                timezone=timezone,
                **{**self.vendor.terms.small_pages, **settings},
            )

    def _taped(self, handle: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        def taped(call: Call) -> Reply:
            reply = handle(call)
            self.tape.append((call, reply))
            return reply

        return taped

    def rows(self) -> Rows:
        """Live records by kind and id."""
        keeper = self.keeper
        return {key[1:]: record for key, record in keeper.rows.items() if key not in keeper.removed}

    def find(self, text: str) -> Record | None:
        """The live record of the subject's kind with that text."""
        subject = self.subject
        return next((r for r in self.all_of(subject.kind) if subject.text_of(r) == text), None)

    def all_of(self, kind: type[Record]) -> list[Any]:
        """All live records of that kind."""
        return list(self.keeper.live(kind).values())


class Bench:
    """Runs checks on one connector. `make` gives a fresh vendor each time; the first run is shared by those that only look."""

    def __init__(self, connector: type[Connector], make: Callable[[], Vendor] | None = None) -> None:
        self.connector = connector
        self.make = make or (lambda: made_up(connector))

    @functools.cached_property
    def terms(self) -> Terms:
        """What the vendor says of itself."""
        return self.make().terms

    def trial(self, *, small_pages: bool = False) -> Trial:
        """A fresh vendor, not read yet."""
        vendor = self.make()
        if small_pages:
            vendor.page_cap = 7
        return Trial(self.connector, vendor)

    def read(self, *, small_pages: bool = False) -> Trial:
        """A fresh vendor, read once."""
        trial = self.trial(small_pages=small_pages)
        trial.run()
        return trial

    @functools.cached_property
    def first(self) -> Trial:
        """One complete first run; only to look at."""
        trial = self.trial()
        self.outcome = trial.run().outcome
        return trial

    @functools.cached_property
    def streams(self) -> list[Stream]:
        """The streams, as a run built them."""
        return [stream for stream, _ in {id(s.stream): (s.stream, s) for s in self.seen}.values()]

    @functools.cached_property
    def seen(self) -> list[Seen]:
        """Every row that `map` was given in a first run."""
        found: list[Seen] = []
        trial = self.trial()
        trial.connector = _watched(self.connector, found)
        trial.run()
        return found

    @property
    def delivers(self) -> frozenset[type[Record]]:
        """The record classes that the streams declare."""
        return frozenset(kind for stream in self.declared for kind in stream.delivers)

    @functools.cached_property
    def declared(self) -> list[Stream]:
        """The streams that the connector gives for this vendor."""
        found: list[Stream] = []
        trial = self.trial()
        trial.connector = _telling(self.connector, found)
        trial.run()
        return found

    @functools.cached_property
    def work_paths(self) -> frozenset[str]:
        """Paths of the vendor whose answers hold the subject's things."""
        texts = [text for text in self.first.subject.texts() if text.isascii()]
        found = {
            call.path
            for call, reply in self.first.tape
            if sum(text.encode() in reply.body for text in texts) > 0 and b"{" in reply.body[:2048]
        }
        if not found:
            raise Exempt("no answer holds what it reads")
        return frozenset(found)

    def table(self, *, at: str | None = None) -> dict[str, Any]:
        """The `[sources.NAME]` table of a fresh vendor, without the connector's name; served `at` that address."""
        vendor = self.make()
        vendor.base = at or vendor.base
        with tempfile.TemporaryDirectory() as folder:
            vendor.prepare(folder)
            return {name: value for name, value in vendor.workspace().items() if name != "connector"}

    @functools.cached_property
    def secrets(self) -> tuple[str, ...]:
        """The secret values in the vendor's table."""
        settings = self.connector.settings(**self.table())
        values = [getattr(settings, name) for name in type(settings).model_fields]
        found = tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))
        if not found:
            raise Exempt("it needs no credentials")
        return found

    def over_http(self) -> Bench:
        """This bench, where the source is a server."""
        if not self._is_server:
            raise Exempt("it reads programs of this machine, not a server")
        return self

    @functools.cached_property
    def _is_server(self) -> bool:
        return bool(self.connector(self.connector.settings(**self.table())).base())

    def on_lists(self, script: Callable[[Vendor, Call], Reply | None]) -> Script:
        """`script` for the calls that list the subject's things; where rows come by ids, the calls that list the ids."""
        batched = [stream for stream in self.declared if stream.batch is not None]
        if not batched:
            return self.on_work(script)
        scope = next(iter(self.first.keeper.live(Scope).values()))
        paths = tuple(stream.request(scope, Since()).path for stream in batched)
        return lambda vendor, call: script(vendor, call) if call.path in paths else None

    def on_work(
        self, script: Callable[[Vendor, Call], Reply | None], *, times: int | None = None, after: int = 0
    ) -> Script:
        """`script` for the calls that bring the subject's things, `times` of them after the first `after`."""
        paths, count = self.work_paths, iter(range(10**9))

        def scripted(vendor: Vendor, call: Call) -> Reply | None:
            if call.path not in paths:
                return None
            number = next(count)
            if number < after or (times is not None and number >= after + times):
                return None
            return script(vendor, call)

        return scripted


def _watched(connector: type[Connector], found: list[Seen]) -> type[Connector]:
    """The same connector, telling every row that `map` is given."""

    def streams(self: Connector, access: Any) -> list[Stream]:
        given = list(connector.streams(self, access))
        for stream in given:
            # On the object, so that it stands in front of the class's own.
            stream.__dict__["map"] = _spying(stream, stream.map, found)
        return given

    return type(connector.__name__, (connector,), {"streams": streams, "name": connector.name})


def _spying(
    stream: Stream, map_: Callable[[Any, Context], Any], found: list[Seen]
) -> Callable[[Any, Context], Iterator[Any]]:
    def spy(row: Any, context: Context) -> Iterator[Any]:
        made = tuple(map_(row, context))
        found.append(Seen(stream, row, context, made))
        return iter(made)

    return spy


def _telling(connector: type[Connector], found: list[Stream]) -> type[Connector]:
    def streams(self: Connector, access: Any) -> list[Stream]:
        found[:] = list(connector.streams(self, access))
        return list(found)

    return type(connector.__name__, (connector,), {"streams": streams, "name": connector.name})
