"""What people decided, and what follows from it for readers: corrections, ties, meanings of statuses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Instant, Json

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create four tables, and say of whom persons are."""
    _decisions()
    _corrections()
    _ties()
    _status_rules()
    with op.batch_alter_table("persons") as batch:
        batch.add_column(sa.Column("affiliations", Json(list[list[str]]), nullable=False, server_default="[]"))


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("value", Json(tuple[tuple[str, str], ...]), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("undone_at", Instant),
        sa.Column("undone_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("billable", sa.Boolean),
        sa.Column("person", sa.Text),
        sa.Column("notes", Json(tuple[str, ...]), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "id", name=op.f("pk_corrections")),
    )


def _ties() -> None:
    op.create_table(
        "ties",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("task_source", sa.Text, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "id", "part", "task_source", "task", "link", name=op.f("pk_ties")),
    )
    op.create_index(op.f("ix_ties_task_source_task"), "ties", ["task_source", "task"])


def _status_rules() -> None:
    op.create_table(
        "status_rules",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("waiting_on", sa.Text),
        sa.PrimaryKeyConstraint("source", "scope", "status", name=op.f("pk_status_rules")),
    )
