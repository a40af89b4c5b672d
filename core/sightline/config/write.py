"""Writing into a workspace: one `[sources.NAME]` table beside everything else in the file, secrets into places of their own."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
import tomlkit.exceptions

from sightline.config.workspace import DATA, FILE, load_workspace
from sightline.errors import ConfigError, StoreError

__all__ = ["secret_file", "secret_in_keyring", "write_source"]


def write_source(root: Path, name: str, table: Mapping[str, Any]) -> Path:
    """Put the table `[sources.NAME]` into the file, in the old one's place if there is one; comments and order stay.

    The new text is read back and checked before it replaces the file, whole or not at all.
    """
    path = root / FILE
    document = tomlkit.parse(path.read_text("utf-8"))
    made = tomlkit.table()
    for key, value in table.items():
        made[key] = value
    made.add(tomlkit.nl())
    sources = document.get("sources")
    if sources is None:
        document["sources"] = sources = tomlkit.table(is_super_table=True)
    sources[name] = made
    text = tomlkit.dumps(document)
    try:
        with tempfile.TemporaryDirectory(prefix=".connect-", dir=root) as folder:
            draft = Path(folder) / FILE
            _private(draft, text)
            load_workspace(draft.parent)
            draft.chmod(stat.S_IMODE(path.stat().st_mode))
            draft.replace(path)
    except OSError as error:
        raise StoreError(
            f"it cannot be written ({error.strerror})", where=str(path), mend="Check the folder's mode and space."
        ) from None
    return path


def secret_file(root: Path, name: str, secret: str) -> str:
    """Keep a secret in `.sightline/secrets/NAME` (0600); the reference to it."""
    folder = root / DATA / "secrets"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.new"
        _private(draft, secret)
        draft.replace(folder / name)
    except OSError as error:
        raise StoreError(
            f"the secret cannot be kept ({error.strerror})",
            where=str(folder),
            mend="Check the folder's mode and space.",
        ) from None
    return f"file:{DATA}/secrets/{name}"


def secret_in_keyring(_root: Path, name: str, secret: str) -> str:
    """Keep a secret in the system's keyring; the reference to it."""
    refused = "Leave --keyring out: the secret then goes to a file that only you can read."
    try:
        import keyring  # noqa: PLC0415 - an extra; loaded only when somebody uses it
    except ImportError:
        raise ConfigError("the extra `sightline[keyring]` is not installed", where="keyring", mend=refused) from None
    try:
        keyring.set_password("sightline", name, secret)
    except Exception as error:  # noqa: BLE001 - each backend raises errors of its own
        raise ConfigError(f"the keyring refused ({type(error).__name__})", where="keyring", mend=refused) from None
    return f"keyring:sightline/{name}"


def _private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
