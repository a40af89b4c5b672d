"""The slip ledger and all notes of each project, as measured last, for whoever reads tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Day, Exact, Instant, Json

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create two tables."""
    op.create_table(
        "told",
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("asked_of", sa.Text),
        sa.Column("due", Day),
        sa.Column("answered_at", Instant),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("task_source", sa.Text),
        sa.Column("task", sa.Text),
        sa.Column("client_visible", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("project", "id", name=op.f("pk_told")),
    )
    op.create_table(
        "slip",
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("gap", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("value", Exact, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("tasks", Json(tuple[str, ...]), nullable=False),
        sa.Column("as_of", Instant, nullable=False),
        sa.PrimaryKeyConstraint("project", "gap", "reason", name=op.f("pk_slip")),
    )
