"""What went wrong with the database, in words a user can act on; never a statement, never a value."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from sightline.errors import StoreError

__all__ = ["set_aside", "store_error"]

_FULL = ("the disk is full", "Make room and run again; what was committed before is kept, nothing is half written.")
_READ_ONLY = ("the database cannot be written", "Give the user who runs Sightline write access to the file and folder.")
_BUSY = ("the database is held by another program", "Wait for it to finish or stop it, then run again.")
_NO_FILE = ("the database file cannot be opened", "See that the folder exists and may be read and written.")
_IO = ("the disk reported an error", "Check the disk; then run `sightline doctor`.")

_BY_SQLITE_NAME = {
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_CANTOPEN": _NO_FILE,
    "SQLITE_PERM": _NO_FILE,
    "SQLITE_IOERR": _IO,
}
_BROKEN = {"SQLITE_CORRUPT": "the database file is damaged", "SQLITE_NOTADB": "the file is not a Sightline database"}
_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
}


def store_error(error: Exception, where: str, file: Path | None) -> StoreError:
    """The `StoreError` for an error of the driver or the file system. `file` is the SQLite file, None for a server."""
    if isinstance(error, OSError):
        what, mend = _BY_ERRNO.get(error.errno or 0, _NO_FILE)
        return StoreError(what, where=where, mend=mend)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, where, file)
    return _of_server(error, cause, where)


def _of_sqlite(cause: sqlite3.Error, where: str, file: Path | None) -> StoreError:
    # Extended names refine plain ones: SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY.
    name = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
    if name in _BROKEN:
        return set_aside(_BROKEN[name], where, file)
    if name in _BY_SQLITE_NAME:
        what, mend = _BY_SQLITE_NAME[name]
        return StoreError(what, where=where, mend=mend)
    return StoreError(
        f"the database refused ({name or type(cause).__name__})", where=where, mend="Run `sightline doctor`."
    )


def set_aside(what: str, where: str, file: Path | None) -> StoreError:
    """The error for a file that cannot be used as it is: it stays untouched, and the newest backup is named."""
    mend = "It was left untouched: move it aside"
    if file is not None:
        backups = sorted(file.parent.glob(f"{file.name}.before-*"), key=lambda found: found.stat().st_mtime)
        mend += f" (to {file.name}.broken) together with its -wal and -shm files"
        if backups:
            return StoreError(what, where=where, mend=f"{mend}, and copy the backup {backups[-1].name} in its place.")
    return StoreError(what, where=where, mend=f"{mend}, then restore a backup or run `sightline sync --full`.")


def _of_server(error: Exception, cause: BaseException | None, where: str) -> StoreError:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return StoreError("the database server went away", where=where, mend="Run again when it is back.")
    state = getattr(cause, "sqlstate", None)
    if state == "53100":
        return StoreError(_FULL[0], where=where, mend=_FULL[1])
    if state is None and type(cause).__name__ == "OperationalError":
        return StoreError(
            "the database server does not answer",
            where=where,
            mend="Check the address, the user and the password in `workspace.database`, and that the server runs.",
        )
    told = f"SQLSTATE {state}" if state else type(cause or error).__name__
    return StoreError(f"the database refused ({told})", where=where, mend="Run `sightline doctor`.")
