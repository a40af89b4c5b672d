"""Alerts with their whole life, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.model.figures import ReceiptLine
from sightline.model.outbox import Message
from sightline.store.types import Day, Exact, Instant, Json

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    """Make the table of alerts anew (no release has ever written into it), and the outbox."""
    op.drop_table("alerts")
    _alerts()
    _outbox()


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project", sa.Text),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
        sa.Column("acknowledged_at", Instant),
        sa.Column("acknowledged_by", sa.Text),
        sa.Column("snoozed_until", Day),
        sa.Column("client", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("inputs", Json(tuple[ReceiptLine, ...]), nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("action", sa.Text),
        sa.Column("since", Day),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("acknowledged_why", sa.Text),
        sa.Column("level", Exact, nullable=False),
        sa.Column("told_level", Exact, nullable=False),
        sa.Column("told_severity", sa.Text),
        sa.Column("told_at", Instant),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_project"), "alerts", ["project"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("message", Json(Message), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tried_at", Instant),
        sa.Column("sent_at", Instant),
        sa.Column("why", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_state_due_at"), "outbox", ["state", "due_at"])
