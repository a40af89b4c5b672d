"""Where data is kept: one database, SQLite or PostgreSQL. The only package that knows SQLAlchemy.

with Store.open("sqlite:////path/sightline.db", workspace_zone=zone("Europe/London")) as store:
    counts = store.land(landing)
"""

from __future__ import annotations

from sightline.store.quarantine import Quarantined
from sightline.store.store import Store

__all__ = ["Quarantined", "Store"]
