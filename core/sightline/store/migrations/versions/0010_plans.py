"""When a baseline was approved, by what calendar it counts, how its estimates were made comparable."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.model.portfolio import Calendar
from sightline.store.types import Instant, Json

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add four columns."""
    op.add_column("baselines", sa.Column("approved_at", Instant))
    op.add_column("baselines", sa.Column("calendar", Json(Calendar)))
    op.add_column("baselines", sa.Column("sizing", sa.Text))
    op.add_column("baselines", sa.Column("confidence", sa.Text))
