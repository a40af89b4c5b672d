"""How quick `sightline map` is with 1,000 scopes and 10,000 people, and one decision with all that follows from it.

python bench/map.py [--tasks 50000] [--times 100000]

Half of the scopes belong to no project; 10,000 accounts tell an address and 10,000 more do not, each with the name of
somebody who does. `join` reads and joins everything; `view` adds suggestions, suspects and weights; `decide` writes one
merge and measures what it touches.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import resource
import tempfile
import time
from pathlib import Path

from sightline.app.deciding import By, merge, undo
from sightline.app.joining import join_workspace, keep_joins
from sightline.app.mapping import map_view
from sightline.app.session import Session
from sightline.model.collected import Landing
from sightline.model.records import Account
from sightline.sandbox.bulk import Bulk

LEARNT = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def workspace(folder: Path, bulk: Bulk) -> Session:
    """A workspace whose projects take every other scope, filled straight through the store."""
    projects = "\n".join(
        f'[projects.p{n}]\nname = "Project {n}"\ninclude = ["bulk:P{n}"]' for n in range(0, bulk.projects, 2)
    )
    (folder / "sightline.toml").write_text(f'[sources.bulk]\nconnector = "jira"\n{projects}\n')
    session = Session.open(folder)
    for landing in bulk.landings():
        session.store.land(landing)
    hidden = [Account(id=f"x{n}", name=f"Person {n}", username=f"person{n}") for n in range(bulk.people)]
    for at in range(0, len(hidden), 1_000):
        rows = tuple(hidden[at : at + 1_000])
        session.store.land(Landing(source="bulk", stream="hidden", scope="*", learnt_at=LEARNT, records=rows))
    return session


def timed(what: str, work):
    began, busy = time.perf_counter(), time.process_time()
    result = work()
    print(f"{what:<34}{time.perf_counter() - began:>9.2f} s{time.process_time() - busy:>9.2f} s of processor")
    return result


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--tasks", type=int, default=50_000)
    options.add_argument("--times", type=int, default=100_000)
    options.add_argument("--measure", action="store_true", help="also time a decision with a full measure")
    chosen = options.parse_args()
    bulk = dataclasses.replace(
        Bulk(), projects=1_000, people=10_000, tasks=chosen.tasks, times=chosen.times, documents=1_000
    )
    with tempfile.TemporaryDirectory() as folder, timed("fill", lambda: workspace(Path(folder), bulk)) as session:
        joined = timed("join", lambda: join_workspace(session))
        timed("keep (first)", lambda: keep_joins(session, joined))
        timed("keep (nothing changed)", lambda: keep_joins(session, joined))
        view = timed("view", lambda: map_view(session))
        print(f"{len(view.people)} accounts, {len(view.scopes)} scopes unmapped")
        if chosen.measure:
            timed("measure everything, decide", lambda: merge(session, "bulk:x7", "person7@bulk.example", By("bench")))
            timed("undo", lambda: undo(session, By("bench")))
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")


if __name__ == "__main__":
    main()
