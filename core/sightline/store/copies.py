"""Whole copies of an SQLite database: taken while others write, readable by the owner alone, one file each."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sightline.store.trouble import store_error

__all__ = ["copy_database", "in_one_file", "is_ours"]


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of the database `source` as the file `target` (0600), which must not exist or be empty.

    Raises `StoreError` when the source cannot be read or the target cannot be written; nothing is changed in the source.
    """
    try:
        # SQLite would create it readable by all; it may fill an empty file.
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except (OSError, sqlite3.Error) as error:
        raise store_error(error, str(source), source) from error


def in_one_file(file: Path) -> None:
    """Fold the write-ahead log into the database file, so that the file alone is the whole database."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise store_error(error, str(file), file) from error


def is_ours(file: Path) -> bool:
    """Whether the file is a database that Sightline made; False for anything else, damaged files included."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            query = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
            return bool(connection.execute(query).fetchone()[0])
    except sqlite3.Error:
        return False
