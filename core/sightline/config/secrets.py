"""Where secrets come from: a reference in the file, the environment, a 0600 file, the keyring. Never the file itself.

A setting whose type is `SecretStr` may hold `env:NAME`, `file:PATH`, `keyring:SERVICE/NAME`, or the secret as a literal,
which is accepted with a warning. When it is absent we look, in this order, in `SIGHTLINE_<SOURCE>_<KEY>`, then in the
keyring under `sightline/<source>.<key>`; the error lists the places.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from sightline.errors import ConfigError

__all__ = ["is_secret", "looked", "missing_secret", "resolve"]


def is_secret(annotation: Any) -> bool:
    """Whether a setting's type holds a `SecretStr`."""
    return annotation is SecretStr or any(is_secret(arg) for arg in getattr(annotation, "__args__", ()))


def resolve(reference: str, *, where: str, root: Path) -> tuple[str, bool]:
    """The secret behind a reference, and whether it was a literal. Raises `ConfigError` naming the place looked at."""
    kind, _, rest = reference.partition(":")
    match kind:
        case "env":
            return _from_env(rest, where), False
        case "file":
            return _from_file((root / Path(rest).expanduser()), where), False
        case "keyring":
            return _from_keyring(rest, where), False
        case _:
            return reference, True


def missing_secret(source: str, key: str) -> str | None:
    """The secret from the default places; None when it is in none of them."""
    value = os.environ.get(_default_name(source, key))
    return value or _keyring(f"sightline/{source}.{key}")


def looked(source: str, key: str) -> str:
    """The places `missing_secret` looks in, for an error."""
    return f"looked in sightline.toml, then in {_default_name(source, key)}, then in the keyring (sightline/{source}.{key})"


def _default_name(source: str, key: str) -> str:
    return f"SIGHTLINE_{source}_{key}".upper()


def _from_env(name: str, where: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ConfigError(
            f"the environment variable {name} is not set", where=where, mend=f"Set {name}, or name another place."
        )
    return value


def _from_file(path: Path, where: str) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ConfigError(
                f"the secret's file {path.name} can be read by others (mode {mode:04o})",
                where=where,
                mend=f"Run `chmod 600 {path}`.",
            )
        value = path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"the secret's file {path.name} cannot be read ({error.strerror})",
            where=where,
            mend="Check the path and its mode.",
        ) from None
    if not value:
        raise ConfigError(f"the secret's file {path.name} is empty", where=where, mend="Write the secret into it.")
    return value


def _from_keyring(name: str, where: str) -> str:
    value = _keyring(name)
    if not value:
        raise ConfigError(
            f"the keyring has no {name}",
            where=where,
            mend="Store it there (extra `sightline[keyring]`), or use env: or file:.",
        )
    return value


def _keyring(name: str) -> str | None:
    try:
        import keyring  # noqa: PLC0415 - an extra; loaded only when somebody uses it
    except ImportError:
        return None
    service, _, user = name.partition("/")
    try:
        return keyring.get_password(service, user)
    except Exception:  # noqa: BLE001 - a machine without a keyring backend is a machine without this secret
        return None
