"""How a database comes to the schema of this release: refused if it is newer, backed up, then migrated whole."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from sightline._version import __version__
from sightline.errors import StoreError
from sightline.store.copies import copy_database
from sightline.store.engine import Database, file_of
from sightline.store.migrations import HEAD
from sightline.store.statements import execute_many, upsert
from sightline.store.tables_own import ABOUT
from sightline.store.trouble import set_aside, store_error

__all__ = ["bring_up_to_date", "migrate", "refuse_damage"]

_FOLDER = Path(__file__).parent / "migrations"
#: One number for all, so that two processes that open a server's database at once migrate it in turn.
_SERVER_LOCK = 7_241_093


def bring_up_to_date(database: Database) -> None:
    """Create or migrate the tables. A database of a newer release is refused before anything is written.

    An SQLite file that holds anything is copied first, to `NAME.before-REVISION` beside it. The migration is one
    transaction: killed half way, it leaves the old schema.
    """
    with database.reading() as connection:
        held = _revision(connection, database)
        if held == HEAD:
            return
        _refuse_newer(connection, held, database.where)
    if held is not None:
        _back_up(database)
    with database.migrating() as connection:
        # Another process may have done it while this one waited.
        held = _revision(connection, database)
        if held is None and database.dialect == "sqlite":
            _make_new(connection)
        elif held != HEAD:
            migrate(connection)


def refuse_damage(database: Database) -> None:
    """Read an SQLite file through; a `StoreError` if any page of it is damaged. A server looks after itself."""
    file = file_of(database.engine.url)
    if file is None:
        return
    with database.reading() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise set_aside("the database file is damaged", database.where, file)


def _revision(connection: Connection, database: Database) -> str | None:
    """The schema's revision; None for an empty database."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return None if found is None else str(found)
    if tables:
        raise set_aside("this is the database of another program", database.where, file_of(database.engine.url))
    return None


def _refuse_newer(connection: Connection, held: str | None, where: str) -> None:
    if held is None or held in _known():
        return
    writer = connection.execute(text("SELECT value FROM about WHERE name = 'written_by'")).scalar_one_or_none()
    raise StoreError(
        f"this database was written by Sightline {writer or 'of a later release'} (schema {held}), and this is"
        f" Sightline {__version__} (schema {HEAD}), which is older",
        where=where,
        mend="Nothing was changed. Install that release or a later one.",
    )


def _known() -> set[str]:
    """All revisions that this release knows: the files of `migrations/versions` begin with them."""
    return {file.name.split("_")[0] for file in (_FOLDER / "versions").glob("*.py")}


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to a revision within the open transaction."""
    # A store that is up to date does not need Alembic, and loading it takes longer than opening.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _SERVER_LOCK})
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    _sign(connection)


def _make_new(connection: Connection) -> None:
    """The tables as the code describes them: what all migrations lead to, a test says, ten times as quickly."""
    ABOUT.metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version ("
        "version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    _sign(connection)


def _sign(connection: Connection) -> None:
    execute_many(connection, upsert(connection, ABOUT, ("name", "value")), [("written_by", __version__)])


def _back_up(database: Database) -> None:
    file = file_of(database.engine.url)
    if file is None:
        return
    kept = file.with_name(f"{file.name}.before-{HEAD}")
    part = kept.with_name(f"{kept.name}.part")
    try:
        part.unlink(missing_ok=True)
        copy_database(file, part)
        part.replace(kept)
    except OSError as error:
        raise store_error(error, database.where, file) from error
