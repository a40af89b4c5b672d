"""Reports with a life: who did what when, the frozen copy, the documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Instant, Json

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Widen the table of reports and create three beside it."""
    with op.batch_alter_table("reports") as batch:
        batch.add_column(sa.Column("number", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
        batch.add_column(sa.Column("corrects", sa.Text))
        batch.add_column(sa.Column("reviewed_at", Instant))
        batch.add_column(sa.Column("reviewed_by", sa.Text))
        batch.add_column(sa.Column("answered_at", Instant))
        batch.add_column(sa.Column("held", sa.Text))
        batch.add_column(sa.Column("recipients", Json(tuple[str, ...]), nullable=False, server_default="[]"))
    _copies()
    _forms()
    _steps()


def _copies() -> None:
    op.create_table(
        "report_copies",
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.Column("cover", sa.Text, nullable=False),
        sa.Column("words", Json(dict[str, str]), nullable=False),
        sa.Column("texts", Json(dict[str, str]), nullable=False),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_report_copies")),
    )


def _forms() -> None:
    op.create_table(
        "report_forms",
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report", "edition", "form", name=op.f("pk_report_forms")),
    )


def _steps() -> None:
    op.create_table(
        "report_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_steps")),
    )
    op.create_index(op.f("ix_report_steps_client"), "report_steps", ["client"])
