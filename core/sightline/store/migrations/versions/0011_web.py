"""Users of the web, the secrets they hold, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Instant

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create three tables."""
    op.create_table(
        "web_users",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("client", sa.Text),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("disabled_at", Instant),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_web_users")),
    )
    op.create_table(
        "web_grants",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        sa.Column("ended_at", Instant),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_web_grants")),
    )
    op.create_index(op.f("ix_web_grants_kind_holder"), "web_grants", ["kind", "holder"])
    op.create_table(
        "web_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_audit")),
    )
