"""Opening: one schema history, a copy before a migration, and no write into a newer database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Float, Numeric, create_engine, text

import sightline.store.migrations as migrations
from sightline.errors import ConfigError, StoreError
from sightline.store import Store, schema
from sightline.store.tables_own import ABOUT
from store.examples import LONDON, page, task

FOLDER = Path(migrations.__file__).parent
#: A release to come.
NEXT = "next"


def open_store(address, **rest):
    return Store.open(address, workspace_zone=LONDON, **rest)


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(store):
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, ABOUT.metadata) == []


def described(database):
    """Tables with their columns, keys and indexes, as SQLite tells them."""
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    tellers = ("table_xinfo", "foreign_key_list")
    indexes = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type <> 'table' ORDER BY name"
    told = {
        (table, teller): database.execute(f"PRAGMA {teller}({table})").fetchall()
        for table in tables
        for teller in tellers
    }
    return {key: sorted(row[1:] for row in rows) for key, rows in told.items()}, database.execute(indexes).fetchall()


def test_a_new_file_gets_the_tables_that_all_migrations_lead_to(tmp_path):
    made, led = tmp_path / "made.db", tmp_path / "led.db"
    open_store(f"sqlite:///{made}").close()
    engine = create_engine(f"sqlite:///{led}")
    with engine.begin() as connection:
        schema.migrate(connection)
    engine.dispose()

    with closing(sqlite3.connect(made)) as one, closing(sqlite3.connect(led)) as other:
        assert described(one) == described(other)
        assert one.execute("SELECT * FROM alembic_version").fetchall() == [(migrations.HEAD,)]


def test_a_changed_column_would_be_noticed(sqlite_store):
    with sqlite_store.writing() as connection:
        connection.execute(text("ALTER TABLE tasks DROP COLUMN title"))
    with sqlite_store.reading() as connection:
        found = compare_metadata(MigrationContext.configure(connection), ABOUT.metadata)

    assert [(step[0], step[2], step[3].name) for step in found] == [("add_column", "tasks", "title")]


def test_the_newest_revision_is_the_one_the_code_names():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))

    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_no_column_holds_floating_point_numbers():
    kinds = [column.type for table in ABOUT.metadata.tables.values() for column in table.c]

    assert [kind for kind in kinds if isinstance(kind, (Float, Numeric))] == []


def test_a_store_opened_again_holds_what_it_held(address):
    with open_store(address) as store:
        store.land(page(task("1")))

    with open_store(address) as store:
        assert store.live_ids("jira", type(task()), "s1", "issues") == {"1"}


def make_newer(address):
    with open_store(address) as store, store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE about SET value = '7.0.0' WHERE name = 'written_by'"))


def test_a_newer_database_is_refused_and_both_versions_are_named(address):
    make_newer(address)

    with pytest.raises(
        StoreError,
        match=rf"written by Sightline 7\.0\.0 \(schema 9999\), and this is Sightline .* \(schema {migrations.HEAD}\)",
    ):
        open_store(address)


def test_a_newer_file_is_not_touched(tmp_path):
    file = tmp_path / "s.db"
    make_newer(f"sqlite:///{file}")
    before = file.read_bytes()

    with pytest.raises(StoreError):
        open_store(f"sqlite:///{file}")

    assert file.read_bytes() == before


@pytest.fixture
def older(address, monkeypatch):
    """A database with one task whose schema this release takes for older than its own."""
    with open_store(address) as store:
        store.land(page(task("1")))
    monkeypatch.setattr(schema, "HEAD", NEXT)
    return address


def test_a_file_that_holds_anything_is_copied_before_a_migration(tmp_path, monkeypatch):
    file = tmp_path / "s.db"
    with open_store(f"sqlite:///{file}") as store:
        store.land(page(task("1")))
    monkeypatch.setattr(schema, "HEAD", NEXT)
    monkeypatch.setattr(schema, "migrate", lambda _connection: None)

    open_store(f"sqlite:///{file}").close()

    copy = tmp_path / f"s.db.before-{NEXT}"
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT key FROM tasks").fetchall() == [("WEB-1",)]
    connection.close()
    assert sorted(found.name for found in file.parent.glob("*.part")) == []


def test_a_migration_that_dies_half_way_leaves_the_old_schema(older, monkeypatch):
    def die(connection):
        connection.execute(text("ALTER TABLE tasks ADD COLUMN half_way TEXT"))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{NEXT}'"))
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "migrate", die)
    with pytest.raises(KeyboardInterrupt):
        open_store(older)
    monkeypatch.undo()

    with open_store(older) as store, store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), ABOUT.metadata) == []
        assert store.live_ids("jira", type(task())) == {"1"}


def test_a_new_file_and_its_folder_are_private(tmp_path):
    old = os.umask(0)
    try:
        open_store(f"sqlite:///{tmp_path}/data/s.db").close()
    finally:
        os.umask(old)

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert [found.stat().st_mode & 0o777 for found in (tmp_path / "data").iterdir()] == [0o600]


def test_what_is_no_database_is_left_as_it_is(tmp_path):
    file = tmp_path / "s.db"
    file.write_bytes(b"my shopping list, which is long enough to be a header of a file" * 40)

    with pytest.raises(StoreError, match="not a Sightline database") as caught:
        open_store(f"sqlite:///{file}")

    assert "move it aside" in caught.value.mend
    assert file.read_bytes().startswith(b"my shopping list")


def make_folder(address):
    if address.startswith("sqlite"):
        Path(address.removeprefix("sqlite:///")).parent.mkdir()


def test_the_database_of_another_program_is_left_as_it_is(address):
    make_folder(address)
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
    engine.dispose()

    with pytest.raises(StoreError, match="another program"):
        open_store(address)


def damaged(file, at):
    with open_store(f"sqlite:///{file}") as store:
        store.land(page(*(task(str(number)) for number in range(500))))
    body = bytearray(file.read_bytes())
    body[at : at + 3000] = b"\xff" * 3000
    file.write_bytes(body)


def test_a_damaged_file_is_told_apart_and_the_newest_backup_is_offered(tmp_path):
    file = tmp_path / "s.db"
    damaged(file, at=100)
    (tmp_path / "s.db.before-0001").touch()

    with pytest.raises(StoreError, match="damaged") as caught:
        open_store(f"sqlite:///{file}")

    assert "s.db.before-0001" in caught.value.mend


def test_damage_in_the_data_is_found_by_a_thorough_opening(tmp_path):
    file = tmp_path / "s.db"
    damaged(file, at=200_000)

    with pytest.raises(StoreError, match="damaged"):
        open_store(f"sqlite:///{file}", thorough=True)


def test_a_full_disk_is_told_and_nothing_of_the_page_is_kept(sqlite_store):
    store = sqlite_store
    store.land(page(task("1")))
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store.engine.dispose()
    limit_pages(store.engine, pages + 2)

    with pytest.raises(StoreError, match="disk is full"):
        store.land(page(task("2"), raw=os.urandom(1_000_000)))

    assert store.live_ids("jira", type(task())) == {"1"}


def limit_pages(engine, pages):
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def _limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {pages}")


@pytest.mark.parametrize(
    "address", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense", "postgresql+psycopg2://h/d"]
)
def test_an_address_that_cannot_be_used_is_told_with_the_right_forms(address):
    with pytest.raises(ConfigError, match=r"sqlite:///path/to/file"):
        open_store(address)


def test_a_server_that_does_not_answer_is_told_without_the_password():
    with pytest.raises(StoreError, match="does not answer") as caught:
        open_store("postgresql+psycopg://me:s3cret@127.0.0.1:1/db?connect_timeout=2")

    assert "s3cret" not in str(caught.value)
