"""How fast the figures are: the portfolio read, one project measured again, everything measured again.

python bench/store_money.py                     # 1,000 projects, 1M tasks, 2M time entries, 100k documents
python bench/store_money.py --part 20           # a twentieth of it
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sightline.app.measuring import measure_projects, measure_workspace
from sightline.app.session import Session
from sightline.app.status import portfolio
from sightline.config.workspace import SourceConfig, Workspace, load_workspace
from sightline.plugins.registry import load
from sightline.sandbox.bulk import Bulk
from sightline.store.runs import SourceRun

PROMISED = {"figures of the portfolio read": 0.020, "one project measured again": 0.050}
RECORDS_A_SECOND = 50_000


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the answer."""

    what: str
    seconds: float
    cpu_s: float
    count: int
    peak_mb: int

    def __str__(self) -> str:
        rate = f"{self.count / self.seconds:>12,.0f}/s" if self.count else " " * 14
        return f"{self.what:<44}{self.seconds:>10.4f} s{self.cpu_s:>10.4f} s cpu{rate}{self.peak_mb:>8} MB"


def workspace(folder: Path, bulk: Bulk) -> Workspace:
    """A workspace of the bulk's projects: settings as usual, projects and rates without writing them down."""
    (folder / "sightline.toml").write_text(f'[workspace]\ncurrency = "{bulk.currency}"\n', "utf-8")
    return dataclasses.replace(
        load_workspace(folder),
        sources={bulk.source: SourceConfig(bulk.source, "bulk", {})},
        projects={project.id: project for project in bulk.portfolio()},
        rates=tuple(bulk.rates()),
    )


def timed(what: str, count: int, work: Callable[[], object], times: int = 1) -> Row:
    """The quickest of a few runs."""
    took = []
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - began, time.process_time() - busy))
    return Row(
        what,
        min(took)[0],
        min(cpu for _, cpu in took),
        count,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def fill(session: Session, bulk: Bulk) -> int:
    """Everything into the store, as one complete run; how many records."""
    count = 0
    for landing in bulk.landings(page=5_000):
        session.store.land(landing)
        count += len(landing.records)
    now = session.clock.now()
    run = session.store.begin_run(now)
    session.store.log_source(run, SourceRun(source=bulk.source, status="complete", started_at=now, finished_at=now))
    session.store.end_run(run, "complete", now)
    return count


def measured(folder: Path, bulk: Bulk) -> list[Row]:
    """All of it, in a new workspace."""
    session = Session(workspace(folder, bulk), load())
    rows = []
    with session:
        counted: list[int] = []
        rows.append(timed("records written", bulk.tasks + bulk.times, lambda: counted.append(fill(session, bulk))))
        count = counted[0]
        rows.append(timed("everything measured", count, lambda: measure_workspace(session)))
        one = [f"p{bulk.projects // 2}"]
        rows.append(timed("one project measured again", 0, lambda: measure_projects(session, one), 5))
        rows.append(timed("figures of the portfolio read", 0, session.store.listed, 5))
        rows.append(timed("all figures in short read", 0, session.store.headlines, 5))
        rows.append(timed("portfolio as `status` shows it", 0, lambda: portfolio(session), 3))
    return rows


def main() -> int:
    """Print the rows; 1 when a promise is not kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--part", type=int, default=1, help="only the n-th part of the projects and records")
    part = options.parse_args().part
    whole = Bulk()
    bulk = dataclasses.replace(
        whole, projects=whole.projects // part, tasks=whole.tasks // part, times=whole.times // part,
        documents=whole.documents // part,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), bulk)
    sys.stdout.write(f"{bulk.projects:,} projects, {dt.datetime.now(dt.UTC):%Y-%m-%d}\n")
    kept = True
    for row in rows:
        # Seconds of the processor: those of the clock say how busy the machine is.
        late = row.what in PROMISED and row.cpu_s > PROMISED[row.what]
        slow = row.what == "everything measured" and row.count / row.cpu_s < RECORDS_A_SECOND
        kept = kept and not late and not slow
        sys.stdout.write(f"{row}{'   LATE' if late or slow else ''}\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
