"""Users of the web, the secrets they hold (as digests), and the log of who saw, changed and sent what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update

from sightline.model.access import Grant, GrantKind, User
from sightline.store.engine import Database
from sightline.store.tables_own import WEB_AUDIT, WEB_GRANTS, WEB_USERS

__all__ = ["Access"]

_USER = ("name", "role", "person", "client", "created_at", "disabled_at")
_G = WEB_GRANTS.c


class Access(Database):
    """Who may come in."""

    def put_user(self, user: User, password: str | None) -> None:
        """Add a user, or replace the one of that name; `password` is a hash, None leaves the one that is kept."""
        values: dict[str, Any] = {name: getattr(user, name) for name in _USER}
        with self.writing() as connection:
            kept = connection.execute(select(WEB_USERS.c.password).where(WEB_USERS.c.name == user.name)).scalar()
            connection.execute(delete(WEB_USERS).where(WEB_USERS.c.name == user.name))
            connection.execute(WEB_USERS.insert().values(**values, password=password or kept or ""))

    def users(self) -> list[User]:
        """All of them, by name."""
        with self.reading() as connection:
            rows = connection.execute(select(WEB_USERS).order_by(WEB_USERS.c.name)).mappings().all()
        return [User(**{name: row[name] for name in _USER}) for row in rows]

    def password_of(self, name: str) -> str:
        """The hash kept for that user; empty for nobody, or for one who cannot log in."""
        alive = WEB_USERS.c.disabled_at.is_(None)
        with self.reading() as connection:
            found = connection.execute(select(WEB_USERS.c.password).where(WEB_USERS.c.name == name, alive)).scalar()
        return str(found or "")

    def user(self, name: str) -> User | None:
        """The user of that name who may still log in."""
        return next((one for one in self.users() if one.name == name and one.disabled_at is None), None)

    def grant(self, grant: Grant) -> None:
        """Keep one more."""
        with self.writing() as connection:
            connection.execute(WEB_GRANTS.insert().values({n: getattr(grant, n) for n in Grant.__struct_fields__}))

    def granted(self, digest: str, now: dt.datetime) -> Grant | None:
        """The grant of that digest, if it is neither ended nor over."""
        held = select(WEB_GRANTS).where(_G.digest == digest, _G.ended_at.is_(None), _G.expires_at > now)
        with self.reading() as connection:
            row = connection.execute(held).mappings().one_or_none()
        return Grant(**row) if row else None

    def grants(self, kind: GrantKind) -> list[Grant]:
        """All of one kind, ended ones too, the newest first."""
        query = select(WEB_GRANTS).where(_G.kind == kind).order_by(_G.created_at.desc(), _G.digest)
        with self.reading() as connection:
            return [Grant(**row) for row in connection.execute(query).mappings()]

    def use_grant(self, digest: str, now: dt.datetime) -> None:
        """Note when it was used last."""
        with self.writing() as connection:
            connection.execute(update(WEB_GRANTS).where(_G.digest == digest).values(used_at=now))

    def end_grants(self, now: dt.datetime, *, digest: str | None = None, holder: str | None = None) -> int:
        """End one by its digest (or by a prefix of 12 letters), or every session and token of a user; how many."""
        query = update(WEB_GRANTS).where(_G.ended_at.is_(None)).values(ended_at=now)
        if digest is not None:
            query = query.where(_G.digest.startswith(digest, autoescape=True))
        if holder is not None:
            query = query.where(_G.holder == holder, _G.kind != "share")
        with self.writing() as connection:
            return int(connection.execute(query).rowcount)

    def note_audit(self, at: dt.datetime, who: str, what: str, about: str) -> None:
        """One line of the log; it is only ever added to."""
        with self.writing() as connection:
            connection.execute(WEB_AUDIT.insert().values(at=at, who=who, what=what, about=about))

    def audited(self, limit: int = 200) -> list[dict[str, Any]]:
        """The latest lines, newest first."""
        query = select(WEB_AUDIT).order_by(WEB_AUDIT.c.id.desc()).limit(limit)
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]
