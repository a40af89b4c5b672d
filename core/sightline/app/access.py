"""Who may come in by the web: users with passwords, sessions, tokens for programs, links for clients; and the log.

A secret has 256 random bits and is shown once; the store keeps its SHA-256. Passwords are kept as argon2id hashes with
the library's defaults (RFC 9106, low memory).
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import secrets
from typing import Any

from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.model.access import ROLES, Grant, GrantKind, Role, User, Viewer

__all__ = [
    "SESSION_IDLE",
    "add_user",
    "disable_user",
    "let_in",
    "log_out",
    "new_secret",
    "noted",
    "revoke",
    "share",
    "token_for",
    "viewer_of",
]

SHORTEST_PASSWORD = 12
#: A session ends after this long without a request, and in any case after a working day (OWASP ASVS 7.3).
SESSION_IDLE = dt.timedelta(hours=2)
SESSION_AT_MOST = dt.timedelta(hours=12)
#: `used_at` is written at most this often: reading a page need not write.
_NOTE_EVERY = dt.timedelta(minutes=1)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@functools.cache
def _hasher() -> Any:
    try:
        from argon2 import PasswordHasher  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError(
            "passwords need the extra `web`", where="users", mend="Run: pip install 'sightline[web]'"
        ) from None
    return PasswordHasher()


@functools.cache
def _nobodys_hash() -> str:
    return str(_hasher().hash(secrets.token_hex()))


def add_user(
    session: Session, name: str, role: Role, password: str, *, client: str | None = None, person: str | None = None
) -> User:
    """A user who may log in, or a new password and role for one; every session of theirs ends.

    `ConfigError` for a short password, an unknown role, or a client that does not exist.
    """
    if not name or len(name) > 100 or not name.isprintable():
        raise ConfigError("a user's name has 1 to 100 printable characters", where="users", mend="Choose another.")
    if role not in ROLES:
        raise ConfigError(f"there is no role {role!r}", where="users", mend=f"Roles: {', '.join(ROLES)}.")
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(
            f"the password is shorter than {SHORTEST_PASSWORD} characters", where=name, mend="Choose a longer one."
        )
    if (role == "client") != (client is not None):
        raise ConfigError("the role client, and only that, names a client", where=name, mend="Add `--client ID`.")
    if client is not None and client not in session.workspace.clients:
        known = session.workspace.clients
        raise ConfigError(f"there is no client {client[:60]!r}{nearest(client, known)}", where=name, mend="Name one.")
    now = session.clock.now()
    user = User(name=name, role=role, client=client, person=person, created_at=now)
    session.store.put_user(user, _hasher().hash(password))
    session.store.end_grants(now, holder=name)
    return user


def disable_user(session: Session, name: str) -> None:
    """They cannot log in any more, and whatever they hold ends with the next request."""
    user = session.store.user(name)
    if user is None:
        raise ConfigError(f"there is no user {name[:60]!r}", where="users", mend="`sightline users list` names them.")
    now = session.clock.now()
    session.store.put_user(
        User(name=name, role=user.role, client=user.client, created_at=user.created_at, disabled_at=now), None
    )
    session.store.end_grants(now, holder=name)


def new_secret(session: Session, kind: GrantKind, holder: str, by: str, lasts: dt.timedelta, note: str = "") -> str:
    """A secret of 256 random bits for that holder; shown here and nowhere again."""
    secret, now = secrets.token_urlsafe(32), session.clock.now()
    session.store.grant(
        Grant(
            digest=_digest(secret), kind=kind, holder=holder, note=note,
            created_at=now, created_by=by, expires_at=now + lasts,
        )
    )  # fmt: skip
    return secret


def let_in(session: Session, name: str, password: str) -> str | None:
    """The secret of a new session; None when name or password is wrong: both take as long, so neither is told."""
    from argon2.exceptions import Argon2Error, InvalidHashError  # noqa: PLC0415 - an extra

    kept = session.store.password_of(name)
    try:
        _hasher().verify(kept or _nobodys_hash(), password)
    except (Argon2Error, InvalidHashError):
        return None
    return new_secret(session, "session", name, name, SESSION_AT_MOST) if kept else None


def log_out(session: Session, secret: str) -> None:
    """The session is over on the server, whatever the browser keeps."""
    session.store.end_grants(session.clock.now(), digest=_digest(secret))


def token_for(session: Session, name: str, *, by: str, days: int, note: str = "", reads_only: bool = True) -> str:
    """A token for programs with the rights of that user; without `reads_only` also the right to change."""
    if session.store.user(name) is None:
        raise ConfigError(f"there is no user {name[:60]!r}", where="tokens", mend="Add one with `sightline users add`.")
    mark = "" if reads_only else "+"
    return new_secret(session, "token", name, by, dt.timedelta(days=days), mark + note)


def share(session: Session, client: str, *, by: str, days: int = 30, note: str = "") -> str:
    """The secret of a link that shows that client their own view and nothing else, until it ends or is revoked."""
    known = session.workspace.clients
    if client not in known:
        raise ConfigError(
            f"there is no client {client[:60]!r}{nearest(client, known)}", where="share", mend="Name one."
        )
    return new_secret(session, "share", client, by, dt.timedelta(days=days), note)


def revoke(session: Session, mark: str) -> int:
    """End what begins with these (at least 12) letters of its digest, from the next request on; how many ended."""
    if len(mark) < 12 or not all(letter in "0123456789abcdef" for letter in mark):
        raise ConfigError(f"{mark[:20]!r} is no mark", where="revoke", mend="`sightline share list` shows the marks.")
    return session.store.end_grants(session.clock.now(), digest=mark)


def viewer_of(session: Session, secret: str, kind: GrantKind) -> Viewer | None:
    """Who holds this secret now; None for one that is unknown, over, revoked or idle for too long."""
    now = session.clock.now()
    grant = session.store.granted(_digest(secret), now)
    if grant is None or grant.kind != kind:
        return None
    if kind == "session" and now - (grant.used_at or grant.created_at) > SESSION_IDLE:
        session.store.end_grants(now, digest=grant.digest)
        return None
    if grant.used_at is None or now - grant.used_at > _NOTE_EVERY:
        session.store.use_grant(grant.digest, now)
    if kind == "share":
        if grant.holder not in session.workspace.clients:
            return None
        return Viewer(name=f"link for {grant.holder}", role="client", client=grant.holder, reads_only=True)
    user = session.store.user(grant.holder)
    if user is None:
        return None
    reads_only = kind == "token" and not grant.note.startswith("+")
    return Viewer(name=user.name, role=user.role, person=user.person, client=user.client, reads_only=reads_only)


def noted(session: Session, viewer: Viewer, what: str, about: str) -> None:
    """One line in the log of who saw, changed and sent what."""
    session.store.note_audit(session.clock.now(), viewer.name, what, about[:300])
