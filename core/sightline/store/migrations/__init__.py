"""The one history of the schema, for SQLite and PostgreSQL. A new revision: see `versions/`, then raise `HEAD`."""

from __future__ import annotations

__all__ = ["HEAD"]

#: The newest revision. Named here so that opening a current store need not load Alembic.
HEAD = "0013"
