"""Reading by scope in the order of ids, what hangs on a task without its rows, and what the portfolio lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_WIDER = {
    "tasks": {"scope": ("scope", "id")},
    "time_entries": {"scope": ("scope", "id"), "task": ("task", "scope")},
    "documents": {"scope": ("scope", "id")},
    "activity": {"scope": ("scope", "id"), "task": ("task", "scope")},
}


def upgrade() -> None:
    """One more column in each of six indexes, one more in the table of what was measured."""
    op.add_column("measured", sa.Column("listed", sa.Text, nullable=False, server_default="[]"))
    for table, indexes in _WIDER.items():
        for before, columns in indexes.items():
            op.drop_index(op.f(f"ix_{table}_source_{before}"), table_name=table)
            name = f"ix_{table}_source_{'_'.join(columns)}"
            op.create_index(op.f(name), table, ["source", *columns])
