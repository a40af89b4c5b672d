"""With what each project was measured last, and which figures a change of rules moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create two tables."""
    op.create_table(
        "measured",
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_measured")),
    )
    op.create_table(
        "moved",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("was_at", Instant, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved")),
    )
    op.create_index(op.f("ix_moved_project"), "moved", ["project"])
