"""One run at a time in a workspace: a lock that dies with the process that holds it."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sightline.errors import LockedError, StoreError
from sightline.model.time import instant, iso
from sightline.store.trouble import store_error

__all__ = ["workspace_lock"]


@contextmanager
def workspace_lock(folder: Path, *, now: dt.datetime) -> Iterator[None]:
    """Hold the workspace whose data folder this is; a `LockedError` says who holds it since when.

    The operating system releases it when the process ends, however it ends; the file stays and means nothing.
    """
    handle = _opened(folder)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(handle, folder) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "since": iso(now)}).encode(), 0)
        yield
    finally:
        os.close(handle)


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _refused(error, folder) from error


def _refused(error: OSError, folder: Path) -> StoreError:
    return store_error(error, str(folder), folder / "lock")


def _held(handle: int, folder: Path) -> LockedError:
    holder: dict[str, object] = {}
    with suppress(ValueError):
        holder = json.loads(os.pread(handle, 1000, 0))
    since = instant(str(holder["since"])) if {"pid", "since"} <= set(holder) else None
    who = f"process {holder['pid']} since {since:%Y-%m-%d %H:%M:%S} UTC" if since else "another process"
    return LockedError(
        f"another run is at work: {who}", where=str(folder), mend="Wait until it is done, or stop that process."
    )
