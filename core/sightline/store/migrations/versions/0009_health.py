"""How every project stood on each status date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Day

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create one table."""
    op.create_table(
        "health",
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("dimension", sa.Text, nullable=False),
        sa.Column("day", Day, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("project", "dimension", "day", name=op.f("pk_health")),
    )
