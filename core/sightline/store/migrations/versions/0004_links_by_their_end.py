"""Links are looked up by the task they lead to, whenever an issue tells all of its links."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create an index."""
    op.create_index(op.f("ix_links_source_to"), "links", ["source", "to"])
