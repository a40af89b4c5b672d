"""The database itself: opened safely, read by many, written by one, its troubles told in words."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import MsgspecError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from sightline.errors import ConfigError
from sightline.store.trouble import set_aside, store_error

__all__ = ["Database", "connect", "file_of", "place_of"]

_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)
#: Kibibytes of each connection's cache, taken as they are needed. The usual two megabytes hold less than one index.
_ROOMY, _FRUGAL = 32_768, 4_096


class Database:
    """An open database: `reading()` and `writing()` give a connection inside a transaction.

    Thread-safe. Writers of one process wait for each other; readers never wait and see one consistent moment.
    """

    def __init__(self, engine: Engine, where: str, zone: dt.tzinfo) -> None:
        self.engine = engine
        self.where = where
        self.zone = zone
        self.run: int | None = None
        """The run under way in this process; raw pages are noted with it."""
        self.dialect = engine.dialect.name
        self._writers = engine.execution_options(writing=True)
        self._turn = threading.Lock()
        self._cache = _ROOMY

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view; nothing may be written through it."""
        with self._told(), self.engine.begin() as connection:
            self._fit(connection)
            try:
                yield connection
            except (ValueError, ArithmeticError, MsgspecError) as error:
                # Only what we wrote is read here, and we write nothing that cannot be read back.
                file = file_of(self.engine.url)
                raise set_aside("the database holds a value that cannot be read", self.where, file) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back whole by any exception."""
        with self._told(), self._turn, self._writers.begin() as connection:
            self._fit(connection)
            yield connection

    @contextmanager
    def frugal(self) -> Iterator[None]:
        """While sources are read: each of many threads has its connection, and none looks far back."""
        self._cache = _FRUGAL
        try:
            yield
        finally:
            self._cache = _ROOMY

    def _fit(self, connection: Connection) -> None:
        if self.dialect == "sqlite" and connection.info.get("cache") != self._cache:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{self._cache}")
            connection.info["cache"] = self._cache

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Like `writing`, but tables that others refer to may be rebuilt: SQLite cannot do that with keys enforced."""
        with self._told(), self._turn, self._writers.connect() as connection:
            lite = self.dialect == "sqlite"
            raw: Any = connection.connection.dbapi_connection
            if lite:
                raw.execute("PRAGMA foreign_keys = OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                if lite:
                    raw.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise store_error(error, self.where, file_of(self.engine.url)) from error


def file_of(url: URL) -> Path | None:
    """The file behind an SQLite address; None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def connect(address: str) -> Engine:
    """An engine for the address. An SQLite file and its folder are made with modes 0600 and 0700 if they are new."""
    try:
        url = make_url(address)
        backend = url.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise _unusable(f"{backend} is not supported")
        return _sqlite(url) if backend == "sqlite" else _postgresql(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise _unusable("the address of the database cannot be used") from error


def _unusable(what: str) -> ConfigError:
    return ConfigError(
        what,
        where="workspace.database",
        mend='Write "sqlite:///path/to/file" or "postgresql+psycopg://user@host/db" (needs the extra `postgres`).',
    )


def _sqlite(url: URL) -> Engine:
    file = file_of(url)
    if file is None or url.database == ":memory:":
        raise _unusable("a database in memory forgets everything")
    _make_private(file)
    # Readers are never refused a connection: a page of the dashboard must not fail because others are open.
    engine = create_engine(url, hide_parameters=True, pool_size=4, max_overflow=-1)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the lock at once: a transaction that reads first and writes later may fail half way.
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _make_private(file: Path) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise store_error(error, str(file), file) from error


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC", "application_name": "sightline"},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writing"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine


def place_of(url: URL) -> str:
    """What to call the database in messages: the file, or the database and host, never a user or password."""
    file = file_of(url)
    return str(file) if file else f"database {url.database} on {url.host or 'this machine'}"
