"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Day, Exact, Instant, Json, Scaled

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Apply."""
    ${upgrades if upgrades else "pass"}
