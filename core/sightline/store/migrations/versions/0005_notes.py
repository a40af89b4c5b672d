"""Notes know who is asked, by when, what came of it, and that they were undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Day, Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add nine columns."""
    for name in ("asked_of", "outcome", "task_source", "task", "undone_by"):
        op.add_column("notes", sa.Column(name, sa.Text))
    op.add_column("notes", sa.Column("due", Day))
    op.add_column("notes", sa.Column("about", sa.BigInteger))
    op.add_column("notes", sa.Column("learnt_at", Instant))
    op.add_column("notes", sa.Column("undone_at", Instant))
