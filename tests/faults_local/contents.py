"""What a database holds, so that two can be compared: everything but when it was learnt."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

#: Columns that say when and in which run we learnt something.
LEARNT = {"first_learnt_at", "learnt_at", "removed_learnt_at", "stream", "run", "since"}
#: Kept beside the tables of records, which are those with tombstones.
BESIDE = {"document_lines", "old_keys", "existence", "quarantine"}


def contents(database: Path) -> dict[str, list[tuple]]:
    """Rows by table, sorted; tombstones count as far as that they are there."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        found = {}
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "removed_at" not in columns and table not in BESIDE:
                continue
            wanted = [c for c in columns if c not in LEARNT | {"removed_at"} and (table != "existence" or c != "id")]
            gone = ["removed_at IS NOT NULL"] if "removed_at" in columns else []
            quoted = [f'"{name}"' for name in wanted]
            rows = connection.execute(f"SELECT {', '.join([*quoted, *gone])} FROM {table}").fetchall()
            found[table] = sorted(rows, key=repr)
        assert {"tasks", "time_entries", "documents", *BESIDE} <= set(found)
        return found


def differences(one: dict[str, list[tuple]], other: dict[str, list[tuple]]) -> list[str]:
    """Rows that only one of the two holds, told briefly."""
    told = []
    for table in sorted(set(one) | set(other)):
        left, right = set(map(repr, one.get(table, []))), set(map(repr, other.get(table, [])))
        told += [f"{table}: only first {row[:200]}" for row in sorted(left - right)[:3]]
        told += [f"{table}: only second {row[:200]}" for row in sorted(right - left)[:3]]
        if len(one.get(table, [])) != len(other.get(table, [])):
            told.append(f"{table}: {len(one.get(table, []))} rows and {len(other.get(table, []))}")
    return told
