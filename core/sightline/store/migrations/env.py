"""How Alembic runs here: within the open transaction that `schema.bring_up_to_date` passes in."""

from __future__ import annotations

from alembic import context

from sightline.store.tables import METADATA
from sightline.store.tables_own import ABOUT

# The import registers Sightline's own tables beside those of the records.
metadata = ABOUT.metadata
assert metadata is METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    # Alembic takes SQLite's DDL for untransactional because of pysqlite's old habits; ours begins explicitly.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
