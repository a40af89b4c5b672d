"""Backup and restore: the collected data as one file, checked before it replaces anything."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sightline.app.session import Session
from sightline.errors import ConfigError, StoreError
from sightline.model.time import zone
from sightline.store import Store, copy_database, in_one_file, is_ours, workspace_lock

__all__ = ["Backup", "backup", "restore"]

_SQLITE = "sqlite:///"
_DATABASE, _CONFIG, _TOKENS = "sightline.db", "sightline.toml", "tokens/"


@dataclasses.dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its file, its size in bytes, what is in it."""

    file: Path
    size: int
    holds: tuple[str, ...]


def backup(session: Session, file: Path | None = None, *, tokens: bool = False) -> Backup:
    """Database and `sightline.toml` as one archive (0600), the stored tokens only when asked for.

    Taken from the running database without stopping anybody, checked for damage, and there whole or not at all.
    Never over an existing file.
    """
    source = _database(session)
    moment = session.clock.now()
    file = file or session.workspace.root / f"sightline-{moment:%Y-%m-%d-%H%M%S}.tar.gz"
    if file.exists():
        raise ConfigError("the file is there already", where=str(file), mend="Name another one.")
    with _told(file), tempfile.TemporaryDirectory(prefix=".backup-", dir=file.resolve().parent) as folder:
        copy = Path(folder) / _DATABASE
        copy_database(source, copy)
        _sound(copy, session)
        members = {_DATABASE: copy, _CONFIG: session.workspace.root / _CONFIG}
        if tokens:
            members |= {f"{_TOKENS}{path.name}": path for path in sorted(session.tokens.glob("*.json"))}
        draft = Path(folder) / "whole"
        with (
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz") as archive,
        ):
            for name, path in members.items():
                archive.add(path, name, filter=lambda info: _plain(info, moment))
        draft.replace(file)
    return Backup(file, file.stat().st_size, tuple(members))


def _plain(info: tarfile.TarInfo, moment: dt.datetime) -> tarfile.TarInfo:
    """Nothing of this machine: no owner, one moment, a private mode."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime, info.mode = int(moment.timestamp()), 0o600
    return info


def restore(session: Session, file: Path) -> Backup:
    """Put the database (and tokens, if the backup has them) of `file` in the place of the present ones.

    The backup is opened and checked first. The present database is kept beside it as `NAME.replaced`;
    `sightline.toml` is not touched. Refused while a sync is at work.
    """
    target = _database(session, exists=False)
    data = session.workspace.data
    with (
        workspace_lock(data, now=session.clock.now()),
        _told(file),
        tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as folder,
    ):
        held = _unpacked(file, Path(folder))
        copy = held.pop(_DATABASE)
        if not is_ours(copy):
            raise _foreign(file)
        _sound(copy, session)
        _set_aside(target)
        copy.replace(target)
        for name, path in held.items():
            session.tokens.mkdir(mode=0o700, exist_ok=True)
            path.replace(session.tokens / Path(name).name)
    return Backup(file, file.stat().st_size, (_DATABASE, *held))


def _set_aside(target: Path) -> None:
    """Keep the present database, whole, under another name."""
    if not target.exists():
        return
    in_one_file(target)
    target.replace(target.with_name(f"{target.name}.replaced"))


def _unpacked(file: Path, folder: Path) -> dict[str, Path]:
    """The database and tokens of the archive; names that are neither are refused, whatever they point to."""
    found: dict[str, Path] = {}
    try:
        with tarfile.open(file, "r:gz") as archive:
            for member in archive:
                name = member.name
                token = name.startswith(_TOKENS) and name.count("/") == 1 and name.endswith(".json")
                if not member.isfile() or not (name in (_DATABASE, _CONFIG) or token):
                    raise _foreign(file)
                if member.size > shutil.disk_usage(folder).free:
                    raise StoreError(
                        f"it holds {member.size >> 20} MB, more than there is room for",
                        where=str(folder),
                        mend="Make room, or name another file.",
                    )
                content = archive.extractfile(member) or io.BytesIO()
                if name != _CONFIG:
                    found[name] = folder / name.replace("/", "-")
                    handle = os.open(found[name], os.O_WRONLY | os.O_CREAT, 0o600)
                    with os.fdopen(handle, "wb") as out:
                        while piece := content.read(1 << 20):
                            out.write(piece)
    except (tarfile.TarError, EOFError):
        raise _foreign(file) from None
    if _DATABASE not in found:
        raise _foreign(file)
    return found


def _foreign(file: Path) -> ConfigError:
    return ConfigError("this is no backup of Sightline, or it is damaged", where=str(file), mend="Name another file.")


def _sound(copy: Path, session: Session) -> None:
    """The copy opens, is undamaged, and is of this release or an older one; else a `StoreError`."""
    with Store.open(f"{_SQLITE}{copy}", workspace_zone=zone(session.workspace.calendar.timezone), thorough=True):
        pass
    in_one_file(copy)
    copy.chmod(0o600)


def _database(session: Session, *, exists: bool = True) -> Path:
    url = session.workspace.database_url()
    if not url.startswith(_SQLITE):
        raise ConfigError(
            "the database is on a server",
            where="workspace.database",
            mend="Use the server's own tools: `pg_dump --format=custom DATABASE > FILE`, and `pg_restore` to bring it back.",
        )
    path = Path(url.removeprefix(_SQLITE))
    if exists and not path.exists():
        raise ConfigError("nothing was collected yet", where=str(path), mend="Run `sightline sync` first.")
    return path


@contextlib.contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise StoreError(
            f"it cannot be read or written ({what})", where=str(file), mend="Check folder and space."
        ) from None
