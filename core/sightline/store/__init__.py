"""Where data is kept: one database, SQLite or PostgreSQL. The only package that knows SQLAlchemy.

with Store.open("sqlite:////path/sightline.db", workspace_zone=zone("Europe/London")) as store:
    counts = store.land(landing)
"""

from __future__ import annotations

from sightline.store.copies import copy_database, in_one_file, is_ours
from sightline.store.joins import Assigned
from sightline.store.load import Presence
from sightline.store.lock import workspace_lock
from sightline.store.quarantine import Quarantined
from sightline.store.raw import RawPage
from sightline.store.runs import SourceRun
from sightline.store.store import Store

__all__ = [
    "Assigned",
    "Presence",
    "Quarantined",
    "RawPage",
    "SourceRun",
    "Store",
    "copy_database",
    "in_one_file",
    "is_ours",
    "workspace_lock",
]
